import Records
import Words
import YAML

/// Checks that a document is either parsed or reported as a problem. A parsed document must be within the limits and
/// contain no hidden characters.
func yamlViolation(_ bytes: [UInt8]) -> String? {
    let limits = Limits()
    let (node, problems) = readYAML(bytes, limits: limits)
    if node == nil && problems.isEmpty { return "no document and no problem" }
    for problem in problems {
        if problem.mark.line < 1 || problem.mark.column < 1 { return "a place before the file: \(problem.mark)" }
        if problem.message.isEmpty { return "a problem without a message" }
        if let violation = printingViolation(escapeHidden(problem.message).utf8, "a message") { return violation }
    }
    if let node, problems.isEmpty {
        var count = 0
        if let violation = nodeViolation(node, depth: 1, &count, limits) { return violation }
    }
    let again = readYAML(bytes, limits: limits)
    if again.problems != problems { return "two parses give different problems" }
    _ = decodeSettings(bytes)
    return nil
}

private func nodeViolation(_ node: Node, depth: Int, _ count: inout Int, _ limits: Limits) -> String? {
    count += 1
    if count > limits.nodes || depth > limits.depth { return "more nodes than allowed" }
    if node.mark.line < 1 || node.mark.column < 1 { return "a node before the file: \(node.mark)" }
    switch node.content {
    case .scalar(let text, _):
        return printingViolation(text.utf8.filter { $0 != 0x09 }, "a text without a problem")
    case .sequence(let elements):
        for element in elements {
            if let violation = nodeViolation(element, depth: depth + 1, &count, limits) { return violation }
        }
    case .mapping(let entries):
        var keys: Set<[UInt8]> = []
        for entry in entries {
            if !keys.insert(Array(entry.key.utf8)).inserted { return "a duplicate key without a problem" }
            if let violation = nodeViolation(entry.value, depth: depth + 1, &count, limits) { return violation }
        }
    }
    return nil
}

/// Checks that numbers and ranges can be read back from their text, and that their order is the order of their doubles.
func numbersViolation(_ bytes: [UInt8]) -> String? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    _ = isDate(text)
    let lines = text.split(separator: "\n", maxSplits: 2).map(String.init)
    let numbers = lines.compactMap { Number($0) }
    for number in numbers {
        guard let read = Number(number.text) else { return "\(number.text) does not read back" }
        if read != number || read.text != number.text { return "\(number.text) reads back as \(read.text)" }
        if !number.doubleValue.isFinite { return "\(number.text) has no double" }
        if number < number { return "\(number.text) is below itself" }
    }
    for a in numbers {
        for b in numbers {
            if (a < b) && (b < a) { return "\(a) and \(b) are each below the other" }
            if !(a < b) && !(b < a) && a != b { return "\(a) and \(b) have no order" }
            if a < b && a.doubleValue > b.doubleValue { return "\(a) is below \(b), its double above" }
        }
    }
    let sets = lines.compactMap { ValueSet($0) }
    for set in sets {
        if set.isEmpty { return "an empty set was parsed" }
        if !set.contains(set) || set.isDisjoint(from: set) { return "\(set) is not within itself" }
        if set.intersection(set) != set { return "\(set) differs from its intersection with itself" }
        if let violation = printingViolation(escapeHidden(set.phrase).utf8, "a phrase") { return violation }
        for other in sets {
            if set.intersection(other) != other.intersection(set) {
                return "\(set), \(other): intersection is asymmetric"
            }
            if set.isDisjoint(from: other) != set.intersection(other).isEmpty { return "\(set), \(other): disjoint" }
            if set.contains(other) && set.isDisjoint(from: other) { return "\(set) contains \(other) but is disjoint" }
        }
    }
    return nil
}
