import Merging
import Records
import Words

extension BriefReport: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("decided", decided?.sentences)
        json.add("north_star", northStar?.question.text)
        json.add("sections", sections)
        json.add("status", northStar?.status.rawValue)
    }
}

extension BriefReport.Section: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("assumptions", answer.assumptions.sets.first ?? [])
        json.add("doubted", doubted)
        json.add("evidence", answer.weight.phrases)
        json.add("general", general)
        json.add("leaves", leafCount)
        json.add("next", next?.id)
        json.add("otherwise", otherwise)
        json.add("question", answer.question.id)
        json.add("special_only", specialOnly)
        json.add("status", answer.status.rawValue)
        json.add("text", answer.question.text)
        json.add("unanswered", unanswered)
    }
}

extension BriefReport.Leaves: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("contested", contested)
        json.add("depends", depends)
        json.add("refuted", refuted)
        json.add("supported", supported)
    }
}
