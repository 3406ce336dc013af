import BigInt
import Merging
import Records
import Words

/// The tasks of a ledger, in the requested order.
package struct TaskReport: Report {
    package var tasks: [LedgerTask]
    /// The number of tasks that the readable formats show.
    package var shownCount: Int

    /// The tasks that the readable formats show: minor ones only if all are shown.
    var shown: ArraySlice<LedgerTask> {
        shownCount == .max ? tasks[...] : tasks.filter { !$0.isMinor }.prefix(shownCount)
    }

    /// Whether some tasks are left out.
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
    package var importancePhrase: String {
        guard let importance else { return "no question asks this" }
        if isHopeless { return "hopeless: \(runLimit) runs are unlikely to decide it" }
        if importance.isNone { return "decides no open question" }
        let share = "\(importance.numerator)/\(importance.denominator)"
        let cases =
            share.count <= 12
            ? "in \(share) of the cases" : "in \(fixed(100 * importance.share, digits: 3)) % of the cases"
        guard importance.ancestors > 0 else { return "decides \(cases)" }
        let ancestors = counted(importance.ancestors, "ancestor")
        return importance.numerator == importance.denominator
            ? "decides \(ancestors)" : "decides \(ancestors), the nearest \(cases)"
    }

    package var costPhrase: String {
        guard let costSeconds else { return "effort unknown" }
        return isRunnable ? "\(duration(costSeconds)) on this machine" : "effort \(duration(costSeconds))"
    }

    package var takenPhrase: String? {
        switch takenBy.count {
        case 0: nil
        case 1: "taken by \(takenBy[0])"
        default: "taken twice: \(listed(shortList(takenBy)))"
        }
    }
}
