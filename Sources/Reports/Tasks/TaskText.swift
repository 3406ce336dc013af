import Merging
import Words

/// Writes the tasks by rank.
func taskText(_ report: TaskReport, style: TextStyle) -> String {
    let (tasks, shown) = (report.tasks, report.shown)
    guard !tasks.isEmpty else {
        return report.isFiltered
            ? "No task is left by --kind, --runnable and --minutes; without them all tasks are listed.\n"
            : "No tasks: every question is answered, as far as the ledger shows.\n"
    }
    var lines: [String] = []
    var rank = 0
    for task in shown {
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
        let details = [task.importancePhrase, task.costPhrase, task.question.map { "for \($0)" }] + votes + marks
        lines.append(style.dim(style.wrapped(details.compactMap(\.self).joined(separator: "; "), indent: 6, first: 4)))
        if task.isRunnable || task.isProposed, let command = task.command {
            lines.append(style.wrapped("$ \(command)", indent: 6, first: 4))
        }
    }
    if tasks.count > shown.count {
        lines += ["", "and \(counted(tasks.count - shown.count, "more task")): --all lists them"]
    }
    let questions = Set(shown.filter { $0.costSeconds == nil }.compactMap(\.question)).count
    if questions > 0 {
        let text =
            "The effort for \(counted(questions, "question")) is unknown. If you know it, write `effort_hours` into the question's file: tasks are then ranked by it."
        lines += ["", style.dim(style.wrapped(text, indent: 0))]
    }
    if report.isSaltUnchecked { lines += ["", style.wrapped(uncheckedSalts, indent: 0)] }
    return lines.joined(separator: "\n") + "\n"
}
