import Evidence
import Foundation
import KernelInterface
import Records
import Words

extension LocalExecutor {
    /// Checks the kernel of a study as `check(_:title:rules)` does.
    func check(_ study: StudyToRun, _ rules: [HitRule] = []) async throws(Refusal) {
        let verification = study.verification
        try await check(
            RunRequest(
                purpose: .measure, kernel: verification.kernel, model: verification.model,
                measurement: verification.measurement.measurement.value, settings: Settings(study.study.settings),
                seed: "", networkPath: "", hmacKey: home.hmacKey),
            title: study.title, rules)
    }

    /// Prepares the kernel of a request and, if contributors wrote it, checks that it uses its seed and repeats itself. Does
    /// nothing for a compiled kernel, or if the program has passed with this model and measurement before. `rules` tell what
    /// counts as a hit, for kernels that repeat only hits.
    func check(_ request: RunRequest, title: String, _ rules: [HitRule]) async throws(Refusal) {
        let kernel = request.kernel
        guard kernel.program != nil else { return }
        let platform = try await contributed.place(kernel, request.model).platform
        let memory = KernelMemory(home, "kernel-checks")
        let name = selfCheckName(request, on: PlatformKind(platform), rules)
        guard memory.text(of: name) == nil else { return }
        // A program cannot recognise seeds that are drawn here.
        let seeds = (0..<2).map { _ in seedText(UInt64.random(in: 0 ... .max)) }
        var seen: [String: [Statement.Run]] = [:]
        // The second worker gets the seeds in the other order, so that a kernel that keeps something between runs differs.
        for (number, order) in [seeds, seeds.reversed()].enumerated() {
            // The second worker is kept for the runs, because a start may take longer than many runs.
            if number == 1 { await contributed.retireWorkers(kernel, request.model) }
            for seed in order {
                var request = request
                request.seed = seed
                switch await run(request, index: 0, coreType: nil, onMessage: { _ in }) {
                case .run(let run, _): seen[seed, default: []].append(run)
                case .noRun(let reason):
                    throw Refusal(
                        message: "\(title): the kernel \(kernel.name) made no run: \(reason)",
                        remedy: "docs/external-kernels.md describes the protocol")
                }
            }
        }
        if let mistake = selfCheckMistake(seeds.compactMap { seen[$0] }, kernel, rules) {
            throw Refusal(
                message: "\(title): the kernel \(kernel.name) \(mistake.message)",
                remedy: mistake.fix)
        }
        memory.remember("passed", as: name)
    }
}

/// Compares the runs of two seeds, each made twice. Returns the mistake, if there is one.
func selfCheckMistake(
    _ runs: [[Statement.Run]], _ kernel: KernelDescription, _ rules: [HitRule]
) -> (message: String, fix: String)? {
    guard runs.count == 2, runs.allSatisfy({ $0.count == 2 }) else {
        return ("made too few runs", "run `arbor-ledger try`")
    }
    for pair in runs {
        let (first, second) = (pair[0], pair[1])
        guard first.sample == second.sample else {
            return (
                "chose different samples for one seed",
                "derive all randomness from the seed, and keep nothing between runs"
            )
        }
        let agrees =
            kernel.repeatsBytes
            ? first.values == second.values && first.failure == second.failure
            : rules.allSatisfy { $0.isHit(first) == $0.isHit(second) }
        guard agrees else {
            let what = kernel.repeatsBytes ? "values" : "hits"
            return (
                "gave different \(what) for one seed: \(phrase(first)) and then \(phrase(second))",
                "derive all randomness from the seed"
                    + (kernel.repeatsBytes ? ", or write `same_seed: hits` if only last digits differ" : "")
            )
        }
    }
    let (first, second) = (runs[0][0], runs[1][0])
    if let sample = first.sample, sample == second.sample {
        return ("chose the same sample for two seeds", "draw the sample from the seed")
    }
    if first.sample == nil, first.values == second.values, first.failure == nil, second.failure == nil {
        return (
            "gave the same values for two seeds, so that it may ignore its seed",
            "if the value is the same for all seeds, answer with `sample`, the SHA-256 of what the seed chose"
        )
    }
    return nil
}

private func seedText(_ seed: UInt64) -> String {
    let digits = String(seed, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

private func phrase(_ run: Statement.Run) -> String {
    guard let values = run.values else { return run.failure ?? "nothing" }
    return listed(values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.decimal)" })
}

/// The name under which a passed self-check is remembered. The rules matter only for kernels that repeat hits.
private func selfCheckName(_ request: RunRequest, on platform: PlatformKind, _ rules: [HitRule]) -> String {
    let kernel = request.kernel
    let hits = kernel.repeatsBytes ? [] : rules.map { "\($0)" }.sorted()
    let lines = [
        kernel.program ?? "", request.model.digest(kernel), request.measurement, platform.architecture, platform.phrase,
    ]
    return sha256((lines + hits).joined(separator: "\n"))
}
