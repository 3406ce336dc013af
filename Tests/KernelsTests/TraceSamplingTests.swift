import Annotations
import KernelInterface
import Testing
import vector_kernels

/// The kernels that measure annotated traces.
@Suite struct TraceSamplingTests {
    /// A text of ten lines, each a segment of three code points.
    private static let segments = (0..<10).map { $0 * 4..<$0 * 4 + 3 }

    private static func item(_ name: String, _ labels: [String: [Int]], unit: LabelUnit = .segment) -> TraceBatch.Item {
        let annotations = labels.sorted { $0.key < $1.key }.map { annotator, places in
            let ranges = unit == .trace ? places.prefix(1).map { _ in 0..<40 } : places.map { segments[$0] }
            return Annotation(
                trace: name, text: "", codebook: "c", version: "v", annotator: annotator, maker: .rule, isBlind: true,
                marks: ranges.map { Annotation.Mark($0, "check", quote: "") }, tool: "test")
        }
        return TraceBatch.Item(name: name, length: 40, segments: segments, annotations: annotations)
    }

    private static func batch(_ items: [TraceBatch.Item], unit: LabelUnit = .segment) -> [UInt8] {
        TraceBatch(scale: .nominal, unit: unit, traces: items).encoded
    }

    private func measure(
        _ kernel: any Kernel, _ measurement: String, _ settings: [String: String] = [:], of sample: [UInt8],
        seed: UInt64 = 1
    ) throws -> Double? {
        let defaults = [
            "codebook": "c", "label": "check", "annotators": "rule-rule", "model": "any", "task": "any",
            "labels": "given",
        ]
        let job = KernelJob(
            config: Settings(["batch": "2"]), measurement: measurement,
            settings: Settings(defaults.merging(settings) { $1 }), seed: seed, sample: sample)
        return try kernel.measure(job, of: []).values.first
    }

    /// Two annotators rate 20 segments and differ on one. By hand, from the coincidence matrix with n = 40 values, of which
    /// 13 are 1: alpha = 1 - 39 · 2 / (2 · 13 · 27).
    @Test func measuresAlphaOverABatch() throws {
        let batch = Self.batch([
            Self.item("a", ["x": [0, 3, 6, 9], "y": [0, 3, 6]]), Self.item("b", ["x": [1, 4, 7], "y": [1, 4, 7]]),
        ])
        let alpha = try #require(try measure(Agreement(), "agreement", of: batch))
        #expect(abs(alpha - (1 - 39.0 * 2 / (2 * 13 * 27))) < 1e-12)
    }

    /// The control must leave agreement by chance only, for every unit.
    @Test(arguments: LabelUnit.allCases) func movedLabelsAgreeByChanceOnly(unit: LabelUnit) throws {
        let items = (0..<40).map { number in
            let places =
                unit == .trace ? (number % 3 == 0 ? [0] : []) : Set([number % 10, (number * 3 + 1) % 10]).sorted()
            return Self.item("t\(number)", ["x": places, "y": places], unit: unit)
        }
        let batch = Self.batch(items, unit: unit)
        #expect(try measure(Agreement(), "agreement", of: batch) == 1)
        let moved = try (1...40).compactMap {
            try measure(Agreement(), "agreement", ["labels": "moved"], of: batch, seed: UInt64($0))
        }
        let mean = moved.reduce(0, +) / Double(moved.count)
        #expect(abs(mean) < 0.1, "\(mean)")
        #expect(Set(moved).count > 5)
    }

    /// By hand: the labels stand on segments 0 and 2 of the first text and on 9 of the second.
    @Test func measuresWhereLabelsStand() throws {
        let batch = Self.batch([Self.item("a", ["x": [0, 2]]), Self.item("b", ["x": [9]])])
        let kernel = TraceStatistics()
        func value(_ name: String, _ settings: [String: String] = [:]) throws -> Double? {
            try measure(kernel, name, settings.merging(["annotators": "rule"]) { $1 }, of: batch)
        }
        #expect(try value("segment-share") == 3.0 / 20)
        #expect(try value("text-share") == 9.0 / 80)
        #expect(try value("label-count") == 1.5)
        #expect(try value("label-presence") == 1)
        let position = try #require(try value("label-position"))
        #expect(abs(position - (1.5 + 9.5 + 37.5) / 3 / 40) < 1e-12)
        #expect(try value("label-transition", ["next_label": "check"]) == 0)
    }

    @Test func saysWhyThereIsNoNumber() {
        let empty = Self.batch([Self.item("a", ["x": [], "y": []])])
        #expect(throws: KernelFailure(reason: "one label only")) { try measure(Agreement(), "agreement", of: empty) }
        let lone = Self.batch([Self.item("a", ["x": [1]])])
        #expect(throws: KernelFailure(reason: "no segment rated twice")) {
            try measure(Agreement(), "agreement", of: lone)
        }
        #expect(throws: KernelFailure(reason: "the batch of traces is unreadable")) {
            try measure(Agreement(), "agreement", of: [1, 2, 3])
        }
        #expect(throws: KernelFailure.self) {
            try Agreement().train(
                KernelJob(config: Settings([:]), measurement: "agreement", settings: Settings([:]), seed: 1)
            ) { _ in }
        }
    }
}
