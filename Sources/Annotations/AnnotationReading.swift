import FoundationEssentials

/// The reason why bytes are not an annotation.
package struct AnnotationMistake: Error, Equatable {
    package var message: String
}

extension Annotation {
    /// Reads the content of an annotation file. Throws if the bytes are not the canonical spelling of an annotation.
    package init(encoded bytes: [UInt8]) throws(AnnotationMistake) {
        let file: File
        do {
            file = try JSONDecoder().decode(File.self, from: Data(bytes))
        } catch DecodingError.keyNotFound(let key, _) {
            throw AnnotationMistake(message: "\"\(key.stringValue)\" is missing")
        } catch DecodingError.typeMismatch(_, let context) {
            throw AnnotationMistake(message: "\"\(context.place)\" has a wrong type")
        } catch DecodingError.valueNotFound(_, let context) {
            throw AnnotationMistake(message: "\"\(context.place)\" is incomplete")
        } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
            throw AnnotationMistake(message: "\"\(context.place)\" is wrong: \(context.debugDescription)")
        } catch {
            throw AnnotationMistake(message: "it is not JSON")
        }
        self = file.annotation
        var sorted = self
        sorted.sort()
        guard minutes.map({ $0 >= 0 && $0.isFinite }) ?? true else {
            throw AnnotationMistake(message: "\"minutes\" must be at least 0")
        }
        guard sorted == self else {
            throw AnnotationMistake(message: "labels, links and replaced files must be sorted and unique")
        }
        guard encoded == bytes else {
            throw AnnotationMistake(
                message: "it is not in canonical form: a key is unknown or repeated, or a value has another spelling")
        }
    }

    /// The file as it is read.
    private struct File: Decodable {
        var annotation: Annotation

        init(from decoder: any Decoder) throws {
            let file = try decoder.container(keyedBy: Key.self)
            func text(_ key: Key) throws -> String { try file.decode(String.self, forKey: key) }
            let maker = try text(.by)
            guard let maker = Maker(rawValue: maker) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .by, in: file, debugDescription: "it must be human, model or rule")
            }
            let coverage: Coverage
            if let ranges = try? file.decode([Span].self, forKey: .covers) {
                coverage = .ranges(ranges.map(\.range))
            } else if try text(.covers) == "all" {
                coverage = .all
            } else {
                throw DecodingError.dataCorruptedError(
                    forKey: .covers, in: file, debugDescription: "it must be \"all\" or a list of ranges")
            }
            annotation = Annotation(
                trace: try text(.trace), text: try text(.text), codebook: try text(.codebook),
                version: try text(.version), annotator: try text(.annotator), maker: maker,
                isBlind: try file.decode(Bool.self, forKey: .blind),
                replaces: try file.decode([String].self, forKey: .replaces), coverage: coverage,
                marks: try file.decode([Row].self, forKey: .labels).map(\.mark),
                links: try file.decode([LinkRow].self, forKey: .links).map(\.link),
                minutes: try file.decodeIfPresent(Double.self, forKey: .minutes), tool: try text(.tool))
        }
    }

    /// A range: `[start, end]`.
    private struct Span: Decodable {
        var range: Range<Int>

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            range = try row.range()
            try row.requireEnd()
        }
    }

    /// A mark: `[start, end, label, quote]` or `[start, end, label, value, quote]`.
    private struct Row: Decodable {
        var mark: Mark

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            let range = try row.range()
            let label = try row.decode(String.self)
            let value = row.count == 5 ? try row.decode(Double.self) : nil
            mark = Mark(range, label, value: value, quote: try row.decode(String.self))
            try row.requireEnd()
        }
    }

    /// A link: `[from, to, relation]`.
    private struct LinkRow: Decodable {
        var link: Link

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            link = Link(
                from: try row.decode(Int.self), to: try row.decode(Int.self), relation: try row.decode(String.self))
            try row.requireEnd()
        }
    }
}

extension UnkeyedDecodingContainer {
    fileprivate mutating func range() throws -> Range<Int> {
        let (start, end) = (try decode(Int.self), try decode(Int.self))
        guard start >= 0, start < end else {
            throw DecodingError.dataCorruptedError(
                in: self, debugDescription: "the range from \(start) to \(end) is empty or negative")
        }
        return start..<end
    }

    fileprivate func requireEnd() throws {
        guard isAtEnd else {
            throw DecodingError.dataCorruptedError(in: self, debugDescription: "a row has too many elements")
        }
    }
}

extension DecodingError.Context {
    fileprivate var place: String { codingPath.first?.stringValue ?? "" }
}
