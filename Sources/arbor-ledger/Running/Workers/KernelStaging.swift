import FoundationEssentials
import Glibc
import KernelInterface
import Records
import Words

/// Makes what a contributor's kernel sees: copies of its files with the recorded digests, and the weights of a model.
struct KernelStaging {
    private let description: KernelDescription
    private let model: ToyModel
    private let workspace: Workspace
    private let options: KernelOptions.Choice

    init(
        _ description: KernelDescription, _ model: ToyModel, _ workspace: Workspace, _ options: KernelOptions.Choice
    ) {
        (self.description, self.model, self.workspace, self.options) = (description, model, workspace, options)
    }

    /// Refuses a kernel that the user has not allowed, and weights that are missing or have other digests.
    func stage() async throws(Refusal) -> (kernel: CommandKernel, sandbox: Sandbox) {
        let kernel = try workspace.commandKernel(named: description.name)
        guard let consent = KernelConsents(environment: workspace.environment).consent(to: kernel) else {
            throw Refusal(
                message: "you have not allowed the kernel \(kernel.slug) to run",
                remedy: "read what it is, and allow it: arbor-ledger allow \(kernel.slug)")
        }
        let level = try await level()
        let weights = try weights()
        do {
            let own = try makeWorkerFolder(workspace.environment)
            let program = "\(own)/program"
            try makeFolder(program)
            try makeFolder("\(own)/files")
            for file in kernel.files {
                let bytes = try workspace.programFile(file, of: kernel)
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
        let works = await SandboxProbe.levels()
        guard let wanted = options.sandbox else {
            if let best = [SandboxLevel.full, .partial].first(where: works.contains) { return best }
            throw Refusal(
                message: "this machine has no sandbox for the kernel \(description.name)",
                remedy: "install bubblewrap, or see `arbor-ledger doctor`; --sandbox off runs it without one")
        }
        guard wanted == .none || works.contains(wanted) else {
            throw Refusal(
                message: "this machine has no \(wanted.rawValue) sandbox", remedy: "see `arbor-ledger doctor`")
        }
        return wanted
    }

    /// Returns the files of the model's weights, by folder and name.
    private func weights() throws(Refusal) -> [String: [String: String]] {
        var found: [String: [String: String]] = [:]
        let digests = WeightDigests(workspace)
        for weights in model.weights {
            for file in weights.files {
                let places = places(of: file.name, in: weights)
                guard let path = places.first(where: fileExists).flatMap(realPath) else {
                    throw Refusal(
                        message: "\(model.slug) needs \(file.name) of \(weights.repository ?? weights.name.value)",
                        remedy: "download it, or give its folder: --weights FOLDER, with \(places[0])")
                }
                let digest: String
                do {
                    digest = try digests.digest(of: path)
                } catch {
                    throw Refusal(message: "\(error)", exitCode: 2)
                }
                let place = "\(RecordPlace.model(slug: model.slug).path):\(file.mark.line)"
                guard let wanted = file.sha256 else {
                    throw Refusal(
                        message: "\(place): the SHA-256 of \(file.name) is not recorded",
                        remedy: "if this is the right file, write \"\(file.name): \(digest)\"")
                }
                guard digest == wanted else {
                    throw Refusal(
                        message: "\(place): \(path) has the SHA-256 \(digest), not the recorded one",
                        remedy: "get the recorded version of the file")
                }
                found[weights.name.value, default: [:]][file.name] = path
            }
        }
        return found
    }

    /// Returns the places at which a file of weights may be, in the order in which they are tried.
    private func places(of file: String, in weights: ModelWeights) -> [String] {
        if let folder = options.weightsFolder {
            let folder = folder.startsWithBytes("/") ? folder : "\(FileManager.default.currentDirectoryPath)/\(folder)"
            return ["\(folder)/\(model.slug)/\(file)", "\(folder)/\(weights.name.value)/\(file)", "\(folder)/\(file)"]
        }
        let environment = workspace.environment
        let home = environment["HOME"] ?? "/"
        let hub =
            environment["HF_HUB_CACHE"] ?? environment["HF_HOME"].map { "\($0)/hub" }
            ?? "\(environment["XDG_CACHE_HOME"] ?? "\(home)/.cache")/huggingface/hub"
        let repository = (weights.repository ?? weights.name.value).replacing("/", with: "--")
        return ["\(hub)/models--\(repository)/snapshots/\(weights.revision ?? "main")/\(file)"]
    }
}

extension Workspace {
    /// Reads the record of a kernel from the work tree. Refuses one with errors.
    func commandKernel(named name: String) throws(Refusal) -> CommandKernel {
        let path = RecordPlace.kernel(slug: name).path
        do {
            guard let entry = try WorkTree(root).entry(at: path) else {
                throw Refusal(
                    message: "there is no kernel \"\(name)\"", remedy: "arbor-ledger list kernels", exitCode: 64)
            }
            guard case .kernel(let kernel)? = decode(try WorkTree(root).read(entry)).record else {
                throw Refusal(message: "\(path) has errors", remedy: "arbor-ledger check \(path)")
            }
            return kernel
        } catch let error as Refusal {
            throw error
        } catch {
            throw Refusal(message: "\(error)", exitCode: 2)
        }
    }

    /// Reads a file of a kernel's program. Refuses one with another digest than the record's.
    func programFile(_ file: CommandKernel.File, of kernel: CommandKernel) throws -> [UInt8] {
        let path = RecordPlace.kernelFile(kernel: kernel.slug, file: file.name.value).path
        let tree = try WorkTree(root)
        guard let entry = try tree.entry(at: path), entry.kind == .file else {
            throw Refusal(message: "there is no file \(path)", remedy: "restore it with git")
        }
        let source = try tree.read(entry)
        guard source.kind == .file, sha256(source.bytes) == file.sha256.value else {
            throw Refusal(
                message: "\(path) does not have the SHA-256 that its record gives", remedy: "arbor-ledger fix")
        }
        return source.bytes
    }
}

/// The digests of files of weights. They are remembered, because large files take minutes.
private struct WeightDigests {
    private let folder: String
    private let key: HMACKey

    init(_ workspace: Workspace) {
        folder = "\(workspace.cacheDirectory)/weights"
        key = workspace.hmacKey
    }

    func digest(of path: String) throws -> String {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw FileError(path: path, doing: "look at", code: errno) }
        let identity =
            "\(path)\0\(status.st_dev) \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)"
        let name = sha256(identity)
        let place = "\(folder)/\(name)"
        if case .bytes(let bytes)? = try? readFile(place, limit: 1024), let content = key.verified(bytes, at: name) {
            return String(decoding: content, as: UTF8.self)
        }
        let digest = try fileDigest(path).digest
        try? writeFile(place, key.authenticated(Array(digest.utf8), at: name), mode: 0o600)
        return digest
    }
}
