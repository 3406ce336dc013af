import Words

extension ToyModelReport: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("abstracts", abstracts)
        json.add("bridges", bridges)
        json.add("caveats", caveats)
        json.add("claims", claims)
        json.objects("config", config) { parameter, json in
            json.add("default", parameter.isDefault)
            json.add("name", parameter.name)
            json.add("summary", parameter.summary)
            json.add("value", parameter.value)
        }
        json.add("cost", cost)
        json.object("kernel") { json in
            json.add("name", kernel.name)
            json.add("summary", kernel.summary)
            json.add("version", kernel.version)
        }
        json.add("measurements", measurements)
        json.add("question", ifPresent: question)
        json.add("seen", ifPresent: networks)
    }
}

extension ToyModelReport.ClaimLine: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("claim", row.id.description)
        json.add("evidence", row.evidence.evidence.rawValue)
        json.add("general", general.rawValue)
        json.add("label", evidenceLabel(row.evidence))
        json.add("level", row.evidence.level.rawValue)
        json.add("quantity", row.quantity)
        json.add("says", row.valueText)
        json.add("verdict", row.evidence.verdict.rawValue)
    }
}

extension ToyModelReport.Cost: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("bytes", bytes)
        json.add("measurement", measurement)
        json.add("measuring_seconds", measuringSeconds)
        if let recorded {
            json.object("recorded") { json in
                json.add("longest_seconds", recorded.longestSeconds)
                json.add("mean_seconds", recorded.meanSeconds)
                json.add("runs", recorded.runs)
            }
        }
        json.add("training_seconds", trainingSeconds)
    }
}

extension ToyModelReport.Measured: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("cells", cells)
        json.add("conditions", conditions)
        json.add("control", control)
        json.add("id", id)
        json.add("measures", measures)
        json.add("pictures", pictures)
    }
}

extension MeasuredCell: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("cell", cell)
        json.add("control", control)
        json.add("failed", failed)
        json.add("runs", runs)
        json.add("values", values)
    }
}

extension MeasuredCell.Spread: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("least", least)
        json.add("mean", mean)
        json.add("most", most)
    }
}

extension NetworkViews: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("failures", failures)
        json.add("missing", missing)
        json.add("missing_seconds", missingSeconds)
        json.objects("networks", networks) { network, json in
            json.add("cell", network.cell)
            json.add("export", ifPresent: network.exportFolder)
            json.add("failure", ifPresent: network.failure)
            json.add("kept", network.isCached)
            json.add("pictures", network.pictures)
            json.add("seed", network.seed)
        }
    }
}
