import Records
import Words

extension RecordView: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        if kind == .claim || kind == .finding { json.add("e_values", scores) }
        json.add("id", id)
        json.add("kind", kind.rawValue)
        json.add("models", ifPresent: models)
        json.add("path", ifPresent: path)
        if kind == .quantity {
            json.add("pool", pools.ofSeveral.first)
            json.add("pools", pools.ofSeveral)
        }
        json.objects("sections", sections) { section, json in
            json.add("lines", section.lines)
            json.add("title", section.title)
        }
        json.add("title", title)
        json.add("toy_model", ifPresent: toyModel)
        json.add("votes", ifPresent: votes)
    }
}

extension QuestionModels: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("con", con)
        json.add("pro", pro)
    }
}

extension Votes: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("others", others)
        json.add("sum", sum)
        json.objects("votes", votes) { vote, json in
            json.add("date", vote.date)
            json.add("handle", vote.handle)
            json.add("reason", vote.reason)
            json.add("weight", vote.weight)
            json.add("who", ifPresent: vote.who)
        }
    }
}
