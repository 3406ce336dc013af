import Editing
import Foundation
import Records
import Testing

/// Checks the tables in docs/format.md. `RECORD=1 swift test --filter FormatPage` writes them again.
@Suite struct FormatPageTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/format.md")

    @Test func tablesMatchTheShapes() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        var kinds: [RecordKind] = []
        let written = text.replacing(/<!-- keys of ([a-z-]+) -->\n(?:.*\n)*?<!-- end -->/) { match in
            let kind = RecordKind(rawValue: String(match.1))
            if let kind { kinds.append(kind) }
            return "<!-- keys of \(match.1) -->\n\n\(kind?.shape.map(tables) ?? "")\n<!-- end -->"
        }
        #expect(
            kinds.sorted { $0.rawValue < $1.rawValue }
                == RecordKind.allCases.filter { $0.shape != nil }
                .sorted { $0.rawValue < $1.rawValue })
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try written.write(to: Self.page, atomically: true, encoding: .utf8)
        } else {
            #expect(written == text)
        }
    }
}

/// Returns the table of a mapping, then those of its nested mappings.
private func tables(of shape: Shape) -> String {
    var text = "| key | value | needed | meaning | example |\n|---|---|---|---|---|\n"
    for key in shape.keys {
        let example = key.example.replacing("|", with: "\\|")
        text += "| `\(key.name)` | \(key.value.description) | \(key.isRequired ? "yes" : "") "
        text += "| \(key.summary) | `\(example)` |\n"
    }
    if shape.hasFreeKeys { text += "| any other | word or number | | An attribute of this name. | `qwen` |\n" }
    if !shape.rules.isEmpty {
        text += "\n" + shape.rules.map { "- \(sentence($0.sentence)).\n" }.joined()
    }
    for key in shape.keys {
        guard let inside = key.value.inside else { continue }
        let subject = inside.subject == "\"\(key.name)\"" ? "" : "\(sentence(inside.subject)), in "
        text += "\n\(subject)`\(key.name)`:\n\n\(tables(of: inside))"
    }
    return text
}

private func sentence(_ text: String) -> String {
    let text = text.replacing("\"", with: "`")
    return text.prefix(1).uppercased() + text.dropFirst()
}

extension Shape.Value {
    /// The shape of the mapping under a key. If the key has a list of mappings, it is the shape of these mappings.
    var inside: Shape? {
        switch self {
        case .mapping(let shape), .list(let shape, _), .each(let shape): shape
        case .text, .sentence, .name, .names, .number, .positive, .atLeast0, .between, .integer, .flag, .choice, .date,
            .values, .range, .box, .settings, .closedValues, .meanings, .digests:
            nil
        }
    }

    fileprivate var description: String {
        switch self {
        case .text, .sentence: "text"
        case .name(let namespace): namespace.name.map { "\($0.article) \($0.one)" } ?? "name"
        case .names(let namespace, let atLeastOne):
            "list of \(namespace.name?.many ?? "texts")" + (atLeastOne ? ", at least one" : "")
        case .number: "number"
        case .positive(let limit): "number above 0, at most \(limit)"
        case .atLeast0: "number, at least 0"
        case .between(let low, let high): "number from \(low) to \(high)"
        case .integer(let range): "whole number from \(range.lowerBound) to \(range.upperBound)"
        case .flag: "`true` or `false`"
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .date: "date"
        case .values: "range of numbers, or labels"
        case .range: "range of numbers"
        case .box: "settings"
        case .settings: "words or numbers by name"
        case .digests: "SHA-256 by the name of a file"
        case .closedValues: "list of values, or `{from: 0, to: 127}`"
        case .mapping: "mapping, below"
        case .list(_, let atLeastOne): "list of mappings, below" + (atLeastOne ? ", at least one" : "")
        case .each: "mapping of names to mappings, below"
        case .meanings: "mapping of labels to ranges of numbers"
        }
    }
}

extension Shape.Namespace {
    fileprivate var name: (article: String, one: String, many: String)? {
        switch self {
        case .anything: nil
        case .question: ("a", "question", "questions")
        case .quantity: ("a", "quantity", "quantities")
        case .condition: ("a", "condition", "conditions")
        case .assumption: ("an", "assumption", "assumptions")
        case .finding: ("a", "finding", "findings")
        case .claim: ("a", "claim", "claims")
        case .toyModel: ("a", "toy model", "toy models")
        case .model: ("a", "model", "models")
        case .verifier: ("a", "verifier", "verifiers")
        case .measurement: ("a", "measurement of a toy model", "measurements of toy models")
        case .kernel: ("a", "kernel", "kernels")
        case .kernelMeasurement: ("a", "measurement of the kernel", "measurements of the kernel")
        case .codebook: ("a", "codebook", "codebooks")
        case .resource: ("a", "resource", "resources")
        }
    }
}
