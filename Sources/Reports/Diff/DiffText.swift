import Merging
import Records
import Words

func diffText(_ diff: LedgerDiff, style: TextStyle) -> String {
    changedFilesText(diff.files, style: style) + "\n" + changesText(diff, style: style)
}

func changedFilesText(_ files: [ChangedFile], style: TextStyle) -> String {
    style.wrapped(changedFilesSentence(files), indent: 0) + "\n"
}

/// Writes the conclusions that changed, and the files that caused the changes.
package func changesText(_ diff: LedgerDiff, style: TextStyle) -> String {
    let remark = diff.isSaltUnchecked ? "\n" + style.wrapped(uncheckedSalts, indent: 0) + "\n" : ""
    guard !diff.isEmpty else { return "  nothing in the merged tree changes\n" + remark }
    let blocks = diff.descriptions.map { title, _, changes in
        ([style.bold(title)] + changes.flatMap { lines($0, style) }).joined(separator: "\n")
    }
    return blocks.joined(separator: "\n\n") + "\n" + remark
}

private func lines(_ change: ChangeDescription, _ style: TextStyle) -> [String] {
    let head = change.name.isEmpty ? change.sentence : style.cyan(change.name)
    var lines = [style.wrapped("\(sign(change.kind, style)) \(head)", indent: 4, first: 2)]
    for detail in change.details {
        let text = style.wrapped(detail.text, indent: 6, first: 4)
        lines.append(detail.status.map { style.paint($0, text) } ?? text)
    }
    if let causes = change.causes { lines.append(style.dim(style.wrapped(causes, indent: 7, first: 4))) }
    return lines
}

private func sign(_ kind: ChangeKind, _ style: TextStyle) -> String {
    switch kind {
    case .new: style.green("+")
    case .gone: style.red("-")
    case .changed: style.yellow("~")
    case .moved: style.yellow(">")
    }
}
