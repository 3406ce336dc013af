import ArgumentParser
import Editing
import Glibc
import Records
import Words

struct NewKernel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernel", abstract: "Write a kernel of your own: a Python program that measures models.",
        discussion: """
            Writes Kernels/NAME with a program that runs without changes: it flips a coin, and its measurement gives \
            the quantity of --gives. Replace its parts, then run `arbor-ledger fix`, which writes the new SHA-256 of \
            the files into kernel.yaml. docs/external-kernels.md describes the record and the protocol.

            Example:
              arbor-ledger new kernel my-coin --gives dimensions-per-feature
            """)

    @Argument(help: "The kernel's permanent slug, such as residual-probes.")
    var name: String

    @Option(help: "What it measures, in reports.")
    var title: String?

    @Option(
        help: ArgumentHelp("The quantity that its first measurement gives.", valueName: "quantity"),
        completion: .names(\.quantities))
    var gives: String

    func run() async throws {
        try await withWorkspace { workspace in
            try workspace.requireWorkTree()
            let place = RecordPlace.kernel(slug: name)
            guard isName(name), RecordPlace(path: place.path) == place else {
                throw Refusal(message: "\"\(name)\" is not a valid kernel name", exitCode: 64)
            }
            guard !pythonModules.contains(module), module != "arbor_kernel" else {
                let owner = module == "arbor_kernel" ? "speaks the protocol" : "is part of Python"
                throw Refusal(
                    message: "the program \(module).py would replace the module \"\(module)\", which \(owner)",
                    remedy: "choose another name, such as \(name)-kernel", exitCode: 64)
            }
            guard !fileExists("\(workspace.root)/Kernels/\(name)") else {
                throw Refusal(message: "Kernels/\(name) already exists", remedy: "edit it, or choose another name")
            }
            let existing = try workspace.files(.workTree)
            let ledger = workspace.check(existing)
            guard ledger.state.quantities[gives] != nil else {
                throw Refusal(
                    message: "there is no quantity \"\(gives)\"",
                    remedy: didYouMean(gives, ledger.state.quantities.keys)
                        ?? "write it first: arbor-ledger new quantity \(gives)", exitCode: 64)
            }
            let files = files(by: try workspace.runnerName())
            try workspace.requireValid(files, beside: existing, ledger)
            for file in files {
                try writeFile("\(workspace.root)/\(file.path)", file.bytes)
                writeOutput("wrote  \(escapeHidden(file.path))\n")
            }
            writeNext("arbor-ledger new model NAME --kernel \(name), and arbor-ledger allow \(name)")
            return .success
        }
    }

    /// The name of the program, without `.py`.
    private var module: String { name.replacing("-", with: "_").replacing(".", with: "_") }

    /// The files of a kernel that works as it is.
    private func files(by contributor: String) -> [SourceFile] {
        let program = "\(module).py"
        let contents = [
            (program, Array(kernelProgram(name, gives).utf8)), ("arbor_kernel.py", PackageResources.arbor_kernel_py),
        ]
        let record = """
            title: \(yamlText(title ?? name))
            contributors: [\(yamlText(contributor))]
            version: 1
            command: [python3, \(program)]
            files:
              \(contents.map { "\($0.0): \(sha256($0.1))" }.joined(separator: "\n  "))
            config:
              flips: {integers: [1, 10000], default: 100, summary: The number of flips of one run.}
            measurements:
              heads:
                quantities: [\(gives)]
                seconds: 0.1
                settings:
                  coin: {words: [biased, fair], default: biased, summary: Whether heads are as likely as tails.}

            """
        return [SourceFile(path: RecordPlace.kernel(slug: name).path, bytes: Array(record.utf8))]
            + contents.map { file, bytes in
                SourceFile(path: RecordPlace.kernelFile(kernel: name, file: file).path, bytes: bytes)
            }
    }
}

/// Returns a program that flips a coin.
private func kernelProgram(_ kernel: String, _ quantity: String) -> String {
    """
    \"\"\"Measures how often a coin shows heads. Replace it with a measurement of your own.\"\"\"

    import platform

    from arbor_kernel import Result, digest_of, measurement, serve


    @measurement(quantities=["\(quantity)"], settings=["coin"])
    def heads(run):
        # All randomness derives from the seed of the run.
        draws = run.draws("flips")
        chance = 0.5 if run.settings["coin"] == "fair" else 0.7
        flips = [draws.uniform() < chance for _ in range(run.config["flips"])]
        # The digest of what the seed chose shows that the program uses its seed.
        return Result({"\(quantity)": sum(flips) / len(flips)}, sample=digest_of(flips))


    # The platform names what the values depend on, such as libraries and devices.
    serve("\(kernel)", version=1, platform={"python": platform.python_version()})

    """
}
