import Records
import Words

/// The votes on a question, highest weight first.
package struct Votes: Sendable {
    struct Line: Sendable {
        var handle: String
        var who: String?
        var weight: Int
        var reason: String
        var date: String
    }

    var sum: Int
    var votes: [Line]

    init(_ votes: [Vote]) {
        sum = votes.reduce(0) { $0 + $1.weight }
        self.votes = votes.sorted { ($1.weight, $0.handle) < ($0.weight, $1.handle) }.map { vote in
            Line(
                handle: vote.handle, who: vote.who, weight: vote.weight, reason: vote.reason, date: vote.date)
        }
    }
}

extension RecordView {
    /// Adds the votes on a question and its declared effort.
    mutating func add(votesOn question: Question, _ state: LedgerState) {
        let votes = Votes(state.votes[question.id, default: []])
        self.votes = votes
        if let hours = question.effortHours {
            add("effort", ["\(hours) \(hours == Number(1) ? "hour" : "hours"), declared"])
        }
        guard !votes.votes.isEmpty else { return }
        add(
            "votes",
            ["\(votes.sum) in \(counted(votes.votes.count, "vote"))"]
                + votes.votes.map { vote in
                    "\(vote.weight): \(vote.reason) (\(vote.who.map { "\($0), " } ?? "")\(vote.handle), \(vote.date))"
                })
    }
}
