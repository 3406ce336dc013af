import Foundation

/// The results of one preset for all of its seeds.
struct KernelResult {
    var preset: KernelPreset
    /// The runs of our kernel, by seed.
    var own: [SeedRun]
    /// The runs in PyTorch, by seed; nil without PyTorch.
    var pyTorch: [SeedRun]?
    /// The speed of the matrix products in training, and the speed of large products, measured just before; nil if the
    /// preset does not count operations.
    var gigaflops: (training: Double, peak: Double)?
}

private let jobAim = 1.5
private let peakAim = 0.6

func kernelMarkdown(machine: Machine, date: String, bench: KernelBench, pyTorch: String?, results: [KernelResult])
    -> String
{
    let platform = results.lazy.compactMap { $0.own.first?.platform }.first
    let library = platform.flatMap { platform in
        platform.blas.map { blas in
            "\(blas.split(separator: " ").prefix(2).joined(separator: " ")), core type \(platform.blasCore ?? "")"
        }
    }
    let comparison =
        pyTorch.map { "PyTorch \($0)" }
        ?? "**no PyTorch in `\(bench.python)`, so no ratio** (Benchmarks/pytorch/README.md says how to install it)"
    var lines = [
        "# Toy models, benchmark of \(date)", "",
        "\(machine.sentence); \(library ?? "no BLAS"); \(comparison)", "",
        "Made by `make bench-kernels`: the verification job of \(bench.seeds) seeds, two at a time, one thread each; then",
        "the same job of \(bench.pyTorchSeeds) seeds in PyTorch (`Benchmarks/pytorch`). Mean wall seconds per seed. Our *training*",
        "generates its data as it runs; PyTorch's data is generated before (*data*). A *job* is data, training and all",
        "measurements; ours includes the start of its processes, PyTorch's does not. If training stops early, PyTorch's seconds",
        "are scaled to our number of steps. *Busy*: CPU time over wall time; the machine was not idle if it is far below 100 %.",
    ]
    if let steps = bench.steps {
        lines += ["", "**Only \(steps) steps each: a test of the benchmark, not a result.**"]
    }
    lines += ["", "## Speed", ""]
    lines += table(
        ["model", "training", "PyTorch", "times faster", "aim", "job", "PyTorch", "times faster", "aim"],
        results.map(speedRow))
    lines += ["", "## Where the time goes", ""]
    lines += table(
        ["model", "training", "measuring", "busy", "PyTorch data", "training", "measuring", "busy"],
        results.map(partsRow))
    lines += [
        "", "## Training compared with the machine's peak", "",
        "GFLOP/s of one thread while the other core is equally busy: the matrix products that training needs (masked attention,",
        "no padding, only rows with a target, only active features) over the whole training time; and OpenBLAS's sgemm on large",
        "square matrices just before.", "",
    ]
    lines += table(
        ["model", "training", "sgemm", "share", "aim"],
        results.compactMap { result in
            result.gigaflops.map { training, peak in
                [
                    result.preset.name, decimal(training), decimal(peak), percent(training / peak),
                    verdict(training / peak, percent(peakAim), peakAim),
                ]
            }
        })
    for result in results { lines += referenceLines(result) }
    return lines.joined(separator: "\n") + "\n"
}

private func speedRow(_ result: KernelResult) -> [String] {
    let (own, other) = (result.own, result.pyTorch)
    func cells(_ seconds: (SeedRun) -> Double, aim: Double) -> [String] {
        let ownMean = mean(own.map(seconds))
        guard let other else { return [decimal(ownMean), "", "", ""] }
        let otherMean = mean(other.map(seconds))
        let ratio = otherMean / ownMean
        return [decimal(ownMean), decimal(otherMean), decimal(ratio), verdict(ratio, shown(aim), aim)]
    }
    return [result.preset.name] + cells(\.trainingSeconds, aim: result.preset.aim) + cells(\.jobSeconds, aim: jobAim)
}

private func partsRow(_ result: KernelResult) -> [String] {
    func seconds(_ runs: [SeedRun]?, _ part: (SeedRun) -> Double) -> String {
        runs.map { decimal(mean($0.map(part))) } ?? ""
    }
    func busy(_ runs: [SeedRun]?) -> String {
        runs.map { runs in percent(runs.map(\.cpuSeconds).reduce(0, +) / runs.map(\.wallSeconds).reduce(0, +)) } ?? ""
    }
    let (own, other) = (result.own, result.pyTorch)
    return [
        result.preset.name, seconds(own, \.trainingSeconds), seconds(own, \.measuringSeconds), busy(own),
        seconds(other, \.dataSeconds), seconds(other, \.trainingSeconds), seconds(other, \.measuringSeconds),
        busy(other),
    ]
}

private func referenceLines(_ result: KernelResult) -> [String] {
    let preset = result.preset
    var lines = ["", "## Values of \(preset.name)", ""]
    lines += table(
        ["quantity", "reference", "lowest", "highest", "in tolerance", "PyTorch", "by seed"],
        preset.references.map { reference in
            let values = result.own.map { $0.values[reference.key] }
            let others = result.pyTorch?.compactMap { $0.values[reference.key] }
            return [
                reference.key, reference.text, values.compactMap(\.self).min().map(shown) ?? "",
                values.compactMap(\.self).max().map(shown) ?? "",
                reference.accepted.map { accepted in
                    holding(values.count { $0.map(accepted.contains) ?? false }, of: values.count)
                } ?? "no tolerance set",
                others.flatMap { range($0) } ?? "",
                values.map { $0.map(shown) ?? "failed" }.joined(separator: " "),
            ]
        }, numbers: false)
    guard !preset.orderings.isEmpty else { return lines }
    lines.append("")
    lines += table(
        ["smaller", "larger", "by more than", "in seeds", "in PyTorch's"],
        preset.orderings.map { ordering in
            func count(_ runs: [SeedRun]) -> String {
                holding(runs.count { ordering.holds($0.values) }, of: runs.count)
            }
            return [
                ordering.smaller, ordering.larger, shown(ordering.leastDifference), count(result.own),
                result.pyTorch.map(count) ?? "",
            ]
        }, numbers: false)
    return lines
}

private func table(_ heads: [String], _ rows: [[String]], numbers: Bool = true) -> [String] {
    let rule = heads.indices.map { $0 > 0 && numbers ? "---:" : "---" }.joined(separator: "|")
    return ["| \(heads.joined(separator: " | ")) |", "|\(rule)|"] + rows.map { "| \($0.joined(separator: " | ")) |" }
}

private func verdict(_ value: Double, _ text: String, _ aim: Double) -> String {
    "\(text): \(value >= aim ? "reached" : "**missed**")"
}

private func holding(_ count: Int, of all: Int) -> String {
    count == all ? "all" : "\(count) of \(all)"
}

private func range(_ values: [Double]) -> String? {
    guard let low = values.min(), let high = values.max() else { return nil }
    return low == high ? shown(low) : "\(shown(low)) to \(shown(high))"
}

private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

private func decimal(_ value: Double) -> String { String(format: value < 10 ? "%.2f" : "%.1f", value) }

private func percent(_ share: Double) -> String { String(format: "%.0f %%", 100 * share) }
