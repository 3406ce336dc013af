import Records
import Words

func diffMarkdown(_ diff: LedgerDiff) -> String {
    let ends = [
        diff.from.map { markdownCode(String($0.prefix(12))) }, diff.to.map { markdownCode(String($0.prefix(12))) },
    ]
    let title = ends[0].map { "## Changes from \($0) to \(ends[1] ?? "the work tree")" } ?? "## Changes"
    return markdownPage([title, markdown(changedFilesSentence(diff.files))] + changeBlocks(diff))
}

/// Writes the number of changed conclusions, and a collapsible section of changes for each kind.
func changeBlocks(_ diff: LedgerDiff) -> [String?] {
    let remark = diff.isSaltUnchecked ? uncheckedSalts : nil
    guard !diff.isEmpty else { return ["**Nothing in the merged tree changes.**", remark] }
    let descriptions = diff.descriptions
    let counts = descriptions.map { counted($0.changes.count, $0.noun) }
    return ["**Changed: \(listed(counts)).**", remark]
        + descriptions.map { title, noun, changes in
            markdownDetails("\(title) (\(changes.count))", markdownList(changes.lazy.map(item), noun: noun))
        }
}

private func item(_ change: ChangeDescription) -> String {
    let head = change.name.isEmpty ? markdown(change.sentence) : markdownCode(change.name)
    return
        (["**\(change.kind.rawValue)** \(head)"]
        + (change.details.map(\.text) + [change.causes].compactMap(\.self))
        .map(markdown)).joined(separator: "<br>")
}
