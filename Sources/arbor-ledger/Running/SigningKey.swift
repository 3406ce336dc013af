import FoundationEssentials
import Git
import Glibc
import Records
import Signatures
import Subprocess
import SystemPackage
import Words

/// The key with which git signs this user's commits.
struct SigningKey: Sendable {
    var key: PublicKey
    /// The setting of git's configuration, for messages.
    private let setting: String
    private let source: Source
    private let program: String
    private let root: String
    private let environment: [String: String]

    private enum Source {
        /// A file with the private key, or with the public key of a key that an agent holds.
        case file(String)
        /// A public key whose private key an agent holds.
        case agent
    }

    /// Returns the key that git's configuration names; nil if git does not sign with SSH.
    static func configured(_ workspace: Workspace) async throws -> SigningKey? {
        let repository = try workspace.repository()
        guard repository.configValue("gpg.format") == "ssh" else { return nil }
        let program = repository.configPath("gpg.ssh.program") ?? "ssh-keygen"
        guard let executable = pathOfProgram(program, in: workspace.root, workspace.environment) else {
            throw Refusal(
                message: "the program that signs, \(program), is not in PATH",
                remedy: "install openssh-client, or correct git's gpg.ssh.program")
        }
        let (value, setting) = try await configuredValue(repository, workspace)
        let (key, source) = try resolve(value, setting, repository, workspace)
        return SigningKey(
            key: key, setting: setting, source: source, program: executable, root: workspace.root,
            environment: workspace.environment)
    }

    /// Signs a message. ssh-keygen may ask for a passphrase on the terminal.
    func sign(_ message: [UInt8], namespace: String) async throws -> SSHSignature {
        let folder = try makePrivateFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = "\(folder)/message"
        try writeFile(file, message, mode: 0o600)
        var arguments = ["-Y", "sign", "-n", namespace, "-f"]
        switch source {
        case .file(let path): arguments.append(path)
        case .agent:
            try writeFile("\(folder)/key.pub", Array("\(key.text)\n".utf8), mode: 0o600)
            arguments += ["\(folder)/key.pub", "-U"]
        }
        if key.type.startsWithBytes("sk-") { writeError("arbor-ledger: touch the security key to sign\n") }
        let result = try await output(program, arguments + [file], in: root, environment)
        guard result.succeeded, fileExists(file + ".sig"),
            case .bytes(let bytes) = try readFile(file + ".sig", limit: 1 << 16)
        else { throw failure(result.errors) }
        guard let signature = try? SSHSignature(armored: bytes), signature.key == key,
            signature.namespace.hasSameBytes(as: namespace), signature.isValid(for: message)
        else {
            throw Refusal(
                message: "\(program) made a signature that is not of the key \(key.fingerprint) in git's \(setting)",
                remedy: "check that the .pub file belongs to the private key: ssh-keygen -y -f FILE")
        }
        return signature
    }

    /// Explains why ssh-keygen failed, from what it printed.
    private func failure(_ errors: String) -> Refusal {
        let lines = errors.split(separator: "\n").map(String.init).filter { !$0.startsWithBytes("Signing file ") }
        let reason = lines.first ?? "no reason given"
        let remedy: String
        if errors.containsBytes("passphrase") {
            remedy = "type the passphrase of the key, or unlock it once with `ssh-add`"
        } else {
            switch source {
            case .file(let path):
                remedy =
                    "make the private key readable, or add it to the agent: ssh-add \(path.withoutEnding(".pub") ?? path)"
            case .agent: remedy = "start ssh-agent and add the private key with `ssh-add`; `ssh-add -L` lists its keys"
            }
        }
        return Refusal(message: "the key in git's \(setting) did not sign: \(reason)", remedy: remedy)
    }
}

extension SigningKey {
    /// Returns the configured key and the setting that names it.
    private static func configuredValue(
        _ repository: borrowing Repository, _ workspace: Workspace
    ) async throws -> (value: String, setting: String) {
        if let value = repository.configValue("user.signingKey"), !value.isEmpty { return (value, "user.signingKey") }
        let none = Refusal(
            message: "git signs with SSH (gpg.format), but its configuration names no key",
            remedy: "git config --global user.signingKey ~/.ssh/id_ed25519.pub")
        guard let line = repository.configValue("gpg.ssh.defaultKeyCommand") else { throw none }
        let setting = "gpg.ssh.defaultKeyCommand"
        guard let words = commandWords(line), let program = words.first,
            let path = pathOfProgram(program, in: workspace.root, workspace.environment)
        else {
            throw Refusal(
                message: "git's \(setting) cannot be run: \(line)", remedy: "correct it, or set user.signingKey")
        }
        let result = try await output(path, Array(words.dropFirst()), in: workspace.root, workspace.environment)
        guard result.succeeded, let first = result.output.split(separator: "\n").first.map(String.init),
            literalKey(first) != nil
        else {
            throw Refusal(
                message: "git's \(setting) printed no key: \(line)",
                remedy: "add a key to the agent with `ssh-add`, or set user.signingKey")
        }
        return (first, setting)
    }

    private static func resolve(
        _ value: String, _ setting: String, _ repository: borrowing Repository, _ workspace: Workspace
    ) throws -> (PublicKey, Source) {
        if let text = literalKey(value) {
            guard let key = PublicKey(text: text) else {
                throw Refusal(
                    message: "git's \(setting) is not a public key of a supported type: \(text)",
                    remedy: "copy the line of a .pub file")
            }
            return (key, .agent)
        }
        let named = repository.configPath("user.signingKey") ?? value
        // git runs in the top folder of the work tree.
        let path = named.startsWithBytes("/") ? named : "\(workspace.root)/\(named)"
        let isPublic = fileExists(path + ".pub") ? false : fileExists(path)
        guard fileExists(path + ".pub") || isPublic else {
            throw Refusal(
                message: "git's \(setting) names a file that does not exist: \(named)",
                remedy: "make a key with `ssh-keygen -t ed25519`, or correct the setting")
        }
        guard let text = try publicKeyFile(isPublic ? path : path + ".pub") else {
            throw Refusal(
                message: "git's \(setting) names \(named), and there is no \(named).pub beside it",
                remedy: "ssh-keygen -y -f \(named) > \(named).pub")
        }
        guard let key = PublicKey(text: text) else {
            throw Refusal(
                message: "the key in git's \(setting) is not of a supported type: \(named)",
                remedy: "make another key with `ssh-keygen -t ed25519`")
        }
        return (key, .file(path))
    }

    /// Returns the text of a key that git's configuration contains itself; nil if the value is a path.
    private static func literalKey(_ value: String) -> String? {
        if value.startsWithBytes("key::") { return String(value.dropFirst(5)) }
        return value.startsWithBytes("ssh-") ? value : nil
    }
}

/// Reads a file with one public key; nil if the file is not one line of text. A private key is not read beyond its
/// first bytes.
func publicKeyFile(_ path: String) throws -> String? {
    guard case .bytes(let bytes) = try readFile(path, limit: 1 << 14, refusing: "-----BEGIN"),
        let text = String(validating: bytes, as: UTF8.self)
    else { return nil }
    let lines = text.split(separator: "\n").filter { !$0.startsWithBytes("#") }
    return lines.count == 1 ? String(lines[0]) : nil
}

/// Splits a command line into words as git does: at spaces, except in quotes and after a backslash. Returns nil if a
/// quote is not closed.
func commandWords(_ line: String) -> [String]? {
    var words: [String] = []
    var word: String?
    var quote: Unicode.Scalar?
    var scalars = line.unicodeScalars.makeIterator()
    while let scalar = scalars.next() {
        if let open = quote, scalar == open {
            quote = nil
        } else if quote == nil, scalar == "'" || scalar == "\"" {
            (quote, word) = (scalar, word ?? "")
        } else if quote == nil, scalar.properties.isWhitespace {
            if let word { words.append(word) }
            word = nil
        } else if scalar == "\\", quote != "'" {
            guard let next = scalars.next() else { return nil }
            word = (word ?? "") + String(next)
        } else {
            word = (word ?? "") + String(scalar)
        }
    }
    return quote == nil ? words + [word].compactMap(\.self) : nil
}

/// Finds a program. Relative entries of PATH are skipped, because a ledger could contain a file of that name.
func pathOfProgram(_ program: String, in folder: String, _ environment: [String: String]) -> String? {
    if program.utf8.contains(UInt8(ascii: "/")) {
        let path = program.startsWithBytes("/") ? program : "\(folder)/\(program)"
        return isExecutable(path) ? path : nil
    }
    return (environment["PATH"] ?? "").split(separator: ":").lazy.filter { $0.startsWithBytes("/") }
        .map { "\($0)/\(program)" }.first(where: isExecutable)
}

/// Runs a program without a shell and without standard input, in a folder.
private func output(
    _ program: String, _ arguments: [String], in folder: String, _ environment: [String: String]
) async throws -> (succeeded: Bool, output: String, errors: String) {
    var variables: [Environment.Key: String] = [:]
    for (name, value) in environment {
        if let key = Environment.Key(rawValue: name) { variables[key] = value }
    }
    do {
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(arguments), environment: .custom(variables),
            workingDirectory: FilePath(folder), input: .none, output: .string(limit: 1 << 16),
            error: .string(limit: 1 << 16))
        return (result.terminationStatus.isSuccess, result.standardOutput, result.standardError)
    } catch {
        throw Refusal(message: "\(program) could not be run: \(error)", exitCode: 2)
    }
}

/// Makes a folder that only this user can read. Its name begins with `name`.
func makePrivateFolder(named name: String = "arbor-ledger") throws -> String {
    var path = Array("\(FileManager.default.temporaryDirectory.path)/\(name)-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&path) != nil else {
        throw FileError(path: FileManager.default.temporaryDirectory.path, doing: "make a folder in", code: errno)
    }
    return String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
}
