import Annotations
import Checking
import KernelInterface
import Records
import Synchronization

/// The batches of annotated traces that runs measure, in an order that the audit branch and the runner's key determine.
package final class TraceSamples: Sendable {
    /// Everything on which the order of traces depends.
    private struct Key: Hashable {
        var settings: [String: String]
        var size: Int
        var seeds: SeedSource
    }

    private let state: LedgerState
    private let trail: AuditTrail
    /// The kernels that measure traces.
    private let kernels: [KernelDescription]
    /// The names of kernels that contributors wrote.
    private let contributed: Set<String>
    private let known = Mutex<[Key: TraceBatches]>([:])

    package init(_ ledger: CheckedLedger, _ trail: AuditTrail) {
        state = ledger.state
        self.trail = trail
        kernels = ledger.kernels.filter(\.samplesTraces)
        contributed = Set(ledger.kernels.filter { $0.program != nil }.map(\.name))
    }

    /// Returns whether a recorded run measured the batch of its index. A run that trained a network measures none, and a
    /// contributor's kernel chooses its own sample.
    func fits(_ run: Statement.Run, of receipt: Receipt) -> Bool {
        let kernel = receipt.predicate.kernel.name
        guard kernels.contains(where: { $0.name == kernel }) else {
            return run.sample == nil || contributed.contains(kernel)
        }
        // A shallow history does not show when traces entered, so that runs on them decide nothing.
        guard !trail.isShallow, let model = state.models[receipt.folder] else { return false }
        let batches = batches(of: receipt.study, model, receipt.seeds)
        return run.sample != nil && run.sample == batches.digest(run.index)
    }

    /// Says which runs of a receipt do not count because they did not measure the traces that the ledger assigns to
    /// them.
    func mismatch(of receipt: Receipt) -> String? {
        let others = receipt.predicate.runs.filter { !fits($0, of: receipt) }.map(\.index).sorted()
        guard let first = others.first else { return nil }
        if trail.isShallow { return "the history is shallow, so it is unknown which traces its runs should measure" }
        return others.count == receipt.predicate.runs.count
            ? "its runs measured other traces than the ledger has for them"
            : "run \(first) measured other traces than the ledger has for it"
    }

    /// Returns the batches of a study of a toy model's measurement.
    package func batches(of study: Study, _ model: ToyModel, _ seeds: SeedSource) -> TraceBatches {
        let size = kernels.first { $0.name == model.kernel.value }.flatMap {
            model.completeConfig($0).values[TraceSampling.batch].flatMap(Int.init)
        }
        let settings = study.settings.filter { TraceSampling.selecting.contains($0.key) }
        let key = Key(settings: settings, size: size ?? 1, seeds: seeds)
        if let found = known.withLock({ $0[key] }) { return found }
        let batches = TraceBatches(
            order(settings, seeds), size: key.size,
            codebook: state.codebooks[settings[TraceSampling.codebook] ?? ""])
        known.withLock { $0[key] = batches }
        return batches
    }

    /// Returns the traces that a study can measure. Those that were on the audit branch when the claim entered come
    /// first, in the order of SHA-256(salt, token, digest of the text); the others follow in the order in which they
    /// entered. Only the runner knows the token before the runs are published.
    private func order(_ settings: [String: String], _ seeds: SeedSource) -> [TraceBatches.Entry] {
        guard let codebook = state.codebooks[settings[TraceSampling.codebook] ?? ""] else { return [] }
        func isWanted(_ value: String?, _ name: String) -> Bool {
            let wanted = settings[name] ?? TraceSampling.any
            return wanted == TraceSampling.any || value == wanted
        }
        let start = trail.position(of: seeds.salt) ?? 0
        let version = codebook.digest
        func rank(_ text: String) -> String {
            sha256([seeds.salt, seeds.token, text].filter { !$0.isEmpty }.joined(separator: "\n"))
        }
        let wanted = state.traces.values.filter {
            isWanted($0.model.value, Condition.model) && isWanted($0.task?.value, Condition.task)
        }
        let entries = wanted.compactMap { trace -> TraceBatches.Entry? in
            guard let text = state.text(of: trace) else { return nil }
            let digest = trace.text.sha256.value
            let files = state.annotations[trace.slug, default: []].filter {
                $0.content.codebook == codebook.slug && $0.content.version == version && $0.content.text == digest
            }
            guard let (entry, files) = entry(of: trace, files, salt: seeds.salt, start: start, settings) else {
                return nil
            }
            return TraceBatches.Entry(
                position: entry, rank: rank(digest), trace: trace, text: text, annotations: files.heads)
        }
        // A copy of a text is no further evidence.
        var seen: Set<String> = []
        return entries.sorted { ($0.position, $0.rank, $0.trace.slug) < ($1.position, $1.rank, $1.trace.slug) }
            .filter { seen.insert($0.trace.text.sha256.value).inserted }
    }

    /// Returns the position at which a trace can be measured, and the annotation files that had entered by then.
    /// Annotations that enter later change no batch.
    private func entry(
        of trace: Trace, _ files: [AnnotationFile], salt: String, start: Int, _ settings: [String: String]
    ) -> (Int, [AnnotationFile])? {
        // A self-check before the claim is on the audit branch may measure every trace.
        guard !salt.isEmpty else { return isMeasurable(files, settings) ? (0, files) : nil }
        let described = [RecordPlace.trace(slug: trace.slug), .traceText(slug: trace.slug)].map(
            trail.entry(ofTraceFile:))
        guard let text = described.compactMap(\.self).max(), described.allSatisfy({ $0 != nil }) else { return nil }
        let entered = files.compactMap { file in
            trail.entry(ofTraceFile: AnnotationFile.place(of: file.content, sha256: file.sha256)).map {
                (max($0, text, start), file)
            }
        }
        for position in Set(entered.map(\.0)).sorted() {
            let present = entered.filter { $0.0 <= position }.map(\.1)
            if isMeasurable(present, settings) { return (position, present) }
        }
        return nil
    }

    private func isMeasurable(_ files: [AnnotationFile], _ settings: [String: String]) -> Bool {
        // Of an annotator with several heads, none counts. Otherwise an annotator could make a trace measurable with a
        // file that covers nothing.
        let heads = files.heads.withoutSeveral.filter { $0.content.coverage == .all }
        let annotators = Set(heads.map { Annotator($0.content.annotator, $0.content.maker) })
        guard let kind = settings[TraceSampling.annotators] else { return false }
        if let maker = Annotation.Maker(rawValue: kind) { return annotators.contains { $0.maker == maker } }
        return annotators.contains { one in
            annotators.contains { $0 != one && AgreementKind(one.maker, $0.maker).rawValue == kind }
        }
    }
}

/// The names of the settings from which batches derive. The kernels that measure traces have parameters of these names.
package enum TraceSampling {
    /// The number of traces in a batch: a parameter of the kernel.
    package static let batch = "batch"
    package static let codebook = "codebook"
    package static let annotators = "annotators"
    /// The setting that admits traces of every model or task.
    package static let any = "any"
    /// The settings on which the order of traces depends.
    static let selecting = [codebook, annotators, Condition.model, Condition.task]
}

/// The traces that a study can measure, in batches. Run i measures batch i; an incomplete last batch is not measured.
package struct TraceBatches: Sendable {
    fileprivate struct Entry: Sendable {
        var position: Int
        var rank: String
        var trace: Trace
        var text: TraceText
        var annotations: [AnnotationFile]
    }

    private let entries: [Entry]
    let size: Int
    private let codebook: Codebook?

    fileprivate init(_ entries: [Entry], size: Int, codebook: Codebook?) {
        (self.entries, self.size, self.codebook) = (entries, max(1, size), codebook)
    }

    /// The number of complete batches.
    package var count: Int { entries.count / size }
    /// The number of traces that the study can measure.
    package var traceCount: Int { entries.count }

    /// Returns a batch as the kernel gets it. nil if there are not enough traces.
    package func batch(_ index: Int) -> [UInt8]? {
        guard index >= 0, index < count, let codebook else { return nil }
        let items = entries[index * size..<(index + 1) * size].map { entry in
            TraceBatch.Item(
                name: entry.trace.slug, length: entry.text.count,
                segments: entry.trace.segments.rule.segments(of: entry.text),
                annotations: entry.annotations.map(\.content))
        }
        return TraceBatch(scale: codebook.scale, unit: codebook.unit, traces: items).encoded
    }

    /// Returns the digest of a batch: of the codebook's version, and of the names, texts and annotations of its traces.
    package func digest(_ index: Int) -> String? {
        guard index >= 0, index < count, let codebook else { return nil }
        var lines = ["arbor-batch/1", codebook.digest]
        for entry in entries[index * size..<(index + 1) * size] {
            lines.append("\(entry.trace.slug) \(entry.trace.text.sha256.value) \(entry.trace.segments.sha256.value)")
            lines += entry.annotations.map(\.sha256)
        }
        return sha256(lines.joined(separator: "\n"))
    }
}

/// The annotated traces that the ledger has and those that the fewest deciding runs need.
package struct TraceShortage: Sendable, Equatable {
    package var present: Int
    package var needed: Int
}

extension TraceSamples {
    /// Returns how many traces the ledger lacks for the fewest runs that could decide a claim; nil if it lacks none.
    /// The traces of the ledger count even if they are not on the audit branch.
    func shortage(
        _ study: Study, _ model: ToyModel, _ claim: Claim, _ count: Count, alpha: Double
    ) -> TraceShortage? {
        let batches = batches(of: study, model, SeedSource(salt: ""))
        let misses = count.runs - count.hits
        let outcomes = Array(repeating: true, count: count.hits) + Array(repeating: false, count: misses)
        guard let further = claim.fewestRunsToDecide(after: outcomes, alpha: alpha) else { return nil }
        let needed = (count.runs + further) * batches.size
        return batches.traceCount < needed ? TraceShortage(present: batches.traceCount, needed: needed) : nil
    }
}
