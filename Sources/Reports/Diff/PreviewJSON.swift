import Records
import Words

extension BranchPreview: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.add("bases", bases)
            json.add("branch", branch)
            json.add("diff", diff)
            json.add("errors", newErrors)
            json.list("unmerged", unmerged) { file, json in
                json.object { json in
                    json.add("path", file.path)
                    json.add("reason", file.reason)
                }
            }
        }
    }
}
