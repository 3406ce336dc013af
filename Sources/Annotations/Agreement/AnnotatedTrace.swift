/// A person, model or rule that labels traces.
package struct Annotator: Sendable, Hashable, Comparable {
    package var handle: String
    package var maker: Annotation.Maker

    package init(_ handle: String, _ maker: Annotation.Maker) { (self.handle, self.maker) = (handle, maker) }

    package static func < (a: Annotator, b: Annotator) -> Bool {
        (a.handle, a.maker.rawValue) < (b.handle, b.maker.rawValue)
    }
}

/// What one annotator saw in one trace.
package struct Reading: Sendable, Equatable {
    package var annotator: Annotator
    /// The code points that the annotator looked at.
    package var covered: RangeSet<Int>
    /// The marks, sorted by range.
    package var marks: [Annotation.Mark]
}

/// A trace with the labels of all its annotators for one codebook.
package struct AnnotatedTrace: Sendable, Equatable {
    package var name: String
    /// The number of code points of the text.
    package var length: Int
    /// Disjoint ranges of code points in ascending order.
    package var segments: [Range<Int>]
    /// One reading per annotator, sorted by annotator.
    package var readings: [Reading]

    /// Takes the annotations of one codebook that no other annotation replaces. If an annotator has several of them, none
    /// of these counts.
    package init(name: String, length: Int, segments: [Range<Int>], heads: [Annotation]) {
        self.name = name
        self.length = length
        self.segments = segments
        readings = Dictionary(grouping: heads, by: \.annotator).values.filter { $0.count == 1 }
            .map { Reading($0[0], length: length) }
            .sorted { $0.annotator < $1.annotator }
    }

    /// Returns the ranges on which marks may lie, except for spans.
    func units(_ unit: LabelUnit) -> [Range<Int>] {
        switch unit {
        case .segment: segments
        case .trace, .span: length == 0 ? [] : [0..<length]
        }
    }
}

extension Reading {
    fileprivate init(_ annotation: Annotation, length: Int) {
        annotator = Annotator(annotation.annotator, annotation.maker)
        covered = RangeSet(annotation.coverage, length: length)
        marks = annotation.marks.filter { $0.range.upperBound <= length }
    }
}

extension RangeSet<Int> {
    fileprivate init(_ coverage: Annotation.Coverage, length: Int) {
        switch coverage {
        case .all: self.init(0..<length)
        case .ranges(let ranges): self.init(ranges.map { $0.clamped(to: 0..<length) })
        }
    }
}
