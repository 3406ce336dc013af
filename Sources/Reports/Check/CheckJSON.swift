import Checking
import Records
import Words
import YAML

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
        json.list("fixes", edits.isEmpty ? [] : [self]) { found, json in
            json.object { json in
                json.add("description", found.fix)
                json.list("edits", found.edits) { $0.write(to: &$1) }
            }
        }
        json.add("line", mark.line)
        json.add("message", message)
        json.add("path", path)
        json.add("severity", severity.rawValue)
    }
}

extension Edit: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("column", start.column)
        json.add("end_column", end.column)
        json.add("end_line", end.line)
        json.add("line", start.line)
        json.add("text", text)
    }
}
