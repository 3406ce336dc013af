import KernelInterface
import Testing

@testable import vector_kernels

/// Trains a network and returns its pictures.
private func pictures(_ kernel: any Kernel, _ job: KernelJob) throws -> [Picture] {
    let pictures = try kernel.pictures(job, of: kernel.train(job) { _ in })
    for picture in pictures { #expect(isFinite(picture.content), "\(picture)") }
    return pictures
}

private func isFinite(_ content: Picture.Content) -> Bool {
    switch content {
    case .curve(let values): values.allSatisfy(\.isFinite)
    case .bars(let bars, let lower, let upper): (bars.map(\.value) + [lower, upper]).allSatisfy(\.isFinite)
    case .points(let points): points.allSatisfy { $0.x.isFinite && $0.y.isFinite }
    case .grids, .table: true
    }
}

@Suite struct PictureTests {
    @Test(arguments: tinyKernels) func drawsTheFallingLossOfATransformer(tiny: TinyKernel) throws {
        let job = tiny.anyJob
        let first = try #require(try pictures(tiny.kernel, job).first)
        #expect(first.title.hasSuffix("\(job.config.integer("steps")) steps of training"))
        guard case .curve(let values) = first.content else {
            Issue.record("\(first) is no curve")
            return
        }
        #expect(values.count == 48 || tiny.kernel is ModularAddition, "only modular addition may end early")
        #expect(values[0] > values[values.count - 1] && values[values.count - 1] > 0)
    }

    @Test func drawsAnEarlyStoppedTrainingUpToItsEnd() throws {
        var curve = LossCurve(steps: 480)
        for step in 0..<120 { curve.add(Double(200 - step)) }
        let picture = try #require(lossPictures(curve.points, steps: 480).first)
        #expect(picture.title == "loss in nats over the first 120 of 480 steps of training")
        guard case .curve(let values) = picture.content else {
            Issue.record("\(picture) is no curve")
            return
        }
        #expect(values == stride(from: 195.5, through: 80, by: -10).map { $0 })
        #expect(lossPictures(LossCurve(steps: 480).points, steps: 480).isEmpty, "an untrained network has no loss")
        var short = LossCurve(steps: 2)
        short.add(3)
        short.add(1)
        #expect(short.points == [Float](repeating: 3, count: 24) + [Float](repeating: 1, count: 24))
    }

    /// A job that draws pictures needs only the settings for training.
    @Test(arguments: tinyKernels) func jobNeedsTrainingSettingsOnly(tiny: TinyKernel) throws {
        var job = tiny.anyJob
        let all = try pictures(tiny.kernel, job)
        let measurement = tiny.kernel.description.measurement(named: job.measurement)
        let names = try #require(measurement).trainingSettings
        job.settings.values = job.settings.values.filter { names.contains($0.key) }
        #expect(try pictures(tiny.kernel, job) == all)
    }

    @Test(arguments: tinyKernels) func rejectsDamagedCheckpoints(tiny: TinyKernel) throws {
        let job = tiny.anyJob
        var damaged = try tiny.kernel.train(job) { _ in }
        damaged[damaged.count / 2] ^= 1
        #expect(throws: KernelFailure.self) { try tiny.kernel.pictures(job, of: damaged) }
        #expect(throws: KernelFailure.self) { try tiny.kernel.pictures(job, of: []) }
    }

    @Test func drawsAnOthelloBoardBesideItsReading() throws {
        let all = try pictures(tinyOthello.kernel, tinyOthello.anyJob)
        #expect(all.count == 3)
        guard case .bars(let bars, from: 0, to: 1) = all[1].content, case .grids(let grids) = all[2].content else {
            Issue.record("\(all)")
            return
        }
        #expect(
            bars.map(\.label) == ["mine-yours", "colour"].flatMap { name in (0...2).map { "\(name), layer \($0)" } })
        #expect(grids.map(\.caption) == ["the board", "as probed", "wrong"])
        let wrong = grids[2].rows.joined().count { $0 == "×" }
        let title =
            "a board after 7 moves (● player to move): the probe of layer 2 reads \(36 - wrong) of 36 squares correctly"
        #expect(all[2].title == title)
        // The board has four discs at the start, and one more after each move.
        #expect(grids[0].rows.map(\.count) == [6, 6, 6, 6, 6, 6])
        #expect(grids[0].rows.joined().count { $0 == "●" || $0 == "○" } == 11)
        for (place, mark) in grids[2].rows.joined().enumerated() {
            let (board, read) = (Array(grids[0].rows.joined())[place], Array(grids[1].rows.joined())[place])
            #expect((board == read) == (mark == "·"))
        }
    }

    @Test func drawsAChainOfThought() throws {
        let all = try pictures(tinyChainOfThought.kernel, tinyChainOfThought.anyJob)
        guard case .bars(let bars, from: 0, to: 1) = all[1].content,
            case .table(let columns, let rows) = all[2].content
        else {
            Issue.record("\(all)")
            return
        }
        let tests = ["early-answering", "adding-mistakes"]
        #expect(bars.map(\.label) == tests.flatMap { test in (0...2).map { "\(test), \($0) of 3 states kept" } })
        // For the same problems, the measurement gives the same value.
        let kept = tinyChainOfThought.job(
            "same-answer", ["test": "early-answering", "kept": "1", "difficulty": "3"], seed: 1)
        let checkpoint = try tinyChainOfThought.kernel.train(kept) { _ in }
        #expect(try tinyChainOfThought.kernel.measure(kept, of: checkpoint)["same-answer-share"] == bars[1].value)
        #expect(columns == ["after", "true state", "the network's"])
        #expect(rows.map { $0[0] } == ["map 1", "map 2", "map 3", "answer"])
        #expect(rows[2][1] == rows[3][1])
    }

    @Test func drawsACountdownAnswer() throws {
        var tiny = tinyCountdown
        let all = try pictures(tiny.kernel, tiny.anyJob)
        #expect(all[1].title == "share of sampled answers that are rewarded, over 3 steps")
        #expect(all[2].title.wholeMatch(of: /an answer: reach [0-9]+ from [1-9], [1-9], [1-9]/) != nil)
        guard all.count == 3, case .table(let columns, let rows) = all[2].content else {
            Issue.record("\(all)")
            return
        }
        #expect(columns == ["the network tries", "says", "truth"])
        #expect(!rows.isEmpty && rows.allSatisfy { $0.count == 3 })
        tiny.config["reinforcement_iterations"] = "0"
        #expect(try pictures(tiny.kernel, tiny.anyJob).count == 2)
    }

    @Test func drawsTwoDimensionsInThePlane() throws {
        let job = job(intro.merging(["steps": "500", "restarts": "1"]) { $1 }, settings: ["density": "1"], seed: 1)
        let network = try SuperpositionCheckpoint(
            Superposition().train(job) { _ in }, config: SuperpositionConfig(job)
        ).networks[0]
        let points = (0..<5).map {
            Picture.Point("\($0 + 1)", x: network.direction($0)[0], y: network.direction($0)[1])
        }
        #expect(
            try pictures(Superposition(), job)
                == [Picture("feature directions in the plane (*: several)", .points(items: points))])
    }

    /// The histogram counts every represented feature in one bin.
    @Test func drawsMoreDimensionsAsAHistogram() throws {
        let config = ["features": "20", "dimensions": "5", "steps": "300", "batch": "128", "learning_rate": "0.02"]
        let job = job(config, settings: ["density": "0.1"], seed: 1)
        let represented = try #require(try values(job)["features-represented"])
        let picture = try pictures(Superposition(), job)[0]
        guard case .bars(let bars, from: 0, let most) = picture.content else {
            Issue.record("\(picture)")
            return
        }
        #expect(represented > 0)
        #expect(bars.reduce(0) { $0 + $1.value } == represented)
        #expect(bars.map(\.value).max() == most)
        for (left, right) in zip(bars, bars.dropFirst()) {
            #expect(abs(Double(right.label)! - Double(left.label)! - 0.025) < 1e-9)
        }
    }

    @Test func drawsThePhaseDiagramBesideTheory() throws {
        let config = phase.merging(["steps": "300", "restarts": "1", "density_grid": "3", "importance_grid": "4"]) {
            $1
        }
        let job = job(config, measurement: "phase-agreement", settings: [:], seed: 1)
        let picture = try pictures(Superposition(), job)[0]
        guard case .grids(let grids) = picture.content else {
            Issue.record("\(picture)")
            return
        }
        #expect(grids[1] == .init("at the least loss (=: a tie)", ["±±±±", "±±±±", "1122"]))
        #expect(grids[0].rows.map(\.count) == [4, 4, 4])
        let agreeing = zip(grids[0].rows.joined(), grids[1].rows.joined()).count { $0 == $1 }
        #expect(try values(job)["phase-agreement"] == Double(agreeing) / 12)
    }
}
