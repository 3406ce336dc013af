import BigInt
import Merging
import Words

/// `tasks` for eyes: by rank, each with what it is worth and what it takes.
package func taskText(_ tasks: [LedgerTask], limit: Int, style: TextStyle) -> String {
    guard !tasks.isEmpty else {
        return "Nothing to do here: every question is settled, as far as the ledger can tell.\n"
    }
    var lines: [String] = []
    var rank = 0
    for task in tasks.prefix(limit) {
        if task.rank != rank {
            rank = task.rank
            if !lines.isEmpty { lines.append("") }
            lines.append(style.bold("Rank \(rank)"))
        }
        let marks = [task.isLowHanging ? style.green("low-hanging fruit") : nil, takenPhrase(task).map(style.yellow)]
        lines.append(style.wrapped("\(style.cyan(task.id))", indent: 2))
        lines.append(style.wrapped(task.phrase, indent: 4))
        let details =
            [task.question.map { "for \($0)" }, worthPhrase(task), costPhrase(task), votePhrase(task)] + marks
        lines.append(style.dim(style.wrapped(details.compactMap(\.self).joined(separator: "; "), indent: 6, first: 4)))
    }
    if tasks.count > limit { lines += ["", "and \(counted(tasks.count - limit, "more task")): --all lists them"] }
    return lines.joined(separator: "\n") + "\n"
}

private func worthPhrase(_ task: LedgerTask) -> String {
    guard let importance = task.importance else {
        return task.question == nil ? "no question asks this" : "importance not counted: too many paths"
    }
    if importance.numerator.isZero { return "that question is settled" }
    let share = "\(importance.numerator)/\(importance.denominator)"
    return share.count <= 12
        ? "decides in \(share) of the ways" : "decides in \(fixed(100 * importance.share, digits: 3)) % of the ways"
}

private func costPhrase(_ task: LedgerTask) -> String {
    guard let cost = task.costSeconds else { return "effort unknown" }
    return task.verifier == nil ? "effort \(duration(cost))" : "\(duration(cost)) of runs"
}

private func votePhrase(_ task: LedgerTask) -> String? { task.votes > 0 ? "votes \(task.votes)" : nil }

private func takenPhrase(_ task: LedgerTask) -> String? {
    switch task.takenBy.count {
    case 0: nil
    case 1: "taken by \(task.takenBy[0])"
    default: "taken twice: \(listed(shortList(task.takenBy)))"
    }
}

package struct TasksJSON: Encodable {
    struct ImportanceJSON: Encodable {
        var numerator: WholeNumber
        var denominator: WholeNumber
    }

    /// A number where every reader of JSON keeps all of its digits, a text beyond.
    struct WholeNumber: Encodable {
        var value: BigUInt

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if value.bitWidth <= 53 {
                try container.encode(UInt64(value))
            } else {
                try container.encode(value.description)
            }
        }
    }

    struct TaskJSON: Encodable {
        var id: String
        var kind: LedgerTask.Kind
        var phrase: String
        var question: OrNull<String>
        var importance: OrNull<ImportanceJSON>
        var costSeconds: OrNull<Double>
        var rank: Int
        var cell: [String: String]
        var votes: Int
        var takenBy: [String]
        var verifier: OrNull<String>
        var isLowHanging: Bool

        enum CodingKeys: String, CodingKey {
            case id, kind, phrase, question, importance, rank, cell, votes, verifier
            case costSeconds = "cost_seconds"
            case takenBy = "taken_by"
            case isLowHanging = "low_hanging"
        }
    }

    var tasks: [TaskJSON]

    package init(_ tasks: [LedgerTask]) {
        self.tasks = tasks.map { task in
            TaskJSON(
                id: task.id, kind: task.kind, phrase: task.phrase, question: OrNull(task.question),
                importance: OrNull(
                    task.importance.map {
                        ImportanceJSON(
                            numerator: WholeNumber(value: $0.numerator), denominator: WholeNumber(value: $0.denominator)
                        )
                    }),
                costSeconds: OrNull(task.costSeconds), rank: task.rank, cell: task.cell, votes: task.votes,
                takenBy: task.takenBy, verifier: OrNull(task.verifier), isLowHanging: task.isLowHanging)
        }
    }
}
