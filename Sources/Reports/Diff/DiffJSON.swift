import Merging
import Words

// `from` and `to` are commits; null stands for the work tree or a previewed merge.
extension LedgerDiff: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("basis", basis)
        json.add("claims", claims)
        json.add("files", files)
        json.add("from", from)
        json.object("pairs") { json in
            json.add("begin", pairs.filter(\.begins))
            json.add("end", pairs.filter { !$0.begins })
        }
        json.add("questions", questions)
        json.object("superseded") { json in
            json.add("begin", superseded.filter(\.begins))
            json.add("end", superseded.filter { !$0.begins })
        }
        json.add("to", to)
    }
}

extension LedgerDiff.BasisEntry: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("audited_claims", audited.map(\.description))
        json.add("kind", change.kind.rawValue)
        json.add("name", change.name)
        json.add("path", change.path)
        json.add("what", change.change)
    }
}

extension ChangedFile: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("change", kind.rawValue)
        json.add("moved_from", movedFrom)
        json.add("path", path)
    }
}

extension LedgerDiff.QuestionChange: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("after", after)
        json.add("before", before)
        json.add("causes", causes)
        json.add("change", kind.rawValue)
        json.add("id", id)
        json.add("moved_from", movedFrom)
    }
}

extension QuestionState: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("asked", questionStatus.rawValue)
        json.add("general", general.rawValue)
        json.add("phrase", phrase)
        json.add("reason", reason)
        json.add("status", status.rawValue)
        json.add("verified", verified.rawValue)
    }
}

extension LedgerDiff.ClaimChange: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("after", after)
        json.add("before", before)
        json.add("causes", causes)
        json.add("change", kind.rawValue)
        json.add("claim", id.description)
        json.add("reason", reason)
    }
}

extension ClaimState: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("level", level.rawValue)
        json.add("quantity", quantity)
        json.objects("questions", places) { place, json in
            json.add("question", place.question)
            json.add("side", place.side.rawValue)
            json.add("standing", place.status)
        }
        json.add("says", valueText)
        json.add("verdict", verdict.rawValue)
    }
}

extension LedgerDiff.PairChange: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("a", pair.a.description)
        json.add("b", pair.b.description)
        json.add("causes", causes)
        json.add("class", pair.kind.rawValue)
        json.add("differs", pair.differs)
        json.add("kind", pair.isConflict ? "conflict" : "near_miss")
        json.add("quantity", quantity)
    }
}

extension LedgerDiff.SupersededChange: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("by", item.by)
        json.add("causes", causes)
        json.add("claim", item.claim.description)
    }
}
