import Annotations
import ArgumentParser
import Checking
import Records
import Words

extension AnnotationsCommand {
    struct Match: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Label segments by patterns.",
            discussion: """
                The file of rules has one `label: pattern` per line; lines that begin with # are comments. A pattern \
                is a regular expression of Swift. A segment gets a label if a pattern of the label matches a part of \
                it. Each label of the codebook needs a pattern; (?!) matches nothing. Keep the file as \
                Codebooks/rules/NAME.txt.

                Writes one annotation for each trace, with a rule as its annotator. A trace that already has the same \
                annotation is left out.

                Examples (replace SLUG):
                  arbor-ledger annotations match SLUG --rules Codebooks/rules/SLUG.txt --annotator words
                  arbor-ledger annotations match SLUG --rules words.txt --annotator words --model SLUG
                """)

        @Option(name: .customLong("rules"), help: "The file of the rules.", completion: .file())
        var rulesFile: String

        @Option(help: ArgumentHelp("The name of these rules as an annotator.", valueName: "handle"))
        var annotator: String

        @Option(help: ArgumentHelp("Only traces of this model.", valueName: "model"))
        var model: String?

        @Option(help: ArgumentHelp("Only this trace; repeat for several.", valueName: "slug"))
        var trace: [String] = []

        @Flag(name: .customLong("replace"), help: "Replace the annotator's present annotations.")
        var replaces = false

        @Argument(help: ArgumentHelp("The codebook that defines the labels.", valueName: "codebook"))
        var codebookName: String

        func run() async throws {
            try await withWorkspace { workspace in
                try workspace.requireWorkTree()
                let ledger = try AnnotatedLedger(workspace)
                let codebook = try ledger.codebook(codebookName)
                guard codebook.unit == .segment, codebook.scale == .nominal else {
                    throw Refusal(
                        message: "rules put labels without values on segments, and \(codebook.slug) has others",
                        remedy: "choose a codebook with `unit: segment` and `scale: nominal`", exitCode: 64)
                }
                let traces = try chosen(in: ledger)
                let bytes = try content(workspace).filter { $0 != 0x0D }
                let rules = try located { () throws(LabelRuleMistake) in
                    try LabelRules(
                        String(decoding: bytes, as: UTF8.self),
                        labels: codebook.labels.map(\.name.value))
                }
                onInterrupt("arbor-ledger: stopped; nothing was written\n")
                var matching = RuleMatching(
                    ledger: ledger, codebook: codebook, rules: rules, annotator: annotator, replaces: replaces,
                    tool: "arbor-ledger annotations match, rules \(sha256(bytes).prefix(12))")
                for trace in traces {
                    guard let slow = try await matching.add(trace) else { continue }
                    throw Refusal(
                        message: "\(rulesFile):\(slow.line): the pattern took more than "
                            + "\(RuleMatching.secondsLimit) seconds on \(trace.slug)",
                        remedy: "simplify it; repetitions within repetitions, such as (a+)+, are slow")
                }
                try ledger.requireValid(matching.files)
                for file in matching.files {
                    try writeFile("\(workspace.root)/\(file.path)", [file.bytes[...]], survivesPowerLoss: false)
                }
                writeOutput(matching.summary)
                return .success
            }
        }

        private func chosen(in ledger: AnnotatedLedger) throws -> [Trace] {
            for name in trace { _ = try ledger.trace(name) }
            let chosen = ledger.traces.filter {
                (trace.isEmpty || trace.contains($0.slug)) && (model == nil || model == $0.model.value)
            }
            guard chosen.isEmpty else { return chosen }
            let models = Set(ledger.traces.map(\.model.value)).sorted()
            throw Refusal(
                message: model.map { "no such trace is of the model \"\($0)\"" } ?? "the ledger has no traces",
                remedy: model.flatMap { didYouMean($0, models) } ?? "`arbor-ledger traces` writes some", exitCode: 64)
        }

        private func content(_ workspace: Workspace) throws -> [UInt8] {
            guard case .bytes(let bytes) = try readFile(workspace.absolutePath(rulesFile), limit: recordByteLimit)
            else {
                throw Refusal(
                    message: "\(rulesFile) is no regular file of at most \(recordByteLimit >> 20) MiB", exitCode: 64)
            }
            return bytes
        }

        private func located<Result>(_ body: () throws(LabelRuleMistake) -> Result) throws(Refusal) -> Result {
            do {
                return try body()
            } catch {
                throw Refusal(
                    message: "\(rulesFile):\(error.line): \(error.message)", remedy: error.remedy, exitCode: 64)
            }
        }
    }
}

/// Annotations that rules make, collected before any is written.
private struct RuleMatching {
    let ledger: AnnotatedLedger
    let codebook: Codebook
    let rules: LabelRules
    let annotator: String
    let replaces: Bool
    let tool: String
    private(set) var files: [SourceFile] = []
    private var unchanged = 0
    private var withoutText = 0
    /// The number of segments with each label.
    private var counts: [String: Int] = [:]
    private var segmentCount = 0

    /// The limit on the time of one pattern on one trace.
    static let secondsLimit = 10

    init(
        ledger: AnnotatedLedger, codebook: Codebook, rules: LabelRules, annotator: String, replaces: Bool, tool: String
    ) {
        self.ledger = ledger
        self.codebook = codebook
        self.rules = rules
        self.annotator = annotator
        self.replaces = replaces
        self.tool = tool
    }

    /// Adds the annotation of a trace. Returns a rule that takes too long.
    mutating func add(_ trace: Trace) async throws -> LabelRules.Rule? {
        guard let text = ledger.textAtHand(of: trace.slug) else {
            withoutText += 1
            return nil
        }
        let segments = trace.segments.rule.segments(of: text.text)
        var marks: [Annotation.Mark] = []
        for rule in rules.rules {
            let found = try await result(withinSeconds: Self.secondsLimit) {
                try rule.matches(in: text.text, segments)
            }
            guard let found else { return rule }
            marks += found.map { Annotation.Mark($0, rule.label, quote: text.text[$0]) }
        }
        let heads = ledger.heads(trace: trace.slug, codebook: codebook.slug, annotator: annotator)
        var annotation = Annotation(
            trace: trace.slug, text: text.sha256, codebook: codebook.slug, version: codebook.digest,
            annotator: annotator, maker: .rule, isBlind: true, marks: marks, tool: tool)
        annotation.sort()
        for mark in annotation.marks { counts[mark.label, default: 0] += 1 }
        segmentCount += segments.count
        if heads.contains(where: { $0.content.saysTheSame(as: annotation) }) {
            unchanged += 1
            return nil
        }
        guard heads.isEmpty || replaces else {
            throw Refusal(
                message: "\(annotator) has another annotation of \(trace.slug) with the codebook \(codebook.slug)",
                remedy: "add --replace, so that the new one counts instead")
        }
        annotation.replaces = heads.map(\.sha256)
        annotation.sort()
        let bytes = annotation.encoded
        let place = AnnotationFile.place(of: annotation, sha256: sha256(bytes))
        guard RecordPlace(path: place.path) == place else { throw badHandle(annotator) }
        files.append(SourceFile(path: place.path, bytes: bytes))
        return nil
    }

    var summary: String {
        var text =
            "\(counted(files.count, "annotation")) by \(escapeHidden(annotator)) with \(escapeHidden(codebook.slug))"
        if unchanged > 0 { text += "; \(unchanged) were there already" }
        if withoutText > 0 { text += "; \(counted(withoutText, "text")) not at hand" }
        text += "\n"
        for label in codebook.labels.map(\.name.value) {
            text += "  \(escapeHidden(label))  \(counts[label, default: 0]) of \(counted(segmentCount, "segment"))\n"
        }
        return text
    }
}

/// Returns the result of `body`, or nil if it takes too long; it then goes on until the process ends.
private func result<Value: Sendable>(
    withinSeconds limit: Int, _ body: @escaping @Sendable () throws -> Value
) async throws -> Value? {
    let (outcomes, channel) = AsyncStream<Result<Value, any Error>?>.makeStream()
    Task.detached { channel.yield(Result { try body() }) }
    let clock = Task.detached {
        try await Task.sleep(for: .seconds(limit))
        channel.yield(nil)
    }
    defer { clock.cancel() }
    for await outcome in outcomes { return try outcome?.get() }
    return nil
}
