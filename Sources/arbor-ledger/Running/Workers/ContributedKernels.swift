import ArgumentParser
import Evidence
import FoundationEssentials
import KernelInterface
import Records
import Words

/// The options of commands that run kernels of the ledger.
struct KernelOptions: ParsableArguments {
    /// How a contributor's kernel is run.
    struct Choice: Sendable {
        /// nil for the strongest sandbox that this machine has.
        var sandbox: SandboxLevel?
        var weightsFolder: String?
    }

    enum Level: String, ExpressibleByArgument, CaseIterable {
        case full, partial, off
    }

    @Option(
        help: ArgumentHelp(
            "Sandbox of a contributor's kernel: full, partial or off (default: the strongest one that works here).",
            valueName: "level"))
    var sandbox: Level?

    @Option(
        help: ArgumentHelp(
            "Folder with the weights of models: FOLDER/MODEL/FILE (default: the cache of Hugging Face).",
            valueName: "folder"), completion: .directory)
    var weights: String?

    var choice: Choice {
        let level: SandboxLevel? =
            switch sandbox {
            case nil: nil
            case .full?: .full
            case .partial?: .partial
            case .off?: SandboxLevel.none
            }
        return Choice(sandbox: level, weightsFolder: weights)
    }
}

/// The kernels of the ledger that runs need, with their workers. Nothing is started without the user's consent.
actor ContributedKernels {
    /// A kernel with the weights of one model, ready to run.
    private struct Ready {
        var kernel: CommandKernel
        var sandbox: Sandbox
        var place: RunPlace
        var limits: ProcessLimits
        var idle: [KernelWorker] = []
    }

    private let home: KernelHome
    private let options: KernelOptions.Choice
    private let tool: String
    private var ready: [String: Ready] = [:]
    private var refused: [String: Refusal] = [:]
    private var preparing: [String: Task<Void, Never>] = [:]

    init(_ home: KernelHome, _ options: KernelOptions.Choice, executable: String) {
        (self.home, self.options, tool) = (home, options, executable)
    }

    /// Returns the platform and the sandbox of the kernel's runs of a model. Asks a worker for the platform first.
    func place(_ kernel: KernelDescription, _ model: ToyModel) async throws(Refusal) -> RunPlace {
        try await prepare(kernel, model).place
    }

    func run(_ request: RunRequest, onMessage: @escaping @Sendable (RunMessage) -> Void) async -> RunAttempt {
        let found: (worker: KernelWorker, ready: Ready)
        do throws(Refusal) {
            found = try await worker(for: request)
        } catch {
            return .noRun(reason: [error.message, error.remedy].compactMap(\.self).joined(separator: "; "))
        }
        let start = ContinuousClock.now
        let ending = await found.worker.ask(
            request.message(id: Int.random(in: 0..<(1 << 52)), weights: found.ready.sandbox.weightFolders),
            within: .seconds(request.timeLimitSeconds), lateReason: "exceeded the time of its budget",
            onMessage: onMessage)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let attempt = RunAttempt(ending, of: request, seconds: seconds, found.ready.place)
        if case .answer = attempt, found.worker.isAlive {
            ready[key(request.kernel, request.model)]?.idle.append(found.worker)
        } else {
            found.worker.kill()
        }
        return attempt
    }

    /// Ends the workers of a kernel, so that the next runs are made by new ones.
    func retireWorkers(_ kernel: KernelDescription, _ model: ToyModel) async {
        let idle = ready[key(kernel, model)]?.idle ?? []
        ready[key(kernel, model)]?.idle = []
        for worker in idle { await worker.end() }
    }

    private func key(_ kernel: KernelDescription, _ model: ToyModel) -> String {
        "\(kernel.program ?? "") \(model.slug)"
    }

    private func worker(for request: RunRequest) async throws(Refusal) -> (KernelWorker, Ready) {
        let key = key(request.kernel, request.model)
        let prepared = try await prepare(request.kernel, request.model)
        if let worker = ready[key]?.idle.popLast() { return (worker, prepared) }
        let (worker, platform) = try await start(prepared.kernel, request.model, prepared.sandbox, prepared.limits)
        guard platform == prepared.place.platform else {
            worker.kill()
            throw Refusal(message: "the kernel \(prepared.kernel.slug) describes its platform differently each time")
        }
        return (worker, prepared)
    }

    private func prepare(_ kernel: KernelDescription, _ model: ToyModel) async throws(Refusal) -> Ready {
        let key = key(kernel, model)
        if let task = preparing[key] {
            await task.value
        } else if ready[key] == nil, refused[key] == nil {
            let task = Task { await self.prepareOnce(key, kernel, model) }
            preparing[key] = task
            await task.value
            preparing[key] = nil
        }
        if let found = ready[key] { return found }
        throw refused[key] ?? Refusal(message: "the kernel \(kernel.name) could not be started")
    }

    private func prepareOnce(_ key: String, _ description: KernelDescription, _ model: ToyModel) async {
        do throws(Refusal) {
            let staged = try await KernelStaging(description, model, home, options).stage()
            let limits = ProcessLimits(
                bytes: Int(model.budget.memoryGibibytes.doubleValue * 1_073_741_824), writableFolder: nil)
            let (worker, platform) = try await start(staged.kernel, model, staged.sandbox, limits)
            ready[key] = Ready(
                kernel: staged.kernel, sandbox: staged.sandbox,
                place: RunPlace(platform: platform, sandbox: staged.sandbox.name),
                limits: limits, idle: [worker])
        } catch {
            refused[key] = error
        }
    }

    /// Starts a worker and compares its description of itself with the record.
    private func start(
        _ kernel: CommandKernel, _ model: ToyModel, _ sandbox: Sandbox, _ limits: ProcessLimits
    ) async throws(Refusal) -> (KernelWorker, Statement.Platform) {
        let path = RecordPlace.kernel(slug: kernel.slug).path
        let launch: KernelWorker.Launch
        do {
            launch = try sandbox.launch(kernel.command.map(\.value), tool: tool, limits: limits)
        } catch {
            throw Refusal(message: "\(error)", exitCode: 2)
        }
        let worker = KernelWorker(launch)
        let seconds = model.budget.startSeconds
        let ending = await worker.ask(
            WorkerRequest(.describe), within: .seconds(seconds.doubleValue),
            lateReason:
                "it did not say what it is within \(seconds) s; raise `start_seconds` in \(RecordPlace.model(slug: model.slug).path) if it needs longer"
        )
        let mark = kernel.command.first?.mark.line ?? 1
        switch ending {
        case .answer(let answer):
            if let mistake = kernel.difference(from: answer) {
                worker.kill()
                throw Refusal(
                    message: "\(path): the program \(mistake.message)",
                    remedy: "line \(mistake.line): correct the record or the program", exitCode: 1)
            }
            let texts = (answer.platform ?? [:]).sorted { $0.key < $1.key }
                .map { (printableReason($0), printableReason($1)) }
            let platform = Statement.Platform(
                architecture: machineArchitecture, program: Dictionary(texts) { first, _ in first },
                tool: "arbor-ledger \(toolVersion)")
            return (worker, platform)
        case .ended(let status, let log):
            let lines = lastLines(of: log, 6)
            throw Refusal(
                message: "\(path):\(mark): the program ended with \(status.phrase) before it said what it is",
                remedy: lines.isEmpty
                    ? "run it by hand and send {\"arbor\":1,\"do\":\"describe\"}" : "it wrote: \(lines)")
        case .stopped(let reason), .broken(let reason):
            worker.kill()
            throw Refusal(
                message: "\(path):\(mark): \(reason)", remedy: "docs/external-kernels.md describes the protocol")
        }
    }
}

extension CommandKernel {
    /// Compares the record with the program's description of itself. Returns the first difference and its line.
    fileprivate func difference(from answer: WorkerAnswer) -> (message: String, line: Int)? {
        func line(_ key: String) -> Int { mark(of: key).line }
        if let reason = answer.error ?? answer.unsupported ?? answer.failed {
            return ("cannot start: \(brief(reason, limit: 300))", line("command"))
        }
        if answer.arbor != 1 { return ("speaks version \(answer.arbor ?? 0) of the protocol, not 1", line("command")) }
        if answer.kernel != slug {
            return ("calls itself \"\(brief(answer.kernel ?? ""))\", not \"\(slug)\"", line("title"))
        }
        if answer.version != version {
            return ("says that it has version \(answer.version ?? 0), not \(version)", line("version"))
        }
        if (answer.sameSeed ?? SameSeed.bytes.rawValue) != sameSeed.rawValue {
            return (
                "says same_seed is \(brief(answer.sameSeed ?? "")), not \(sameSeed.rawValue)", line("same_seed")
            )
        }
        if let texts = answer.platform, texts.count > platformTextLimit {
            return (
                "describes its platform with \(texts.count) texts, not at most \(platformTextLimit)", line("command")
            )
        }
        for measurement in measurements {
            guard let described = answer.measurements?[measurement.name] else {
                return ("has no measurement \"\(measurement.name)\"", line("measurements"))
            }
            if Set(described.quantities) != Set(measurement.quantities) {
                return (
                    "says that \"\(measurement.name)\" gives \(briefly(described.quantities))",
                    line("measurements")
                )
            }
            if Set(described.settings) != Set(measurement.settings.map(\.name)) {
                return (
                    "says that \"\(measurement.name)\" takes \(briefly(described.settings))",
                    line("measurements")
                )
            }
        }
        return nil
    }
}

extension WorkerAnswer {
    /// The answer with reasons that can be printed, and stored in a receipt.
    fileprivate var printable: WorkerAnswer {
        var answer = self
        // Only compiled kernels measure their own time and report diverged trainings.
        (answer.seconds, answer.diverged) = (nil, nil)
        answer.failed = failed.map(printableReason)
        answer.unsupported = unsupported.map(printableReason)
        return answer
    }
}

private func printableReason(_ reason: String) -> String {
    let plain = reason.split(whereSeparator: \.isNewline).joined(separator: " / ")
    // A receipt has no escapes of characters.
    return brief(composed(plain), limit: 300).replacing("\\", with: "/")
}

/// The most texts with which a program may describe its platform, which every receipt repeats.
private let platformTextLimit = 32

/// Shortens a text that a program sent. Counts scalars, because one `Character` can have a million combining marks.
func brief(_ text: String, limit: Int = 60) -> String {
    escapeHidden(String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit))))
}

/// Lists names that a program sent, in a phrase of limited length.
private func briefly(_ names: [String]) -> String {
    let first = names.sorted().prefix(8).map { brief($0) }
    let rest = names.count - first.count
    return names.isEmpty ? "nothing" : listed(rest > 0 ? first + [counted(rest, "other")] : first)
}

/// Returns the last lines of a log as one line, which can be printed and stored in a receipt.
func lastLines(of log: String, _ count: Int) -> String {
    let lines = log.split(whereSeparator: \.isNewline).suffix(count).joined(separator: " / ")
    return printableReason(String(String.UnicodeScalarView(lines.unicodeScalars.suffix(300))))
}

extension RunAttempt {
    /// Turns what a worker of a contributor's kernel did into the outcome of the run.
    fileprivate init(
        _ ending: KernelWorker.Ending, of request: RunRequest, seconds: Double, _ place: RunPlace
    ) {
        switch ending {
        case .answer(let said):
            let answer = said.printable
            self = .answer(answer, seconds: seconds, place)
            switch [answer.values != nil, answer.failed != nil, answer.unsupported != nil].count(where: \.self) {
            case 0:
                self = .noRun(reason: "its answer has no values")
                return
            case 1: break
            default:
                self = .noRun(reason: "its answer has more than one of \"values\", \"failed\" and \"unsupported\"")
                return
            }
            guard case .measure = request.purpose, let values = answer.values else { return }
            let wanted = Set(request.kernel.measurement(named: request.measurement)?.quantities ?? [])
            if let sample = answer.sample, !isHexadecimal(sample[...], digits: 64) {
                self = .noRun(reason: "its \"sample\" is not a SHA-256 of 64 lower-case hexadecimal digits")
            } else if Set(values.keys) != wanted {
                self = .noRun(reason: "it gave \(briefly(Array(values.keys))), not \(listed(wanted.sorted()))")
            } else if let broken = values.filter({ !$0.value.value.isFinite }).keys.min() {
                var failure = WorkerAnswer(id: answer.id)
                failure.failed = "\"\(broken)\" is not finite"
                failure.sample = answer.sample
                self = .answer(failure, seconds: seconds, place)
            }
        case .ended(let status, let log):
            let lines = lastLines(of: log, 3)
            self = .crash(reason: "\(status.phrase)\(lines.isEmpty ? "" : ": \(lines)")", place)
        case .stopped(let reason), .broken(let reason): self = .noRun(reason: reason)
        }
    }
}
