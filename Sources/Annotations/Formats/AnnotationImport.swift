import Words

/// Places the labels of a foreign document in a trace and names them as a codebook does.
package struct AnnotationImport: Sendable {
    /// The label and value that a foreign name stands for.
    package struct Meaning: Sendable {
        package var name: String
        package var label: String
        package var value: Double?

        package init(_ name: String, label: String, value: Double? = nil) {
            (self.name, self.label, self.value) = (name, label, value)
        }
    }

    package var text: TraceText
    package var segments: [Range<Int>]
    package var unit: LabelUnit
    /// The labels of the codebook.
    package var labels: [String]
    /// Whether each label needs a value.
    package var hasValues: Bool
    /// The values that are allowed; empty if all are.
    package var values: [Double]
    package var meanings: [Meaning]
    /// What the offsets of the file count; nil if the format or the quotes decide.
    package var offsetUnit: OffsetUnit?

    package init(
        text: TraceText, segments: [Range<Int>], unit: LabelUnit, labels: [String], hasValues: Bool = false,
        values: [Double] = [], meanings: [Meaning] = [], offsetUnit: OffsetUnit? = nil
    ) {
        self.text = text
        self.segments = segments
        self.unit = unit
        self.labels = labels
        self.hasValues = hasValues
        self.values = values
        self.meanings = meanings
        self.offsetUnit = offsetUnit
    }

    /// Returns the only document that labels the trace's text.
    package func document(among documents: [ForeignDocument], by annotator: String?) throws(ImportMistake)
        -> ForeignDocument
    {
        let matching = documents.filter { document in
            document.texts.isEmpty || document.texts.contains { SourceText($0, .codePoints, of: text) != nil }
        }
        let chosen = matching.filter { document in
            annotator.map { document.annotator?.hasSameBytes(as: $0) ?? false } ?? true
        }
        let names = Set(matching.compactMap(\.annotator)).sorted()
        if chosen.count == 1 { return chosen[0] }
        if chosen.count > 1 {
            throw ImportMistake(
                "there are \(chosen.count) annotations of this trace"
                    + (names.isEmpty ? "" : ", by \(listed(shortList(names)))"),
                remedy: names.count > 1 ? "choose one with --from" : "give a file with one annotation of the trace")
        }
        if !matching.isEmpty {
            throw ImportMistake(
                "no annotation of this trace is by \"\(annotator ?? "")\"",
                remedy: names.isEmpty ? "omit --from" : "choose among \(listed(shortList(names)))")
        }
        guard documents.count == 1, let text = documents[0].texts.first else {
            throw ImportMistake(
                documents.isEmpty
                    ? "there is no annotation" : "none of the \(documents.count) texts is that of the trace")
        }
        throw ImportMistake(
            "the text is not that of the trace: \(firstDifference(text, from: self.text))",
            remedy: "give the annotation of the trace's text, or make a trace of the annotated text")
    }

    /// Returns the codebook's label and value for a foreign name.
    func meaning(of name: String) -> Meaning? {
        if let meaning = meanings.first(where: { $0.name.hasSameBytes(as: name) }) { return meaning }
        let label =
            labels.first { $0.hasSameBytes(as: name) }
            ?? labels.first { foldedName($0).hasSameBytes(as: foldedName(name)) }
        return label.map { Meaning(name, label: $0) }
    }
}

/// Returns a name in lower case, with hyphens for blanks and underscores.
func foldedName(_ name: String) -> String {
    var folded = ""
    for scalar in foldedQuote(name.unicodeScalars) {
        folded += scalar == " " || scalar == "_" ? "-" : scalar.properties.lowercaseMapping
    }
    return folded
}

/// The labels that an import places in a trace, and what became of each label of the file.
package struct ImportedLabels: Sendable, Equatable {
    package var marks: [Annotation.Mark] = []
    package var links: [Annotation.Link] = []
    package var coverage = Annotation.Coverage.all
    /// The labels of the file that are exactly at their offsets and, if the codebook labels segments, on whole segments.
    package var placed = 0
    /// The labels whose text is elsewhere in the trace.
    package var shifted = 0
    /// The largest distance of such a label from its offset, in code points.
    package var largestShift = 0
    /// The other labels that were widened or narrowed to whole segments.
    package var fitted = 0
    package var refused: [RefusedLabel] = []
    /// What the file has besides labels and links, with counts.
    package var omitted: [String: Int] = [:]

    /// The labels that are not exactly where the file has them.
    package var moved: Int { shifted + fitted }
}
