import Checking
import Editing
import FoundationEssentials
import Records
import Words

/// A record that an answer of `new` names and that does not exist yet.
struct MissingRecord {
    var kind: RecordKind
    var place: RecordPlace
    /// The condition whose closed list lacks the value; nil if the record has a file of its own.
    var closedCondition: String?

    var sentence: String {
        if case .conditionValue(let condition, let value) = place {
            "There is no value \"\(value)\" of \(condition)."
        } else {
            "There is no \(kind.rawValue) \"\(place.name)\"."
        }
    }
}

/// The user ended the input.
struct EndOfInput: Error {}

extension RecordDraft {
    /// Returns the record that an answer names and that is missing, if `new` can write it.
    func missingRecord(_ prompt: Prompt, _ typed: String, _ mistakes: [Diagnostic]) -> MissingRecord? {
        let codes = Set(mistakes.map(\.code))
        let names = typed.split { "[],{} ".contains($0) }.map(String.init)
        let state = ledger.state
        func first(_ isKnown: (String) -> Bool) -> String? {
            names.first { isName($0) && Double($0) == nil && !isKnown($0) }
        }
        if codes.contains(.unknownQuantity), let name = first({ state.quantities[$0] != nil }) {
            return MissingRecord(kind: .quantity, place: .quantity(slug: name))
        }
        if codes.contains(.unknownAssumption), let name = first({ state.assumptions[$0] != nil }) {
            return MissingRecord(kind: .assumption, place: .assumption(slug: name))
        }
        if codes.contains(.unknownCondition), let name = first({ state.vocabulary.conditions[$0] != nil }) {
            return MissingRecord(kind: .condition, place: .condition(slug: name))
        }
        let tested = "\(claimPrefix)tested."
        if codes.contains(.unknownValue), prompt.key.hasPrefix(tested) {
            let condition = String(prompt.key.dropFirst(tested.count))
            guard let known = state.vocabulary.conditions[condition], !known.isNumber,
                let name = first({ state.vocabulary.isKnown($0, of: condition, nil) || $0 == "unknown" })
            else { return nil }
            let isClosed = if case .closed = known.values { true } else { false }
            return MissingRecord(
                kind: .conditionValue, place: .conditionValue(condition: condition, slug: name),
                closedCondition: isClosed ? condition : nil)
        }
        return nil
    }

    /// Returns the question above a new one, if it is missing.
    func missingParent(of place: RecordPlace, _ mistakes: [Diagnostic]) -> MissingRecord? {
        guard case .question(let id) = place, let parent = Question.parent(of: id),
            ledger.state.questions[parent] == nil,
            mistakes.contains(where: { $0.code == .unknownQuestion })
        else { return nil }
        return MissingRecord(kind: .question, place: .question(id: parent))
    }

    /// Offers to write a missing record, and writes it. Returns whether it was written.
    mutating func makes(_ missing: MissingRecord) async throws -> Bool {
        guard isTerminal else { return false }
        guard try confirms("\(missing.sentence) Write it now?") else { return false }
        if let condition = missing.closedCondition {
            let path = try workspace.addValue(missing.place.name, toClosedCondition: condition, files)
            writeOutput("changed  \(path)\n")
        } else {
            var other = try await RecordDraft(workspace)
            do {
                try await other.write(missing.kind, at: missing.place, folder: nil, given: [], isDraft: false)
            } catch let refusal as Refusal {
                for text in [refusal.message, refusal.remedy.map { "-> \($0)" }].compactMap(\.self) {
                    writeError("  \(escapeHidden(text))\n")
                }
                if other.hasEnded { throw EndOfInput() }
                // The user can still complete the first record.
                return false
            }
        }
        try reload()
        return true
    }

    /// Asks a question whose usual answer is no.
    func confirms(_ question: String) throws -> Bool {
        guard let line = readAnswer("\(escapeHidden(question)) [y/N]: ", choices: ["y", "n"]) else {
            throw EndOfInput()
        }
        return ["y", "yes"].contains(line.lowercased())
    }
}

extension Workspace {
    /// Adds a value to the closed list of a condition, unless the ledger would have new errors. Returns the path of the
    /// changed file.
    func addValue(_ value: String, toClosedCondition condition: String, _ files: [DecodedFile]) throws -> String {
        let path = RecordPlace.condition(slug: condition).path
        guard case .bytes(let bytes) = try readFile("\(root)/\(path)", limit: recordByteLimit),
            let changed = addingClosedValue(value, to: bytes)
        else {
            throw Refusal(
                message: "the values of \(condition) are not a list", remedy: "change `values:` in \(path) by hand")
        }
        let before = Set(check(files).errors)
        let after = files.filter { $0.path != path } + [decode(SourceFile(path: path, bytes: changed))]
        if let error = check(after.sorted { $0.path < $1.path }).errors.first(where: { !before.contains($0) }) {
            throw Refusal(message: "\(error.path): \(error.message)", remedy: error.fix)
        }
        try writeFile("\(root)/\(path)", changed)
        return path
    }
}
