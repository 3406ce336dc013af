import BigInt
import Merging
import Words

/// The tasks of a ledger, in the requested order.
package struct TaskReport: Report {
    package var tasks: [LedgerTask]
    /// The number of tasks that the readable formats show.
    package var shownCount: Int

    /// Whether tasks of other kinds are left out.
    var isFiltered: Bool
    /// Whether the tasks rest on runs whose salts could not be checked.
    var isSaltUnchecked: Bool

    package init(
        _ tasks: [LedgerTask], shownCount: Int, isFiltered: Bool = false, isSaltUnchecked: Bool = false
    ) {
        (self.tasks, self.shownCount, self.isFiltered) = (tasks, shownCount, isFiltered)
        self.isSaltUnchecked = isSaltUnchecked
    }

    package static let name = "tasks"
    package static let renderers = [
        Renderer("text", "by rank, for the terminal", taskText), Renderer("json", "every field", json),
        Renderer("markdown", "a comment on a pull request", taskMarkdown), Renderer("csv", "one row per task", taskCSV),
    ]
}

extension LedgerTask {
    var importancePhrase: String {
        guard let importance else {
            return question == nil ? "no question asks this" : "importance not counted: too many paths"
        }
        if importance.numerator.isZero { return "its question is answered" }
        let share = "\(importance.numerator)/\(importance.denominator)"
        return share.count <= 12
            ? "decides in \(share) of the cases"
            : "decides in \(fixed(100 * importance.share, digits: 3)) % of the cases"
    }

    var costPhrase: String {
        guard let costSeconds else { return "effort unknown" }
        return verifier == nil ? "effort \(duration(costSeconds))" : "\(duration(costSeconds)) of runs"
    }

    var takenPhrase: String? {
        switch takenBy.count {
        case 0: nil
        case 1: "taken by \(takenBy[0])"
        default: "taken twice: \(listed(shortList(takenBy)))"
        }
    }
}
