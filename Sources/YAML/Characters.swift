/// The most characters that are told of one file.
private let characterProblemLimit = 100

/// Finds what must not stand in a text file: broken UTF-8, control characters, and characters that reorder or hide text.
func characterProblems(in bytes: [UInt8]) -> [Problem] {
    // Most files are plain ASCII; without stopping at the first other byte, many bytes are looked at at once.
    var other: UInt8 = 0
    for byte in bytes { other |= (byte &- 0x20 >= 0x5F ? 1 : 0) & (byte != 0x0A ? 1 : 0) }
    if other == 0 { return [] }
    guard let text = String(validating: bytes, as: UTF8.self) else {
        return [
            Problem(
                kind: .encoding, mark: markOfFirstBrokenByte(bytes), message: "the file is not UTF-8",
                fix: "save it as UTF-8")
        ]
    }
    var problems: [Problem] = []
    var hasCarriageReturn = false
    var mark = Mark(line: 1, column: 1)
    for scalar in text.unicodeScalars {
        if scalar == "\n" {
            mark = Mark(line: mark.line + 1, column: 1)
            continue
        }
        // Where lines end in two characters, they all do: one mistake.
        if let problem = characterProblem(scalar, at: mark), scalar != "\r" || !hasCarriageReturn {
            problems.append(problem)
            if problems.count == characterProblemLimit { break }
        }
        hasCarriageReturn = hasCarriageReturn || scalar == "\r"
        mark.column += 1
    }
    return problems
}

/// The problem with one character, wherever it came from: the file's bytes or an escape such as `"\u202E"`.
func characterProblem(_ scalar: Unicode.Scalar, at mark: Mark) -> Problem? {
    switch scalar.value {
    case 0x09, 0x0A, 0x20..<0x7F:
        return nil
    case 0x0D:
        return Problem(
            kind: .controlCharacter, mark: mark, message: "carriage return \(name(scalar))",
            fix: "end lines with a line feed alone")
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xE0000...0xE007F, 0xFFFE, 0xFFFF:
        return Problem(
            kind: .controlCharacter, mark: mark, message: "control character \(name(scalar))", fix: "remove it")
    case 0x061C, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF:
        return Problem(
            kind: .bidirectionalOverride, mark: mark,
            message: "invisible character \(name(scalar)) that can hide or reorder text", fix: "remove it")
    default:
        return nil
    }
}

private func name(_ scalar: Unicode.Scalar) -> String {
    let hex = String(scalar.value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
}

private func markOfFirstBrokenByte(_ bytes: [UInt8]) -> Mark {
    // The longest valid prefix ends where the repaired text first differs from the bytes.
    var mark = Mark(line: 1, column: 1)
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
        mark = scalar == "\n" ? Mark(line: mark.line + 1, column: 1) : Mark(line: mark.line, column: mark.column + 1)
    }
    return mark
}
