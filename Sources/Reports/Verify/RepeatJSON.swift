import Words

extension RepeatReport: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("contradictions", contradictions)
        json.add("failures", failures)
        json.add("left", left)
        json.add("receipts", receipts)
        json.add("repeats", repeats)
        json.add("signature_problem", signatureProblem)
    }
}

extension RepeatReport.Line: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("cell", cell)
        json.add("claim", claim)
        json.add("control", control)
        json.add("index", index)
        json.add("must_agree", mustAgree)
        json.add("receipt", receipt)
        json.add("recorded", ifPresent: recorded)
        json.add("recorded_core", recordedCore)
        json.add("recorded_hit", recordedHit)
        json.add("repeated", ifPresent: repeated)
        json.add("repeated_core", repeatedCore)
        json.add("repeated_hit", repeatedHit)
    }
}
