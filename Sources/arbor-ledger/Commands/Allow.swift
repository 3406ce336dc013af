import ArgumentParser
import Editing
import FoundationEssentials
import Records
import Words

struct Allow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Allow a contributor's kernel to run on this machine.",
        discussion: """
            A kernel in Kernels/ is a program that a contributor wrote. `verify`, `try`, `submit`, `traces` and `tasks \
            run` start it only if you have allowed exactly this version; `check`, the hooks and the reports never \
            start it. The command shows the program, the files that it can read and its sandbox, and asks for your \
            consent. Your consent is stored in your own folder for settings and ends with any change of the program. \
            If you allow the same program again, the folders of --visible stay, unless you name others.

            Without a terminal, for example in CI, give the digest of the program that you have read and want to allow.

            Examples:
              arbor-ledger allow --list
              arbor-ledger allow KERNEL
              arbor-ledger allow KERNEL --visible FOLDER
            """)

    @Option(help: ArgumentHelp("Allow the kernel without asking, if this is its digest.", valueName: "sha256"))
    var digest: String?

    @Option(
        help: ArgumentHelp(
            "Folder that the program can read, such as a Python environment; repeat for several.", valueName: "folder"),
        completion: .directory)
    var visible: [String] = []

    @Flag(help: "List what you have allowed.")
    var list = false

    @Flag(help: "Withdraw the consent to the kernel, in every version.")
    var withdraw = false

    @Argument(help: ArgumentHelp("The kernel, or a model that it measures.", valueName: "kernel"))
    var name: String?

    func validate() throws {
        if list, name != nil || digest != nil || !visible.isEmpty || withdraw {
            throw ValidationError("--list takes no kernel and no other option")
        }
        if !list, name == nil { throw ValidationError("name a kernel, or use --list") }
        if withdraw, digest != nil || !visible.isEmpty {
            throw ValidationError("--withdraw takes no other option")
        }
    }

    func run() async throws {
        guard let name else {
            return try await reportingErrors {
                try printList(KernelConsents(environment: ProcessInfo.processInfo.environment))
                return .success
            }
        }
        try await withWorkspace { workspace in
            let consents = KernelConsents(environment: workspace.environment)
            if withdraw {
                let count = try consents.remove(name)
                guard count > 0 else {
                    throw Refusal(
                        message: "you have not allowed \"\(name)\"", remedy: "arbor-ledger allow --list", exitCode: 64)
                }
                writeOutput("withdrew \(counted(count, "consent")) to \(escapeHidden(name))\n")
                return .success
            }
            try workspace.requireWorkTree()
            let state = try workspace.load(.workTree).ledger.state
            let slug = state.kernels[name] == nil ? state.models[name]?.kernel.value ?? name : name
            guard state.kernels[slug] != nil || !kernelDescriptions.contains(where: { $0.name == slug }) else {
                throw Refusal(
                    message: "the kernel \(slug) is part of this program and needs no consent",
                    remedy: "only kernels in Kernels/ do: arbor-ledger list kernels", exitCode: 64)
            }
            let kernel = try workspace.kernelHome.commandKernel(named: slug)
            let folders =
                visible.isEmpty
                ? try consents.consent(to: kernel)?.readableFolders ?? [] : try visible.map(readableFolder)
            var facts = try await ConsentFacts(kernel, state, folders, workspace)
            if visible.isEmpty, folders.isEmpty, let earlier = try consents.latest(for: kernel.slug),
                !earlier.readableFolders.isEmpty
            {
                facts.text +=
                    "An earlier version can read \(escapeHidden(listed(earlier.readableFolders))). This one cannot, "
                    + "unless you add --visible FOLDER.\n"
            }
            writeOutput(facts.text)
            guard try isAllowed(kernel) else { return .failure }
            try consents.add(
                KernelConsents.Consent(
                    digest: kernel.digest, name: kernel.slug, readableFolders: facts.readableFolders, date: today()))
            writeOutput("allowed, in \(escapeHidden(consents.path ?? ""))\n")
            if let measurement = state.measurements.values.filter({ state.models[$0.model]?.kernel.value == slug })
                .map(\.id).min()
            {
                writeNext("arbor-ledger try \(measurement)")
            }
            return .success
        }
    }

    private func isAllowed(_ kernel: CommandKernel) throws -> Bool {
        if let digest {
            guard digest == kernel.digest else {
                throw Refusal(
                    message: "\(kernel.slug) has the digest \(kernel.digest), not the given one",
                    remedy: "read the program again before you allow it")
            }
            return true
        }
        guard isInputTerminal(), Terminal.current.isOutputTerminal else {
            throw Refusal(
                message: "without a terminal nothing is asked",
                remedy: "if you have read the program: arbor-ledger allow \(kernel.slug) --digest \(kernel.digest)",
                exitCode: 64)
        }
        writeOutput("Allow this program to run on your machine? [y/N] ")
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }

    /// Returns the absolute path of a folder.
    private func readableFolder(_ folder: String) throws -> String {
        let path = folder.startsWithBytes("/") ? folder : "\(FileManager.default.currentDirectoryPath)/\(folder)"
        guard (try? kindOfFile(path)) != .file, let resolved = realPath(path) else {
            throw Refusal(message: "there is no folder \(folder)", exitCode: 64)
        }
        guard resolved != "/", resolved != realPath(ProcessInfo.processInfo.environment["HOME"] ?? "/") else {
            throw Refusal(
                message: "\(resolved) contains more than a program needs", remedy: "name the folder of the environment",
                exitCode: 64)
        }
        return resolved
    }

    private func printList(_ consents: KernelConsents) throws {
        let all = try consents.all()
        guard !all.isEmpty else {
            writeOutput("You have allowed no kernel.\n")
            return
        }
        for consent in all {
            writeOutput("\(escapeHidden(consent.name))  \(consent.digest)  allowed on \(escapeHidden(consent.date))\n")
            for folder in consent.readableFolders { writeOutput("  can read \(escapeHidden(folder))\n") }
        }
    }
}

/// The description of a kernel that a user reads before consenting to it.
private struct ConsentFacts {
    var text: String
    var readableFolders: [String]

    init(
        _ kernel: CommandKernel, _ state: LedgerState, _ folders: [String], _ workspace: Workspace
    ) async throws {
        let style = Terminal.current.style
        readableFolders = folders
        // A virtual environment of Python consists of links to the interpreter.
        for folder in folders {
            guard let interpreter = realPath("\(folder)/bin/python3") else { continue }
            let prefix = parentFolder(parentFolder(interpreter))
            let isPython = ((try? listFolder("\(prefix)/lib")) ?? []).contains { $0.name.startsWithBytes("python3") }
            if isPython, prefix != "/usr", prefix != "/", !readableFolders.contains(prefix) {
                readableFolders.append(prefix)
            }
        }
        var lines = [
            style.bold("\(kernel.slug): \(escapeHidden(kernel.title))"),
            "  by        \(escapeHidden(listed(kernel.contributors)))",
            "  command   \(escapeHidden(kernel.command.map { quoted($0.value) }.joined(separator: " ")))",
        ]
        for (index, file) in kernel.files.enumerated() {
            let bytes = try workspace.kernelHome.programFile(file, of: kernel)
            let path = RecordPlace.kernelFile(kernel: kernel.slug, file: file.name.value).path
            lines.append("  \(index == 0 ? "files   " : "        ")  \(escapeHidden(path)), \(bytes.count) bytes")
        }
        let models = state.models.values.filter { $0.kernel.value == kernel.slug }.sorted { $0.slug < $1.slug }
        for (index, model) in models.enumerated() {
            let weights = model.weights.flatMap(\.files).map(\.name)
            lines.append(
                "  \(index == 0 ? "models  " : "        ")  \(model.slug)"
                    + (weights.isEmpty ? "" : ": reads \(escapeHidden(listed(weights)))"))
        }
        for (index, folder) in readableFolders.enumerated() {
            lines.append("  \(index == 0 ? "can read" : "        ")  \(escapeHidden(folder))")
        }
        let levels = await SandboxProbe.find().levels
        lines.append("  sandbox   \(sandboxPhrase(levels, usesGPU: kernel.devices.contains(.gpu)))")
        lines.append("  digest    \(kernel.digest)")
        text = lines.map { "\($0)\n" }.joined()
    }
}

/// Says what the strongest sandbox of this machine prevents a program from doing.
private func sandboxPhrase(_ levels: Set<SandboxLevel>, usesGPU: Bool) -> String {
    let devices = usesGPU ? "; it can use the graphics processor" : ""
    if levels.contains(.full) {
        return "full: no network, no other process, no file except these and /usr\(devices)"
    }
    if levels.contains(.partial) {
        return "partial: no network, no signals, no file except these and /usr; it sees the list of processes\(devices)"
    }
    return "none works here; the program does not start unless you add --sandbox off"
}

/// Puts an argument in quotes if it is not a plain word.
private func quoted(_ argument: String) -> String {
    let isPlain = argument.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "/"), UInt8(ascii: "="):
            true
        default: false
        }
    }
    return isPlain && !argument.isEmpty ? argument : "'\(argument.replacing("'", with: "'\\''"))'"
}

private func parentFolder(_ path: String) -> String {
    path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "/"
}
