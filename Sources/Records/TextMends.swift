import Words
import YAML

// MARK: Dates

extension Mend {
    /// Finds the date that a text such as `18.03.2025` or `March 18, 2025` means. A date whose day and month could be
    /// swapped is not mended.
    init?(date text: String, at mark: Mark) {
        let words = (withoutTypographicQuotes(text) ?? text).lowercased().split { !$0.isLetter && !$0.isNumber }
            .map(String.init)
        let numbers = words.filter { $0.utf8.allSatisfy { 48...57 ~= $0 } }
        let names = words.filter { word in monthNames.contains { word.count >= 3 && $0.hasPrefix(word) } }
        guard (1...3).contains(words.count), numbers.count + names.count == words.count, names.count <= 1 else {
            return nil
        }
        let years = numbers.filter { $0.utf8.count == 4 }
        guard years.count == 1, let year = years.first else { return nil }
        let rest = numbers.filter { $0.utf8.count <= 2 }
        guard rest.count + 1 == numbers.count else { return nil }
        let dates: Set<String>
        if let name = names.first {
            let month = monthNames.firstIndex { $0.hasPrefix(name) }! + 1
            dates = [([year, twoDigits("\(month)")] + rest.map(twoDigits)).joined(separator: "-")]
        } else if numbers.first == year {
            dates = [([year] + rest.map(twoDigits)).joined(separator: "-")]
        } else {
            // Some people write the day first, others the month.
            dates = Set([rest, rest.reversed()].map { ([year] + $0.map(twoDigits)).joined(separator: "-") })
        }
        let valid = dates.filter(isDate).sorted()
        guard let first = valid.first else { return nil }
        if valid.count == 1 {
            self.init(write: first, at: mark)
        } else {
            self.init("write \(listed(valid, "or"))")
        }
    }
}

private func twoDigits(_ number: String) -> String { number.utf8.count == 1 ? "0\(number)" : number }

private let monthNames = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
]

// MARK: Lists

extension Mend {
    /// Finds the list that a text means in place of a list.
    init(listOf text: String, at mark: Mark, isOfPeople: Bool) {
        let names = isOfPeople ? people(in: text) : namesInList(text)
        if let names {
            self.init(write: "[\(names.joined(separator: ", "))]", at: mark)
        } else if isPlainInList(text) {
            self.init(write: "[\(text)]", at: mark)
        } else {
            self.init("write [name, another name]")
        }
    }
}

/// Returns the names of records in a text such as `one, two`.
private func namesInList(_ text: String) -> [String]? {
    let names = text.split { $0 == "," || $0 == " " || $0 == ";" }.map(String.init)
    return names.count > 1 && names.allSatisfy { $0.split(separator: "/").allSatisfy(isName) } ? names : nil
}

/// Whether a text is one name that needs no quotes in a list in brackets.
private func isPlainInList(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, first.properties.isAlphabetic || isDigit(first),
        !text.containsBytes(" and ")
    else { return false }
    return text.unicodeScalars.allSatisfy { scalar in
        scalar.properties.isAlphabetic || isDigit(scalar) || " .-_/#<>@'’".unicodeScalars.contains(scalar)
    } && !text.containsBytes(" #")
}

private func isDigit(_ scalar: Unicode.Scalar) -> Bool { "0"..."9" ~= scalar }

/// Returns the people whose names are joined in a text such as `Ada B, Bo C and Cy D`; nil if the text may be one name,
/// such as that of a company.
func people(in text: String) -> [String]? {
    let text = text.replacing(" & ", with: " and ").replacing(", and ", with: ",").replacing(" and ", with: ",")
    let names = text.split { $0 == "," || $0 == ";" }.map { part in
        part.split(separator: " ").joined(separator: " ")
    }
    return names.count > 1 && names.allSatisfy(isFullName) ? names : nil
}

/// Whether a text is certainly the name of one person: several words, each in the spelling of names.
private func isFullName(_ text: String) -> Bool {
    let words = text.split(separator: " ")
    guard (2...5).contains(words.count), isPlainInList(text) else { return false }
    return words.indices.allSatisfy { index in
        let word = words[index]
        if nameParticles.contains(String(word)) { return index < words.count - 1 }
        return word.unicodeScalars.first?.properties.isUppercase ?? false
            && word.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || ".-'’".unicodeScalars.contains($0) }
            && !wordsOfGroups.contains(word.lowercased())
    }
}

private let nameParticles: Set = [
    "al", "bin", "da", "de", "del", "den", "der", "di", "dos", "du", "el", "la", "le", "ter", "van", "von", "zu",
]

/// Words in the names of groups, which contain "and" more often than those of people.
private let wordsOfGroups: Set = [
    "ai", "academy", "association", "center", "centre", "collaboration", "college", "company", "consortium",
    "department", "faculty", "foundation", "group", "inc", "initiative", "institute", "laboratory", "lab", "labs",
    "ltd", "maintainers", "office", "project", "research", "school", "science", "sciences", "society", "team",
    "technology", "university",
]

extension Fields {
    /// Whether a key holds the names of people.
    func isListOfPeople(_ key: String) -> Bool { key == "authors" || key == "contributors" }

    /// Reports entries that name several people.
    func reportJoinedNames(_ list: Node, _ elements: [Node]) {
        for element in elements {
            guard let text = element.scalarText, let names = people(in: text) else { continue }
            // A list with dashes has each name on a separate line.
            let indent = String(repeating: " ", count: max(list.mark.column - 1, 0))
            let separator = list.mark.length == 1 ? "\n\(indent)- " : list.mark.length > 1 ? ", " : nil
            log.report(
                .joinedNames, element.mark, "\"\(firstPart(of: text))\" names several people",
                fix: "list each by itself: \(names.joined(separator: ", "))",
                edits: separator.map { Edit.replacing(element.mark, with: names.joined(separator: $0)) } ?? [])
        }
    }
}

extension Diagnostic.Code {
    package static let joinedNames = Self("joined-names", .warning, "One entry of a list names several people.")
}
