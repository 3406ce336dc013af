import FoundationEssentials
import Git
import Records
import Subprocess
import Words

/// The folder of a demo, with a shared repository and one clone per person, and the programs that run in it.
struct DemoStage: Sendable {
    /// A person with a clone and an SSH key.
    struct Person: Sendable {
        /// The name of the clone and of the key.
        var id: String
        var name: String

        var address: String { "\(id)@example.org" }
    }

    /// One program call of a command line, such as `git push`.
    struct Call: Sendable {
        var program: String
        var arguments: [String]

        static func git(_ arguments: String...) -> Call { Call(program: "git", arguments: arguments) }
        static func tool(_ arguments: String...) -> Call { Call(program: "arbor-ledger", arguments: arguments) }
    }

    let folder: String
    /// The paths of the programs, by name.
    private let programs: [String: String]
    private let environment: [String: String]
    private let processes: DemoProcesses
    private let style: TextStyle
    private let write: @Sendable (String) -> Void

    /// `tool` is the path of this program. Refuses to begin if git or ssh-keygen is missing.
    init(
        folder: String, tool: String, environment: [String: String], processes: DemoProcesses, style: TextStyle,
        write: @escaping @Sendable (String) -> Void
    ) throws(Refusal) {
        var programs = ["arbor-ledger": tool]
        for (name, package) in [("git", "git"), ("ssh-keygen", "openssh-client")] {
            guard let path = pathOfProgram(name, in: folder, environment) else {
                throw Refusal(
                    message: "the demo needs \(name), which is not in PATH", remedy: "apt install \(package)",
                    exitCode: 2)
            }
            programs[name] = path
        }
        (self.folder, self.programs, self.processes, self.style, self.write) = (
            folder, programs, processes, style, write
        )
        // The user's settings and keys are not used.
        let home = "\(folder)/home"
        self.environment = scrubbedEnvironment(environment).filter {
            !["SSH_AUTH_SOCK", "SSH_ASKPASS", "NO_COLOR", "CLICOLOR_FORCE"].contains($0.key)
                && !$0.key.startsWithBytes("XDG_")
                && !$0.key.startsWithBytes("ARBOR_LEDGER_")
        }.merging([
            "HOME": home, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "\(home)/.gitconfig", "LC_ALL": "C.UTF-8",
            "GIT_TERMINAL_PROMPT": "0", "TERM": "dumb",
        ]) { $1 }
    }

    /// Makes the shared repository and the people's keys.
    func prepare(_ people: [Person]) async throws {
        for name in ["home", "keys"] { try makeFolder("\(folder)/\(name)") }
        try await runSilently(.git("init", "-q", "--bare", "-b", "main", "shared.git"), in: "")
        for person in people {
            try await runSilently(
                Call(
                    program: "ssh-keygen",
                    arguments: ["-q", "-t", "ed25519", "-N", "", "-C", person.address, "-f", "keys/\(person.id)"]),
                in: "")
        }
    }

    /// Clones the shared repository for a person, whose commits and receipts bear their name and key.
    func clone(for person: Person) async throws {
        try await runSilently(.git("clone", "-q", "shared.git", person.id), in: "")
        let settings = [
            ("user.name", person.name), ("user.email", person.address), ("gpg.format", "ssh"),
            ("user.signingKey", "\(folder)/keys/\(person.id).pub"), ("commit.gpgSign", "false"),
        ]
        for (name, value) in settings { try await runSilently(.git("config", name, value), in: person.id) }
        // An empty repository may begin with a branch of another name.
        try await runSilently(.git("symbolic-ref", "HEAD", "refs/heads/main"), in: person.id)
    }

    /// Writes a heading and sentences about what happens next.
    func narrate(_ heading: String?, _ text: String) {
        if let heading { write("\n\(style.bold("# \(heading)"))\n") }
        let lines = style.wrapped(text, indent: 2, first: 2).split(separator: "\n").map { "# " + $0.dropFirst(2) }
        write(lines.map { style.dim($0) + "\n" }.joined())
    }

    /// Shows a command line as a person would type it, runs it, and prints parts of its output: for each element of
    /// `beginnings`, the given number of lines from the line that begins so. Other lines are replaced by an ellipsis.
    func run(
        _ person: Person, _ calls: [Call], showing beginnings: [(beginning: String, count: Int)] = [("", .max)]
    ) async throws {
        prompt(person, calls.map(typed).joined(separator: " && "))
        for call in calls {
            let output = try await outputOf(call, in: person.id, errors: .combinedWithOutput)
            write(cut(output, beginnings))
        }
    }

    /// Shows a record as `cat` prints it, cut as the output of a program.
    func show(_ record: DemoStory.Record, of person: Person, showing beginnings: [(beginning: String, count: Int)]) {
        prompt(person, "cat \(shellQuoted(record.path))")
        write(cut(record.text, beginnings))
    }

    private func prompt(_ person: Person, _ typed: String) {
        write("\(style.cyan("\(person.id)$")) \(style.bold(escapeHidden(typed)))\n")
    }

    private func typed(_ call: Call) -> String {
        ([call.program] + call.arguments).map(shellQuoted).joined(separator: " ")
    }

    /// Runs this program and decodes the JSON that it prints.
    func json<Value: Decodable>(_ person: Person, _ arguments: [String]) async throws -> Value {
        let call = Call(program: "arbor-ledger", arguments: arguments + ["--format", "json"])
        let output = try await outputOf(call, in: person.id, errors: .discarded)
        do {
            return try JSONDecoder().decode(Value.self, from: Data(output.utf8))
        } catch {
            throw Refusal(message: "the demo cannot read the output of `arbor-ledger \(arguments[0])`", exitCode: 2)
        }
    }

    func write(_ record: DemoStory.Record, of person: Person) throws {
        try writeFile("\(folder)/\(person.id)/\(record.path)", Array(record.text.utf8))
    }

    private func runSilently(_ call: Call, in place: String) async throws {
        _ = try await outputOf(call, in: place, errors: .combinedWithOutput)
    }

    private func outputOf(_ call: Call, in place: String, errors: some ErrorOutputProtocol) async throws -> String {
        let (output, status) = try await processes.run(
            programs[call.program] ?? call.program, call.arguments, in: place.isEmpty ? folder : "\(folder)/\(place)",
            environment, errors: errors)
        guard status == 0 else {
            write(escapeHiddenInLines(output))
            throw Refusal(
                message: "`\(typed(call))` ended with status \(status), so the demo stops",
                remedy: "run `arbor-ledger doctor`", exitCode: 2)
        }
        return output
    }

    private func cut(_ output: String, _ beginnings: [(beginning: String, count: Int)]) -> String {
        guard !output.isEmpty else { return "" }
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false).dropLast(
            output.hasSuffix("\n") ? 1 : 0
        )
        .map(String.init)
        var kept: Set<Int> = []
        for (beginning, count) in beginnings {
            guard let start = lines.firstIndex(where: { $0.startsWithBytes(beginning) }) else { continue }
            kept.formUnion(start..<min(lines.count, count == .max ? lines.count : start + count))
        }
        var shown: [String] = []
        var isCut = false
        for (index, line) in lines.enumerated() {
            if kept.contains(index) {
                shown.append(escapeHidden(line))
                isCut = false
            } else if !isCut {
                shown.append("…")
                isCut = true
            }
        }
        return shown.map { $0 + "\n" }.joined()
    }
}
