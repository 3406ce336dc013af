import Records

/// Paths of input files: those of the base ledger, and new ones.
private let places =
    baseTexts.map(\.path) + [
        "Claims/new/question.yaml", "Claims/toy/new/question.yaml", "Claims/votes/new.yaml", "Findings/new.yaml",
        "Findings/deep/new-2.yaml", "Claims/vocabulary/quantities/new.yaml", "Claims/vocabulary/conditions/new.yaml",
        "Claims/vocabulary/conditions/model/new.yaml", "Claims/vocabulary/assumptions/new.yaml",
        "Verifiers/new/model.yaml", "Verifiers/new/new.yaml", "Verifiers/toy/new.yaml",
    ]

/// Checks a ledger with one to three files from the input. For each file, the input has a byte that selects the path,
/// then the text, then a byte 0xFF.
func recordsViolation(_ bytes: [UInt8]) -> String? {
    var files: [DecodedFile] = []
    for part in bytes.split(separator: 0xFF, maxSplits: 2, omittingEmptySubsequences: true) {
        guard let place = part.first else { continue }
        let path = places[Int(place) % places.count]
        guard !files.contains(where: { $0.path == path }) else { continue }
        let file = decode(SourceFile(path: path, bytes: Array(part.dropFirst())))
        if file.record == nil && file.diagnostics.isEmpty { return "\(path): no record and no diagnostic" }
        files.append(file)
    }
    return ledgerViolation(files)
}

/// Checks a ledger of findings that are generated from the input bytes. Most of these findings are valid, so that many
/// of them are merged.
func mergesViolation(_ bytes: [UInt8]) -> String? {
    var choices = Choices(rest: bytes[...])
    var files: [DecodedFile] = []
    var claimCounts: [Int] = []
    while !choices.rest.isEmpty, claimCounts.count < 12 {
        let count = choices.number(3) + 1
        var text = """
            title: F
            authors: [A]
            contributors: [\(choices.pick(["A", "B"]))]
            date: 2025-01-01
            source: s\(claimCounts.count)
            north_star: It is new.

            """
        switch choices.number(12) {
        case 0: text += "status: planned\nuntil: 2026-\(choices.pick(["01", "12"]))-01\n"
        case 1: text += "retracted: wrong\n"
        case 2 where !claimCounts.isEmpty: text += "supersedes: [f\(choices.number(claimCounts.count))]\n"
        case 3 where !claimCounts.isEmpty: text += "builds_on: [f\(choices.number(claimCounts.count))]\n"
        case 4 where !claimCounts.isEmpty:
            let other = choices.number(claimCounts.count)
            text += "caveats: [{text: c, against: {claim: f\(other)#\(choices.number(claimCounts[other]) + 1)}"
            text += choices.number(2) == 0 ? "}]\n" : ", shown_by: f\(claimCounts.count)#1}]\n"
        default: break
        }
        text += "claims:\n"
        for _ in 0..<count { text += claim(&choices) }
        let file = decode(SourceFile(path: "Findings/f\(claimCounts.count).yaml", bytes: Array(text.utf8)))
        if file.record == nil && file.diagnostics.isEmpty { return "no record and no diagnostic" }
        files.append(file)
        claimCounts.append(count)
    }
    return ledgerViolation(files)
}

private func claim(_ choices: inout Choices) -> String {
    var text: String
    if choices.number(3) > 0 {
        text = "  - quantity: dims\n    value: \(range(&choices))\n"
        text += "    tested: {model: \(models(&choices)), density: \(choices.pick(["0.05", "0.3", "0.9", "unknown"]))"
        if choices.number(4) == 0 { text += ", layer: \(choices.number(128))" }
    } else {
        let labels = ["[bfs]", "[dfs]", "[none]", "[bfs, dfs]", "[dfs, none]", "[bfs, none]"]
        text = "  - quantity: order\n    value: {any_of: \(choices.pick(labels))}\n"
        text += "    tested: {model: \(models(&choices))"
        if choices.number(3) == 0 { text += ", layer: {from: \(choices.number(60)), to: \(60 + choices.number(60))}" }
    }
    text += "}\n"
    switch choices.number(8) {
    case 0: text += "    holds_for: {}\n"
    case 1: text += "    assumes: [toy-is-r1]\n"
    case 2: text += "    assumes: [faithful]\n"
    case 3: text += "    kind: witness\n"
    case 4: text += "    reliability: 0.\(5 + choices.number(5))\n"
    case 5: text += "    reported: {value: \(choices.number(20))e-1, n: \(choices.number(200)), selected: best}\n"
    case 6: text += "    reported: {value: 0.5, se: \(choices.number(20))e-2, second_hand: true}\n"
    default: break
    }
    return text
}

private func range(_ choices: inout Choices) -> String {
    let low = choices.number(21)
    let spellings = [
        "[\(low)e-1, \(low + choices.number(21 - low))e-1]", "{above: \(low)e-1}", "{at_most: \(low)e-1}",
        "{below: \(low)e-1}",
    ]
    return choices.pick(spellings)
}

private func models(_ choices: inout Choices) -> String {
    choices.pick(["toy", "r1", "cd3b", "[r1, cd3b]", "unknown"])
}

/// Makes choices from bytes. When no bytes are left, it always makes the first choice.
private struct Choices {
    var rest: ArraySlice<UInt8>

    mutating func number(_ count: Int) -> Int { rest.popFirst().map { Int($0) % count } ?? 0 }

    mutating func pick(_ texts: [String]) -> String { texts[number(texts.count)] }
}

/// Checks a receipt whose name is derived from its content. A receipt that can be decoded is checked again with correct
/// seeds, so that its other values are read as evidence.
func receiptsViolation(_ bytes: [UInt8]) -> String? {
    func file(_ bytes: [UInt8]) -> DecodedFile {
        decode(SourceFile(path: "Verifiers/toy/receipts/\(sha256(bytes)).json", bytes: bytes))
    }
    let raw = file(bytes)
    if (raw.record == nil) != raw.diagnostics.contains(where: { $0.severity == .error }) {
        return "a receipt is both decoded and rejected, or neither"
    }
    var files = [raw]
    if let bytes = seeded(bytes) { files.append(file(bytes)) }
    return ledgerViolation(files)
}
