import Checking
import Words

func previewText(_ preview: BranchPreview, style: TextStyle) -> String {
    if preview.isMerged { return preview.mergedSentence + "\n" }
    var lines = preview.remarks.map { style.wrapped($0, indent: 0) }
    if !preview.unmerged.isEmpty {
        lines.append("git cannot merge these files; the preview keeps the versions of HEAD:")
        lines += preview.unmerged.map { style.wrapped("\(escapeHidden($0.path)) (\($0.reason))", indent: 4, first: 2) }
    }
    if !lines.isEmpty { lines.append("") }
    var text = lines.map { $0 + "\n" }.joined()
    text += changedFilesText(preview.diff.files, style: style)
    text += "\nMerging \(escapeHidden(preview.branch)) would change:\n" + changesText(preview.diff, style: style)
    guard !preview.newErrors.isEmpty else {
        return preview.unmerged.isEmpty ? text + "\nNext: git merge \(escapeHidden(preview.branch))\n" : text
    }
    return text + "\nNew errors:\n"
        + checkText(preview.summary, showing: preview.newErrors, style: style)
}
