import Checking
import Records
import Words

/// What git would make of HEAD and a branch, beside what HEAD has.
package struct BranchPreview: Report {
    /// A file that git cannot merge by itself; the preview has it as HEAD has it.
    package struct Unmerged: Sendable {
        package var path: String
        package var reason: String

        package init(path: String, reason: String) { (self.path, self.reason) = (path, reason) }
    }

    package var branch: String
    /// The commits that both sides come from, git's choice first; it alone is merged against.
    package var bases: [String]
    /// All of the branch is in HEAD already.
    package var isMerged: Bool
    package var unmerged: [Unmerged]
    package var diff: LedgerDiff
    /// Of the merged ledger, those that HEAD's has not.
    package var newErrors: [Diagnostic]
    /// Of the merged ledger.
    package var summary: CheckSummary

    package init(
        branch: String, bases: [String], isMerged: Bool, unmerged: [Unmerged], diff: LedgerDiff,
        newErrors: [Diagnostic], summary: CheckSummary
    ) {
        (self.branch, self.bases, self.isMerged, self.unmerged) = (branch, bases, isMerged, unmerged)
        (self.diff, self.newErrors, self.summary) = (diff, newErrors, summary)
    }

    package static let name = "merge BRANCH"
    package static let renderers = [
        Renderer("text", "what would change, for the terminal", previewText), Renderer("json", "every field", json),
        Renderer("markdown", "a comment on a pull request", previewMarkdown),
        Renderer("csv", "a row a change or error", previewCSV),
    ]

    /// What the reader must know of the merge itself.
    var remarks: [String] {
        var remarks: [String] = []
        if bases.isEmpty {
            remarks.append(
                "HEAD and \(escapeHidden(branch)) have no common history: git merges them only when told to.")
        }
        if bases.count > 1 {
            remarks.append(
                "\(bases.count) commits are a base of this merge; the preview takes git's first, \(bases[0].prefix(12))."
            )
        }
        return remarks
    }

    var mergedSentence: String { "All of \(escapeHidden(branch)) is in HEAD already." }
}
