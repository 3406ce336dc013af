import Foundation
import Testing

@testable import vector_kernels

/// The counters, keys and outputs come from Random123's known-answer file for philox4x32 with 10 rounds.
@Test(
    arguments: [
        (block: 0, stream: 0, seed: 0, words: "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        (block: .max, stream: .max, seed: .max, words: "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        (
            block: 0x85a3_08d3_243f_6a88, stream: 0x0370_7344_1319_8a2e, seed: 0x299f_31d0_a409_3822,
            words: "d16cfe09 94fdcceb 5001e420 24126ea1"
        ),
    ] as [(block: UInt64, stream: UInt64, seed: UInt64, words: String)])
func philoxMatchesTheKnownAnswers(block: UInt64, stream: UInt64, seed: UInt64, words: String) {
    let (first, second) = philox(seed: seed, stream: stream, block: block)
    let found = [first[0], first[1], second[0], second[1]].map { String(format: "%08x", $0) }.joined(separator: " ")
    #expect(found == words)
}

@Test func lanesHoldConsecutiveBlocks() {
    let (first, second) = philox(seed: 7, stream: 9, block: 1000)
    for lane in 0..<8 {
        let (nextFirst, nextSecond) = philox(seed: 7, stream: 9, block: 1000 + UInt64(lane))
        #expect([first[2 * lane], first[2 * lane + 1]] == [nextFirst[0], nextFirst[1]])
        #expect([second[2 * lane], second[2 * lane + 1]] == [nextSecond[0], nextSecond[1]])
    }
}

@Test func streamsDependOnSeedAndNameOnly() {
    func first(_ seed: UInt64, _ name: String) -> [Float] {
        var stream = RandomStream(seed: seed, name: name)
        return stream.normals(3)
    }
    #expect(first(1, "data") == first(1, "data"))
    #expect(first(1, "data") != first(2, "data"))
    #expect(first(1, "data") != first(1, "selection"))
}

@Test func uniformsAndNormalsHaveTheExpectedMoments() {
    var stream = RandomStream(seed: 1, name: "moments")
    var uniforms = [Float](repeating: 0, count: 1 << 20)
    stream.fillUniforms(&uniforms, count: uniforms.count)
    #expect(uniforms.allSatisfy { (0..<1).contains($0) })
    expectMoments(uniforms.map(Double.init), mean: 0.5, variance: 1.0 / 12)
    let normals = stream.normals(1 << 20).map(Double.init)
    expectMoments(normals, mean: 0, variance: 1)
    expectMoments(normals.map { $0 * $0 * $0 * $0 }, mean: 3, variance: 96)
}

@Test(arguments: [0.0001, 0.03, 0.3, 0.99]) func gapsAreGeometric(probability p: Double) {
    var stream = RandomStream(seed: 2, name: "gaps")
    var gaps = [Int32](repeating: 0, count: 1 << 18)
    stream.fillGaps(&gaps, inverseLogarithm: Float(1 / log1p(-p)))
    #expect(gaps.allSatisfy { $0 >= 0 })
    expectMoments(gaps.map(Double.init), mean: (1 - p) / p, variance: (1 - p) / (p * p))
}

/// Expects the mean within five standard errors and the variance within 2 % (4 % for a heavy-tailed distribution).
private func expectMoments(_ values: [Double], mean: Double, variance: Double) {
    let foundMean = values.reduce(0, +) / Double(values.count)
    let foundVariance = values.reduce(0) { $0 + ($1 - foundMean) * ($1 - foundMean) } / Double(values.count)
    #expect(abs(foundMean - mean) <= 5 * (variance / Double(values.count)).squareRoot())
    #expect(abs(foundVariance / variance - 1) < 0.04)
}

@Test func logarithmIsAccurateToTheLastBits() {
    for value in [Float(1.2e-38), 1e-7, 0.01, 0.5, 0.7, 0.99999994, 1, 1.0000001, 3, 1e30] {
        let found = Lanes(repeating: value).naturalLogarithm[3]
        let exact = Foundation.log(Double(value))
        #expect(abs(Double(found) - exact) <= 3e-7 * abs(exact), "log \(value) = \(found), should be \(exact)")
    }
}
