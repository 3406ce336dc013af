import Checking
import Records
import Words

/// The result of merging a branch into HEAD, compared with HEAD.
package struct BranchPreview: Report {
    /// A file with a merge conflict. The preview keeps HEAD's version of it.
    package struct Unmerged: Sendable {
        package var path: String
        package var reason: String

        package init(path: String, reason: String) { (self.path, self.reason) = (path, reason) }
    }

    package var branch: String
    /// The merge bases. The first one, which git would choose, is used.
    package var bases: [String]
    /// Whether HEAD already contains the branch.
    package var isMerged: Bool
    package var unmerged: [Unmerged]
    package var diff: LedgerDiff
    /// Errors in the merged ledger that HEAD's ledger does not have.
    package var newErrors: [Diagnostic]
    /// The counts of the merged ledger.
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
        Renderer("csv", "one row per change or error", previewCSV),
    ]

    /// Remarks on the merge itself.
    var remarks: [String] {
        var remarks: [String] = []
        if bases.isEmpty {
            remarks.append(
                "HEAD and \(escapeHidden(branch)) have no common history: git merges them only with `--allow-unrelated-histories`."
            )
        }
        if bases.count > 1 {
            remarks.append(
                "This merge has \(bases.count) bases; the preview uses git's first, \(bases[0].prefix(12))."
            )
        }
        return remarks
    }

    var mergedSentence: String { "HEAD already contains \(escapeHidden(branch))." }
}
