internal import Foundation

/// Adam's decay rates beta1 and beta2.
struct AdamDecays {
    var first = 0.9
    var second = 0.999
}

/// The scalars of one step of Adam (Kingma and Ba 2015, algorithm 1), with epsilon = 1e-8.
struct AdamStep {
    static let epsilon: Float = 1e-8

    /// 1 - beta1 and 1 - beta2.
    private let firstShare: Float
    private let secondShare: Float

    /// The learning rate divided by the first moment's bias correction.
    var stepSize: Float
    /// One divided by the square root of the second moment's bias correction.
    var secondScale: Float

    /// - Parameter number: the number of the step, counted from 1
    init(number: Int, learningRate: Double, decays: AdamDecays = AdamDecays()) {
        stepSize = Float(learningRate / (1 - pow(decays.first, Double(number))))
        secondScale = Float(1 / (1 - pow(decays.second, Double(number))).squareRoot())
        firstShare = Float(1) - Float(decays.first)
        secondShare = Float(1) - Float(decays.second)
    }

    @inline(__always)
    func update(_ parameters: inout Lanes, _ first: inout Lanes, _ second: inout Lanes, gradient: Lanes) {
        first = first.addingProduct(gradient - first, Lanes(repeating: firstShare))
        second = second.addingProduct(gradient * gradient - second, Lanes(repeating: secondShare))
        parameters -= stepSize * first / (second.squareRootLanes() * secondScale + Self.epsilon)
    }
}

extension AdamStep {
    /// Takes an AdamW step (Loshchilov and Hutter 2019) on a range of parameters, after multiplying them by `factor`.
    func update(
        _ parameters: inout [Lanes], _ first: inout [Lanes], _ second: inout [Lanes], gradient: [Lanes],
        range: Range<Int>, gradientScale: Float, shrinking factor: Float
    ) {
        precondition(range.upperBound <= min(parameters.count, first.count, second.count, gradient.count))
        let gradient = gradient.span
        var parameters = parameters.mutableSpan
        var first = first.mutableSpan
        var second = second.mutableSpan
        for group in range {
            unsafe parameters[unchecked: group] *= factor
            unsafe update(
                &parameters[unchecked: group], &first[unchecked: group], &second[unchecked: group],
                gradient: gradient[unchecked: group] * gradientScale)
        }
    }
}

/// Parameters with their moments, in rows of lanes; padding has gradient 0 and does not change.
struct AdamParameters<let width: Int> {
    var values: [Row<width>]
    private var firstMoments: [Row<width>]
    private var secondMoments: [Row<width>]

    /// Creates parameters and moments that are all 0.
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
