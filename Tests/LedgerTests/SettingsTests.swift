import Records
import Testing

@Suite struct SettingsTests {
    /// Returns the settings that the text sets, and their diagnostics.
    private func outline(_ text: String) -> String {
        let (settings, diagnostics) = decodeSettings(Array(text.utf8))
        let line = "\(settings.auditBranch), alpha \(settings.alpha), signers \(settings.signers)"
        return ([line] + diagnostics.map(rendered)).joined(separator: "\n")
    }

    @Test(arguments: [
        ("audit_branch: trunk\nalpha: 0.010", "trunk, alpha 0.01, signers []"),
        (
            "signers: [a, b]",
            """
            main, alpha 0.05, signers ["a", "b"]
            .arbor-ledger.yaml:1:11 note[unverified] "signers" requires signed receipts, and this version cannot check signatures
              -> remove `signers:`; until then, no receipt counts
            """
        ),
        ("{}", "main, alpha 0.05, signers []"),
        (
            "alpha: 0.6",
            "main, alpha 0.05, signers []\n.arbor-ledger.yaml:1:8 error[out-of-range] \"alpha\" must be above 0 and at most 0.5, not 0.6"
        ),
        (
            "alpa: 0.1",
            "main, alpha 0.05, signers []\n.arbor-ledger.yaml:1:1 error[unknown-key] the settings file has no key \"alpa\"\n  -> did you mean \"alpha\"?"
        ),
        ("", "main, alpha 0.05, signers []\n.arbor-ledger.yaml:1:1 error[syntax] the file is empty"),
    ])
    func settings(text: String, expected: String) {
        #expect(outline(text) == expected)
    }
}
