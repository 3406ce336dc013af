import Words

extension SignersReport: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("audit_branch", auditBranch)
        json.add("signers", rows)
    }
}

extension SignersReport.Row: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("fingerprint", fingerprint)
        json.add("key_type", keyType)
        json.add("namespaces", namespaces)
        json.add("only_in_work_tree", isOnlyInWorkTree)
        json.add("principal", principal)
        json.add("roles", roles)
        json.add("valid_after", validAfter)
        json.add("valid_before", validBefore)
    }
}
