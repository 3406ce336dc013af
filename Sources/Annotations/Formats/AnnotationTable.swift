import Words

/// Returns the labels of annotations as CSV, with one row per label.
package func labelTable(_ annotations: [Annotation]) -> [UInt8] {
    csv(
        ["trace", "codebook", "annotator", "by", "blind", "start", "end", "label", "value", "text"],
        annotations.flatMap { annotation in
            annotation.marks.map { mark in
                annotation.cells + [
                    .number(mark.range.lowerBound), .number(mark.range.upperBound), .text(mark.label),
                    .number(mark.value.map(numberText) ?? ""), .text(mark.quote),
                ]
            }
        })
}

/// Returns the links of annotations as CSV, with one row per link, which names the numbers of its segments.
package func linkTable(_ annotations: [Annotation]) -> [UInt8] {
    csv(
        ["trace", "codebook", "annotator", "by", "blind", "from", "to", "relation"],
        annotations.flatMap { annotation in
            annotation.links.map { link in
                annotation.cells + [.number(link.from), .number(link.to), .text(link.relation)]
            }
        })
}

extension Annotation {
    fileprivate var cells: [CSVCell] {
        [.text(trace), .text(codebook), .text(annotator), .text(maker.rawValue), .flag(isBlind)]
    }
}
