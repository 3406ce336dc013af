import FoundationEssentials

/// The annotated traces that one run measures, with the parts of their codebook that determine the ratings.
package struct TraceBatch: Sendable, Codable, Equatable {
    package struct Item: Sendable, Codable, Equatable {
        package var name: String
        /// The number of code points of the text.
        package var length: Int
        /// The offsets of the segments: start and end, one pair after the other.
        package var segments: [Int]
        /// The contents of the annotation files, in the order of their paths.
        package var annotations: [String]

        package init(name: String, length: Int, segments: [Range<Int>], annotations: [Annotation]) {
            self.name = name
            self.length = length
            self.segments = segments.flatMap { [$0.lowerBound, $0.upperBound] }
            self.annotations = annotations.map { String(decoding: $0.encoded, as: UTF8.self) }
        }
    }

    package var scale: String
    package var unit: String
    package var traces: [Item]

    package init(scale: LabelScale, unit: LabelUnit, traces: [Item]) {
        (self.scale, self.unit, self.traces) = (scale.rawValue, unit.rawValue, traces)
    }

    /// JSON with sorted keys: equal batches have equal bytes.
    package var encoded: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and integers can always be encoded.
        return (try? encoder.encode(self)).map { [UInt8]($0) } ?? []
    }

    /// Returns nil if the bytes are not those of a batch.
    package init?(encoded bytes: [UInt8]) {
        guard let batch = try? JSONDecoder().decode(TraceBatch.self, from: Data(bytes)) else { return nil }
        self = batch
    }

    /// The traces with the labels of their annotators. nil if an annotation or a segment is unreadable.
    package var annotated: (scale: LabelScale, unit: LabelUnit, traces: [AnnotatedTrace])? {
        guard let scale = LabelScale(rawValue: scale), let unit = LabelUnit(rawValue: unit) else { return nil }
        var read: [AnnotatedTrace] = []
        for trace in traces {
            let heads = trace.annotations.compactMap { try? Annotation(encoded: Array($0.utf8)) }
            let borders = zip(trace.segments, trace.segments.dropFirst())
            guard heads.count == trace.annotations.count, trace.segments.count.isMultiple(of: 2),
                borders.allSatisfy({ $0 <= $1 })
            else { return nil }
            let segments = stride(from: 0, to: trace.segments.count, by: 2).map {
                trace.segments[$0]..<trace.segments[$0 + 1]
            }
            read.append(AnnotatedTrace(name: trace.name, length: trace.length, segments: segments, heads: heads))
        }
        return (scale, unit, read)
    }
}
