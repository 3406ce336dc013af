import ArgumentParser
import Editing
import Records

/// The flags for a kind of record. There is one flag for each key in the shape of the kind.
///
/// ArgumentParser finds options by reflection and decodes them by coding key. This type therefore generates the
/// reflected options and the coding keys from the shape.
struct RecordFlags<Record: NewRecord>: ParsableArguments, CustomReflectable {
    private enum Value {
        case one(Option<String?>)
        case several(Option<[String]>)
    }

    private let flags: [(flag: RecordFlag, value: Value)]

    init() {
        flags = recordFlags(Record.self).map { flag in
            let value: Value =
                flag.isRepeated
                ? .several(Option(wrappedValue: [], name: flag.name, help: flag.help, completion: flag.completion))
                : .one(Option(name: flag.name, help: flag.help, completion: flag.completion))
            return (flag, value)
        }
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: RecordFlag.CodingKey.self)
        flags = try recordFlags(Record.self).map { flag in
            let value: Value =
                flag.isRepeated
                ? .several(try values.decode(Option<[String]>.self, forKey: flag.codingKey))
                : .one(try values.decode(Option<String?>.self, forKey: flag.codingKey))
            return (flag, value)
        }
    }

    var customMirror: Mirror {
        let children = flags.map { flag, value -> Mirror.Child in
            switch value {
            case .one(let option): (flag.key, option)
            case .several(let option): (flag.key, option)
            }
        }
        return Mirror(self, children: children)
    }

    var answers: [FlagValue] {
        flags.flatMap { flag, value -> [FlagValue] in
            switch value {
            case .one(let option): option.wrappedValue.map { [flag.answer($0)] } ?? []
            case .several(let option): option.wrappedValue.map(flag.answer)
            }
        }
    }
}

/// The command-line flag for one key of a record.
struct RecordFlag {
    struct CodingKey: Swift.CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    let key: String
    let name: NameSpecification
    let help: ArgumentHelp
    let completion: CompletionKind?
    let isRepeated: Bool
    /// Whether each value names its own key, as in `family=qwen`.
    let isAttribute: Bool

    var codingKey: CodingKey { CodingKey(stringValue: key) }

    func answer(_ text: String) -> FlagValue {
        guard isAttribute else { return FlagValue(key: key, text: text) }
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return FlagValue(key: Prompt.attributePrefix + parts[0], text: parts.count > 1 ? String(parts[1]) : "")
    }
}

private func recordFlags(_ record: (some NewRecord).Type) -> [RecordFlag] {
    guard let shape = record.kind.shape else { return [] }
    let attributeFlag = RecordFlag(
        key: "attribute", name: .customLong("attribute"),
        help: "An attribute, such as family=qwen; repeat for several.",
        completion: nil, isRepeated: true, isAttribute: true)
    let answers = shape.answers().filter { answer in
        !record.computedKeys.contains { answer.path == $0 || answer.path.hasPrefix("\($0).") }
    }
    return answers.map(RecordFlag.init) + (shape.hasFreeKeys ? [attributeFlag] : [])
}

extension RecordFlag {
    fileprivate init(_ answer: Shape.Answer) {
        let usual: String
        switch answer.key.defaultAnswer {
        case .text(let text)?: usual = " (default: \(text))"
        case .today?: usual = " (default: today)"
        case .contributor?: usual = " (default: git's user.name)"
        case nil: usual = ""
        }
        isRepeated = answer.key.value.takesNamedSettings
        key = answer.path
        name = .customLong(answer.key.name.replacing("_", with: "-"))
        help = ArgumentHelp("\(answer.key.summary)\(usual)\(isRepeated ? " Repeat for several." : "")")
        completion = answer.key.value.completion
        isAttribute = false
    }
}

extension Shape.Value {
    fileprivate var completion: CompletionKind? {
        switch self {
        case .name(let namespace), .names(let namespace, _): .names(namespace)
        case .choice(let words): .list(words)
        case .flag: .list(["true", "false"])
        case .text, .sentence, .number, .positive, .atLeast0, .between, .integer, .date, .values, .range, .box,
            .settings, .closedValues, .mapping, .list, .each, .meanings, .digests:
            nil
        }
    }
}
