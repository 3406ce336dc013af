import Merging
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

    /// The sum of the votes that count.
    var sum: Int
    /// The number of votes that do not count.
    var others: Int
    var votes: [Line]

    init(_ votes: (counted: [Vote], others: [Vote])) {
        sum = votes.counted.reduce(0) { $0 + $1.weight }
        others = votes.others.count
        self.votes = (votes.counted + votes.others).sorted { ($1.weight, $0.handle) < ($0.weight, $1.handle) }.map {
            vote in
            Line(
                handle: vote.handle, who: vote.who, weight: vote.weight, reason: vote.reason, date: vote.date)
        }
    }
}

extension RecordView {
    /// Adds the votes on a question and its declared effort.
    mutating func add(votesOn question: Question, _ merge: Merge) {
        let votes = Votes(merge.votes(on: question.id))
        self.votes = votes
        if let hours = question.effortHours {
            add("effort", ["\(hours) \(hours == Number(1) ? "hour" : "hours"), declared"])
        }
        guard !votes.votes.isEmpty else { return }
        add(
            "votes",
            [
                "\(votes.sum) in \(counted(votes.votes.count - votes.others, "vote"))"
                    + othersPhrase(votes.others)
            ]
                + votes.votes.map { vote in
                    "\(vote.weight): \(vote.reason) (\(vote.who.map { "\($0), " } ?? "")\(vote.handle), \(vote.date))"
                })
    }
}

private func othersPhrase(_ count: Int) -> String {
    guard count > 0 else { return "" }
    return "; \(counted(count, "further vote")) \(count == 1 ? "does" : "do") not count: "
        + "the voters are not listed, or have another vote here"
}
