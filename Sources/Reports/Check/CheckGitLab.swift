import Records
import Words

/// Writes `check` as a Code Quality report, which GitLab shows in a merge request
/// (docs.gitlab.com/ci/testing/code_quality, "Code Quality report format").
func checkGitLab(_ report: CheckReport) -> [UInt8] { json(CodeQuality(selection: .report(report.problems))) }

private struct CodeQuality: JSONWritable {
    let selection: ForgeSelection

    func write(to json: inout JSONWriter) {
        let entries = selection.fingerprinted.map { diagnostic, fingerprint in
            Entry(
                code: diagnostic.code.name, text: diagnostic.textWithFix(after: " "), fingerprint: fingerprint,
                path: diagnostic.path, line: diagnostic.mark.line, severity: diagnostic.severity)
        }
        let rest = selection.leftOut.map { sentence in
            Entry(
                code: "left-out", text: sentence, fingerprint: "left-out", path: settingsPath, line: 1, severity: .note)
        }
        json.longList(entries + [rest].compactMap(\.self)) { $0.write(to: &$1) }
    }
}

private struct Entry: JSONObject {
    let code: String
    let text: String
    let fingerprint: String
    let path: String
    let line: Int
    let severity: Severity

    func addMembers(to json: inout JSONWriter) {
        json.add("check_name", code)
        json.add("description", text)
        json.add("fingerprint", fingerprint)
        json.object("location") { json in
            json.object("lines") { $0.add("begin", line) }
            json.add("path", path)
        }
        json.add("severity", gitLabSeverity(severity))
    }
}

private func gitLabSeverity(_ severity: Severity) -> String {
    switch severity {
    case .error: "major"
    case .warning: "minor"
    case .note: "info"
    }
}
