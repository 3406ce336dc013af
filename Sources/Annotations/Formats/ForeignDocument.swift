import Words

/// The labels that a file of another tool gives to one text, before they are placed in the text of a trace.
package struct ForeignDocument: Sendable, Equatable {
    /// The texts that the labels could refer to, the most probable first. Empty if the file has no text.
    package var texts: [String] = []
    /// What the offsets may count, the most probable first. If there are several, the quotes decide.
    package var units: [OffsetUnit] = [.codePoints]
    package var labels: [ForeignLabel] = []
    package var links: [ForeignLink] = []
    /// What could not be read as a label or link.
    package var refused: [RefusedLabel] = []
    /// What the file has besides labels and links, which is not imported, such as notes, with counts.
    package var omitted: [String: Int] = [:]
    /// The annotator's name in the file.
    package var annotator: String?
    /// The working time in minutes.
    package var minutes: Double?
}

/// What an offset counts.
package enum OffsetUnit: String, Sendable, CaseIterable {
    case codePoints = "code-points"
    case utf16 = "utf-16"
    case graphemes
}

/// A label as another tool wrote it.
package struct ForeignLabel: Sendable, Equatable {
    package enum Position: Sendable, Equatable {
        /// The whole text.
        case whole
        /// Ranges of offsets in ascending order; several if the span is discontinuous.
        case ranges([Range<Int>])
        /// The text between the previous label and this one.
        case next
    }

    package var position: Position
    package var name: String
    /// The labelled text, if the file quotes it. The parts of a discontinuous span are joined with blanks.
    package var quote: String?
    package var value: Double?
    /// The name by which the file's links refer to this label.
    package var id: String?

    package init(_ position: Position, _ name: String, quote: String? = nil, value: Double? = nil, id: String? = nil) {
        (self.position, self.name, self.quote, self.value, self.id) = (position, name, quote, value, id)
    }

    /// The name of a part that has no label: the end of a link, or text between labels.
    package static let anchor = "NO-LABEL"

    var isAnchor: Bool { name.hasSameBytes(as: Self.anchor) }
}

/// A relation between two labels as another tool wrote it.
package struct ForeignLink: Sendable, Equatable {
    package var from: String
    package var to: String
    package var name: String
}

/// A label or link that was not imported.
package struct RefusedLabel: Sendable, Equatable {
    package var name: String
    /// The beginning of the labelled text.
    package var quote: String
    package var reason: String

    package init(_ name: String, quote: String, _ reason: String) {
        (self.name, self.reason) = (String(name.unicodeScalars.prefix(80)), reason)
        let scalars = quote.unicodeScalars
        self.quote = scalars.count > 60 ? String(scalars.prefix(59)) + "…" : quote
    }
}

/// A reason why a file or a document cannot be imported at all.
package struct ImportMistake: Error, Equatable {
    package var message: String
    package var remedy: String?

    package init(_ message: String, remedy: String? = nil) { (self.message, self.remedy) = (message, remedy) }
}
