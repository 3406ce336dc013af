import ArgumentParser
import Editing
import FoundationEssentials
import Glibc
import Records
import Words

struct New: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a new record of any kind.",
        discussion: """
            On a terminal it prompts for every field not given as a flag, and again if an answer is wrong. Without a \
            terminal a missing flag is an error that names it. The record is checked before it is written; no file is \
            overwritten.

            Write lists as a,b or [a, b]; ranges as in the files, [0.4, 0.6] or {at_least: 1}; settings as \
            density=0.3, repeated, or {density: 0.3}.

            Examples:
              arbor-ledger new finding
              arbor-ledger new quantity loss --title Loss --definition "Mean loss" \\
                --range "{at_least: 0}" --conditions model
            """,
        subcommands: [
            NewQuestion.self, NewVote.self, NewQuantity.self, NewCondition.self, NewValue.self, NewAssumption.self,
            NewConstraint.self, NewFinding.self, NewModel.self, NewMeasurement.self, NewTrace.self, NewCodebook.self,
            NewResource.self, NewKernel.self,
        ])
}

/// The options for every kind of record.
struct NewOptions: ParsableArguments {
    @Flag(name: .customLong("draft"), help: "Write TODO for sentences not given as a flag.")
    var isDraft = false
}

/// One kind of record that `new` writes.
protocol NewRecord: AsyncParsableCommand {
    static var kind: RecordKind { get }
    var options: NewOptions { get }
    /// The name of the record. If it is missing, `new` asks for it on a terminal.
    var name: String? { get }
    /// A description of the name, for the help and the prompt.
    static var nameAbout: String { get }
    func place(_ name: String, by contributor: String?) throws -> RecordPlace
    var folder: String? { get }
    var flags: RecordFlags<Self> { get }
    /// The keys that have no flag, because the answers follow from `companion`.
    static var computedKeys: [String] { get }
    /// Returns a file that is written together with the record, and the answers that follow from it.
    func companion(_ workspace: Workspace, _ place: RecordPlace) throws -> RecordCompanion
    /// The command that usually comes next; nil if it is `submit`.
    func next(_ place: RecordPlace) -> String?
}

/// A file that belongs to a new record.
struct RecordCompanion {
    /// nil if only the answers are used.
    var file: SourceFile?
    var answers: [FlagValue] = []
    /// Sentences for the user.
    var notes: [String] = []
}

extension NewRecord {
    static var nameHelp: ArgumentHelp { ArgumentHelp(nameAbout) }

    var folder: String? { nil }
    static var computedKeys: [String] { [] }
    func companion(_ workspace: Workspace, _ place: RecordPlace) -> RecordCompanion { RecordCompanion() }
    func next(_ place: RecordPlace) -> String? { nil }

    func run() async throws { try await writeRecord() }

    /// Fills in the record, and writes it.
    func writeRecord() async throws {
        try await withWorkspace { workspace in
            try workspace.requireWorkTree()
            let identity = try? workspace.repository().identity(.author, environment: workspace.environment)
            let place = try await chosenPlace(workspace, by: identity?.name)
            let companion = try companion(workspace, place)
            var scaffolding = try await RecordDraft(workspace, with: companion.file)
            try await scaffolding.write(
                Self.kind, at: place, folder: folder, given: companion.answers + flags.answers,
                isDraft: options.isDraft)
            if let file = companion.file {
                try writeFile("\(workspace.root)/\(file.path)", file.bytes)
                writeOutput("wrote  \(escapeHidden(file.path))\n")
            }
            for note in companion.notes { writeOutput("\(note)\n") }
            writeNext(next(place) ?? scaffolding.next)
            return .success
        }
    }

    /// The place of the new record. On a terminal, asks for a name that is missing, and again if it is wrong.
    private func chosenPlace(_ workspace: Workspace, by contributor: String?) async throws -> RecordPlace {
        if let name { return try place(name, by: contributor) }
        var draft = try await RecordDraft(workspace)
        guard draft.isTerminal else {
            throw Refusal(message: "missing the name", remedy: Self.nameAbout, exitCode: 64)
        }
        while true {
            writeError("  \(Self.nameAbout)\n")
            guard let line = readAnswer("name: ", choices: []), !line.isEmpty else {
                throw Refusal(message: "stopped; nothing was written", remedy: nil)
            }
            do {
                let place = try place(line, by: contributor)
                if try await draft.accepts(Self.kind, at: place, folder: folder) { return place }
            } catch is EndOfInput {
                throw Refusal(message: "stopped; nothing was written", remedy: nil)
            } catch let refusal as Refusal where refusal.exitCode == 64 {
                writeError("  \(escapeHidden(refusal.message))\n")
            }
        }
    }

    /// Splits `a/b` into its two parts.
    func twoParts(_ name: String) throws -> (String, String) {
        guard let slash = name.utf8.firstIndex(of: UInt8(ascii: "/")) else {
            throw Refusal(message: "\"\(name)\" has no slash", remedy: Self.nameAbout, exitCode: 64)
        }
        return (String(name[..<slash]), String(name[name.utf8.index(after: slash)...]))
    }
}
