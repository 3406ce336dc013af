import Words
import YAML

/// The probable correction of a mistake.
package struct Mend: Sendable {
    /// The remedy in words.
    package var sentence: String
    /// The changes that mend the file; none if something else may have been meant.
    package var edits: [Edit] = []

    package init(_ sentence: String, edits: [Edit] = []) { (self.sentence, self.edits) = (sentence, edits) }

    /// Creates the mend that replaces what is written at a place.
    package init(write text: String, at mark: Mark) {
        self.init("write \(text)", edits: Edit.replacing(mark, with: text))
    }
}

extension Diagnostic {
    /// Creates a diagnostic with the mend of the mistake or, if it is not known what was meant, another remedy.
    package init(
        _ code: Code, path: String, mark: Mark, message: String, _ mend: Mend?, otherwise fix: String? = nil
    ) {
        self.init(
            code, path: path, mark: mark, message: message, fix: mend?.sentence ?? fix, edits: mend?.edits ?? [])
    }
}

// MARK: Names

extension Mend {
    /// Finds the known name that a wrong name means. The file is mended only if the wrong name cannot mean anything
    /// else.
    package init?(name: String, at mark: Mark, among known: some Collection<String>) {
        if let inside = withoutTypographicQuotes(name), known.contains(inside) {
            self.init("write \(inside) without typographic quotes", edits: Edit.replacing(mark, with: inside))
        } else if let meant = meantName(by: name, among: known) {
            self.init("did you mean \"\(meant)\"?", edits: Edit.replacing(mark, with: meant))
        } else if let near = didYouMean(name, known) {
            self.init(near)
        } else {
            return nil
        }
    }

    /// Finds the word of a short closed list that a wrong word means.
    init?(word: String, at mark: Mark, among known: [String]) {
        if let mend = Mend(name: word, at: mark, among: known), !mend.edits.isEmpty {
            self = mend
        } else if let near = nearestName(to: word, among: known) {
            let isSure = onlyNearestName(to: word, among: known) != nil
            self.init("did you mean \"\(near)\"?", edits: isSure ? Edit.replacing(mark, with: near) : [])
        } else {
            return nil
        }
    }

    /// Finds the key that an unknown key means. `free` are the keys that the mapping does not have.
    init?(key: String, at mark: Mark, among known: [String], free: [String]) {
        guard let meant = meantKey(by: key, among: known) else { return nil }
        let others = known.filter { nearestName(to: key, among: [$0]) != nil }
        let isSure = free.contains(meant) && (others.count <= 1 || onlyNearestName(to: key, among: known) == meant)
        self.init("did you mean \"\(meant)\"?", edits: isSure ? Edit.replacing(mark, with: meant) : [])
    }
}

/// Returns the key that an unknown key was probably meant to be.
func meantKey(by key: String, among known: [String]) -> String? {
    let word = withoutTypographicQuotes(key) ?? key
    let synonym = ["min": "at_least", "minimum": "at_least", "max": "at_most", "maximum": "at_most"][word.lowercased()]
    if let synonym, known.contains(synonym) { return synonym }
    return known.contains(word) ? word : meantName(by: word, among: known) ?? nearestName(to: word, among: known)
}

/// Returns the text between typographic quotes; nil for other texts.
package func withoutTypographicQuotes(_ text: String) -> String? {
    let scalars = text.unicodeScalars
    guard scalars.count > 2, let first = scalars.first, let last = scalars.last,
        isTypographicQuote(first), isTypographicQuote(last)
    else { return nil }
    let inside = scalars.dropFirst().dropLast()
    return inside.contains(where: isTypographicQuote) ? nil : String(inside)
}

func isTypographicQuote(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x2018...0x201F, 0xAB, 0xBB, 0x2039, 0x203A: true
    default: false
    }
}

// MARK: Numbers

extension Mend {
    /// Finds the number that a text means.
    init?(number node: Node, isInteger: Bool) {
        guard let text = node.scalarText else { return nil }
        if let number = meantNumber(by: text, isInteger: isInteger) {
            self.init(write: number, at: node.mark)
        } else if case let parts = text.split(separator: ","), parts.count == 2, text.utf8.allSatisfy(isDigitOrComma) {
            self.init("write \(parts[0]).\(parts[1]) or \(parts.joined())")
        } else if let (middle, spread) = plusMinus(simplified(text)) {
            self.init("write \(middle), and say what \(spread) is: `se`, `sd` or a part of `interval`")
        } else {
            return nil
        }
    }

    /// Finds the share that a percentage means if the key takes only shares.
    init?(_ percentage: Located<Number>, ofShareWithin value: Shape.Value?) {
        let share = percentage.value.hundredth
        switch value {
        case .positive(let limit)? where Number(limit)! <= Number(1):
            guard share > Number(0), share <= Number(limit)! else { return nil }
        case .between(let low, let high)? where Number(high)! <= Number(1):
            guard share >= Number(low)!, share <= Number(high)! else { return nil }
        default: return nil
        }
        self.init(write: share.text, at: percentage.mark)
    }

    /// Finds the truth value that a word means.
    init?(flag node: Node) {
        switch node.scalarText?.lowercased() {
        case "true", "yes", "on": self.init(write: "true", at: node.mark)
        case "false", "no", "off": self.init(write: "false", at: node.mark)
        default: return nil
        }
    }
}

private func isDigitOrComma(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ",") || isDigit(byte) }

private func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

/// Returns a text with the characters that YAML and numbers allow: without typographic quotes around it, and with
/// ordinary spaces and minus signs.
private func simplified(_ text: String) -> String {
    let inside = withoutTypographicQuotes(text) ?? text
    var plain = String.UnicodeScalarView()
    for scalar in inside.unicodeScalars {
        plain.append(isUnusualSpace(scalar) ? " " : scalar.value == 0x2212 ? "-" : scalar)
    }
    return trimmed(String(plain))
}

private func trimmed(_ text: some StringProtocol) -> String {
    var bytes = Substring(text).utf8[...]
    while bytes.first == UInt8(ascii: " ") { bytes.removeFirst() }
    while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    return String(Substring(bytes))
}

/// Returns the only number that a text can mean, as it must be written. A comma before three digits may separate
/// thousands or decimals, unless one of them makes no sense.
package func meantNumber(by text: String, isInteger: Bool = false) -> String? {
    let plain = simplified(text)
    if Number(plain) != nil { return plain }
    let sign = plain.utf8.first == UInt8(ascii: "-") || plain.utf8.first == UInt8(ascii: "+") ? plain.prefix(1) : ""
    let digits = plain.dropFirst(sign.count)
    let groups = digits.split(separator: ",", omittingEmptySubsequences: false)
    guard groups.count > 1, let first = groups.first, !first.isEmpty, first.utf8.allSatisfy(isDigit) else { return nil }
    let (middle, last) = (groups.dropFirst().dropLast(), groups.last?.split(separator: ".", maxSplits: 1) ?? [])
    guard let whole = last.first, last.allSatisfy({ $0.utf8.allSatisfy(isDigit) }) else { return nil }
    let mayGroup =
        (1...3).contains(first.utf8.count) && first != "0" && (middle + [whole]).allSatisfy { $0.utf8.count == 3 }
    let mayBeDecimal = groups.count == 2 && last.count == 1 && !isInteger
    guard mayGroup != mayBeDecimal, middle.allSatisfy({ $0.utf8.allSatisfy(isDigit) }) else { return nil }
    let number = "\(sign)" + (mayGroup ? groups.joined() : "\(first).\(whole)")
    return Number(number) == nil ? nil : number
}

/// Returns the two numbers of `4.2 ± 0.3`.
private func plusMinus(_ text: String) -> (Number, Number)? {
    for sign in ["±", "+/-", "+-"] {
        guard let place = text.utf8.firstRange(of: sign.utf8) else { continue }
        guard let middle = meantNumber(by: trimmed(text[..<place.lowerBound])).flatMap(Number.init),
            let spread = meantNumber(by: trimmed(text[place.upperBound...])).flatMap(Number.init), spread >= Number(0)
        else { return nil }
        return (middle, spread)
    }
    return nil
}

extension Node {
    /// The number in a text such as `93%`; nil for other texts.
    var percentage: Located<Number>? {
        guard let text = scalarText.map(simplified) else { return nil }
        for sign in ["%", "percent", "per cent"] {
            guard let start = text.withoutEnding(sign),
                let number = meantNumber(by: trimmed(start)).flatMap(Number.init)
            else { continue }
            return Located(number, mark)
        }
        return nil
    }
}

/// Returns the remedy for percentages if it is not known whether they are shares.
func percentRemedy(_ numbers: [Number]) -> String {
    func list(_ numbers: [Number]) -> String {
        numbers.count == 1 ? numbers[0].text : "[\(numbers.map(\.text).joined(separator: ", "))]"
    }
    let (one, other) = numbers.count == 1 ? ("a share", "a percentage") : ("shares", "percentages")
    return "write \(list(numbers.map(\.hundredth))) for \(one), or \(list(numbers)) for \(other)"
}

// MARK: Ranges

/// Returns a range in the notation of records that a text such as `<= 6`, `4.2 ± 0.3` or `1 to 30` means.
func meantRange(by text: String) -> String? {
    let text = simplified(text).lowercased()
    func number(_ text: some StringProtocol) -> Number? { meantNumber(by: trimmed(text)).flatMap(Number.init) }
    for (key, words) in boundWords {
        for word in words where text.startsWithBytes(word) {
            guard let bound = number(text.dropFirst(word.count)) else { continue }
            return "{\(key): \(bound)}"
        }
    }
    for word in ["exactly", "="] where text.startsWithBytes(word) {
        return number(text.dropFirst(word.count)).map { "[\($0), \($0)]" }
    }
    if let (middle, spread) = plusMinus(text) {
        guard let low = middle.subtracting(spread), let high = middle.adding(spread) else { return nil }
        return "[\(low), \(high)]"
    }
    if let range = bracketed(text, number) { return range }
    let isBetween = text.startsWithBytes("between ")
    let inside =
        isBetween || text.startsWithBytes("from ") ? text[(text.firstIndex(of: " ") ?? text.startIndex)...] : text[...]
    for separator in isBetween ? [" and "] : [" to ", "..", "…", "–", "—", "-"] {
        // The first character may be the sign of a number.
        guard let place = inside.dropFirst().utf8.firstRange(of: separator.utf8) else { continue }
        guard let low = number(inside[..<place.lowerBound]), let high = number(inside[place.upperBound...]), low <= high
        else { continue }
        return "[\(low), \(high)]"
    }
    return nil
}

/// The words before a bound, by the key that states the bound. Longer words come before words that are their
/// beginnings.
private let boundWords = [
    ("at_most", ["<=", "=<", "≤", "at most", "no more than", "not more than", "up to"]),
    ("at_least", [">=", "=>", "≥", "at least", "no less than", "not less than", "no fewer than"]),
    ("below", ["<", "below", "under", "less than", "fewer than"]),
    ("above", [">", "above", "over", "more than", "greater than"]),
]

/// Returns the range that mathematical brackets such as `(0, 1]` mean.
private func bracketed(_ text: String, _ number: (Substring) -> Number?) -> String? {
    guard let first = text.utf8.first, let last = text.utf8.last,
        [UInt8(ascii: "("), UInt8(ascii: "[")].contains(first),
        [UInt8(ascii: ")"), UInt8(ascii: "]")].contains(last)
    else { return nil }
    let ends = text.dropFirst().dropLast().split(separator: ",")
    guard ends.count == 2, let low = number(ends[0]), let high = number(ends[1]), low <= high else { return nil }
    let isOpen = (first == UInt8(ascii: "("), last == UInt8(ascii: ")"))
    if isOpen == (false, false) { return "[\(low), \(high)]" }
    return "{\(isOpen.0 ? "above" : "at_least"): \(low), \(isOpen.1 ? "below" : "at_most"): \(high)}"
}
