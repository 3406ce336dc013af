import Annotations
import Records
import Words
import YAML

/// Checks traces, their texts and their annotations.
func checkTraces(_ context: CheckContext) -> [Diagnostic] {
    let state = context.state
    let names = Set(state.traces.keys).union(state.traceTexts.keys).union(state.annotations.keys).sorted()
    // A chunk takes much longer than starting its task.
    return names.chunks(of: 64).concurrentMap { names in
        names.flatMap { TraceCheck($0, context).diagnostics }
    }.flatMap(\.self)
}

/// The check of one trace.
private struct TraceCheck {
    let context: CheckContext
    let slug: String
    let trace: Trace?
    /// The text, if the ledger contains the one that the trace describes.
    let text: TraceText?
    /// The segments of the text.
    let segments: [Range<Int>]
    private(set) var diagnostics: [Diagnostic] = []

    init(_ slug: String, _ context: CheckContext) {
        self.context = context
        self.slug = slug
        trace = context.state.traces[slug]
        let file = context.state.traceTexts[slug]
        text = trace.flatMap(context.state.text)
        if let text, let trace {
            segments = trace.segments.rule.segments(of: text)
        } else {
            segments = []
        }
        checkTrace()
        if let file { check(file) }
        let files = context.state.annotations[slug, default: []]
        for file in files { check(file, among: files) }
        checkHeads(files)
    }

    private mutating func report(
        _ code: Diagnostic.Code, _ place: RecordPlace, _ message: String, at mark: Mark = .fileStart, fix: String
    ) {
        diagnostics.append(Diagnostic(code, path: place.path, mark: mark, message: message, fix: fix))
    }

    private mutating func checkTrace() {
        guard let trace else { return }
        let place = RecordPlace.trace(slug: slug)
        for (condition, value) in [(Condition.model, trace.model)] + (trace.task.map { [(Condition.task, $0)] } ?? [])
        where !value.isUnreadable && !context.state.vocabulary.isKnown(value.value, of: condition, nil) {
            let known = context.state.vocabulary.values[condition, default: []]
            report(
                .unknownValue, place, "\"\(value.value)\" is not a value of \(condition)", at: value.mark,
                fix: didYouMean(value.value, known)
                    ?? "add \(RecordPlace.conditionValue(condition: condition, slug: value.value).path)")
        }
        guard text != nil else {
            if context.state.traceTexts[slug] == nil, trace.places.isEmpty {
                report(
                    .textNotAtHand, place, "the text of the trace is not at hand, and \"where\" names no resource",
                    fix: "add \(RecordPlace.traceText(slug: slug).path), or describe the text in Resources/")
            }
            return
        }
        let digest = segmentsDigest(segments)
        if digest != trace.segments.sha256.value {
            report(
                .changedText, place,
                "the segments by the rule \(trace.segments.rule.rawValue) have the SHA-256 \(digest)",
                at: trace.segments.sha256.mark, fix: "write this digest")
        }
    }

    private mutating func check(_ file: TraceTextFile) {
        let place = RecordPlace.traceText(slug: slug)
        guard let trace else {
            guard !context.existing.contains(.trace(slug: slug)) else { return }
            return report(
                .unknownTrace, place, "the text belongs to no trace", fix: "add \(RecordPlace.trace(slug: slug).path)")
        }
        guard !trace.text.sha256.isUnreadable else { return }
        guard file.sha256 == trace.text.sha256.value else {
            return report(
                .changedText, place, "the text has the SHA-256 \(file.sha256), not the one that trace.yaml gives",
                fix: "restore it with `git checkout`; a text never changes, and another text is another trace")
        }
        for (name, found, given) in [
            ("bytes", file.bytes, trace.text.bytes), ("codepoints", file.text.count, trace.text.codePoints),
        ] where found != given {
            report(
                .changedText, .trace(slug: slug),
                "the text has \(found) \(name), not \(given)", at: trace.text.mark(of: name),
                fix: "write `\(name): \(found)`")
        }
    }

    private mutating func check(_ file: AnnotationFile, among files: [AnnotationFile]) {
        let annotation = file.content
        let place = AnnotationFile.place(of: annotation, sha256: file.sha256)
        guard let trace else {
            guard !context.existing.contains(.trace(slug: slug)) else { return }
            return report(
                .unknownTrace, place, "the annotation is of the unknown trace \"\(slug)\"",
                fix: didYouMean(slug, context.state.traces.keys) ?? "add \(RecordPlace.trace(slug: slug).path)")
        }
        if !trace.text.sha256.isUnreadable, annotation.text != trace.text.sha256.value {
            report(
                .changedText, place,
                "the annotation is of another text than the one that trace.yaml describes",
                at: Mark(line: annotation.line(of: .text), column: 1),
                fix: "restore Traces/\(slug): annotations and texts never change, and another text is another trace")
        }
        for (replaced, place) in zip(annotation.replaces, file.replacedPlaces)
        where !files.contains(where: { $0.sha256 == replaced })
            && (!context.existing.contains(place) || files.contains { $0.path.hasSameBytes(as: place.path) })
        {
            report(
                .badAnnotation, AnnotationFile.place(of: annotation, sha256: file.sha256),
                "the annotation replaces \(replaced.prefix(12))…, which \(escapeHidden(annotation.annotator)) did not make",
                at: Mark(line: annotation.line(of: .replaces), column: 1),
                fix: "commit the replaced file too; annotations are never removed")
        }
        if !escapeHidden(annotation.tool).hasSameBytes(as: annotation.tool) {
            report(
                .badAnnotation, place, "the name of the tool has a hidden character",
                at: Mark(line: annotation.line(of: .tool), column: 1), fix: "make the annotation again without it")
        }
        checkLabels(annotation, at: place)
        if let problem = annotation.coverageProblem(in: trace.text.codePoints) {
            report(
                .badAnnotation, place, problem.message, at: Mark(line: annotation.line(of: .covers), column: 1),
                fix: problem.fix)
        }
        if text != nil, annotation.text == trace.text.sha256.value { checkPlaces(annotation, at: place) }
    }

    private mutating func checkLabels(_ annotation: Annotation, at place: RecordPlace) {
        guard let codebook = context.state.codebooks[annotation.codebook] else {
            guard !context.existing.contains(.codebook(slug: annotation.codebook)) else { return }
            return report(
                .unknownCodebook, place,
                "unknown codebook \"\(annotation.codebook)\"",
                at: Mark(line: annotation.line(of: .codebook), column: 1),
                fix: didYouMean(annotation.codebook, context.state.codebooks.keys)
                    ?? "add \(RecordPlace.codebook(slug: annotation.codebook).path)")
        }
        guard annotation.version == codebook.digest else {
            return report(
                .changedCodebook, place,
                "the labels were made with another version of the codebook \"\(codebook.slug)\"",
                at: Mark(line: annotation.line(of: .version), column: 1),
                fix:
                    "restore \(RecordPlace.codebook(slug: codebook.slug).path); changed labels and definitions belong in a new codebook"
            )
        }
        for (number, mark) in annotation.marks.enumerated() {
            guard let problem = codebook.problem(with: mark) else { continue }
            report(
                .badAnnotation, place, problem.message, at: Mark(line: annotation.line(ofMark: number), column: 5),
                fix: problem.fix)
        }
    }

    /// Checks offsets, quotes and borders against the text.
    private mutating func checkPlaces(_ annotation: Annotation, at place: RecordPlace) {
        guard let text else { return }
        let codebook = context.state.codebooks[annotation.codebook]
        let borders = Set(segments)
        for (number, mark) in annotation.marks.enumerated() {
            let line = Mark(line: annotation.line(ofMark: number), column: 5)
            // A range beyond the text has its own diagnostic.
            guard mark.range.upperBound <= text.count else { continue }
            guard text.scalars[mark.range].elementsEqual(mark.quote.unicodeScalars) else {
                report(
                    .badAnnotation, place,
                    "the text from \(mark.range.lowerBound) to \(mark.range.upperBound) is not the quote", at: line,
                    fix: "count Unicode code points, not bytes or UTF-16 units")
                continue
            }
            guard let problem = codebook?.borderProblem(of: mark.range, in: text, segments: borders) else { continue }
            report(.badAnnotation, place, problem, at: line, fix: "make it with `arbor-ledger annotate`")
        }
        if let link = annotation.links.first(where: {
            $0.from == $0.to || !segments.indices.contains($0.from) || !segments.indices.contains($0.to)
                || $0.relation != Annotation.Link.dependsOn
        }) {
            report(
                .badAnnotation, place,
                "the link from \(link.from) to \(link.to) does not relate two of the \(counted(segments.count, "segment"))",
                at: Mark(line: annotation.line(of: .links), column: 1),
                fix: "number the segments from 0, and write \"\(Annotation.Link.dependsOn)\"")
        }
    }

    private mutating func checkHeads(_ files: [AnnotationFile]) {
        let groups = Dictionary(grouping: files.heads) { "\($0.content.codebook)/\($0.content.annotator)" }
        for (_, heads) in groups where heads.count > 1 {
            guard let last = heads.last else { continue }
            report(
                .severalHeads, AnnotationFile.place(of: last.content, sha256: last.sha256),
                "\(escapeHidden(last.content.annotator)) has \(counted(heads.count, "annotation")) of this trace, and none replaces the others",
                fix: "make one that replaces the others; until then none of them counts")
        }
    }
}

extension Codebook {
    /// Says why a mark does not fit the codebook.
    package func problem(with mark: Annotation.Mark) -> (message: String, fix: String)? {
        guard label(mark.label) != nil else {
            let names = labels.map(\.name.value)
            return (
                "the codebook \"\(slug)\" has no label \"\(escapeHidden(mark.label))\"",
                didYouMean(mark.label, names) ?? "the labels are \(names.joined(separator: ", "))"
            )
        }
        guard (mark.value != nil) == scale.hasValues else {
            return scale.hasValues
                ? ("the label \"\(mark.label)\" needs a value", "write it after the label")
                : ("the label \"\(mark.label)\" has a value, but the scale is nominal", "remove it")
        }
        guard let value = mark.value, !values.isEmpty, !values.contains(value) else { return nil }
        return (
            "\(value) is not a value of the codebook",
            "the values are \(values.map { "\($0)" }.joined(separator: ", "))"
        )
    }

    /// Says why the unit of the codebook does not allow a range of a text.
    package func borderProblem(of range: Range<Int>, in text: TraceText, segments: Set<Range<Int>>) -> String? {
        switch unit {
        case .segment where !segments.contains(range):
            "the label from \(range.lowerBound) to \(range.upperBound) is not on a whole segment"
        case .trace where range != 0..<text.count: "the label is not on the whole text"
        case .segment, .trace, .span: nil
        }
    }
}

extension Annotation {
    /// Says why the covered ranges, the ranges of labels or their quotes are wrong for a text of some length, which need
    /// not be at hand.
    fileprivate func coverageProblem(in length: Int) -> (message: String, fix: String)? {
        if let mark = marks.first(where: { $0.range.upperBound > length }) {
            return (
                "the label from \(mark.range.lowerBound) to \(mark.range.upperBound) ends after the text, which has \(counted(length, "code point"))",
                "count Unicode code points"
            )
        }
        if let mark = marks.first(where: { $0.quote.unicodeScalars.count != $0.range.count }) {
            return (
                "the label from \(mark.range.lowerBound) to \(mark.range.upperBound) has a quote of \(counted(mark.quote.unicodeScalars.count, "code point"))",
                "quote the whole range, and count Unicode code points"
            )
        }
        guard case .ranges(let ranges) = coverage else { return nil }
        guard let last = ranges.last else {
            return ("the annotator looked at nothing", "leave out the annotation, or give the ranges in `covers`")
        }
        guard zip(ranges, ranges.dropFirst()).allSatisfy({ $0.upperBound <= $1.lowerBound }) else {
            return ("the covered ranges overlap or are not sorted", "give disjoint ranges in ascending order")
        }
        guard last.upperBound <= length else {
            return (
                "a covered range ends at \(last.upperBound), but the text has \(counted(length, "code point"))",
                "count Unicode code points"
            )
        }
        // Both lists are sorted.
        var next = 0
        for mark in marks {
            while next < ranges.count, ranges[next].upperBound <= mark.range.lowerBound { next += 1 }
            guard next < ranges.count, ranges[next].contains(mark.range) else {
                return (
                    "the label from \(mark.range.lowerBound) to \(mark.range.upperBound) lies outside the covered ranges",
                    "cover its text too"
                )
            }
        }
        return nil
    }
}

/// Checks the references between codebooks.
func checkCodebooks(_ context: CheckContext) -> [Diagnostic] {
    context.state.codebooks.values.flatMap { codebook -> [Diagnostic] in
        let path = RecordPlace.codebook(slug: codebook.slug).path
        return codebook.labels.flatMap { label -> [Diagnostic] in
            let mapped = label.mapsTo.compactMap { name -> Diagnostic? in
                let parts = name.value.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
                let other = parts.first.flatMap { context.state.codebooks[$0] }
                if parts.count == 2, other == nil, context.existing.contains(.codebook(slug: parts[0])) { return nil }
                guard parts.count == 2, let other, other.label(parts[1]) != nil else {
                    let known = context.state.codebooks.values.flatMap { codebook in
                        codebook.labels.map { "\(codebook.slug)/\($0.name.value)" }
                    }
                    return Diagnostic(
                        .unknownCodebook, path: path, mark: name.mark, message: "unknown label \"\(name.value)\"",
                        Mend(name: name.value, at: name.mark, among: known), otherwise: "write `codebook/label`")
                }
                return nil
            }
            guard let assumed = label.assumes, !context.existing.contains(.assumption(slug: assumed.value)) else {
                return mapped
            }
            return mapped + [
                Diagnostic(
                    .unknownAssumption, path: path, mark: assumed.mark,
                    message: "unknown assumption \"\(assumed.value)\"",
                    Mend(name: assumed.value, at: assumed.mark, among: context.state.assumptions.keys),
                    otherwise: "add \(RecordPlace.assumption(slug: assumed.value).path)")
            ]
        }
    }
}

extension Diagnostic.Code {
    package static let unknownTrace = Self("unknown-trace", .error, "No trace has this name.")
    package static let unknownCodebook = Self("unknown-codebook", .error, "No codebook or label has this name.")
    package static let changedText = Self("changed-text", .error, "A text, its segments or its digest do not match.")
    package static let changedCodebook = Self(
        "changed-codebook", .error, "An annotation was made with another version of its codebook.")
    package static let severalHeads = Self(
        "several-heads", .warning, "An annotator has several annotations of one trace, and none replaces the others.")
    package static let textNotAtHand = Self(
        "text-not-at-hand", .warning, "The ledger does not say where the text of a trace is.")

    package static let ofTraces = [
        unknownTrace, unknownCodebook, changedText, changedCodebook, severalHeads, textNotAtHand,
    ]
}
