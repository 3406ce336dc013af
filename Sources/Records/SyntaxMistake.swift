import Words
import YAML

/// Finds the common mistake that causes a problem of YAML's syntax, such as a tab or a typographic quote. YAML itself
/// often reports such a mistake in another line and in other words. Returns nil if no mistake explains the problem
/// better than its own message.
func syntaxMistake(behind problem: Problem, in file: SourceFile) -> Problem? {
    // Each guess costs a parse, so large files are not searched.
    guard problem.kind == .syntax, problem.edits.isEmpty, file.bytes.count <= searchedByteLimit,
        RecordPlace(path: file.path) != nil, let text = String(validating: file.bytes, as: UTF8.self)
    else { return nil }
    let search = SyntaxSearch(
        file: file, problem: problem, lines: text.split(separator: "\n", omittingEmptySubsequences: false))
    if let marker = search.conflictMarker() { return marker }
    let before = search.outcome(of: file.bytes)
    var certain: Problem?
    for guess in search.guesses() {
        let outcome = guess.variants.compactMap { edits in
            applying(edits, to: file.bytes).map { (edits, search.outcome(of: $0)) }
        }.max { $0.1 < $1.1 }
        var found = guess.problem
        if let (edits, after) = outcome, after.isReadable || guess.isCertain && after > before {
            found.edits = edits
            return found
        }
        if guess.isCertain, certain == nil { certain = found }
    }
    return certain
}

private let searchedByteLimit = 1 << 16

/// The state of a file after a correction, from worse to better.
private struct Outcome: Comparable {
    /// The line of the first problem of syntax.
    var line: Int
    var errorCount: Int

    var isReadable: Bool { line == .max }

    static func < (a: Outcome, b: Outcome) -> Bool { (a.line, -a.errorCount) < (b.line, -b.errorCount) }
}

/// A mistake that may be the cause of a problem.
private struct Guess {
    var problem: Problem
    /// The edits that may mend it. The best of them is taken.
    var variants: [[Edit]]
    /// Whether the mistake is at the place of the problem, so that it is the cause even if more mistakes follow it.
    var isCertain: Bool
}

private struct SyntaxSearch {
    let file: SourceFile
    let problem: Problem
    let lines: [Substring]

    /// The index of the problem's line, and the lines before it from the nearest on.
    private var here: Int { min(problem.mark.line, lines.count) - 1 }
    private var nearLines: [Int] { [here, here - 1].filter(lines.indices.contains) }

    func outcome(of bytes: [UInt8]) -> Outcome {
        let (node, problems) = readYAML(bytes)
        if let first = problems.first { return Outcome(line: first.mark.line, errorCount: 0) }
        guard let node else { return Outcome(line: 0, errorCount: 0) }
        let decoded = decode(path: file.path, yaml: node)
        return Outcome(line: .max, errorCount: decoded.diagnostics.count { $0.severity == .error })
    }

    /// Finds a marker of an unfinished merge whose other markers are missing.
    func conflictMarker() -> Problem? {
        let markers = ["<<<<<<< ", "||||||| ", ">>>>>>> "]
        guard
            let index = lines.firstIndex(where: { line in
                line == "=======" || markers.contains { line.startsWithBytes($0) }
            })
        else { return nil }
        return Problem(
            kind: .syntax, mark: Mark(line: index + 1, column: 1),
            message: "a git conflict marker of an unfinished merge",
            fix: conflictRemedy)
    }

    func guesses() -> [Guess] {
        [tabs(), unusualSpaces(), typographicQuotes(), foldedBound()].compactMap(\.self)
            + nearLines.flatMap { [missingSpace($0), unquoted($0)].compactMap(\.self) }
            + nearLines.compactMap(indentation) + [unclosed()].compactMap(\.self)
    }

    /// Finds indentation with tabs up to the problem.
    private func tabs() -> Guess? {
        func indent(_ line: Substring) -> Substring { line.prefix { $0 == " " || $0 == "\t" } }
        guard let first = lines.indices.prefix(here + 1).first(where: { indent(lines[$0]).contains("\t") }) else {
            return nil
        }
        let tabbed = lines.indices.filter { lines[$0].first == "\t" || $0 == first }
        let variants = [2, 4, 8, 0].map { width in
            tabbed.map { index in
                let indent = indent(lines[index])
                let spaces = indent.map { $0 == "\t" ? String(repeating: " ", count: width) : " " }.joined()
                return Edit(from: mark(index, 0), to: mark(index, indent.utf8.count), text: spaces)
            }
        }
        return Guess(
            problem: Problem(
                kind: .syntax, mark: mark(first, 0), message: "line \(first + 1) is indented with a tab",
                fix: "indent it with spaces"), variants: variants, isCertain: first >= here - 1)
    }

    /// Finds the unusual spaces nearest to the problem, in places where YAML needs an ordinary space.
    private func unusualSpaces() -> Guess? {
        for index in lines.indices.prefix(here + 1).reversed() {
            let scalars = Array(lines[index].unicodeScalars)
            let start = scalars.firstIndex { $0 != " " && $0 != "-" && !isUnusualSpace($0) } ?? scalars.count
            let colon = scalars[start...].firstIndex(of: ":") ?? scalars.count
            let spaces = scalars.indices.filter { ($0 < start || $0 == colon + 1) && isUnusualSpace(scalars[$0]) }
            guard let first = spaces.first else { continue }
            let position = first > start ? "after the colon" : "in the indentation"
            var problem = unusualSpaceProblem(scalars[first], position, at: mark(index, first).withLength(1))
            problem.edits = []
            let edits = spaces.flatMap { Edit.replacing(mark(index, $0).withLength(1), with: " ") }
            return Guess(problem: problem, variants: [edits], isCertain: index >= here - 1)
        }
        return nil
    }

    /// Finds typographic quotes around a value.
    private func typographicQuotes() -> Guess? {
        for index in nearLines {
            guard let value = value(in: index), let inside = withoutTypographicQuotes(value.text) else { continue }
            let quoted = doubleQuoted(inside)
            return Guess(
                problem: Problem(
                    kind: .syntax, mark: value.mark, message: "typographic quotes do not quote text",
                    fix: "write straight quotes"),
                variants: quoted.map { [Edit.replacing(value.mark, with: $0)] } ?? [], isCertain: index == here)
        }
        return nil
    }

    /// Finds a bound such as `> 0`, which begins a folded text in YAML.
    private func foldedBound() -> Guess? {
        for index in nearLines {
            guard let value = value(in: index), value.text.first == ">", let range = meantRange(by: value.text) else {
                continue
            }
            return Guess(
                problem: Problem(
                    kind: .syntax, mark: value.mark,
                    message: "\"\(value.text)\" is no range, and > begins a folded text",
                    fix: "write \(range)"), variants: [Edit.replacing(value.mark, with: range)],
                isCertain: true)
        }
        return nil
    }

    /// Finds a key whose value follows the colon without a space.
    private func missingSpace(_ index: Int) -> Guess? {
        let line = lines[index]
        let start = line.prefix { $0 == " " || $0 == "-" }.utf8.count
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let key = line[..<colon].dropFirst(start)
        let rest = line[line.utf8.index(after: colon)...]
        guard let next = rest.first, next != " ", keysOfRecords.contains(String(key)) else { return nil }
        let end = mark(index, start + key.utf8.count + 1)
        return Guess(
            problem: Problem(
                kind: .syntax, mark: end, message: "no space follows the colon of \"\(key)\"",
                fix: "write a space after it"), variants: [[Edit.inserting(" ", at: end)]], isCertain: false)
    }

    /// Finds a text that must be quoted.
    private func unquoted(_ index: Int) -> Guess? {
        guard let value = value(in: index), let first = value.text.first else { return nil }
        if value.text.utf8.count > 1, value.text.last == first, first == "\"" || first == "'" {
            return wronglyQuoted(String(value.text.dropFirst().dropLast()), in: first, at: value.mark, index == here)
        }
        guard !"[{|>\"'".contains(first),
            value.text.containsBytes(": ") || "@`%".contains(first) || value.text.last == ":",
            let quoted = doubleQuoted(value.text)
        else { return nil }
        var found = problem
        if problem.fix == nil { found.fix = "quote the text" }
        return Guess(
            problem: found, variants: [Edit.replacing(value.mark, with: quoted)], isCertain: index == here)
    }

    /// Finds a quoted text that contains quotes of the same kind.
    private func wronglyQuoted(_ text: String, in quote: Character, at mark: Mark, _ isCertain: Bool) -> Guess? {
        guard text.contains(quote), !text.contains("\\"), !text.containsBytes("''") else { return nil }
        let quoted = quote == "'" ? doubleQuoted(text) : text.contains("'") ? nil : "'\(text)'"
        return Guess(
            problem: Problem(
                kind: .syntax, mark: mark, message: "the text is in \(quote) and holds \(quote)",
                fix: "put it in the other kind of quotes"),
            variants: quoted.map { [Edit.replacing(mark, with: $0)] } ?? [], isCertain: isCertain)
    }

    /// Finds a line that is not indented like its siblings.
    private func indentation(_ index: Int) -> Guess? {
        func indent(_ index: Int) -> Int { lines[index].prefix { $0 == " " }.utf8.count }
        let now = indent(index)
        guard lines[index].utf8.count > now else { return nil }
        var candidates: Set<Int> = [0]
        for other in lines.indices.prefix(index) where lines[other].utf8.count > indent(other) {
            candidates.insert(indent(other))
            let line = lines[other].dropFirst(indent(other))
            if line.startsWithBytes("- ") { candidates.insert(indent(other) + 2) }
        }
        candidates.remove(now)
        let outcomes = candidates.sorted().prefix(6).compactMap {
            wanted -> (wanted: Int, edit: Edit, errorCount: Int)? in
            let edit = Edit(from: mark(index, 0), to: mark(index, now), text: String(repeating: " ", count: wanted))
            guard let bytes = applying([edit], to: file.bytes), case let outcome = outcome(of: bytes),
                outcome.isReadable
            else { return nil }
            return (wanted, edit, outcome.errorCount)
        }
        let fewest = outcomes.map(\.errorCount).min()
        let best = outcomes.filter { $0.errorCount == fewest }
        guard best.count == 1, let (wanted, edit, _) = best.first else { return nil }
        return Guess(
            problem: Problem(
                kind: .syntax, mark: mark(index, now),
                message: "line \(index + 1) is indented by \(counted(now, "space")), unlike its siblings",
                fix: "indent it by \(counted(wanted, "space"))"), variants: [[edit]], isCertain: false)
    }

    /// Finds a bracket or a quote that is not closed at the end of its line.
    private func unclosed() -> Guess? {
        let pairs: [(opening: Character, closing: Character, name: String)] = [
            ("{", "}", "a brace"), ("[", "]", "a bracket"), ("\"", "\"", "a quote"),
        ]
        let open = lines.indices.flatMap { index in
            pairs.filter { isOpen($0.opening, $0.closing, in: lines[index]) }.map { (index, $0) }
        }
        let outcomes = open.prefix(4).compactMap { index, pair -> (guess: Guess, errorCount: Int)? in
            let end = mark(index, lines[index].unicodeScalars.count)
            let edit = Edit.inserting(String(pair.closing), at: end)
            guard let bytes = applying([edit], to: file.bytes), case let outcome = outcome(of: bytes),
                outcome.isReadable
            else { return nil }
            let guess = Guess(
                problem: Problem(
                    kind: .syntax, mark: end, message: "\(pair.name) is not closed in line \(index + 1)",
                    fix: "close it with \(pair.closing)"), variants: [[edit]], isCertain: false)
            return (guess, outcome.errorCount)
        }
        let fewest = outcomes.map(\.errorCount).min()
        let best = outcomes.filter { $0.errorCount == fewest }
        return best.count == 1 ? best[0].guess : nil
    }

    private func isOpen(_ opening: Character, _ closing: Character, in line: Substring) -> Bool {
        opening == closing
            ? line.count { $0 == opening } % 2 == 1
            : line.count { $0 == opening } > line.count { $0 == closing }
    }

    private func mark(_ index: Int, _ column: Int) -> Mark { Mark(line: index + 1, column: column + 1) }

    /// Returns the value after the first colon of a line, or after the dash of an entry without a key.
    private func value(in index: Int) -> (text: String, mark: Mark)? {
        let scalars = Array(lines[index].unicodeScalars)
        var start = scalars.firstIndex { $0 != " " && $0 != "-" } ?? scalars.count
        let key = scalars[start...].prefix { $0 != ":" && $0 != " " }
        if start + key.count < scalars.count, scalars[start + key.count] == ":" { start += key.count + 1 }
        while start < scalars.count, scalars[start] == " " { start += 1 }
        var end = scalars.count
        while end > start, scalars[end - 1] == " " { end -= 1 }
        guard start < end else { return nil }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[start..<end])
        return (String(text), mark(index, start).withLength(end - start))
    }
}

/// Quotes a text in which nothing must be escaped.
private func doubleQuoted(_ text: String) -> String? {
    text.utf8.contains(UInt8(ascii: "\"")) || text.utf8.contains(UInt8(ascii: "\\")) ? nil : "\"\(text)\""
}

/// The keys of all records and of the mappings in them.
private let keysOfRecords: Set<String> = {
    func names(_ shape: Shape) -> [String] {
        shape.keys.flatMap { key -> [String] in
            switch key.value {
            case .mapping(let inside), .list(let inside, _), .each(let inside): [key.name] + names(inside)
            case .text, .sentence, .name, .names, .number, .positive, .atLeast0, .between, .integer, .flag, .choice,
                .date, .values, .range, .box, .settings, .closedValues, .meanings, .digests:
                [key.name]
            }
        }
    }
    return Set(RecordKind.allCases.compactMap(\.shape).flatMap(names))
}()
