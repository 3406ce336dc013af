import Evidence
import Merging
import Records
import Words

/// Where `merge` tells a question.
package struct QuestionPlace: Sendable, Equatable {
    package var id: String
    /// How many questions it stands below.
    package var depth = 0
    /// It was told before, below another parent.
    package var isRepeat = false

    package init(id: String, depth: Int = 0, isRepeat: Bool = false) {
        self.id = id
        self.depth = depth
        self.isRepeat = isRepeat
    }
}

/// What `merge` tells after the questions.
package struct MergeEnds: Sendable, Equatable {
    /// Claims that no question asks about, sorted.
    package var unasked: [ClaimID] = []
    /// Toy claims that no general-model finding answers, sorted.
    package var unansweredToys: [ClaimID] = []
    package var behavioursWithoutToy: [String] = []
    /// How many claims were decided by re-running, and how many of the verdicts may be wrong; nil where none was.
    package var evidence: String?

    package init() {}
}

/// `merge` as what it is put together from: a block for every question in the order of the tree, and the ends.
package struct MergeReport: Sendable {
    package var places: [QuestionPlace]
    /// By index into `places`.
    package var blocks: [ArraySlice<UInt8>]
    package var ends: MergeEnds

    package init(places: [QuestionPlace], blocks: [ArraySlice<UInt8>], ends: MergeEnds) {
        self.places = places
        self.blocks = blocks
        self.ends = ends
    }

    package init(_ merge: Merge, _ answers: [String: Answer], format: ReportFormat) throws {
        ends = MergeEnds(merge)
        places = merge.questionPlaces(format)
        blocks = try places.mapSideBySide { place in
            Result { try answers[place.id].map { try questionBlock($0, at: place, format)[...] } ?? [] }
        }.map { try $0.get() }
    }

    package func bytes(_ format: ReportFormat) throws -> [UInt8] {
        switch format {
        case .text(let style):
            guard !places.isEmpty else {
                return Array("No questions yet: the north star goes into Claims/question.yaml.\n".utf8)
            }
            return joined(blocks, end: ends.text(style: style))
        case .json:
            func list(_ names: [String]) throws -> [UInt8] { Array(try jsonText(names, depth: 1).utf8) }
            return jsonObject(
                [
                    ("behaviours_without_toy", try list(ends.behavioursWithoutToy)),
                    ("questions", jsonList(blocks, depth: 1)),
                    ("unanswered_toy_claims", try list(ends.unansweredToys.map(\.description))),
                    ("unasked_claims", try list(ends.unasked.map(\.description))),
                ], depth: 0, end: "\n")
        }
    }
}

/// What a report says of one question at one place.
package func questionBlock(_ answer: Answer, at place: QuestionPlace, _ format: ReportFormat) throws -> [UInt8] {
    switch format {
    case .text(let style): Array(questionText(answer, at: place, style: style).utf8)
    case .json: Array(try jsonText(QuestionJSON(answer), depth: 2).utf8)
    }
}

/// `merge` for eyes: the question tree with one phrase a question and one evidence word a claim.
package func mergeText(_ merge: Merge, style: TextStyle) throws -> String {
    String(decoding: try mergeReport(merge, .text(style)), as: UTF8.self)
}

package func mergeReport(_ merge: Merge, _ format: ReportFormat) throws -> [UInt8] {
    try MergeReport(merge, merge.answers(), format: format).bytes(format)
}

extension Merge {
    /// Every place at which a question is told: the tree with repeats as text, each question once in JSON.
    func questionPlaces(_ format: ReportFormat) -> [QuestionPlace] {
        switch format {
        case .json: return state.questions.keys.sorted(by: treeOrder).map { QuestionPlace(id: $0) }
        case .text: break
        }
        var places: [QuestionPlace] = []
        var shown: Set<String> = []
        func show(_ id: String, depth: Int) {
            guard state.questions[id] != nil else { return }
            let isFirst = shown.insert(id).inserted
            places.append(QuestionPlace(id: id, depth: depth, isRepeat: !isFirst))
            guard isFirst else { return }
            for part in partsByQuestion[id, default: []] { show(part, depth: depth + 1) }
        }
        show(RecordPlace.rootQuestion, depth: 0)
        for id in state.questions.keys.sorted() where !shown.contains(id) { show(id, depth: 0) }
        return places
    }
}

extension MergeEnds {
    package init(_ merge: Merge) {
        unasked = merge.unaskedClaims()
        unansweredToys = merge.unansweredToyClaims()
        behavioursWithoutToy = merge.behavioursWithoutToy()
        evidence = evidenceSentence(merge)
    }
}

private func evidenceSentence(_ merge: Merge) -> String? {
    let results = merge.evidence.claims.values
    let decided = results.count { $0.verdict == .verified || $0.verdict == .refuted }
    guard decided > 0 else { return nil }
    let wrong = fixed(merge.evidence.expectedWrongVerdicts, digits: 2)
    var text =
        "\(counted(decided, "claim")) decided by re-running (alpha \(merge.evidence.alpha)): at most \(wrong) wrong verdicts expected."
    let selfAudited = results.count { $0.isSelfAudited }
    if selfAudited > 0 { text += " \(selfAudited) self-audited: run by a contributor of the finding." }
    if results.contains(where: \.isSaltUnchecked) { text += " Salts not re-checked: the history is shallow." }
    return text
}
