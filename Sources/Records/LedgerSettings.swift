import YAML

/// `.arbor-ledger.yaml`, as the audit branch has it.
package struct LedgerSettings: Sendable, Equatable {
    package static let defaultAuditBranch = "main"

    package var auditBranch = LedgerSettings.defaultAuditBranch
    package var alpha = defaultAlpha
    /// Not checked yet: where any are named, no receipt counts.
    package var signers: [String] = []

    package init() {}

    package static let shape = Shape(
        subject: "the settings file",
        keys: [
            .optional("audit_branch", .text, "The branch on which receipts count."),
            .optional("alpha", .positive(atMost: "0.5"), "How often, at most, a verdict may be wrong (0.05)."),
            .optional(
                "signers", .names(.anything), "Not checked yet: where any are named, no receipt counts."),
        ])
}

/// Reads the settings; what cannot be read keeps its default and is reported.
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
            .unverified, first.mark, "only signed receipts count here, and this version cannot check signatures",
            fix: "no receipt counts while signers are named")
    }
    settings.alpha = fields.number("alpha")?.value ?? settings.alpha
    return (settings, log.diagnostics)
}

/// The chance of a wrong verdict is at most half of this on either side, however often one looks.
package let defaultAlpha = Number("0.05")!

/// Runs beyond this many leave a claim open.
package let runLimit = 128

extension Diagnostic.Code {
    package static let unverified = Self("unverified", .note, "No run counts for this claim yet.")

    package static let ofSettings = [unverified]
}
