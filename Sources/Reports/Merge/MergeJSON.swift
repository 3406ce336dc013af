import Evidence
import Merging
import Words

extension MergeReport: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("behaviours_without_toy", behavioursWithoutToy)
        json.add("questions", answers)
        json.add("unanswered_toy_claims", unansweredToys.map(\.description))
        json.add("unasked_claims", unasked.map(\.description))
        json.add("withdrawn_refuted_claims", withdrawnRefuted.map(\.description))
    }
}

extension Answer: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("asks", asks.rawValue)
        json.add("assumptions", assumptions.sets)
        // Whether there are more sets of assumptions than listed.
        json.add("assumptions_truncated", assumptions.isCut)
        json.add("bridges", bridges)
        json.object("cells") { json in
            json.add("tested", testedCells)
            json.add("total", totalCells)
        }
        json.add("claims", claims)
        json.add("general", general.rawValue)
        json.add("id", question.id)
        json.object("leans") { json in
            json.add("no", leans.no)
            json.add("yes", leans.yes)
        }
        json.add("needs", question.isLeaf ? nil : question.needs.rawValue)
        json.object("parts") { json in
            json.add("answered", answeredParts)
            json.add("total", parts.count)
        }
        json.add("phrase", phrase)
        json.add("reason", reason)
        json.add("settings_unrecorded", hasUnrecordedSettings)
        json.add("special", special.rawValue)
        json.add("status", status.rawValue)
        json.add("value_disputed", hasDisputedValue)
        json.add("verified", verified.rawValue)
    }
}

extension LeafClaim: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("because", reason)
        json.add("bridge", bridge)
        json.add("claim", member.id.description)
        json.add("contrast", ifPresent: member.contrast)
        json.add("counted", hasCountedSide)
        json.add("doubts", doubts.map { "\($0.finding)/\($0.number)" })
        json.add("evidence", member.evidence.evidence.rawValue)
        json.add("level", member.evidence.level.rawValue)
        json.add("model", member.kind.rawValue)
        json.add("omitted", omission?.rawValue)
        json.add("side", side.rawValue)
        json.add("standing", status.rawValue)
        json.add("verdict", member.evidence.verdict.rawValue)
    }
}

extension BridgeStatus: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("assumption", assumption)
        json.add("generals", generals.map(\.description))
        json.add("no", no)
        json.add("status", status.rawValue)
        json.add("toys", toys.map(\.description))
        json.add("yes", yes)
    }
}
