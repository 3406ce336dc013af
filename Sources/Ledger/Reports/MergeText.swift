/// `merge` for eyes: the question tree with one phrase a question and one evidence word a claim.
public func mergeText(_ merge: Merge, style: TextStyle) -> String {
    let answers = merge.answers()
    let parts = partsByQuestion(merge.state.questions)
    var lines: [String] = []
    var shown: Set<String> = []
    func show(_ id: String, depth: Int, from parent: String?) {
        guard let answer = answers[id] else { return }
        let indent = depth * 2
        lines.append(style.bold(style.wrapped(answer.question.text, indent: indent)))
        let text = style.wrapped(statusLine(answer), indent: indent + 4, first: indent + 2)
        lines.append(style.paint(answer.status, text))
        // A question with several parents is told once and named again.
        guard shown.insert(id).inserted else {
            lines.append(style.dim(style.wrapped("see above: \(id)", indent: indent + 2)))
            return
        }
        if let narrower = narrowerAnswers(answer) {
            lines.append(style.wrapped(narrower, indent: indent + 4, first: indent + 2))
        }
        if let reason = answer.reason { lines.append(style.wrapped(reason, indent: indent + 4, first: indent + 2)) }
        if !answer.assumptions.isEmpty, answer.assumptions != [[]] {
            let sets = answer.assumptions.map { $0.isEmpty ? "nothing" : listed($0) }
            lines.append(
                style.dim(
                    style.wrapped("assuming \(sets.joined(separator: "; or "))", indent: indent + 4, first: indent + 2))
            )
        }
        lines += bridgeLines(answer.bridges, indent: indent + 2, style: style)
        for claim in answer.claims.prefix(claimLimit) { lines += claimLines(claim, indent: indent + 2, style: style) }
        if answer.claims.count > claimLimit {
            let more = "and \(counted(answer.claims.count - claimLimit, "more claim")), told by --format json"
            lines.append(style.dim(style.wrapped(more, indent: indent + 2)))
        }
        lines.append("")
        for part in parts[id, default: []] { show(part, depth: depth + 1, from: id) }
    }
    if merge.state.questions.isEmpty {
        return "No questions yet: the north star goes into Claims/question.yaml.\n"
    }
    show(RecordPlace.rootQuestion, depth: 0, from: nil)
    for id in merge.state.questions.keys.sorted() where !shown.contains(id) { show(id, depth: 0, from: nil) }
    lines += unaskedLines(merge, style: style)
    lines += unansweredLines(merge, style: style)
    lines += behaviourLines(merge, style: style)
    lines += evidenceLines(merge, style: style)
    return lines.joined(separator: "\n") + "\n"
}

/// The most claims that are listed at one question, and the most names in a list of them.
private let claimLimit = 100

private func firstNames(_ names: [String]) -> String {
    let more = names.count - claimLimit
    return names.prefix(claimLimit).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
}

/// What only the re-run claims say, and only those on general models, where that is something else.
func narrowerAnswers(_ answer: Answer) -> String? {
    let voices = [("re-run claims alone", answer.verified), ("general models alone", answer.general)]
    let told = voices.filter { $0.1 != .open && $0.1 != answer.status }.map { "\($0.0): \($0.1.rawValue)" }
    return told.isEmpty ? nil : told.joined(separator: "; ")
}

func statusLine(_ answer: Answer) -> String {
    switch answer.question.status {
    case .proposed: return "proposed, not counted yet"
    case .retired: return "retired"
    case .active: break
    }
    guard !answer.question.isLeaf else { return answer.phrase }
    return "\(answer.phrase); \(answer.answeredParts) of \(counted(answer.parts.count, "part")) answered"
}

private func claimLines(_ claim: BearingClaim, indent: Int, style: TextStyle) -> [String] {
    let sign =
        switch claim.side {
        case .pro: style.green("+")
        case .con: style.red("-")
        case .silent: style.dim(".")
        }
    let word = evidenceWord(claim.member)
    let name = shortened(claim.member.id.description, max(20, style.width - indent - word.count - 5))
    var lines = ["\(String(repeating: " ", count: indent))\(sign) \(name)  \(style.dim(word))"]
    if let note = standingNote(claim) {
        lines.append(style.dim(style.wrapped(note, indent: indent + 6, first: indent + 4)))
    }
    return lines
}

/// Why a claim is not in, and how it comes here; nil where it simply stands.
func standingNote(_ claim: BearingClaim) -> String? {
    var notes: [String] = []
    if let bridge = claim.bridge { notes.append("carried here by \(bridge)") }
    if claim.standing != .in {
        notes.append([claim.standing.rawValue, claim.reason].compactMap(\.self).joined(separator: ": "))
    }
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
}

/// How the bridges fare at a leaf, in one paragraph.
private func bridgeLines(_ bridges: [BridgeStatus], indent: Int, style: TextStyle) -> [String] {
    guard !bridges.isEmpty else { return [] }
    let told = bridges.map { bridge in
        switch bridge.status {
        case .untested: "\(bridge.assumption) untested"
        case .holds: "\(bridge.assumption) holds, as \(listed(shortList(bridge.generals.map(\.description)))) tells"
        case .fails: "\(bridge.assumption) fails against \(listed(shortList(bridge.generals.map(\.description))))"
        }
    }
    return [style.dim(style.wrapped("bridges: \(told.joined(separator: "; "))", indent: indent + 2, first: indent))]
}

/// The evidence word, and what kind of model it was found on where that matters to the north star.
func evidenceWord(_ member: Member) -> String {
    let word = evidenceWord(member.evidence)
    return switch member.kind {
    case .toy: "\(word), toy"
    case .general: "\(word), general"
    case .other: word
    }
}

/// One evidence word a claim.
func evidenceWord(_ evidence: ClaimEvidence) -> String {
    switch evidence.verdict {
    case .verified: evidence.level.rawValue
    case .refuted: "refuted"
    case .open: "open after \(evidence.hits) of \(evidence.runs)"
    case .none: evidence.offeredRuns > 0 ? "\(evidence.offeredRuns) runs offered" : "reported"
    }
}

private func unaskedLines(_ merge: Merge, style: TextStyle) -> [String] {
    let unasked = merge.unaskedClaims()
    guard !unasked.isEmpty else { return [] }
    return [
        style.bold("No question asks this"),
        style.wrapped(firstNames(unasked.map(\.description)), indent: 2), "",
    ]
}

private func unansweredLines(_ merge: Merge, style: TextStyle) -> [String] {
    let unanswered = merge.unansweredToyClaims()
    guard !unanswered.isEmpty else { return [] }
    return [
        style.bold("Toy claims that no general-model finding answers"),
        style.wrapped(firstNames(unanswered.map(\.description)), indent: 2), "",
    ]
}

private func behaviourLines(_ merge: Merge, style: TextStyle) -> [String] {
    let behaviours = merge.behavioursWithoutToy()
    guard !behaviours.isEmpty else { return [] }
    return [
        style.bold("Behaviours without a toy model"), style.wrapped(behaviours.joined(separator: ", "), indent: 2), "",
    ]
}

private func evidenceLines(_ merge: Merge, style: TextStyle) -> [String] {
    let results = merge.evidence.claims.values
    let decided = results.count { $0.verdict == .verified || $0.verdict == .refuted }
    guard decided > 0 else { return [] }
    let wrong = fixed(merge.evidence.expectedWrongVerdicts, digits: 2)
    var text =
        "\(counted(decided, "claim")) decided by re-running (alpha \(merge.evidence.alpha)): at most \(wrong) wrong verdicts expected."
    let selfAudited = results.count { $0.isSelfAudited }
    if selfAudited > 0 { text += " \(selfAudited) self-audited: run by a contributor of the finding." }
    if results.contains(where: \.isSaltUnchecked) { text += " Salts not re-checked: the history is shallow." }
    return [style.wrapped(text, indent: 0)]
}

/// A number with so many digits after the point.
func fixed(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 1e15 else { return "\(value)" }
    let whole = String(Int(scaled))
    let padding = String(repeating: "0", count: max(0, digits + 1 - whole.count)) + whole
    let text = digits == 0 ? padding : "\(padding.dropLast(digits)).\(padding.suffix(digits))"
    return value < 0 && scaled > 0 ? "-\(text)" : text
}
