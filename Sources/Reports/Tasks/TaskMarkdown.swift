import Merging
import Words

/// The first tasks in a table, the others folded away.
func taskMarkdown(_ report: TaskReport) -> String {
    let shown = report.tasks.prefix(report.shownCount)
    let rest = report.tasks.dropFirst(report.shownCount)
    let taken = report.tasks.count { !$0.takenBy.isEmpty }
    return markdownPage([
        "## Tasks", "**\(counted(report.tasks.count, "task"))**, \(taken) taken", table(shown),
        markdownDetails(counted(rest.count, "more task"), table(rest)),
    ])
}

private func table(_ tasks: ArraySlice<LedgerTask>) -> String {
    let rows = tasks.lazy.map { task in
        [
            "\(task.rank)", "\(markdownCode(task.id))<br>\(markdown(task.phrase))",
            task.question.map(markdownCode) ?? "",
            ([task.importancePhrase, task.costPhrase] + [task.takenPhrase].compactMap(\.self)).map(markdown)
                .joined(separator: "<br>"),
        ]
    }
    return markdownTable(["rank", "task", "for", "worth and cost"], rows, noun: "task")
}
