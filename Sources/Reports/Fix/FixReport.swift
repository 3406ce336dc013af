import Checking
import Records
import Words

/// The changes that `fix` makes, and the mistakes that it leaves.
package struct FixReport: Report {
    package var mending: Mending
    /// Whether the changes were written.
    package var isApplied: Bool
    /// The errors that are left in the chosen files.
    package var left: [Diagnostic]

    package init(_ mending: Mending, isApplied: Bool, left: [Diagnostic]) {
        (self.mending, self.isApplied, self.left) = (mending, isApplied, left)
    }

    package static let name = "fix"
    package static let renderers = [
        Renderer("text", "a diff, for the terminal", fixText), Renderer("json", "every field", json),
    ]
}

/// Writes the changes as a diff.
package func mendingDiff(_ mending: Mending, style: TextStyle) -> String {
    mending.changes.map { change in
        // A record could contain sequences that a terminal obeys.
        escapeHiddenInLines(unifiedDiff(change.before, change.after, path: change.path))
            .split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in
                if line.startsWithBytes("+") { return style.green(String(line)) }
                return line.startsWithBytes("-") ? style.red(String(line)) : String(line)
            }.joined(separator: "\n")
    }.joined()
}

/// Says how many mistakes are mended in how many files: `3 mistakes in 2 files`.
package func mendingCount(_ mending: Mending) -> String {
    "\(counted(mending.mendedCount, "mistake")) in \(counted(mending.changes.count, "file"))"
}

private func fixText(_ report: FixReport, style: TextStyle) -> String {
    if report.mending.changes.isEmpty {
        return "There is nothing to mend.\n" + leftText(report, style: style)
    }
    if report.isApplied {
        return "Mended \(mendingCount(report.mending)).\n" + leftText(report, style: style)
    }
    return "Nothing was changed. `arbor-ledger fix --yes` mends \(mendingCount(report.mending)).\n"
}

/// Writes the errors that are left.
private func leftText(_ report: FixReport, style: TextStyle) -> String {
    guard !report.left.isEmpty else { return "" }
    let summary = report.mending.ledger.summary
    return "\nThese need a decision:\n\n" + checkText(summary, showing: report.left, style: style)
}

extension FixReport: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("applied", isApplied)
        json.list("files", mending.changes) { change, json in
            json.object { json in
                json.add("diff", unifiedDiff(change.before, change.after, path: change.path))
                json.add("path", change.path)
            }
        }
        json.add("left", left)
        json.add("mended", mending.mendedCount)
    }
}
