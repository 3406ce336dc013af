import FoundationEssentials

/// A JSON value of another tool. Reading it member by member lets one wrong label be refused without the others.
enum ForeignJSON: Decodable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([ForeignJSON])
    case object([String: ForeignJSON])

    /// Returns nil if the bytes are not JSON.
    init?(_ bytes: some Sequence<UInt8>) {
        guard let value = try? JSONDecoder().decode(ForeignJSON.self, from: Data(bytes)) else { return nil }
        self = value
    }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let members = try? value.decode([String: ForeignJSON].self) {
            self = .object(members)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let elements = try? value.decode([ForeignJSON].self) {
            self = .list(elements)
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if value.decodeNil() {
            self = .null
        } else {
            throw DecodingError.dataCorruptedError(in: value, debugDescription: "the value is no JSON value")
        }
    }

    subscript(_ key: String) -> ForeignJSON? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    var members: [String: ForeignJSON]? { if case .object(let members) = self { members } else { nil } }
    var list: [ForeignJSON]? { if case .list(let elements) = self { elements } else { nil } }
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var number: Double? { if case .number(let number) = self { number } else { nil } }
    var integer: Int? { number.flatMap { Int(exactly: $0) } }

    /// A name that a tool writes as a text or as a number.
    var identifier: String? { text ?? integer.map(String.init) }

    /// The range between two offsets in the members `start` and `end`, or nil if they are not a range.
    func range(_ start: String, _ end: String) -> Range<Int>? {
        Annotations.range(self[start]?.integer, self[end]?.integer)
    }
}

/// Returns the range between two offsets, or nil if it is empty or negative.
func range(_ start: Int?, _ end: Int?) -> Range<Int>? {
    guard let start, let end, start >= 0, start < end else { return nil }
    return start..<end
}
