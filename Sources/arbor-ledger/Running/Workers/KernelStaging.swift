import FoundationEssentials
import Glibc
import KernelInterface
import Records
import Words

/// Makes the folders that a contributor's kernel can see: copies of its files with the recorded digests, and the
/// weights of a model.
struct KernelStaging {
    private let description: KernelDescription
    private let model: ToyModel
    private let home: KernelHome
    private let options: KernelOptions.Choice

    init(
        _ description: KernelDescription, _ model: ToyModel, _ home: KernelHome, _ options: KernelOptions.Choice
    ) {
        (self.description, self.model, self.home, self.options) = (description, model, home, options)
    }

    /// Refuses a kernel that the user has not allowed, and weights that are missing or have other digests.
    func stage() async throws(Refusal) -> (kernel: CommandKernel, sandbox: Sandbox) {
        let (kernel, consent) = try home.allowedKernel(description)
        for folder in consent.readableFolders where realPath(folder) != folder {
            throw Refusal(
                message: "\(folder) was replaced since you allowed the program to read it",
                remedy: "allow it again: arbor-ledger allow \(kernel.slug) --visible FOLDER")
        }
        let level = try await level()
        let weights = try weights()
        do {
            let own = try makeWorkerFolder()
            let program = "\(own)/program"
            try makeFolder(program)
            try makeFolder("\(own)/files")
            for file in kernel.files {
                let bytes = try home.programFile(file, of: kernel)
                try writeFile("\(program)/\(file.name.value)", bytes, mode: 0o555)
            }
            if level != .full {
                for (folder, files) in weights {
                    try makeFolder("\(program)/weights/\(folder)")
                    for (name, path) in files {
                        let link = "\(program)/weights/\(folder)/\(name)"
                        guard unsafe symlink(path, link) == 0 else {
                            throw FileError(path: link, doing: "create", code: errno)
                        }
                    }
                }
            }
            return (
                kernel,
                Sandbox(
                    level: level, programFolder: program, writableFolder: "\(own)/files", ownFolder: own,
                    readableFolders: consent.readableFolders, weights: weights,
                    usesGPU: kernel.devices.contains(.gpu))
            )
        } catch let error as Refusal {
            throw error
        } catch {
            throw Refusal(message: "\(error)", exitCode: 2)
        }
    }

    private func level() async throws(Refusal) -> SandboxLevel {
        let found = await SandboxProbe.find()
        let complaint = found.complaint.map { ": \($0)" } ?? ""
        guard let wanted = options.sandbox else {
            if let best = [SandboxLevel.full, .partial].first(where: found.levels.contains) { return best }
            throw Refusal(
                message: "this machine has no sandbox for the kernel \(description.name)\(complaint)",
                remedy: "install bubblewrap, or see `arbor-ledger doctor`; --sandbox off runs it without one")
        }
        guard found.levels.contains(wanted) else {
            throw Refusal(
                message: "this machine has no \(wanted.rawValue) sandbox\(wanted == .full ? complaint : "")",
                remedy: "see `arbor-ledger doctor`")
        }
        return wanted
    }

    /// Returns the files of the model's weights, by folder and name. Refuses all that are missing, or all whose digests are
    /// not recorded, at once.
    private func weights() throws(Refusal) -> [String: [String: String]] {
        var found: [String: [String: String]] = [:]
        var missing: [String] = []
        for weights in model.weights {
            for file in weights.files {
                let places = places(of: file.name, in: weights)
                if let path = places.first(where: fileExists).flatMap(realPath) {
                    found[weights.name.value, default: [:]][file.name] = path
                } else {
                    missing.append(places[0])
                }
            }
        }
        guard missing.isEmpty else {
            throw Refusal(
                message:
                    "\(model.slug) needs \(counted(missing.count, "file")) of weights that \(missing.count == 1 ? "is" : "are") not here: \(listed(missing))",
                remedy: "download the repository at the recorded revision, or give --weights FOLDER")
        }
        try compareDigests(found)
        return found
    }

    private func compareDigests(_ found: [String: [String: String]]) throws(Refusal) {
        let digests = WeightDigests(home)
        let record = RecordPlace.model(slug: model.slug).path
        var unknown: [String] = []
        for weights in model.weights {
            for file in weights.files {
                guard let path = found[weights.name.value]?[file.name] else { continue }
                let digest: String
                do {
                    digest = try digests.digest(of: path)
                } catch let error as Refusal {
                    throw error
                } catch {
                    throw Refusal(message: "\(error)", exitCode: 2)
                }
                if file.sha256 == nil {
                    unknown.append("\(file.name): \(digest)")
                } else if file.sha256 != digest {
                    throw Refusal(
                        message: "\(record):\(file.mark.line): \(path) has the SHA-256 \(digest), not the recorded one",
                        remedy: "get the recorded version of the file")
                }
            }
        }
        guard unknown.isEmpty else {
            throw Refusal(
                message: "\(record) does not record the SHA-256 of \(counted(unknown.count, "file")) of weights",
                remedy: "if these are the right files, write under `files`: \(unknown.joined(separator: "; "))")
        }
    }

    /// Returns the places at which a file of weights may be, in the order in which they are tried.
    private func places(of file: String, in weights: ModelWeights) -> [String] {
        if let folder = options.weightsFolder {
            let folder = folder.startsWithBytes("/") ? folder : "\(FileManager.default.currentDirectoryPath)/\(folder)"
            return ["\(folder)/\(model.slug)/\(file)", "\(folder)/\(weights.name.value)/\(file)", "\(folder)/\(file)"]
        }
        let environment = home.environment
        let home = environment["HOME"] ?? "/"
        let hub =
            environment["HF_HUB_CACHE"] ?? environment["HF_HOME"].map { "\($0)/hub" }
            ?? "\(environment["XDG_CACHE_HOME"] ?? "\(home)/.cache")/huggingface/hub"
        let repository = (weights.repository ?? weights.name.value).replacing("/", with: "--")
        return ["\(hub)/models--\(repository)/snapshots/\(weights.revision ?? "main")/\(file)"]
    }
}

extension KernelHome {
    /// Reads the record of a kernel. Refuses one with errors.
    func commandKernel(named name: String) throws(Refusal) -> CommandKernel {
        let path = RecordPlace.kernel(slug: name).path
        do {
            guard let entry = try WorkTree(records).entry(at: path) else {
                throw Refusal(
                    message: "there is no kernel \"\(name)\"", remedy: "arbor-ledger list kernels", exitCode: 64)
            }
            let file = decode(try WorkTree(records).read(entry))
            guard case .kernel(let kernel)? = file.record, file.diagnostics.allSatisfy({ $0.severity != .error }) else {
                throw Refusal(message: "\(path) has errors", remedy: "arbor-ledger check \(path)")
            }
            return kernel
        } catch let error as Refusal {
            throw error
        } catch {
            throw Refusal(message: "\(error)", exitCode: 2)
        }
    }

    /// Returns the kernel and the user's consent to run it. Refuses one that the user has not allowed.
    func allowedKernel(
        _ description: KernelDescription
    ) throws(Refusal) -> (kernel: CommandKernel, consent: KernelConsents.Consent) {
        let kernel = try commandKernel(named: description.name)
        guard kernel.digest == description.program else {
            throw Refusal(
                message: "Kernels/\(kernel.slug) of the work tree is another program than the one to run",
                remedy: "restore it, or check out the commit that it belongs to")
        }
        let found: KernelConsents.Consent?
        let earlier: KernelConsents.Consent?
        do {
            let consents = KernelConsents(environment: environment)
            (found, earlier) = (try consents.consent(to: kernel), try consents.latest(for: kernel.slug))
        } catch let error as Refusal {
            throw error
        } catch {
            throw Refusal(message: "\(error)", exitCode: 2)
        }
        guard let consent = found else {
            throw Refusal(
                message: "you have not allowed the kernel \(kernel.slug) to run"
                    + (earlier.map { "; it changed since you allowed it on \($0.date)" } ?? ""),
                remedy: "read what it is, and allow it: arbor-ledger allow \(kernel.slug)")
        }
        return (kernel, consent)
    }

    /// Reads a file of a kernel's program. Refuses one with another digest than the record's.
    func programFile(_ file: CommandKernel.File, of kernel: CommandKernel) throws -> [UInt8] {
        let path = RecordPlace.kernelFile(kernel: kernel.slug, file: file.name.value).path
        let tree = try WorkTree(records)
        guard let entry = try tree.entry(at: path), entry.kind == .file else {
            throw Refusal(message: "there is no file \(path)", remedy: "restore it with git")
        }
        let source = try tree.read(entry)
        guard source.kind == .file, sha256(source.bytes) == file.sha256.value else {
            throw Refusal(
                message: "\(path) does not have the SHA-256 that its record gives",
                remedy: "run `arbor-ledger fix`, then `arbor-ledger allow \(kernel.slug)`")
        }
        return source.bytes
    }
}

/// The digests of files of weights. They are remembered, because large files take minutes.
private struct WeightDigests {
    private let memory: KernelMemory

    init(_ home: KernelHome) { memory = KernelMemory(home, "weights") }

    func digest(of path: String) throws -> String {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw FileError(path: path, doing: "look at", code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Refusal(message: "\(path) is no regular file", remedy: "give the file of weights itself")
        }
        let times = [status.st_mtim, status.st_ctim].map { "\($0.tv_sec) \($0.tv_nsec)" }.joined(separator: " ")
        let name = sha256("\(path)\0\(status.st_dev) \(status.st_ino) \(status.st_size) \(times)")
        if let known = memory.text(of: name) { return known }
        let digest = try fileDigest(path).digest
        memory.remember(digest, as: name)
        return digest
    }
}
