import BigInt
import Merging
import Words

extension TaskReport: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("tasks", tasks)
    }
}

extension LedgerTask: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("cell", cell)
        json.add("command", command)
        json.add("cost_seconds", costSeconds)
        json.add("hopeless", isHopeless)
        json.add("id", id)
        json.add("importance", importance)
        json.add("kind", kind.rawValue)
        json.add("low_hanging", isLowHanging)
        json.add("minor", isMinor)
        json.add("other_votes", otherVotes)
        json.add("phrase", phrase)
        json.add("question", question)
        json.add("rank", rank)
        json.add("runnable", isRunnable)
        json.add("taken_by", takenBy)
        json.add("verifier", verifier)
        json.add("votes", votes)
    }
}

extension Importance: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("ancestors", ancestors)
        json.add("denominator") { write(denominator, to: &$0) }
        json.add("numerator") { write(numerator, to: &$0) }
    }

    /// Writes an integer as a JSON number if a double represents it exactly, or as a string if not.
    private func write(_ value: BigUInt, to json: inout JSONWriter) {
        if value.bitWidth <= 53 { json.number(value.description) } else { json.text(value.description) }
    }
}
