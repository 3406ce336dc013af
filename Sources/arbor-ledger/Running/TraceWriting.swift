import Annotations
import Editing
import Evidence
import KernelInterface
import Kernels
import Records
import Reports
import Synchronization
import Words

/// The texts that one network of a toy model is to write.
struct TracePlan: Sendable {
    var model: ToyModel
    var kernel: KernelDescription
    var writing: KernelWriting
    /// A value for each setting of `writing`.
    var settings: Settings
    /// The seed, as 16 hexadecimal digits.
    var seed: String
    /// The index of the run; nil if the seed was given.
    var run: Int?
    var count: Int
    var contributor: String
    /// Whether the ledger knows the task, so that a trace can name it.
    var namesTask = true

    /// Refuses toy models that write no texts, and settings that they do not have.
    init(
        _ model: ToyModel, _ contributed: CommandKernel?, chosen: [(name: String, value: String)], seed: String?,
        run: Int, count: Int, contributor: String
    ) throws(Refusal) {
        let compiled = Kernels.kernels.first { $0.description.name == model.kernel.value }
        guard let kernel = contributed?.description ?? compiled?.description else {
            throw Refusal(message: "this build has no kernel \"\(model.kernel.value)\"", exitCode: 2)
        }
        guard let writing = contributed.map(\.writing) ?? (compiled as? any WritingKernel)?.writing else {
            let writers = Kernels.kernels.filter { $0 is any WritingKernel }.map(\.description.name)
            throw Refusal(
                message: "the networks of \(model.slug) write no texts",
                remedy: "choose a toy model with one of the kernels \(listed(writers))", exitCode: 64)
        }
        self.model = model
        self.kernel = kernel
        self.writing = writing
        settings = Settings(writing.settings.defaults)
        for (name, value) in chosen {
            guard let parameter = writing.settings.first(where: { $0.name == name }) else {
                let names = writing.settings.map(\.name)
                throw Refusal(
                    message: "\(model.slug) has no setting \"\(name)\" for texts",
                    remedy: didYouMean(name, names) ?? "choose among \(listed(names))", exitCode: 64)
            }
            if let mistake = parameter.mistake(in: value) {
                throw Refusal(message: "\(name) \(mistake)", exitCode: 64)
            }
            settings.values[name] = value
        }
        do throws(ConfigMistake) {
            _ = try self.kernel.cost(model.completeConfig(self.kernel), nil, settings)
        } catch {
            throw Refusal(message: error.message, remedy: error.fix, exitCode: 64)
        }
        self.seed =
            seed ?? SeedSource(salt: "").seedText(modelDigest: model.digest(self.kernel), index: run)
        self.run = seed == nil ? run : nil
        self.count = count
        self.contributor = contributor
    }

    func request(_ networks: NetworkFolder) -> RunRequest {
        let training = settings.values.filter { writing.trainingSettings.contains($0.key) }
        return RunRequest(
            purpose: .write(count), kernel: kernel, model: model, measurement: "", settings: settings, seed: seed,
            networkPath: networks.path(model.digest(kernel), seed: seed, training, coreType: nil),
            hmacKey: networks.hmacKey, exportFolder: nil)
    }

    /// The slug of a trace. Numbers are counted from 1.
    func slug(_ number: Int) -> String {
        let digits = String(number)
        return "\(model.slug)-\(seed.prefix(8))-\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)"
    }

    /// Returns the two files of a trace.
    func files(_ trace: WrittenText, number: Int) -> [SourceFile] {
        let slug = slug(number)
        let bytes = Array(trace.text.utf8)
        let text = TraceText(trace.text)
        let rule = Segmentation.sentence
        var sampling = settings.values.mapValues(yamlText)
        sampling["seed"] = yamlText(seed)
        sampling["temperature"] = writing.temperature
        if let run { sampling["run"] = "\(run)" }
        let sampled = sampling.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        let task = namesTask ? ["task: \(writing.task)"] : []
        let head = [
            "title: \(yamlText("\(model.slug), seed \(seed.prefix(8)), problem \(number)"))",
            "contributors: [\(yamlText(contributor))]",
            "model: \(model.slug)",
        ]
        let lines =
            head + task + [
                "prompt: \(yamlText(trace.prompt))",
                "sampling: {\(sampled.joined(separator: ", "))}",
                "text:",
                "  sha256: \(yamlText(sha256(bytes)))",
                "  bytes: \(bytes.count)",
                "  codepoints: \(text.count)",
                "segments:",
                "  rule: \(rule.rawValue)",
                "  sha256: \(yamlText(segmentsDigest(rule.segments(of: text))))",
                "licence: CC0-1.0",
            ]
        return [
            SourceFile(path: RecordPlace.trace(slug: slug).path, bytes: Array(lines.map { "\($0)\n" }.joined().utf8)),
            SourceFile(path: RecordPlace.traceText(slug: slug).path, bytes: bytes),
        ]
    }
}

extension Workspace {
    /// Lets the network of a plan write, in a child process that trains it if it is not cached.
    func traces(_ plan: TracePlan, _ options: KernelOptions.Choice) async throws(Refusal) -> [WrittenText] {
        let networks = try NetworkFolder(kernelHome)
        let executor = try LocalExecutor(kernelHome, options)
        if plan.kernel.program != nil { _ = try await executor.contributed.place(plan.kernel, plan.model) }
        let written = Mutex<[WrittenText]>([])
        let outcome = await executor.run(
            plan.request(networks), index: plan.run ?? 0, coreType: CPU.blasCoreTypes.first
        ) {
            if case .text(let text) = $0 { written.withLock { $0.append(text) } }
        }
        let texts = written.withLock(\.self)
        switch outcome {
        case .run(let run, _) where run.failure == nil && texts.count == plan.count: return texts
        case .run(let run, _) where run.failure == nil:
            throw Refusal(message: "\(plan.kernel.name) wrote \(counted(texts.count, "text")) instead of \(plan.count)")
        case .run(let run, _):
            throw Refusal(message: "the network of seed \(plan.seed) wrote nothing: \(run.failure ?? "")")
        case .noRun(let reason):
            throw Refusal(message: "the network of seed \(plan.seed) wrote nothing: \(reason)", exitCode: 2)
        }
    }
}
