import Signatures
import YAML

/// The settings, which are read from `.arbor-ledger.yaml` on the audit branch.
package struct LedgerSettings: Sendable, Equatable {
    package static let defaultAuditBranch = "main"

    package var auditBranch = LedgerSettings.defaultAuditBranch
    package var alpha = defaultAlpha
    /// Whether runs of contributors' kernels without a sandbox count.
    package var countsUnsandboxedRuns = false

    package init() {}

    package static let shape = Shape(
        subject: "the settings file",
        keys: [
            .optional("audit_branch", .text, "The branch on which receipts count.", example: "main"),
            .optional("alpha", .positive(atMost: "0.5"), "The maximum rate of wrong verdicts (0.05).", example: "0.05"),
            .optional(
                "count_unsandboxed_runs", .flag,
                "Whether runs of contributors' kernels without a sandbox count; otherwise they count for nothing.",
                example: "true"),
        ])
}

/// Reads the settings. Values that cannot be read are reported, and their defaults are used.
package func decodeSettings(_ bytes: [UInt8]) -> (settings: LedgerSettings, diagnostics: [Diagnostic]) {
    let log = FileLog(path: settingsPath)
    let (node, problems) = readYAML(bytes)
    for problem in problems { log.report(problem) }
    var settings = LedgerSettings()
    guard let node,
        let fields = Fields(withoutSigners(node, log: log), LedgerSettings.shape, log: log)
    else { return (settings, log.diagnostics) }
    settings.auditBranch = fields.text("audit_branch") ?? settings.auditBranch
    settings.countsUnsandboxedRuns = fields.flag("count_unsandboxed_runs")
    settings.alpha = fields.number("alpha")?.value ?? settings.alpha
    return (settings, log.diagnostics)
}

/// Removes the key `signers`, which earlier versions read, and reports it.
private func withoutSigners(_ node: Node, log: FileLog) -> Node {
    guard case .mapping(var entries) = node.content, let index = entries.firstIndex(where: { $0.key == "signers" })
    else { return node }
    let removed = entries.remove(at: index)
    if case .sequence(let names) = removed.value.content, names.isEmpty {
        let (line, value) = (removed.keyMark.line, removed.value.mark)
        let isOneLine = removed.keyMark.column == 1 && value.line == line && value.length > 0 && !entries.isEmpty
        let deletion = Edit(from: Mark(line: line, column: 1), to: Mark(line: line + 1, column: 1), text: "")
        log.report(
            .unusedSetting, removed.keyMark, "\"signers\" is no longer used", fix: "delete the line",
            edits: isOneLine ? [deletion] : [])
    } else {
        log.report(
            .badSigners, removed.keyMark, "\"signers\" does not name the signers any more",
            fix: "list their keys in \(signersPath) with `arbor-ledger signers add`, and delete this key")
    }
    return Node(mark: node.mark, content: .mapping(entries))
}

/// Reads the signers file. Lines that cannot be read are reported, and they do not count.
package func decodeSigners(_ bytes: [UInt8]) -> (signers: Signers, diagnostics: [Diagnostic]) {
    let log = FileLog(path: signersPath)
    for problem in characterProblems(in: bytes) {
        let fix = problem.fix == lineEndRemedy ? lineEndRemedy(for: signersPath) : problem.fix
        log.report(Diagnostic.Code(problem.kind), problem.mark, problem.message, fix: fix)
    }
    // Two names that look alike would be two people, so no line of a file with hidden characters counts.
    guard log.diagnostics.isEmpty else { return (Signers(), log.diagnostics) }
    let (signers, problems) = parseSigners(bytes)
    for problem in problems {
        log.report(
            .badSigners, Mark(line: problem.line, column: problem.column), problem.message, fix: problem.fix)
    }
    return (signers, log.diagnostics)
}

/// The default of `alpha`, which bounds the probability of a wrong verdict. False support and false refutation each
/// have a probability of at most half of `alpha`, however often the runs are inspected.
package let defaultAlpha = Number("0.05")!

/// A claim that is undecided after this many runs remains open.
package let runLimit = 128

extension Diagnostic.Code {
    package static let unverified = Self("unverified", .note, "No run counts for this claim yet.")

    package static let unusedSetting = Self("unused-setting", .warning, "A setting has no effect any more.")
    package static let badSigners = Self("bad-signers", .error, "A line of the signers file cannot be used.")

    package static let ofSettings = [unverified, unusedSetting, badSigners]
}
