internal import Foundation

/// Adam's scalars of one step (Kingma and Ba 2015, algorithm 1), with beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8.
struct AdamStep {
    static let firstDecay: Float = 0.9
    static let secondDecay: Float = 0.999
    static let epsilon: Float = 1e-8

    /// Learning rate over the first moment's bias correction.
    var stepSize: Float
    /// One over the square root of the second moment's bias correction.
    var secondScale: Float

    /// - Parameter number: 1 for the first step.
    init(number: Int, learningRate: Double) {
        stepSize = Float(learningRate / (1 - pow(0.9, Double(number))))
        secondScale = Float(1 / (1 - pow(0.999, Double(number))).squareRoot())
    }

    @inline(__always)
    func update(_ parameters: inout Lanes, _ first: inout Lanes, _ second: inout Lanes, gradient: Lanes) {
        first = first.addingProduct(gradient - first, Lanes(repeating: 1 - Self.firstDecay))
        second = second.addingProduct(gradient * gradient - second, Lanes(repeating: 1 - Self.secondDecay))
        parameters -= stepSize * first / (second.squareRootLanes() * secondScale + Self.epsilon)
    }
}

/// Parameters with their moments, in rows of lanes; padding with gradient 0 stays as it is.
struct AdamParameters<let width: Int> {
    var values: [Row<width>]
    private var firstMoments: [Row<width>]
    private var secondMoments: [Row<width>]

    /// Zeros.
    init(rows: Int) {
        values = [Row<width>](repeating: Row(), count: rows)
        firstMoments = values
        secondMoments = values
    }

    mutating func update(_ step: AdamStep, gradient: [Row<width>]) {
        step.update(&values, &firstMoments, &secondMoments, gradient: gradient)
    }
}

extension AdamStep {
    fileprivate func update<let width: Int>(
        _ parameters: inout [Row<width>], _ first: inout [Row<width>], _ second: inout [Row<width>],
        gradient: [Row<width>]
    ) {
        var parameters = parameters.mutableSpan
        var first = first.mutableSpan
        var second = second.mutableSpan
        for row in gradient.indices {
            for group in 0..<width {
                update(&parameters[row][group], &first[row][group], &second[row][group], gradient: gradient[row][group])
            }
        }
    }
}
