import Words

extension DoctorReport: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("broken", checks.count { $0.state == .broken })
        json.objects("checks", checks) { check, json in
            json.add("message", escapeHidden(check.message))
            json.add("name", check.name)
            json.add("remedy", check.remedy.map(escapeHidden))
            json.add("state", check.state.rawValue)
        }
        json.add("warnings", checks.count { $0.state == .warning })
    }
}
