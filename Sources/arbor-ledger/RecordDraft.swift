import ArgumentParser
import Checking
import Editing
import Glibc
import Records
import Reports
import Words

/// A record that `new` writes. On a terminal, `new` asks for missing fields. It checks every answer against the ledger.
struct RecordDraft {
    let workspace: Workspace
    private let companion: SourceFile?
    private(set) var files: [DecodedFile]
    private(set) var ledger: CheckedLedger
    private var names: KnownNames
    private let defaults: PromptDefaults
    private var knownDiagnostics: Set<Diagnostic>
    let isTerminal: Bool
    /// Keys that were left empty.
    private var skipped: Set<String> = []
    /// The command that usually follows the writing of the record.
    private(set) var next = ""
    /// Whether the user ended the input.
    private(set) var hasEnded = false

    /// `companion` is written together with the record.
    init(_ workspace: Workspace, with companion: SourceFile? = nil) async throws {
        self.workspace = workspace
        self.companion = companion
        files = try workspace.files(.workTree) + [companion].compactMap(\.self).map(decode)
        ledger = workspace.check(files)
        knownDiagnostics = Set(ledger.diagnostics)
        names = KnownNames(ledger, paths: files.map(\.path))
        let identity = try? workspace.repository().identity(.author, environment: workspace.environment)
        defaults = PromptDefaults(today: today(), contributor: identity?.contributor)
        isTerminal = isatty(STDIN_FILENO) == 1 && Terminal.current.isErrorTerminal
    }

    /// Reads the ledger again, after another record was written.
    mutating func reload() throws {
        files = try workspace.files(.workTree) + [companion].compactMap(\.self).map(decode)
        ledger = workspace.check(files)
        knownDiagnostics = Set(ledger.diagnostics)
        names = KnownNames(ledger, paths: files.map(\.path))
    }

    /// Whether a record can be written at a place. If its name is wrong, prints why.
    mutating func accepts(_ kind: RecordKind, at place: RecordPlace, folder: String?) async throws -> Bool {
        let path = place.path(in: folder)
        guard RecordPlace(path: path) == place else {
            writeError("  \"\(escapeHidden(place.name))\" is not a valid \(kind.rawValue) name\n")
            return false
        }
        guard !fileExists("\(workspace.root)/\(path)") else {
            writeError("  \(escapeHidden(path)) already exists\n")
            return false
        }
        let draft = Draft(kind, path: path)
        var nameErrors = mistakes(in: draft, at: Prompt.nameKey)
        if let missing = missingParent(of: place, nameErrors), try await makes(missing) {
            nameErrors = mistakes(in: draft, at: Prompt.nameKey)
        }
        show(nameErrors, of: path)
        return nameErrors.isEmpty
    }

    /// Fills in the record from flags and prompts, and writes it if it has no error.
    mutating func write(_ kind: RecordKind, at place: RecordPlace, folder: String?, given: [FlagValue], isDraft: Bool)
        async throws
    {
        let path = place.path(in: folder)
        guard RecordPlace(path: path) == place else {
            throw Refusal(message: "\"\(place.name)\" is not a valid \(kind.rawValue) name", exitCode: 64)
        }
        let file = "\(workspace.root)/\(path)"
        guard !fileExists(file) else {
            throw Refusal(message: "\(path) already exists", remedy: "edit it, or choose another name")
        }
        var draft = Draft(kind, path: path)
        draft.comment = editorComment(kind, path)
        guard try await accepts(kind, at: place, folder: folder) else {
            throw Refusal(message: "nothing was written", remedy: nil)
        }
        try refuseRepeatedAttributes(given)
        let unread = given.filter { !apply($0, into: &draft) }
        // On a terminal, the user is asked again for values that could not be read.
        guard unread.isEmpty || isTerminal else { throw Refusal(message: "nothing was written", remedy: nil) }
        let last: [Diagnostic]
        do {
            last = try await complete(&draft, isDraft: isDraft)
        } catch is EndOfInput {
            hasEnded = true
            throw stopped(draft)
        }
        try writeFile(file, draft.bytes)
        show(last.filter { $0.severity == .warning }, of: path)
        writeOutput("wrote  \(escapeHidden(path))\n")
        let unwritten = draft.unwritten.compactMap { draft.prompt($0)?.label }.sorted()
        if !unwritten.isEmpty { writeOutput("Still to write: \(unwritten.joined(separator: ", "))\n") }
        next = "\(unwritten.isEmpty ? "" : "write these, then ")arbor-ledger submit \(path)"
    }

    /// Asks for everything that is missing, and for further claims of a finding. Returns the diagnostics of the record.
    private mutating func complete(_ draft: inout Draft, isDraft: Bool) async throws -> [Diagnostic] {
        try await fill(&draft, isDraft: isDraft)
        var last = try await checked(&draft, isDraft: isDraft)
        while isTerminal, draft.kind == .finding, try confirms("Add another claim to this finding?") {
            draft.beginClaim()
            skipped = skipped.filter { !$0.hasPrefix(claimPrefix) }
            try await fill(&draft, isDraft: isDraft)
            last = try await checked(&draft, isDraft: isDraft)
        }
        if isTerminal, draft.kind == .finding, !draft.has("caveats") {
            try askForCaveats(&draft)
            last = try await checked(&draft, isDraft: isDraft)
        }
        return last
    }

    /// Refuses a repeated attribute, of which only the last value would be kept.
    private func refuseRepeatedAttributes(_ given: [FlagValue]) throws {
        let keys = given.map(\.key).filter { $0.hasPrefix(Prompt.attributePrefix) }
        guard let key = keys.first(where: { key in keys.count { $0 == key } > 1 }) else { return }
        throw Refusal(
            message: "\(key.dropFirst(Prompt.attributePrefix.count)) is given twice", remedy: "give it once",
            exitCode: 64)
    }

    /// Applies an answer to the draft. If the answer cannot be read, prints the error and returns false.
    private func apply(_ answer: FlagValue, into draft: inout Draft) -> Bool {
        guard let prompt = draft.prompt(answer.key) else { return true }
        let mistake =
            prompt.takesNamedSettings ? draft.answer(prompt, named: answer.text) : draft.answer(prompt, answer.text)
        guard let mistake else { return true }
        show([mistake], of: draft.path, flag: prompt.flag)
        return false
    }

    /// Asks for fields until none is missing.
    private mutating func fill(_ draft: inout Draft, isDraft: Bool) async throws {
        var missing: [String] = []
        while let prompt = draft.prompts(names, ledger, defaults)
            .first(where: { !draft.has($0.key) && !skipped.contains($0.key) })
        {
            if isDraft && prompt.isProse {
                draft.insertTODO(prompt)
            } else if isTerminal {
                try await ask(prompt, &draft)
            } else if let usual = prompt.defaultAnswer {
                _ = draft.answer(prompt, usual)
            } else {
                skipped.insert(prompt.key)
                if prompt.isRequired { missing.append(prompt.flag) }
            }
        }
        guard missing.isEmpty else {
            let prose = isDraft ? "" : "; --draft writes TODO for sentences"
            throw Refusal(
                message: "missing \(missing.joined(separator: ", "))", remedy: "add it, or run on a terminal\(prose)",
                exitCode: 64)
        }
    }

    private mutating func ask(_ prompt: Prompt, _ draft: inout Draft) async throws {
        let style = TextStyle(width: 80, hasColour: false)
        writeError(style.wrapped(prompt.summary, indent: 2) + "\n")
        if !prompt.choices.isEmpty {
            let shown = prompt.choices.prefix(12).joined(separator: ", ")
            let rest = prompt.choices.count > 12 ? ", … (\(prompt.choices.count) in all)" : ""
            writeError(style.wrapped(escapeHidden("one of \(shown)\(rest)"), indent: 2) + "\n")
        }
        if let example = prompt.example {
            writeError(style.wrapped(escapeHidden("for example \(example)"), indent: 2) + "\n")
        }
        if prompt.key == "config" { showSettings(ofKernel: draft.answers["kernel"]) }
        let empty =
            prompt.defaultAnswer.map { " [\(escapeHidden($0))]" }
            ?? (prompt.isProse ? " [later]" : prompt.isRequired ? "" : " [none]")
        guard let line = readAnswer("\(escapeHidden(prompt.label))\(empty): ", choices: prompt.choices) else {
            throw EndOfInput()
        }
        let typed = line.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) ? prompt.defaultAnswer ?? "" : line
        if typed.isEmpty {
            if prompt.isProse {
                draft.insertTODO(prompt)
            } else if !prompt.isRequired {
                skipped.insert(prompt.key)
            } else {
                writeError("  an answer is required\n")
            }
            return
        }
        let unread = prompt.takesNamedSettings ? draft.answer(prompt, named: typed) : draft.answer(prompt, typed)
        var wrong = unread.map { [$0] } ?? mistakes(in: draft, at: prompt.key)
        if unread == nil, let mended = mended(prompt.key, of: draft) {
            draft = mended
            wrong = []
        }
        while let missing = missingRecord(prompt, typed, wrong), try await makes(missing) {
            wrong = mistakes(in: draft, at: prompt.key)
        }
        guard !wrong.isEmpty else { return showBreadth(prompt, draft) }
        show(wrong, of: draft.path)
        draft.clear(prompt.key)
    }

    /// Asks for objections to the claims of a finding, or to what they rest on, until the answer is empty.
    private func askForCaveats(_ draft: inout Draft) throws {
        let style = TextStyle(width: 80, hasColour: false)
        writeError(style.wrapped("An objection to a claim, an assumption or a verifier.", indent: 2) + "\n")
        writeError("  for example Only one model was tested.\n")
        while true {
            guard let text = readAnswer("caveat [none]: ", choices: []) else { throw EndOfInput() }
            guard !text.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { return }
            let targets = draft.caveatTargets
            let usual = targets.first ?? ""
            writeError(style.wrapped(escapeHidden("one of \(targets.joined(separator: ", "))"), indent: 2) + "\n")
            while true {
                guard let line = readAnswer("against [\(escapeHidden(usual))]: ", choices: targets) else {
                    throw EndOfInput()
                }
                let name = line.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) ? usual : line
                var extended = draft
                extended.addCaveat(text, against: name, ledger.state)
                let wrong = mistakes(in: extended, at: "caveats")
                guard !wrong.isEmpty else {
                    draft = extended
                    break
                }
                show(wrong, of: draft.path)
            }
        }
    }

    /// Rewrites an answer as `fix` would do it in the file, and shows what is written. Returns nil if nothing changes or
    /// mistakes are left.
    private func mended(_ key: String, of draft: Draft) -> Draft? {
        let completed = draft.completed(by: draft.prompts(names, ledger, defaults))
        let file = decode(SourceFile(path: completed.path, bytes: completed.bytes))
        let mending = Checking.mended(
            files + [file], read: { $0 == completed.path ? completed.bytes : nil },
            check: { workspace.check($0, depth: .everything) })
        guard let change = mending.changes.first else { return nil }
        var mended = draft
        let written = mended.takeMended(key, from: change.after, of: completed)
        guard !written.isEmpty, mistakes(in: mended, at: key).isEmpty else { return nil }
        for text in written { writeError("  written as \(escapeHidden(text))\n") }
        return mended
    }

    /// Returns the diagnostics of the finished record. On a terminal, asks again for wrong answers.
    private mutating func checked(_ draft: inout Draft, isDraft: Bool) async throws -> [Diagnostic] {
        while true {
            let found = diagnostics(of: draft)
            let errors = found.filter { $0.severity == .error }
            guard let first = errors.first else { return found }
            show(errors, of: draft.path)
            let key = draft.key(of: first)
            guard isTerminal, draft.prompt(key) != nil, key.utf8.contains(UInt8(ascii: ".")) || draft.has(key),
                draft.answers[key] != nil
            else {
                if isTerminal { throw EndOfInput() }
                throw Refusal(message: "nothing was written", remedy: "correct the errors and try again")
            }
            draft.clear(key)
            skipped.remove(key)
            try await fill(&draft, isDraft: isDraft)
        }
    }

    /// Returns the errors in the answer to one key. Answers that are still missing are not errors.
    private func mistakes(in draft: Draft, at key: String) -> [Diagnostic] {
        let completed = draft.completed(by: draft.prompts(names, ledger, defaults))
        return diagnostics(of: completed).filter {
            $0.severity == .error && $0.code != .missingKey && $0.code != .missingCondition
                && (key == Prompt.nameKey ? completed.isAboutName($0) : completed.key(of: $0).isKey(key))
        }
    }

    /// Returns the diagnostics of the record, and the errors that the record causes in other files. A draft may have texts
    /// that are still to be written.
    private func diagnostics(of draft: Draft) -> [Diagnostic] {
        let file = decode(SourceFile(path: draft.path, bytes: draft.bytes))
        return workspace.check(files + [file], depth: .everything).diagnostics.filter {
            $0.code != .unfinished
                && ($0.path == draft.path || ($0.severity == .error && !knownDiagnostics.contains($0)))
        }
    }

    /// Saves the answers of an unfinished record outside of the ledger, so that they are not lost.
    private func stopped(_ draft: Draft) -> Refusal {
        let path = "\(workspace.cacheDirectory)/drafts/\(draft.path)"
        guard !draft.answers.isEmpty, (try? writeFile(path, draft.bytes)) != nil else {
            return Refusal(message: "stopped; nothing was written", remedy: nil)
        }
        return Refusal(
            message: "stopped; \(draft.path) was not written",
            remedy: "the answers so far are in \(path): complete them, and move the file to \(draft.path)")
    }

    /// Prints how many cells a claim covers beyond the tested ones.
    private func showBreadth(_ prompt: Prompt, _ draft: Draft) {
        guard prompt.key == "\(claimPrefix)holds_for" else { return }
        let completed = draft.completed(by: draft.prompts(names, ledger, defaults))
        show(
            diagnostics(of: completed).filter { completed.key(of: $0).isKey(prompt.key) && $0.severity != .error },
            of: draft.path)
    }

    /// Prints the settings of a kernel with their defaults.
    private func showSettings(ofKernel name: String?) {
        guard let kernel = ledger.kernels.first(where: { $0.name == name }) else { return }
        for parameter in kernel.parameters {
            writeError(TextStyle(width: 80, hasColour: false).wrapped(parameter.phrase, indent: 6, first: 4) + "\n")
        }
    }

    /// Prints diagnostics. A diagnostic for a file other than `path` is printed with the path of its file.
    private func show(_ diagnostics: [Diagnostic], of path: String, flag: String? = nil) {
        let style = TextStyle(width: 80, hasColour: false)
        for diagnostic in diagnostics {
            let place = flag.map { "\($0): " } ?? (diagnostic.path == path ? "" : "\(escapeHidden(diagnostic.path)): ")
            writeError(style.wrapped("\(place)\(escapeHidden(diagnostic.message))", indent: 2) + "\n")
            if let fix = diagnostic.fix {
                writeError(style.wrapped("-> \(escapeHidden(fix))", indent: 5, first: 2) + "\n")
            }
        }
    }

    /// Returns the comment that names the schema for editors; nil if the ledger has no file with the schema.
    private func editorComment(_ kind: RecordKind, _ path: String) -> String? {
        guard let schema = EditorSchema.of(kind), fileExists("\(workspace.root)/\(schema.path)") else { return nil }
        return schema.comment(forFileAt: path)
    }
}

/// The value of a key that was given as a flag.
struct FlagValue {
    var key: String
    var text: String
}

extension String {
    /// Returns whether this is `key` or a key nested in it.
    fileprivate func isKey(_ key: String) -> Bool { self == key || hasPrefix(key + ".") }
}

extension RecordPlace {
    /// Returns the path of the record; a finding may be in a subfolder.
    fileprivate func path(in folder: String?) -> String {
        guard case .finding(let slug) = self, let folder else { return path }
        return "Findings/\(folder)/\(slug).yaml"
    }
}
