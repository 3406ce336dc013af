import Testing
import YAML

/// Returns one line per node with its position and content; quoted scalars are shown in quotation marks.
private func outline(_ node: Node, indent: String = "") -> [String] {
    let place = "\(indent)\(node.mark.line):\(node.mark.column)"
    switch node.content {
    case .scalar(let text, let isPlain):
        return ["\(place) \(isPlain ? text : "\"\(text)\"")"]
    case .sequence(let elements):
        return ["\(place) list"] + elements.flatMap { outline($0, indent: indent + "  ") }
    case .mapping(let entries):
        return ["\(place) mapping"]
            + entries.flatMap { entry in
                ["\(indent)  \(entry.keyMark.line):\(entry.keyMark.column) \(entry.key):"]
                    + outline(entry.value, indent: indent + "    ")
            }
    }
}

/// Returns the nodes that are read from a text, followed by the problems.
private func outline(_ text: String, limits: Limits = Limits()) -> String {
    let (node, problems) = readYAML(Array(text.utf8), limits: limits)
    let lines = problems.map { problem in
        "\(problem.mark.line):\(problem.mark.column) \(problem.kind): \(problem.message)"
            + (problem.fix.map { " -> \($0)" } ?? "")
    }
    return ((node.map { outline($0) } ?? []) + lines).joined(separator: "\n")
}

private func limits(bytes: Int = 1 << 20, depth: Int = 32, nodes: Int = 10_000) -> Limits {
    var limits = Limits()
    (limits.bytes, limits.depth, limits.nodes) = (bytes, depth, nodes)
    return limits
}

@Suite struct ReaderTests {
    @Test func nodesHavePositions() {
        #expect(
            outline(
                """
                # a comment
                title: Half a dimension
                claims:
                  - value: [0.45, "0.55"]
                    tested: {model: toy}
                text: >
                  folded
                  text
                """) == """
                    2:1 mapping
                      2:1 title:
                        2:8 Half a dimension
                      3:1 claims:
                        4:3 list
                          4:5 mapping
                            4:5 value:
                              4:12 list
                                4:13 0.45
                                4:19 "0.55"
                            5:5 tested:
                              5:13 mapping
                                5:14 model:
                                  5:21 toy
                      6:1 text:
                        6:7 "folded text"
                    """)
    }

    @Test func columnsCountScalars() {
        #expect(
            outline("é: [ü, 😀, b]") == "1:1 mapping\n  1:1 é:\n    1:4 list\n      1:5 ü\n      1:8 😀\n      1:11 b")
    }

    /// Scalars such as `yes`, `0o7` and `1:30` remain text.
    @Test func scalarsStayAsWritten() {
        #expect(
            outline("[yes, 0o7, 1:30, 0.30, ~, null, 'it''s', \"a\\tb\", 2022-09-14, '']") == """
                1:1 list
                  1:2 yes
                  1:7 0o7
                  1:12 1:30
                  1:18 0.30
                  1:24 ~
                  1:27 null
                  1:33 "it's"
                  1:42 "a\tb"
                  1:50 2022-09-14
                  1:62 ""
                """)
    }

    @Test func acceptsAKeyWithoutAValue() {
        #expect(outline("a:\nb: ''") == "1:1 mapping\n  1:1 a:\n    1:3 \n  2:1 b:\n    2:4 \"\"")
    }

    @Test(arguments: [
        ("", "1:1 syntax: the file is empty"), ("# nothing\n", "1:1 syntax: the file is empty"), ("---\n...\n", "2:1 "),
        ("plain", "1:1 plain"),
        ("--- a\n--- b\n", "2:5 syntax: a second document in one file -> write one record per file"),
        ("%YAML 1.1\n--- a\n", "2:5 a"),
    ])
    func readsDocuments(text: String, expected: String) {
        #expect(outline(text) == expected)
    }

    @Test(arguments: [
        ("a: &x 1", "1:4 alias: an anchor (`&name`) -> write the value out where it is used"),
        ("a: *x", "1:4 alias: an alias (`*name`) -> write the value out"),
        ("*x : 1", "1:1 alias: an alias (`*name`) -> write the value out"),
        ("<<: {a: 1}", "1:1 alias: a merge key (`<<`) -> write the values out"),
        ("a: !!str 1", "1:4 tag: a tag (`!name`) -> remove it; types follow from the key"),
        ("a: !x [1]", "1:4 tag: a tag (`!name`) -> remove it; types follow from the key"),
        ("a: ! 1", "1:4 tag: a tag (`!name`) -> remove it; types follow from the key"),
        ("a: 1\na: 2", "2:1 duplicateKey: the key \"a\" is given twice -> keep one of them"),
        ("a: 1\n'a': 2", "2:1 duplicateKey: the key \"a\" is given twice -> keep one of them"),
        ("[a]: 1", "1:1 syntax: a key must be a word"),
        (
            "a: \"\\u202E\"",
            "1:4 bidirectionalOverride: invisible character U+202E that can hide or reorder text -> remove it"
        ),
        ("a: \"\\r\"", "1:4 controlCharacter: carriage return U+000D -> end lines with a line feed alone"),
        (
            "a: \u{200B}b",
            "1:4 bidirectionalOverride: invisible character U+200B that can hide or reorder text -> remove it"
        ),
        ("a: \u{85}b", "1:4 controlCharacter: control character U+0085 -> remove it"),
        ("a: \u{E0041}b", "1:4 controlCharacter: control character U+E0041 -> remove it"),
        ("a: b\rc: d\n", "1:5 controlCharacter: carriage return U+000D -> end lines with a line feed alone"),
        ("a: b\r\nc: d\r\n", "1:5 controlCharacter: the line ends in CR LF (U+000D) -> \(lineEndRemedy)"),
    ])
    func rejectsDocuments(text: String, expected: String) {
        #expect(
            outline(text).split(separator: "\n").filter { $0.contains(" -> ") || $0.contains("syntax") } == [
                expected[...]
            ]
        )
    }

    /// A quoted `<<` is an ordinary key.
    @Test func acceptsAQuotedMergeKey() {
        #expect(outline("'<<': a") == "1:1 mapping\n  1:1 <<:\n    1:7 a")
    }

    @Test func acceptsTabsAndLineFeedsInText() {
        #expect(outline("a: \"x\ty\\nz\"") == "1:1 mapping\n  1:1 a:\n    1:4 \"x\ty\nz\"")
    }

    @Test func rejectsInvalidBytes() {
        func problems(_ bytes: [UInt8]) -> [String] {
            readYAML(bytes).problems.map { "\($0.mark.line):\($0.mark.column) \($0.kind)" }
        }
        #expect(problems(Array("a: b\nc: ".utf8) + [0xFF]) == ["2:4 encoding"])
        #expect(problems([0xC0, 0x80]) == ["1:1 encoding"])
        #expect(problems(Array("é".utf8) + [0xED, 0xA0, 0x80]) == ["1:2 encoding"])
        #expect(problems([0xF4, 0x90, 0x80, 0x80]) == ["1:1 encoding"])
        #expect(problems(Array("a".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })) == ["1:2 controlCharacter"])
    }

    @Test func limitsTheNumberOfProblems() {
        let (node, problems) = readYAML(Array(repeating: 0x1B, count: 100_000))
        #expect(node == nil)
        #expect(problems.count == 100)
    }

    // MARK: Limits

    @Test func limitsSize() {
        #expect(outline("a: bc", limits: limits(bytes: 5)) == "1:1 mapping\n  1:1 a:\n    1:4 bc")
        #expect(
            outline("a: bcd", limits: limits(bytes: 5))
                == "1:1 tooLarge: the file has 6 bytes; at most 5 are read -> split it")
    }

    @Test func limitsDepth() {
        #expect(outline("[[a]]", limits: limits(depth: 3)) == "1:1 list\n  1:2 list\n    1:3 a")
        #expect(outline("[[[a]]]", limits: limits(depth: 3)) == "1:4 tooDeep: nested deeper than 3 levels")
        #expect(outline("a:\n  b:\n    c: d", limits: limits(depth: 3)) == "3:5 tooDeep: nested deeper than 3 levels")
        let deep = String(repeating: "[", count: 500_000)
        #expect(outline(deep) == "1:33 tooDeep: nested deeper than 32 levels")
    }

    @Test func limitsNodes() {
        #expect(outline("[a, b]", limits: limits(nodes: 3)) == "1:1 list\n  1:2 a\n  1:5 b")
        #expect(
            outline("[a, b, c]", limits: limits(nodes: 3))
                == "1:8 tooManyNodes: more than 3 nodes in one file -> split it"
        )
    }

    // MARK: Hostile input

    private static let record = Array(
        """
        # Findings/superposition/half-a-dimension.yaml
        title: "At density 0.3: \\"antipodal\\" pairs, half a dimension each"
        authors: [Elhage et al., 'O''Brien']
        date: 2022-09-14
        north_star: >
          Says when a model packs more features than it has dimensions,
          which any probe must reckon with.
        claims:
          - quantity: dimensions-per-feature
            value: [0.45, 0.55]
            tested: {model: superposition-geometry, density: 0.3}
            reported: {value: 0.499, se: 0.002}
            # nothing else
        caveats:
          - text: |
              Uniform importance only. é 😀
            against: {claim: half-a-dimension#1}
        builds_on: []
        ? key
        : value
        """.utf8)

    /// Changes, cuts, doubles and swaps bytes in thousands of records. Reading each record gives nodes or a problem,
    /// within the limits.
    @Test func mutatedRecordsNeverCrash() {
        var random = SystemlessGenerator(state: 7)
        let marks: [UInt8] =
            Array("{}[]:,-?&*!|>'\"%@`#<~\n\t \\".utf8) + [0, 0x0D, 0x7F, 0x80, 0xC3, 0xE2, 0xEF, 0xF0, 0xFF]
        var kinds: Set<Problem.Kind> = []
        var wrong: [String] = []
        var bounds = limits(depth: 6, nodes: 48)
        bounds.bytes = Self.record.count + 30
        for _ in 0..<4000 {
            var bytes = Self.record
            for _ in 0...Int.random(in: 0...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...6, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[index] = marks[Int.random(in: 0..<marks.count, using: &random)]
                case 2: bytes.insert(marks[Int.random(in: 0..<marks.count, using: &random)], at: index)
                case 3: bytes.remove(at: index)
                case 4:
                    // Inserts a character that changes the direction of text, or a combining accent.
                    bytes.insert(
                        contentsOf: Bool.random(using: &random) ? [0xE2, 0x80, 0xAE] : [0xCC, 0x81], at: index)
                case 5: bytes.swapAt(index, Int.random(in: 0..<bytes.count, using: &random))
                default:
                    let end = min(bytes.count, index + Int.random(in: 1...40, using: &random))
                    bytes.insert(contentsOf: bytes[index..<end], at: Int.random(in: 0..<bytes.count, using: &random))
                }
            }
            let (node, problems) = readYAML(bytes, limits: bounds)
            kinds.formUnion(problems.map(\.kind))
            let lines = bytes.count { $0 == 0x0A } + 2
            if node == nil && problems.isEmpty { wrong.append("nothing said of \(bytes)") }
            if problems.contains(where: { $0.mark.line < 1 || $0.mark.column < 1 || $0.mark.line > lines }) {
                wrong.append("a problem outside of \(bytes)")
            }
            if let node, Self.depth(node) > bounds.depth { wrong.append("too deep: \(bytes)") }
        }
        #expect(wrong == [])
        #expect(kinds == Set(Problem.Kind.allCases))
    }

    private static func depth(_ node: Node) -> Int {
        switch node.content {
        case .scalar: 1
        case .sequence(let elements): 1 + (elements.map(depth).max() ?? 0)
        case .mapping(let entries): 1 + (entries.map { depth($0.value) }.max() ?? 0)
        }
    }
}

/// SplitMix64, which gives the same numbers on every machine.
private struct SystemlessGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
