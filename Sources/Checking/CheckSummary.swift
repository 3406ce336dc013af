/// The numbers in the summary of `check`.
package struct CheckSummary: Sendable {
    package var counts: Counts
    package var noteCount: Int

    package init(counts: Counts, noteCount: Int) {
        self.counts = counts
        self.noteCount = noteCount
    }

    package var diagnosticCount: Int { counts.errors + counts.warnings + noteCount }

}

extension CheckedLedger {
    package var summary: CheckSummary {
        CheckSummary(counts: counts, noteCount: diagnostics.count - counts.errors - counts.warnings)
    }
}
