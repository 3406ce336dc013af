import Words

extension DoctorReport: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.add("broken", checks.count { $0.state == .broken })
            json.list("checks", checks) { check, json in
                json.object { json in
                    json.add("message", visible(check.message))
                    json.add("name", check.name)
                    json.add("remedy", check.remedy.map(visible))
                    json.add("state", check.state.rawValue)
                }
            }
            json.add("warnings", checks.count { $0.state == .warning })
        }
    }
}
