import Annotations
import KernelInterface

/// The parameters that determine which annotated traces the runs of a kernel measure.
enum SampledTraces {
    static let config = [
        Parameter("batch", .integers(1...1000), default: "10", "traces that one run measures")
    ]

    /// The conditions that select traces and a label, for a measurement of labels by one kind of annotator or by two.
    static func settings(annotators: [String], _ summary: String) -> [Parameter] {
        [
            Parameter("codebook", .names, default: nil, "codebook of the labels"),
            Parameter("label", .names, default: nil, "measured label"),
            Parameter("annotators", .words(annotators), default: nil, summary),
            Parameter("model", .names, default: nil, "model that wrote the traces"),
            Parameter("task", .names, default: "any", "task of the traces"),
        ]
    }

    /// A run on ten traces of 32,000 tokens takes about a second.
    static func cost(_ config: Settings) -> RunCost {
        let traces = Double(config.integer("batch"))
        return RunCost(trainingSeconds: 0, measuringSeconds: 0.01 * traces, bytes: 5e7 + 4e6 * traces)
    }

    static func read(_ job: KernelJob) throws(KernelFailure) -> (
        scale: LabelScale, unit: LabelUnit, traces: [AnnotatedTrace]
    ) {
        guard let batch = TraceBatch(encoded: job.sample)?.annotated else {
            throw KernelFailure(reason: "the batch of traces is unreadable")
        }
        return batch
    }
}

extension Kernel where Self: TraceKernel {
    package func train(_ job: KernelJob, progress: (Double) -> Void) throws(KernelFailure) -> [UInt8] {
        throw KernelFailure(reason: "the kernel \(description.name) trains no network")
    }
}

/// A kernel that trains nothing but measures annotated traces.
package protocol TraceKernel: Kernel {}

/// Measures how well annotators agree on a label.
package struct Agreement: TraceKernel {
    package init() {}

    package var description: KernelDescription {
        KernelDescription(
            name: "agreement", version: 1,
            summary: "agreement of annotators on the labels of traces (Krippendorff's alpha)",
            parameters: SampledTraces.config, measurements: [Self.agreement], samplesTraces: true,
            cost: { config, _, _ in SampledTraces.cost(config) })
    }

    /// Krippendorff's alpha of one label over a batch of traces, from all pairs of annotators of a kind. As a control, the
    /// labels of each annotator are moved to random places, so that only chance agreement is left.
    private static let agreement = KernelMeasurement(
        name: "agreement", quantities: ["agreement"],
        settings: SampledTraces.settings(
            annotators: AgreementKind.allCases.map(\.rawValue), "what made the labels that are compared")
            + [
                Parameter(
                    "labels", .words(["given", "moved"]), default: "given", "moved: to random places, the control")
            ],
        trainingSettings: []
    ) { job, _ throws(KernelFailure) in
        var batch = try SampledTraces.read(job)
        let kind: AgreementKind = job.settings.choice("annotators")
        if job.settings.word("labels") == "moved" {
            var draws = Draws(seed: job.seed, name: "labels")
            moveMarks(in: &batch.traces, batch.unit, &draws)
        }
        let alpha = batchAgreement(
            label: job.settings.word("label"), kind: kind, scale: batch.scale, unit: batch.unit, traces: batch.traces)
        switch alpha {
        case .success(let value): return ["agreement": value]
        case .failure(let reason): throw KernelFailure(reason: reason.rawValue)
        }
    }
}

/// Measures how often and where annotators find a label in traces.
package struct TraceStatistics: TraceKernel {
    package init() {}

    package var description: KernelDescription {
        KernelDescription(
            name: "trace-statistic", version: 2, summary: "how often and where labels stand in annotated traces",
            parameters: SampledTraces.config,
            measurements: [
                Self.measurement("segment-share", .segmentShare), Self.measurement("text-share", .textShare),
                Self.measurement("label-count", .meanCount), Self.measurement("label-position", .meanPosition),
                Self.measurement("label-presence", .presence), Self.transition,
            ], samplesTraces: true, cost: { config, _, _ in SampledTraces.cost(config) })
    }

    private static let settings = SampledTraces.settings(
        annotators: Annotation.Maker.allCases.map(\.rawValue), "what made the labels")

    /// A statistic of one label over a batch of traces.
    private static func measurement(_ name: String, _ statistic: TraceStatistic) -> KernelMeasurement {
        KernelMeasurement(name: name, quantities: [name], settings: settings, trainingSettings: []) {
            job, _ throws(KernelFailure) in [name: try value(statistic, job)]
        }
    }

    /// The share of the segments with one label whose next segment has another label.
    private static let transition = KernelMeasurement(
        name: "label-transition", quantities: ["label-transition"],
        settings: settings + [Parameter("next_label", .names, default: nil, "label of the next segment")],
        trainingSettings: []
    ) { job, _ throws(KernelFailure) in
        ["label-transition": try value(.transition(to: job.settings.word("next_label")), job)]
    }

    /// Each annotator of the kind is one observation of the trace, so the result does not depend on the order of
    /// handles.
    private static func value(_ statistic: TraceStatistic, _ job: KernelJob) throws(KernelFailure) -> Double {
        let maker: Annotation.Maker = job.settings.choice("annotators")
        let one = Annotator("annotator", maker)
        let traces = try SampledTraces.read(job).traces.flatMap { trace in
            trace.readings.filter { $0.annotator.maker == maker }.map { reading in
                var observed = trace
                observed.readings = [reading]
                observed.readings[0].annotator = one
                return observed
            }
        }
        switch traceStatistic(statistic, label: job.settings.word("label"), annotator: one, traces: traces) {
        case .success(let value): return value
        case .failure(let reason): throw KernelFailure(reason: reason.rawValue)
        }
    }
}

/// Moves the marks of each annotator, so that only chance agreement is left. If marks lie on segments, the segments of
/// a trace are put into a random order. If marks lie on whole texts, they move to a random trace; if marks lie on any
/// ranges, they move by a random number of code points around the text.
private func moveMarks(in traces: inout [AnnotatedTrace], _ unit: LabelUnit, _ draws: inout Draws) {
    switch unit {
    case .segment:
        for trace in traces.indices {
            for reading in traces[trace].readings.indices {
                var places = traces[trace].segments
                draws.shuffle(&places)
                let place = Dictionary(zip(traces[trace].segments, places)) { $1 }
                traces[trace].readings[reading].move { place[$0].map { [$0] } ?? [] }
            }
        }
    case .trace:
        let annotators = Set(traces.flatMap { $0.readings.map(\.annotator) }).sorted()
        for annotator in annotators {
            let places = traces.indices.flatMap { trace in
                traces[trace].readings.indices.filter { traces[trace].readings[$0].annotator == annotator }.map {
                    (trace, $0)
                }
            }
            var labels = places.map { traces[$0.0].readings[$0.1].marks }
            draws.shuffle(&labels)
            for ((trace, reading), var marks) in zip(places, labels) {
                for mark in marks.indices { marks[mark].range = 0..<traces[trace].length }
                traces[trace].readings[reading].marks = marks
            }
        }
    case .span:
        for trace in traces.indices {
            let length = traces[trace].length
            for reading in traces[trace].readings.indices where length > 0 {
                let shift = draws.integer(below: length)
                traces[trace].readings[reading].move { range in
                    let (start, end) = (range.lowerBound + shift, range.upperBound + shift)
                    if end <= length { return [start..<end] }
                    return start >= length ? [start - length..<end - length] : [start..<length, 0..<end - length]
                }
            }
        }
    }
}

extension Reading {
    /// Replaces the range of each mark by other ranges.
    fileprivate mutating func move(_ ranges: (Range<Int>) -> [Range<Int>]) {
        marks = marks.flatMap { mark in
            ranges(mark.range).map { range in
                var mark = mark
                mark.range = range
                return mark
            }
        }.sorted { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    }
}
