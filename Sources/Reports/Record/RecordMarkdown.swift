import Words

/// Writes the record's title, and each section as a collapsible block.
func recordMarkdown(_ view: RecordView) -> String {
    let place = view.path.map { ", \(markdownCode($0))" } ?? ""
    let folded = view.sections.map { section in
        markdownDetails(
            htmlText(section.title),
            section.isDrawn
                ? markdownCodeBlock(section.lines)
                : markdownList(section.lines.lazy.map(markdown), noun: "line"))
    }
    return markdownPage(
        ["## \(markdown(view.title))", "\(view.kind.rawValue) \(markdownCode(view.id))\(place)"] + folded)
}
