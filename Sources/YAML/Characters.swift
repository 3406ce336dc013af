import Words

/// The remedy for files that git stores with CR LF line ends.
package let lineEndRemedy =
    "put `*.yaml text eol=lf` and `*.json text eol=lf` in .gitattributes, then `git add --renormalize .` and commit"

/// Returns the remedy for CR LF in files that another pattern matches.
package func lineEndRemedy(for pattern: String) -> String {
    "put `\(pattern) text eol=lf` in .gitattributes, then `git add --renormalize .` and commit"
}

/// The maximum number of problems reported for one file.
private let characterProblemLimit = 100

/// Finds invalid UTF-8, control characters, and characters that reorder or hide text. The text must also be in
/// Unicode's composed form (NFC), so that equal texts have equal bytes.
package func characterProblems(in bytes: [UInt8]) -> [Problem] {
    // Most files are plain ASCII. The compiler vectorises this loop, because the loop has no early exit.
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
    visitScalars(of: text) { previous, scalar, next in
        if scalar == "\n" {
            mark = Mark(line: mark.line + 1, column: 1)
            return true
        }
        // If one line ends in CR LF, usually all lines do, so the mistake is reported only once.
        if scalar != "\r" || !hasCarriageReturn,
            var problem = characterProblem(scalar, after: previous, before: next, at: mark)
        {
            if scalar.value == 0xFEFF && previous == nil {
                (problem.kind, problem.message) = (.encoding, "the file begins with a byte-order mark")
                problem.fix = "save it as UTF-8 without one"
            }
            if scalar == "\r" && next == "\n" {
                problem.edits = lineEndEdits(bytes)
            } else if scalar.value >= 0xA0 {
                problem.edits = Edit.replacing(mark.withLength(1), with: "")
            }
            problems.append(problem)
        }
        hasCarriageReturn = hasCarriageReturn || scalar == "\r"
        mark.column += 1
        return problems.count < characterProblemLimit
    }
    if problems.isEmpty, let mark = firstUncomposed(in: text) {
        var problem = uncomposedProblem(at: mark)
        problem.edits = composingEdits(text)
        problems.append(problem)
    }
    return problems
}

/// The maximum number of lines that are mended at once, which bounds the memory that the edits take.
private let mendedLineLimit = 20_000

/// Returns the edits that remove the carriage return of each CR LF.
private func lineEndEdits(_ bytes: [UInt8]) -> [Edit] {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
    guard lines.count <= mendedLineLimit else { return [] }
    return lines.enumerated().compactMap { number, line in
        guard line.last == UInt8(ascii: "\r") else { return nil }
        let length = line.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
        return Edit(
            from: Mark(line: number + 1, column: length), to: Mark(line: number + 1, column: length + 1), text: "")
    }
}

/// Returns the edits that put each line into Unicode's composed form.
private func composingEdits(_ text: String) -> [Edit] {
    let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count <= mendedLineLimit else { return [] }
    return lines.enumerated().flatMap { number, line in
        let mark = Mark(line: number + 1, column: 1, length: line.count)
        let line = String(line)
        let composed = composed(line)
        return composed.utf8.elementsEqual(line.utf8) ? [] : Edit.replacing(mark, with: composed)
    }
}

/// Finds forbidden characters in a text that was written with escapes such as `"\u202E"`, and reports them all at
/// `mark`.
func characterProblems(inEscaped text: String, at mark: Mark) -> [Problem] {
    var problems: [Problem] = []
    visitScalars(of: text) { previous, scalar, next in
        if let problem = characterProblem(scalar, after: previous, before: next, at: mark) { problems.append(problem) }
        return problems.count < characterProblemLimit
    }
    if problems.isEmpty, firstUncomposed(in: text) != nil { problems.append(uncomposedProblem(at: mark)) }
    return problems
}

/// Calls `visit` with each scalar and its neighbours until `visit` returns false.
private func visitScalars(
    of text: String, _ visit: (Unicode.Scalar?, Unicode.Scalar, Unicode.Scalar?) -> Bool
) {
    var previous: Unicode.Scalar?
    var iterator = text.unicodeScalars.makeIterator()
    var current = iterator.next()
    while let scalar = current {
        let next = iterator.next()
        guard visit(previous, scalar, next) else { return }
        (previous, current) = (scalar, next)
    }
}

private func characterProblem(
    _ scalar: Unicode.Scalar, after previous: Unicode.Scalar?, before next: Unicode.Scalar?, at mark: Mark
) -> Problem? {
    if scalar.value >= 0x20 && scalar.value < 0x7F || scalar == "\t" || scalar == "\n" { return nil }
    if scalar == "\r" {
        return next == "\n"
            ? Problem(
                kind: .controlCharacter, mark: mark, message: "the line ends in CR LF (\(name(scalar)))",
                fix: lineEndRemedy)
            : Problem(
                kind: .controlCharacter, mark: mark, message: "carriage return \(name(scalar))",
                fix: "end lines with a line feed alone")
    }
    if isControl(scalar) {
        return Problem(
            kind: .controlCharacter, mark: mark, message: "control character \(name(scalar))", fix: "remove it")
    }
    if isInvisible(scalar, after: previous, before: next) {
        return Problem(
            kind: .bidirectionalOverride, mark: mark,
            message: "invisible character \(name(scalar)) that can hide or reorder text", fix: "remove it")
    }
    return nil
}

/// Returns the first place at which a text differs from its composed form.
private func firstUncomposed(in text: String) -> Mark? {
    guard text.unicodeScalars.contains(where: mayBeUncomposed) else { return nil }
    let composed = composed(text).unicodeScalars
    var mark = Mark(line: 1, column: 1)
    var other = composed.makeIterator()
    for scalar in text.unicodeScalars {
        if other.next() != scalar { return mark }
        mark = scalar == "\n" ? Mark(line: mark.line + 1, column: 1) : Mark(line: mark.line, column: mark.column + 1)
    }
    return nil
}

/// Whether a text with this scalar may differ from its composed form. Scalars below U+0300 and typographic punctuation
/// never cause a difference.
private func mayBeUncomposed(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x300 && !(0x2010...0x205E ~= scalar.value)
}

private func uncomposedProblem(at mark: Mark) -> Problem {
    Problem(
        kind: .notComposed, mark: mark,
        message: "the text is not in Unicode's composed form (NFC)",
        fix: "save it in NFC")
}

/// Whether a scalar looks like a space but is not one in YAML.
package func isUnusualSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: true
    default: false
    }
}

/// Returns the problem with a space that YAML does not treat as a space. `place` says where it is, such as `after a
/// colon`.
package func unusualSpaceProblem(_ scalar: Unicode.Scalar, _ place: String, at mark: Mark) -> Problem {
    Problem(
        kind: .syntax, mark: mark, message: "\(unusualSpaceName(scalar)) \(place)", fix: "write an ordinary space",
        edits: Edit.replacing(mark, with: " "))
}

/// Returns the name of a space in messages, with an article.
package func unusualSpaceName(_ scalar: Unicode.Scalar) -> String {
    let kind = [0xA0, 0x2007, 0x202F].contains(scalar.value) ? "a no-break space" : "an unusual space"
    return "\(kind) (\(name(scalar)))"
}

private func name(_ scalar: Unicode.Scalar) -> String {
    let hex = String(scalar.value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
}

private func markOfFirstBrokenByte(_ bytes: [UInt8]) -> Mark {
    // Decoding stops at the first invalid byte.
    var mark = Mark(line: 1, column: 1)
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
        mark = scalar == "\n" ? Mark(line: mark.line + 1, column: 1) : Mark(line: mark.line, column: mark.column + 1)
    }
    return mark
}
