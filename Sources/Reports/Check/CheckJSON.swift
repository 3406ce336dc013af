import Checking
import Records
import Words

extension CheckReport: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.object("counts") { json in
            json.add("claims", summary.counts.claims)
            json.add("errors", summary.counts.errors)
            json.add("findings", summary.counts.findings)
            json.add("questions", summary.counts.questions)
            json.add("unread_claims", summary.counts.unreadClaims)
            json.add("verifiers", summary.counts.verifiers)
            json.add("warnings", summary.counts.warnings)
        }
        json.add("diagnostics", diagnostics)
    }
}

extension Diagnostic: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("code", code.name)
        json.add("column", mark.column)
        json.add("fix", fix)
        json.add("line", mark.line)
        json.add("message", message)
        json.add("path", path)
        json.add("severity", severity.rawValue)
    }
}
