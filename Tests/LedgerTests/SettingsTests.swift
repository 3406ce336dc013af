import Records
import Testing

@Suite struct SettingsTests {
    /// Returns the settings that the text sets, and their diagnostics.
    private func outline(_ text: String) -> String {
        let (settings, diagnostics) = decodeSettings(Array(text.utf8))
        let line = "\(settings.auditBranch), alpha \(settings.alpha)"
        return ([line] + diagnostics.map(rendered)).joined(separator: "\n")
    }

    @Test(arguments: [
        ("audit_branch: trunk\nalpha: 0.010", "trunk, alpha 0.01"),
        (
            "signers: [a, b]",
            """
            main, alpha 0.05
            .arbor-ledger.yaml:1:1 error[bad-signers] "signers" does not name the signers any more
              -> list their keys in .arbor-ledger/signers with `arbor-ledger signers add`, and delete this key
            """
        ),
        (
            "alpha: 0.01\nsigners: []",
            """
            main, alpha 0.01
            .arbor-ledger.yaml:2:1 warning[unused-setting] "signers" is no longer used
              -> delete the line
            """
        ),
        (
            "signers: name",
            """
            main, alpha 0.05
            .arbor-ledger.yaml:1:1 error[bad-signers] "signers" does not name the signers any more
              -> list their keys in .arbor-ledger/signers with `arbor-ledger signers add`, and delete this key
            """
        ),
        ("{}", "main, alpha 0.05"),
        (
            "alpha: 0.6",
            "main, alpha 0.05\n.arbor-ledger.yaml:1:8 error[out-of-range] \"alpha\" must be above 0 and at most 0.5, not 0.6"
        ),
        (
            "alpa: 0.1",
            "main, alpha 0.05\n.arbor-ledger.yaml:1:1 error[unknown-key] the settings file has no key \"alpa\"\n  -> did you mean \"alpha\"?"
        ),
        ("", "main, alpha 0.05\n.arbor-ledger.yaml:1:1 error[syntax] the file is empty"),
    ])
    func settings(text: String, expected: String) {
        #expect(outline(text) == expected)
    }
}
