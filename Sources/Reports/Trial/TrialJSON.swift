import Records
import Words

extension TrialReport: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("cells", cells)
        json.add("failures", failures)
        json.add("measurement", measurement.id)
        json.add("notes", notes)
    }
}

extension TrialReport.Cell: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("cell", cell)
        json.objects("runs", runs) { run, json in
            json.add("diverged", run.hasDiverged)
            json.add("failure", run.failure)
            json.add("index", run.index)
            json.add("seconds", run.seconds)
            json.add("seed", run.seed)
            json.add("values", (run.values ?? [:]).compactMapValues(\.double))
        }
        json.add("summaries", summaries)
    }
}

extension TrialReport.Summary: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.objects("labels", labels) { reading, json in
            json.objects("counts", reading.counts) { count, json in
                json.add("label", count.label)
                json.add("runs", count.runs)
            }
            json.add("quantity", reading.quantity)
        }
        json.add("mean", mean)
        json.add("median", median)
        json.add("quantity", quantity)
        json.add("range", range.yaml)
        json.add("values", values)
    }
}
