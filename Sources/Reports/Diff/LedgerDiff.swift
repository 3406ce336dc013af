import Checking
import Evidence
import Merging
import Records
import Words

/// A file of a ledger that differs between two states.
package struct FileChange: Sendable, Equatable {
    package var path: String
    /// The id of the former content (a git blob id), or nil if the file did not exist.
    package var before: String?
    package var after: String?

    package init(path: String, before: String?, after: String?) {
        self.path = path
        self.before = before
        self.after = after
    }
}

package enum ChangeKind: String, Sendable {
    case new, gone, changed, moved
}

/// A changed file, as the cause of other changes. The two paths of a moved file form one cause.
package struct ChangedFile: Hashable, Sendable, Comparable {
    package var path: String
    package var kind: ChangeKind
    /// The former path of a moved file.
    package var movedFrom: String?

    package static func < (a: Self, b: Self) -> Bool { a.path < b.path }
}

/// The conclusions that differ between two states of a ledger, and the records that caused the differences.
package struct LedgerDiff: Report {
    /// The compared commits; nil for the work tree or another uncommitted state.
    package var from: String?
    package var to: String?
    /// The changed record files, sorted by path.
    package var files: [ChangedFile]
    /// The changes of questions, in tree order. Removed questions keep their former place.
    package var questions: [QuestionChange]
    /// The changes of claims in the merge, sorted by the id of the claim.
    package var claims: [ClaimChange]
    package var pairs: [PairChange]
    package var superseded: [SupersededChange]
    /// The changes of what conclusions rest on, whether or not they change a conclusion.
    package var basis: [BasisEntry]
    /// Whether a part of the history is missing, so that the salts of receipts could not be checked.
    var isSaltUnchecked: Bool

    package static let name = "diff"
    package static let renderers = [
        Renderer("text", "what changed and why, for the terminal", diffText), Renderer("json", "every field", json),
        Renderer("markdown", "a comment on a pull request", diffMarkdown),
        Renderer("csv", "one row per change", diffCSV),
    ]

    package var isEmpty: Bool {
        questions.isEmpty && claims.isEmpty && pairs.isEmpty && superseded.isEmpty && basis.isEmpty
    }

    package struct QuestionChange: Sendable {
        package var id: String
        package var kind: ChangeKind
        /// The former id of a moved question.
        package var movedFrom: String?
        package var before: QuestionState?
        package var after: QuestionState?
        package var causes: [ChangedFile]
    }

    package struct ClaimChange: Sendable {
        package var id: ClaimID
        package var kind: ChangeKind
        package var before: ClaimState?
        package var after: ClaimState?
        /// The reason why the merge excludes a removed claim; nil if no record states a reason.
        package var reason: String?
        package var causes: [ChangedFile]
    }

    /// A disagreement between two claims that begins or ends.
    package struct PairChange: Sendable {
        package var quantity: String
        package var pair: Pair
        package var begins: Bool
        package var causes: [ChangedFile]
    }

    package struct BasisEntry: Sendable {
        package var change: BasisChange
        /// The claims whose counted runs rest on the changed record, sorted.
        package var audited: [ClaimID]
    }

    package struct SupersededChange: Sendable {
        package var item: Superseded
        package var begins: Bool
        package var causes: [ChangedFile]
    }
}

/// The compared properties of a question.
package struct QuestionState: Sendable, Equatable {
    package var questionStatus: Question.Status
    package var status: QuestionStatus
    package var verified: QuestionStatus
    package var general: QuestionStatus
    package var special: QuestionStatus
    package var phrase: String
    package var reason: String?
    /// The status of each bridge, the doubts, and the answers that numbers without an uncertainty suggest.
    package var remarks: [String]

    init(_ answer: Answer) {
        questionStatus = answer.question.status
        status = answer.status
        verified = answer.verified
        general = answer.general
        special = answer.special
        phrase = answer.phrase
        reason = answer.reason
        remarks = bridgePhrases(answer.bridges).map { "bridge \($0)" } + answerRemarks(answer)
    }
}

/// The compared properties of a claim.
package struct ClaimState: Sendable, Equatable {
    package struct Place: Sendable, Equatable {
        package var question: String
        package var side: Side
        package var status: String
        /// The statuses at different settings, if they differ; the reason why the side does not count; and doubts.
        package var note: String?
    }

    package var quantity: String
    package var valueText: String
    package var verdict: Verdict
    package var level: Level
    package var evidence: EvidenceLevel
    /// The leaf questions that the claim helps to answer, sorted.
    package var places: [Place]
}

extension LedgerDiff {
    /// Compares two merges. `changes` lists all record files that differ, in any order. Causes and moves are found only
    /// among these files. `settings` are the changes of the settings and the signers.
    package init(
        from before: Merge, to after: Merge, changes: [FileChange], settings: [BasisChange] = [],
        commits: (from: String?, to: String?) = (nil, nil)
    ) {
        (from, to) = commits
        isSaltUnchecked = before.evidence.isSaltUnchecked || after.evidence.isSaltUnchecked
        files = changedFiles(changes)
        basis = basisEntries(from: before, to: after, files, settings)
        let moves = questionMoves(files)
        let answers = (before: before.answers(), after: after.answers())
        let states = (before: before.states(answers.before, moves), after: after.states(answers.after, [:]))
        var causes = CauseFinder(before, after, files, moves: moves)
        // An inner question inherits the causes of its changed parts, so all changed questions must be known before the
        // search for causes.
        let former = Dictionary(
            answers.before.map { (moves[$0.key] ?? $0.key, QuestionState($0.value)) }, uniquingKeysWith: { a, _ in a })
        let now = answers.after.mapValues(QuestionState.init)
        let cameFrom = Dictionary(moves.map { ($1, $0) }, uniquingKeysWith: { a, _ in a })
        let differing = Set(former.keys).union(now.keys).filter { former[$0] != now[$0] || cameFrom[$0] != nil }
        causes.changedQuestions = Set(differing)
        questions = differing.sorted(by: treeOrder).map { id in
            let kind: ChangeKind =
                former[id] == nil ? .new : now[id] == nil ? .gone : cameFrom[id] != nil ? .moved : .changed
            return QuestionChange(
                id: id, kind: kind, movedFrom: cameFrom[id], before: former[id], after: now[id],
                causes: causes.ofQuestion(id))
        }
        let reasons = after.ledger.exclusionReasons
        claims = Set(states.before.keys).union(states.after.keys).sorted().compactMap { id in
            let (old, new) = (states.before[id], states.after[id])
            guard old != new else { return nil }
            return ClaimChange(
                id: id, kind: old == nil ? .new : new == nil ? .gone : .changed, before: old, after: new,
                reason: new == nil ? reasons[id.slug] ?? after.successor(of: id).map { "superseded by \($0)" } : nil,
                causes: causes.ofClaim(id, from: old, to: new))
        }
        let found = (before: before.namedPairs(), after: after.namedPairs())
        pairs =
            (found.before.filter { found.after[$0.key] == nil }.map { ($0, $1, false) }
            + found.after.filter { found.before[$0.key] == nil }.map { ($0, $1, true) })
            .sorted { ($0.0, $0.2 ? 1 : 0) < ($1.0, $1.2 ? 1 : 0) }
            .map { name, pair, begins in
                PairChange(quantity: name.quantity, pair: pair, begins: begins, causes: causes.ofPair(pair))
            }
        let listed = (before: before.supersessions, after: after.supersessions)
        func isIn(_ item: Superseded, _ items: Set<[String]>) -> Bool { items.contains(item.name) }
        let names = (before: Set(listed.before.map(\.name)), after: Set(listed.after.map(\.name)))
        superseded =
            listed.before.filter { !isIn($0, names.after) }.map {
                SupersededChange(item: $0, begins: false, causes: causes.ofSupersession($0))
            }
            + listed.after.filter { !isIn($0, names.before) }.map {
                SupersededChange(item: $0, begins: true, causes: causes.ofSupersession($0))
            }
    }
}

extension Superseded {
    fileprivate var name: [String] { [claim.description, by, obstacle ?? ""] }
}

extension Merge {
    /// Returns the compared properties of all claims in the merge. `moves` maps the former id of each moved question to
    /// its later id.
    fileprivate func states(_ answers: [String: Answer], _ moves: [String: String]) -> [ClaimID: ClaimState] {
        var places: [ClaimID: [ClaimState.Place]] = [:]
        for answer in answers.values {
            for claim in answer.claims {
                places[claim.member.id, default: []].append(
                    ClaimState.Place(
                        question: moves[answer.question.id] ?? answer.question.id, side: claim.side,
                        status: claim.status.rawValue, note: lastingNote(claim)))
            }
        }
        return Dictionary(
            members.map { member in
                (
                    member.id,
                    ClaimState(
                        quantity: member.claim.quantity.value, valueText: member.valueText,
                        verdict: member.evidence.verdict, level: member.evidence.level,
                        evidence: member.evidence.evidence,
                        places: places[member.id, default: []].sorted { $0.question < $1.question })
                )
            }, uniquingKeysWith: { first, _ in first })
    }

    fileprivate func namedPairs() -> [PairName: Pair] {
        var named: [PairName: Pair] = [:]
        for (quantity, discord) in discords { for pair in discord.pairs { named[PairName(quantity, pair)] = pair } }
        return named
    }
}

/// Identifies a disagreement in different states. If a pair of claims was about different parts and is now in conflict,
/// that counts as another disagreement.
private struct PairName: Hashable, Comparable {
    var quantity: String
    var a: ClaimID
    var b: ClaimID
    var isConflict: Bool

    init(_ quantity: String, _ pair: Pair) {
        self.quantity = quantity
        a = pair.a
        b = pair.b
        isConflict = pair.isConflict
    }

    static func < (x: Self, y: Self) -> Bool {
        (x.quantity, x.a, x.b, x.isConflict ? 0 : 1) < (y.quantity, y.a, y.b, y.isConflict ? 0 : 1)
    }
}

/// Returns the changed files. The two paths of a moved record become one entry: questions are matched by content, and
/// findings by slug.
private func changedFiles(_ changes: [FileChange]) -> [ChangedFile] {
    let changes = changes.filter { $0.before != $0.after }.sorted { $0.path < $1.path }
    var gone = changes.filter { $0.after == nil }
    var files: [ChangedFile] = []
    for change in changes where change.after != nil {
        guard change.before == nil, let place = RecordPlace(path: change.path) else {
            files.append(ChangedFile(path: change.path, kind: change.before == nil ? .new : .changed))
            continue
        }
        func isSource(_ old: FileChange) -> Bool {
            switch (RecordPlace(path: old.path), place) {
            case (.finding(let former)?, .finding(let slug)): former == slug
            case (.question?, .question): old.before == change.after
            default: false
            }
        }
        // If several removed questions have the same content, the one with the same folder name is preferred.
        let sources = gone.indices.filter { isSource(gone[$0]) }
        let name = pathParts(change.path).dropLast().last
        guard let index = sources.first(where: { pathParts(gone[$0].path).dropLast().last == name }) ?? sources.first
        else {
            files.append(ChangedFile(path: change.path, kind: .new))
            continue
        }
        let source = gone.remove(at: index)
        files.append(
            ChangedFile(
                path: change.path, kind: source.before == change.after ? .moved : .changed, movedFrom: source.path))
    }
    return (files + gone.map { ChangedFile(path: $0.path, kind: .gone) }).sorted()
}

/// Returns the later ids of moved questions, by their former ids.
private func questionMoves(_ files: [ChangedFile]) -> [String: String] {
    var moves: [String: String] = [:]
    for file in files {
        guard let former = file.movedFrom, case .question(let old)? = RecordPlace(path: former),
            case .question(let new)? = RecordPlace(path: file.path)
        else { continue }
        moves[old] = new
    }
    return moves
}
