import Records
import Words

extension BranchPreview: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("bases", bases)
        json.add("branch", branch)
        json.add("diff", diff)
        json.add("errors", newErrors)
        json.objects("unmerged", unmerged) { file, json in
            json.add("path", file.path)
            json.add("reason", file.reason)
        }
    }
}
