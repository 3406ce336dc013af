import Foundation

@testable import Annotations

/// Made-up annotations with their agreement as packages from PyPI compute it. `make test-agreement` records them again.
struct RecordedAgreement: Decodable {
    /// A table of annotators by units.
    struct Table: Decodable {
        var values: [[Double?]]
        /// Alpha by krippendorff for each metric.
        var alpha: [String: Double?]
        /// Alpha by nltk for two metrics.
        var nltk: [String: Double?]
        /// Fleiss' kappa by statsmodels, if no value is missing.
        var fleiss: Double?
    }

    struct Study: Decodable {
        struct Trace: Decodable {
            struct Reading: Decodable {
                var annotator: String
                var by: String
                var covers: [[Int]]
                var marks: [[Int]]
            }

            var length: Int
            var segments: [[Int]]
            var readings: [Reading]
        }

        struct Pair: Decodable {
            var first: String
            var second: String
            var alpha: Double?

            init(from decoder: any Decoder) throws {
                var row = try decoder.unkeyedContainer()
                first = try row.decode(String.self)
                second = try row.decode(String.self)
                alpha = try row.decodeIfPresent(Double.self)
            }
        }

        enum CodingKeys: String, CodingKey {
            case unit, traces, alpha, pairs, raw, ac1, prevalence, units, interval
            case humanHuman = "human-human"
        }

        var unit: String
        var traces: [Trace]
        var alpha: Double?
        var humanHuman: Double?
        var pairs: [Pair]
        /// The raw agreement and AC1 by irrCAC.
        var raw: Double?
        var ac1: Double?
        var prevalence: Double?
        var units: Int
        /// Percentiles by numpy of alphas by krippendorff.
        var interval: [Double]?
    }

    struct Borders: Decodable {
        var a: [Int]
        var b: [Int]
        var window: Int
        /// Boundary similarity by segeval.
        var similarity: Double?
    }

    var tables: [Table]
    var studies: [Study]
    var borders: [Borders]

    static let file = Result {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Recorded/agreement.json")
        return try JSONDecoder().decode(RecordedAgreement.self, from: Data(contentsOf: file))
    }
}

extension RecordedAgreement.Study.Trace {
    /// The trace with the label "x" on all marks.
    func annotated(name: String) -> AnnotatedTrace {
        AnnotatedTrace(
            name: name, length: length, segments: segments.map { $0[0]..<$0[1] },
            heads: readings.map { reading in
                annotation(
                    reading.annotator, by: Annotation.Maker(rawValue: reading.by) ?? .human,
                    covers: reading.covers.map { $0[0]..<$0[1] }, reading.marks.map { ($0[0]..<$0[1], "x", nil) })
            })
    }
}

/// Makes an annotation; `covers` is nil for the whole text.
func annotation(
    _ annotator: String, by maker: Annotation.Maker = .human, covers: [Range<Int>]? = nil,
    _ marks: [(Range<Int>, String, Double?)]
) -> Annotation {
    var annotation = Annotation(
        trace: "trace", text: "", codebook: "codebook", version: "", annotator: annotator, maker: maker, isBlind: true,
        coverage: covers.map { .ranges($0) } ?? .all,
        marks: marks.map { Annotation.Mark($0, $1, value: $2, quote: "") }, tool: "test")
    annotation.sort()
    return annotation
}

/// Makes a trace with segments of ten code points. Each text has one letter per segment: the label, or "-" for none, or
/// " " for a segment that the annotator did not look at.
func trace(_ name: String, _ texts: [(String, Annotation.Maker, String)]) -> AnnotatedTrace {
    let count = texts.map(\.2.count).max() ?? 0
    let heads = texts.map { annotator, maker, text in
        let letters = Array(text).enumerated().map { (range: $0 * 10..<$0 * 10 + 10, letter: String($1)) }
        return annotation(
            annotator, by: maker, covers: letters.filter { $0.letter != " " }.map(\.range),
            letters.filter { $0.letter != " " && $0.letter != "-" }.map { ($0.range, $0.letter, nil) })
    }
    return AnnotatedTrace(
        name: name, length: count * 10, segments: (0..<count).map { $0 * 10..<$0 * 10 + 10 }, heads: heads)
}
