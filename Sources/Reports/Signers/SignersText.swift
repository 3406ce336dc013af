import Words

/// Writes three lines for each key: the person, the key and its validity.
func signersText(_ report: SignersReport, style: TextStyle) -> String {
    guard !report.rows.isEmpty else {
        return "No signers. `arbor-ledger signers add --help` shows how to add one.\n"
    }
    let branch = escapeHidden(report.auditBranch ?? "the audit branch")
    let lines = report.rows.flatMap { row -> [String] in
        let role = row.roles.isEmpty ? "may sign only for \(listed(row.namespaces))" : listed(row.roles)
        let mark = row.isOnlyInWorkTree ? style.yellow("; only in the work tree, not on \(branch)") : ""
        return [
            "\(style.bold(escapeHidden(row.principal)))  \(escapeHidden(role))\(mark)",
            "  \(row.keyType) \(row.fingerprint)", "  \(row.validity)",
        ]
    }
    return lines.map { $0 + "\n" }.joined()
}
