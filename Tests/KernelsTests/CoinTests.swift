import KernelInterface
import Testing

@testable import vector_kernels

let tinyCoin = TinyKernel(
    kernel: Coin(), config: ["bias": "0.7"], settings: ["heads": [["coin": "biased"], ["coin": "fair"]]])

/// A kernel whose only value is not a number.
private struct BrokenKernel: Kernel {
    var description: KernelDescription {
        KernelDescription(
            name: "broken", version: 1, summary: "", parameters: [],
            measurements: [
                KernelMeasurement(name: "ratio", quantities: ["zero-ratio"], settings: [], trainingSettings: []) {
                    _, _ in
                    ["zero-ratio": .nan]
                }
            ],
            cost: { _, _, _ in RunCost(trainingSeconds: 0, measuringSeconds: 0, bytes: 0) })
    }

    func train(_ job: KernelJob, progress: (Double) -> Void) throws(KernelFailure) -> [UInt8] { [] }
}

@Suite struct CoinTests {
    private func share(_ bias: String, flips: Int, coin: String = "biased", seed: UInt64 = 1) throws -> Double {
        let job = tinyCoin.job("heads", ["coin": coin], seed: seed, ["bias": bias, "flips": "\(flips)"])
        return try #require(try Coin().measure(job, of: Coin().train(job) { _ in })["heads-share"])
    }

    @Test func certainCoinNeverVaries() throws {
        #expect(try share("0", flips: 1000) == 0)
        #expect(try share("1", flips: 1000) == 1)
    }

    /// Over many seeds, the share of heads in n flips has mean p and variance p (1 - p) / n. The tolerance is five
    /// standard errors.
    @Test(arguments: [("0.2", "biased", 0.2), ("0.9", "biased", 0.9), ("0.9", "fair", 0.5)])
    func sharesAreBinomial(bias: String, coin: String, p: Double) throws {
        let (seeds, flips) = (2000, 100)
        let shares = try (0..<seeds).map { try share(bias, flips: flips, coin: coin, seed: UInt64($0)) }
        let variance = p * (1 - p) / Double(flips)
        let mean = shares.reduce(0, +) / Double(seeds)
        #expect(abs(mean - p) < 5 * (variance / Double(seeds)).squareRoot())
        let found = shares.reduce(0) { $0 + ($1 - p) * ($1 - p) } / Double(seeds)
        // The sample variance of nearly normal values has a relative standard error of √(2/n).
        #expect(abs(found / variance - 1) < 5 * (2 / Double(seeds)).squareRoot())
    }

    /// All flips come from one random stream, so n flips are the first n flips of any longer series.
    @Test func flipsAreDrawnFromTheSeedsStream() throws {
        var draws = Draws(seed: 1, name: "flips")
        let heads = (0..<50).count { _ in draws.uniform() < 0.25 }
        #expect(try share("0.25", flips: 50) == Double(heads) / 50)
    }

    @Test func rejectsUnknownMeasurements() throws {
        var job = tinyCoin.anyJob
        let checkpoint = try Coin().train(job) { _ in }
        job.measurement = "tails"
        #expect(throws: KernelFailure(reason: "unknown measurement \"tails\"")) {
            try Coin().measure(job, of: checkpoint)
        }
    }

    @Test func rejectsValuesThatAreNotFinite() {
        let job = KernelJob(config: Settings([:]), measurement: "ratio", settings: Settings([:]), seed: 1)
        #expect(throws: KernelFailure(reason: "\"zero-ratio\" is not finite")) {
            try BrokenKernel().measure(job, of: [])
        }
    }

    @Test func drawsNoPictures() throws {
        #expect(try Coin().pictures(tinyCoin.anyJob, of: Coin().train(tinyCoin.anyJob) { _ in }) == [])
    }
}
