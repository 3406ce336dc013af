import Merging
import Words

/// Writes a table of the first tasks, and the others in a collapsible section.
func taskMarkdown(_ report: TaskReport) -> String {
    let shown = report.shown
    let names = Set(shown.map(\.id))
    let rest = report.tasks.filter { !names.contains($0.id) }
    let taken = report.tasks.count { !$0.takenBy.isEmpty }
    return markdownPage([
        "## Tasks", "**\(counted(report.tasks.count, "task"))**, \(taken) taken",
        report.isSaltUnchecked ? uncheckedSalts : nil, table(shown),
        markdownDetails(counted(rest.count, "more task"), table(rest[...])),
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
    return markdownTable(["rank", "task", "for", "importance and cost"], rows, noun: "task")
}
