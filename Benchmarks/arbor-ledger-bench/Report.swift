import Foundation

/// The machine on which a benchmark ran.
struct Machine {
    var processor: String
    var coreCount: Int
    var memoryGibibytes: Int
    var system: String
    var git: String
    var tool: String

    var sentence: String {
        "\(processor), \(coreCount) cores, \(memoryGibibytes) GiB; \(system); \(git); arbor-ledger \(tool)"
    }
}

func markdown(machine: Machine, date: String, ledgers: [(findings: Int, times: [LedgerTimes])]) -> String {
    var lines = [
        "# Benchmark of \(date)", "",
        machine.sentence, "",
        "Made by `arbor-ledger-bench run`. Wall seconds of a whole process. *First*: without our caches, with a warm page cache.",
        "*Again*: the median of later runs, and their CPU time over all threads. *Ratio*: to reading the same blobs with",
        "`git cat-file --batch` in the same minute. *Peak*: peak resident memory. *Other*: another build, run alternately with",
        "this one; *times*: this build's CPU time over the other's.",
    ]
    for (findings, times) in ledgers {
        let hasOther = times.contains { $0.other != nil }
        lines += [
            "", "## \(findings) findings", "",
            "| command | first | again | CPU | ratio | peak MiB |"
                + (hasOther ? " other: again | CPU | peak MiB | times |" : ""),
            "|---|---:|---:|---:|---:|---:|" + (hasOther ? "---:|---:|---:|---:|" : ""),
        ]
        let raw = times.first?.own.medianSeconds ?? .nan
        for time in times {
            var cells = [time.command, decimal(time.own.first.seconds)] + timingCells(time.own)
            cells.insert(String(format: "%.1f", time.own.medianSeconds / raw), at: 4)
            if let other = time.other {
                let ratio = time.own.medianCPUSeconds / other.medianCPUSeconds
                cells += timingCells(other) + [String(format: "%.2f", ratio)]
            } else if hasOther {
                cells += ["", "", "", ""]
            }
            lines.append("| \(cells.joined(separator: " | ")) |")
        }
    }
    return lines.joined(separator: "\n") + "\n"
}

/// Returns the table cells for the columns *again*, *CPU* and *peak*.
private func timingCells(_ timing: Timing) -> [String] {
    [
        decimal(timing.medianSeconds), decimal(timing.medianCPUSeconds), String(format: "%.0f", timing.peakMebibytes),
    ]
}

private func decimal(_ seconds: Double) -> String { String(format: "%.3f", seconds) }

/// Describes the machine, without the names of the host and the user.
func describeMachine(tool: String, environment: [String: String], in folder: String) throws -> Machine {
    func output(_ arguments: [String]) throws -> String {
        try require(arguments, environment: environment, output: "\(folder)/output")
        return try String(contentsOfFile: "\(folder)/output", encoding: .utf8).trimmingCharacters(
            in: .whitespacesAndNewlines)
    }
    func field(_ name: String, of file: String, separator: Character) -> String? {
        let lines = (try? String(contentsOfFile: file, encoding: .utf8))?.split(separator: "\n") ?? []
        let line = lines.first { $0.hasPrefix(name) }?.split(separator: separator, maxSplits: 1).last
        return line.map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " \"")) }
    }
    return Machine(
        processor: field("model name", of: "/proc/cpuinfo", separator: ":") ?? "unknown processor",
        coreCount: ProcessInfo.processInfo.activeProcessorCount,
        memoryGibibytes: Int((Double(ProcessInfo.processInfo.physicalMemory) / 0x1p30).rounded()),
        system: field("PRETTY_NAME", of: "/etc/os-release", separator: "=") ?? "unknown system",
        git: try output(["git", "--version"]), tool: try output([tool, "--version"]))
}
