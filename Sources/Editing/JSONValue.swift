import Words

/// A JSON value, written with sorted keys.
package enum JSONValue: JSONWritable, Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    case null
    case flag(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    package init(stringLiteral value: String) { self = .text(value) }
    package init(booleanLiteral value: Bool) { self = .flag(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { $1 })
    }

    package func write(to json: inout JSONWriter) {
        switch self {
        case .null: json.null()
        case .flag(let value): value.write(to: &json)
        case .integer(let value): value.write(to: &json)
        case .number(let value): value.write(to: &json)
        case .text(let value): value.write(to: &json)
        case .list(let values): values.write(to: &json)
        case .object(let members): members.write(to: &json)
        }
    }

    /// Returns the object with the members of `more` added. Returns any other value unchanged.
    func adding(_ more: [String: JSONValue]) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members.merging(more) { $1 })
    }

    static func texts(_ texts: some Sequence<String>) -> JSONValue { .list(texts.map(JSONValue.text)) }
}
