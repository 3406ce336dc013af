import Evidence
import Records
import Words

extension VerifyReport: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("failures", failures)
        json.add("left", left)
        let outlooks = verdicts.flatMap { line in line.outlooks(alpha: alpha).map { (line.claim.id, $0) } }
        json.objects("outlooks", outlooks) { outlook, json in
            json.add("claim", outlook.0.description)
            json.add("reason", outlook.1)
        }
        json.add("receipts", receipts)
        json.objects("remarks", remarks) { remark, json in
            json.add("claim", remark.claim.description)
            json.add("reason", remark.reason)
        }
        json.add("runs", runs)
        json.add("settled", settled)
        json.add("signature_problem", signatureProblem)
        json.objects("skipped", skipped) { skipped, json in
            json.add("claim", skipped.claim.description)
            json.add("reason", skipped.reason)
        }
        json.add("unsettled", unsettled)
        json.add("verdicts", verdicts)
    }
}

extension VerifyReport.RunLine: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("cell", cell)
        json.add("claim", claim.description)
        json.add("control", isControl)
        json.add("diverged", run.hasDiverged)
        json.add("failure", run.failure)
        json.add("grade", grade.phrase)
        json.add("hit", isHit)
        json.add("index", run.index)
        json.add("runner", runner.phrase)
        json.add("sample", run.sample)
        json.add("seconds", run.seconds)
        json.add("seed", run.seed)
        json.add("value", value)
    }
}

extension VerifyReport.VerdictLine: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("claim", claim.id.description)
        json.add("diverged", evidence.diverged)
        json.add("e_against", evidence.evidenceAgainst)
        json.add("e_for", evidence.evidenceFor)
        json.add("evidence", evidence.evidence.rawValue)
        json.add("hits", evidence.hits)
        json.add("level", evidence.level.rawValue)
        json.add("missing_traces", evidence.missingTraces.map { $0.needed - $0.present })
        json.add("runners", evidence.runners)
        json.add("runs", evidence.runs)
        json.add("uninformative", evidence.isUninformative)
        json.add("verdict", evidence.verdict.rawValue)
    }
}

extension FailedRun: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("reason", reason)
        json.add("run", run)
    }
}

extension Workload: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("cores", cores)
        json.add("runs", runs)
        json.add("seconds", seconds)
        json.add("studies", studies)
        json.add("trainings", trainings)
    }
}
