import Checking
import KernelInterface
import Records
import Words

/// All records with their searchable words, packed for the store. A chunk holds up to 512 records.
package struct SearchTable: Sendable {
    package private(set) var chunks: [[UInt8]]

    package init(chunks: [[UInt8]]) { self.chunks = chunks }

    package init(_ ledger: CheckedLedger) {
        chunks = entries(of: ledger).chunks(of: 512).concurrentMap { entries in
            var packer = Packer()
            for entry in entries {
                packer.add(entry.kind.rawValue)
                packer.add(entry.id)
                packer.add(entry.title)
                packer.add(normalised(entry.names))
                packer.add(normalised(entry.texts))
            }
            return packer.bytes
        }
    }

    /// Returns the records that contain every word of a query, the best first: words of names and titles count for more
    /// than words of other texts, and whole words for more than beginnings. Throws if the chunks are damaged.
    func hits(for query: String) throws(UnpackingError) -> [FindReport.Hit] {
        let words = searchWords(query).map { Array($0.utf8) }
        guard !words.isEmpty else { return [] }
        let phrase = Array(searchWords(query).joined(separator: " ").utf8)
        let found = chunks.concurrentMap { chunk in
            Result { () throws(UnpackingError) in try scan(chunk, words, phrase, query) }
        }
        var hits: [FindReport.Hit] = []
        for part in found { hits += try part.get() }
        // Records of one score stay in the order of the table.
        return hits.enumerated().sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }.map(\.element)
    }

    /// The words of all names and titles. Empty if the chunks are damaged.
    var nameWords: Set<String> {
        var words: Set<String> = []
        for chunk in chunks {
            var unpacker = Unpacker(chunk[...])
            while !unpacker.isAtEnd {
                guard let entry = try? Packed(&unpacker) else { return [] }
                words.formUnion(String(decoding: entry.names, as: UTF8.self).split(separator: " ").map(String.init))
            }
        }
        return words
    }

    private func scan(
        _ chunk: [UInt8], _ words: [[UInt8]], _ phrase: [UInt8], _ query: String
    ) throws(UnpackingError) -> [FindReport.Hit] {
        var unpacker = Unpacker(chunk[...])
        var hits: [FindReport.Hit] = []
        while !unpacker.isAtEnd {
            let entry = try Packed(&unpacker)
            guard var score = entry.score(words) else { continue }
            let (kind, id) = (String(decoding: entry.kind, as: UTF8.self), String(decoding: entry.id, as: UTF8.self))
            if words.count > 1, entry.names.places(of: phrase).isPrefix { score += 10 }
            // The name of a value or a measurement is the end of its id.
            if id.hasSameBytes(as: query) || id.endsWithBytes("/\(query)") { score += 100 }
            hits.append(
                FindReport.Hit(id: id, kind: kind, title: String(decoding: entry.title, as: UTF8.self), score: score))
        }
        return hits
    }
}

private struct Packed {
    var kind: ArraySlice<UInt8>
    var id: ArraySlice<UInt8>
    var title: ArraySlice<UInt8>
    var names: ArraySlice<UInt8>
    var texts: ArraySlice<UInt8>

    init(_ unpacker: inout Unpacker) throws(UnpackingError) {
        kind = try unpacker.piece()
        id = try unpacker.piece()
        title = try unpacker.piece()
        names = try unpacker.piece()
        texts = try unpacker.piece()
    }

    /// Returns nil if a word is missing.
    func score(_ words: [[UInt8]]) -> Int? {
        var sum = 0
        for word in words {
            let inNames = names.places(of: word)
            if inNames.isWhole {
                sum += 8
            } else if inNames.isPrefix {
                sum += 5
            } else {
                let inTexts = texts.places(of: word)
                guard inTexts.isPrefix else { return nil }
                sum += inTexts.isWhole ? 3 : 2
            }
        }
        return sum
    }
}

extension ArraySlice<UInt8> {
    /// Whether a word is the beginning of one of these words, and whether it equals one of them. The words are preceded
    /// and separated by blanks.
    fileprivate func places(of word: [UInt8]) -> (isPrefix: Bool, isWhole: Bool) {
        var isPrefix = false
        let blank = UInt8(ascii: " ")
        var place = startIndex
        let last = endIndex - word.count - 1
        while place <= last {
            if self[place] == blank {
                var matched = 0
                while matched < word.count, self[place + 1 + matched] == word[matched] { matched += 1 }
                if matched == word.count {
                    isPrefix = true
                    let next = place + 1 + matched
                    if next == endIndex || self[next] == blank { return (true, true) }
                }
            }
            place += 1
        }
        return (isPrefix, false)
    }
}

/// One record before packing.
private struct Entry: Sendable {
    var kind: RecordView.Kind
    var id: String
    var title: String
    var names: [String]
    var texts: [String]

    init(_ kind: RecordView.Kind, _ id: String, _ title: String, names: [String] = [], _ texts: [String?]) {
        (self.kind, self.id, self.title) = (kind, id, title)
        self.names = [id, title] + names
        self.texts = texts.compactMap(\.self)
    }
}

/// Returns the words of texts, each after a blank.
private func normalised(_ texts: [String]) -> String { texts.flatMap(searchWords).map { " " + $0 }.joined() }

/// All records by kind, then by id. Kinds that readers look for most come first, because equal hits keep this order.
private func entries(of ledger: CheckedLedger) -> [Entry] {
    let state = ledger.state
    let vocabulary = state.vocabulary
    let questions = state.questions.values.sorted { treeOrder($0.id, $1.id) }.map {
        Entry(.question, $0.id, $0.text, [$0.why, $0.quantity?.value])
    }
    let values = vocabulary.attributes.keys.sorted().flatMap { condition in
        vocabulary.attributes[condition, default: [:]].valuesByKey.filter {
            condition != Condition.model || state.models[$0.slug] == nil
        }.map { value in
            Entry(
                .value, "\(condition)/\(value.slug)", value.title,
                value.attributes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })
        }
    }
    let toys = state.models.valuesByKey.map {
        Entry(.toyModel, $0.slug, $0.title, [$0.kernel.value, $0.abstracts.value])
    }
    let findings = state.findings.valuesByKey.map { finding in
        Entry(
            .finding, finding.slug, finding.title,
            [finding.source.value, finding.relevance, finding.date] + finding.authors + finding.contributors
                + finding.claims.flatMap { [$0.quantity.value] + $0.testedPhrases }
                + finding.caveats.map(\.text))
    }
    let quantities = state.quantities.valuesByKey.map {
        Entry(.quantity, $0.slug, $0.title, [$0.definition, $0.construct, $0.unit])
    }
    let assumptions = state.assumptions.valuesByKey.map { Entry(.assumption, $0.slug, $0.statement, []) }
    let measurements = state.measurements.valuesByKey.map { measurement in
        Entry(.measurement, measurement.id, measurement.measurement.value, measurement.measures.map(\.value))
    }
    let kernels = ledger.kernels.sorted { $0.name < $1.name }.map { kernel in
        Entry(
            .kernel, kernel.name, kernel.summary,
            kernel.measurements.flatMap { [$0.name] + $0.quantities } + kernel.parameters.map(\.name))
    }
    let conditions = vocabulary.conditions.valuesByKey.map { condition in
        let closed: [String] = if case .closed(let values) = condition.values { values } else { [] }
        return Entry(.condition, condition.slug, condition.title, closed)
    }
    let constraints = state.constraints.valuesByKey.map {
        Entry(.constraint, $0.slug, $0.title ?? $0.slug, [$0.why])
    }
    let codebooks = state.codebooks.valuesByKey.map { codebook in
        Entry(
            .codebook, codebook.slug, codebook.title,
            [codebook.source] + codebook.labels.flatMap { [$0.name.value, $0.definition] })
    }
    let resources = state.resources.valuesByKey.map { resource in
        Entry(.resource, resource.slug, resource.title, [resource.kind.rawValue] + resource.sources.map(\.text.value))
    }
    let traces = state.traces.valuesByKey.map {
        Entry(.trace, $0.slug, $0.title, [$0.model.value, $0.task?.value, $0.prompt])
    }
    return [
        questions, values, toys, findings, quantities, assumptions, measurements, kernels, conditions, constraints,
        codebooks, resources, traces,
    ].flatMap(\.self)
}
