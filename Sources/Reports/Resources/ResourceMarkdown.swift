import Words

func resourceMarkdown(_ report: ResourceReport) -> String {
    let rows = report.rows.lazy.map { row in
        [
            "\(markdownCode(row.resource.slug))<br>\(markdown(row.resource.title))",
            markdown(row.properties), markdown(row.storageWord),
            row.sourcePhrases.map(markdown).joined(separator: "<br>"),
            row.users.map(markdown).joined(separator: "<br>"),
        ]
    }
    return markdownPage([
        "## Resources", "**\(markdown(report.summary))**",
        markdownTable(["resource", "kind, size, licence", "here", "sources", "needed by"], rows, noun: "resource"),
        report.tasks.isEmpty
            ? nil
            : markdownDetails(
                counted(report.tasks.count, "task"),
                markdownList(
                    report.tasks.lazy.map { "\(markdownCode($0.id)): \(markdown($0.phrase))" }, noun: "task")),
    ])
}
