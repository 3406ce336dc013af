import Annotations
import Words

/// What became of the labels of a file of another annotation tool.
package struct ImportReport: Report {
    /// Labels that were refused for the same reason.
    package struct RefusedGroup: Sendable {
        package var name: String
        package var reason: String
        /// The beginning of each label's text.
        package var quotes: [String]
    }

    /// The path of the annotation file.
    package var path: String
    /// Whether the file was written, and not only checked.
    package var isWritten: Bool
    /// Whether the ledger has the same annotation already.
    package var isUnchanged: Bool
    package var format: AnnotationFormat
    package var labels: ImportedLabels
    /// The groups of refused labels, the largest first.
    package var refused: [RefusedGroup]
    /// The number of annotation files that the new one replaces.
    package var replacedCount: Int
    /// The share of the text that the annotator looked at, in code points.
    package var coveredShare: Double

    package init(
        path: String, isWritten: Bool, isUnchanged: Bool, format: AnnotationFormat, labels: ImportedLabels,
        replacedCount: Int, textLength: Int
    ) {
        self.path = path
        self.isWritten = isWritten
        self.isUnchanged = isUnchanged
        self.format = format
        self.labels = labels
        self.replacedCount = replacedCount
        let groups = Dictionary(grouping: labels.refused) { [$0.reason, $0.name] }
        refused = groups.sorted { (-$0.value.count, $0.key[0], $0.key[1]) < (-$1.value.count, $1.key[0], $1.key[1]) }
            .map { RefusedGroup(name: $0.key[1], reason: $0.key[0], quotes: $0.value.map(\.quote)) }
        switch labels.coverage {
        case .all: coveredShare = 1
        case .ranges(let ranges):
            coveredShare = Double(ranges.reduce(0) { $0 + $1.count }) / Double(max(textLength, 1))
        }
    }

    package static let name = "annotations import"
    package static let renderers = [
        Renderer("text", "counts and reasons, for the terminal", importText), Renderer("json", "every field", json),
    ]
}
