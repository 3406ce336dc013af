import Merging
import Words

/// Writes the tasks by rank.
func taskText(_ report: TaskReport, style: TextStyle) -> String {
    let (tasks, limit) = (report.tasks, report.shownCount)
    guard !tasks.isEmpty else {
        return report.isFiltered
            ? "No task is of this kind; without --kind all tasks are listed.\n"
            : "No tasks: every question is answered, as far as the ledger shows.\n"
    }
    var lines: [String] = []
    var rank = 0
    for task in tasks.prefix(limit) {
        if task.rank != rank {
            rank = task.rank
            if !lines.isEmpty { lines.append("") }
            lines.append(style.bold("Rank \(rank)"))
        }
        let marks = [task.isLowHanging ? style.green("low-hanging fruit") : nil, task.takenPhrase.map(style.yellow)]
        lines.append(style.wrapped("\(style.cyan(task.id))", indent: 2))
        lines.append(style.wrapped(task.phrase, indent: 4))
        let others = task.otherVotes > 0 ? "\(task.otherVotes) by people who are not listed" : nil
        let votes = [task.votes > 0 ? "votes \(task.votes)" : nil, others].compactMap(\.self)
        let details = [task.question.map { "for \($0)" }, task.importancePhrase, task.costPhrase] + votes + marks
        lines.append(style.dim(style.wrapped(details.compactMap(\.self).joined(separator: "; "), indent: 6, first: 4)))
    }
    if tasks.count > limit { lines += ["", "and \(counted(tasks.count - limit, "more task")): --all lists them"] }
    if report.isSaltUnchecked { lines += ["", style.wrapped(uncheckedSalts, indent: 0)] }
    return lines.joined(separator: "\n") + "\n"
}
