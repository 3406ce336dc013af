import YAML

/// The settings, which are read from `.arbor-ledger.yaml` on the audit branch.
package struct LedgerSettings: Sendable, Equatable {
    package static let defaultAuditBranch = "main"

    package var auditBranch = LedgerSettings.defaultAuditBranch
    package var alpha = defaultAlpha
    /// The people who must sign receipts. Signatures are not supported yet: if any signer is named, no receipt counts.
    package var signers: [String] = []

    package init() {}

    package static let shape = Shape(
        subject: "the settings file",
        keys: [
            .optional("audit_branch", .text, "The branch on which receipts count."),
            .optional("alpha", .positive(atMost: "0.5"), "The maximum rate of wrong verdicts (0.05)."),
            .optional(
                "signers", .names(.anything), "Not supported yet: if any are named, no receipt counts."),
        ])
}

/// Reads the settings. Values that cannot be read are reported, and their defaults are used.
package func decodeSettings(_ bytes: [UInt8]) -> (settings: LedgerSettings, diagnostics: [Diagnostic]) {
    let log = FileLog(path: settingsPath)
    let (node, problems) = readYAML(bytes)
    for problem in problems {
        log.report(Diagnostic.Code(problem.kind), problem.mark, problem.message, fix: problem.fix)
    }
    var settings = LedgerSettings()
    guard let node,
        let fields = Fields(node, LedgerSettings.shape, log: log)
    else { return (settings, log.diagnostics) }
    settings.auditBranch = fields.text("audit_branch") ?? settings.auditBranch
    let signers = fields.names("signers")
    settings.signers = signers.map(\.value)
    if let first = signers.first {
        log.report(
            .unverified, first.mark, "\"signers\" requires signed receipts, and this version cannot check signatures",
            fix: "remove `signers:`; until then, no receipt counts")
    }
    settings.alpha = fields.number("alpha")?.value ?? settings.alpha
    return (settings, log.diagnostics)
}

/// The default of `alpha`, which bounds the probability of a wrong verdict. False support and false refutation each
/// have a probability of at most half of `alpha`, however often the runs are inspected.
package let defaultAlpha = Number("0.05")!

/// A claim that is undecided after this many runs remains open.
package let runLimit = 128

extension Diagnostic.Code {
    package static let unverified = Self("unverified", .note, "No run counts for this claim yet.")

    package static let ofSettings = [unverified]
}
