import Words

func previewMarkdown(_ preview: BranchPreview) -> String {
    let title = "## Merging \(markdownCode(preview.branch))"
    if preview.isMerged { return markdownPage([title, markdown(preview.mergedSentence)]) }
    let unmerged = preview.unmerged.map { "\(markdownCode($0.path)) (\(markdown($0.reason)))" }
    return markdownPage(
        [
            title, markdown(([changedFilesSentence(preview.diff.files)] + preview.remarks).joined(separator: " ")),
            unmerged.isEmpty ? nil : "**git cannot merge \(counted(unmerged.count, "file")):**",
            markdownList(unmerged, noun: "file"),
            preview.newErrors.isEmpty ? nil : "**New: \(counted(preview.newErrors.count, "error")).**",
            diagnosticTable(preview.newErrors),
        ] + changeBlocks(preview.diff))
}
