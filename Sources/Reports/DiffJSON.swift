import Evidence
import Merging
import Records
import Words

/// `diff` in JSON; `from` and `to` name commits, null is the work tree or a merge that nobody made yet.
package struct DiffJSON: Encodable {
    struct FileJSON: Encodable {
        var path: String
        var change: ChangeKind
        var movedFrom: OrNull<String>

        enum CodingKeys: String, CodingKey {
            case path, change
            case movedFrom = "moved_from"
        }

        init(_ file: ChangedFile) {
            path = file.path
            change = file.kind
            movedFrom = OrNull(file.movedFrom)
        }
    }

    struct StateJSON: Encodable {
        var asked: String
        var status: Standing
        var verified: Standing
        var general: Standing
        var phrase: String
        var reason: OrNull<String>

        init(_ state: QuestionState) {
            asked = state.asked.rawValue
            status = state.status
            verified = state.verified
            general = state.general
            phrase = state.phrase
            reason = OrNull(state.reason)
        }
    }

    struct QuestionJSON: Encodable {
        var id: String
        var change: ChangeKind
        var movedFrom: OrNull<String>
        var before: OrNull<StateJSON>
        var after: OrNull<StateJSON>
        var causes: [FileJSON]

        enum CodingKeys: String, CodingKey {
            case id, change, before, after, causes
            case movedFrom = "moved_from"
        }
    }

    struct ClaimStateJSON: Encodable {
        struct Place: Encodable {
            var question: String
            var side: Side
            var standing: String
        }

        var quantity: String
        var says: String
        var verdict: Verdict
        var level: Level
        var questions: [Place]

        init(_ state: ClaimState) {
            quantity = state.quantity
            says = state.saying
            verdict = state.verdict
            level = state.level
            questions = state.places.map { Place(question: $0.question, side: $0.side, standing: $0.standing) }
        }
    }

    struct ClaimJSON: Encodable {
        var claim: String
        var change: ChangeKind
        var before: OrNull<ClaimStateJSON>
        var after: OrNull<ClaimStateJSON>
        var reason: OrNull<String>
        var causes: [FileJSON]
    }

    struct PairJSON: Encodable {
        var quantity: String
        var a: String
        var b: String
        /// `conflict` or `near_miss`.
        var kind: String
        var `class`: Pair.Class
        var differs: [String]
        var causes: [FileJSON]

        init(_ change: LedgerDiff.PairChange) {
            quantity = change.quantity
            a = change.pair.a.description
            b = change.pair.b.description
            kind = change.pair.isConflict ? "conflict" : "near_miss"
            self.class = change.pair.kind
            differs = change.pair.differs
            causes = change.causes.map(FileJSON.init)
        }
    }

    struct SupersededJSON: Encodable {
        var claim: String
        var by: String
        var causes: [FileJSON]

        init(_ change: LedgerDiff.SupersededChange) {
            claim = change.item.claim.description
            by = change.item.by
            causes = change.causes.map(FileJSON.init)
        }
    }

    struct BeginsAndEnds<Item: Encodable>: Encodable {
        var begin: [Item]
        var end: [Item]
    }

    var from: OrNull<String>
    var to: OrNull<String>
    var files: [FileJSON]
    var questions: [QuestionJSON]
    var claims: [ClaimJSON]
    var pairs: BeginsAndEnds<PairJSON>
    var superseded: BeginsAndEnds<SupersededJSON>

    package init(_ diff: LedgerDiff, from: String?, to: String?) {
        self.from = OrNull(from)
        self.to = OrNull(to)
        files = diff.files.map(FileJSON.init)
        questions = diff.questions.map { change in
            QuestionJSON(
                id: change.id, change: change.kind, movedFrom: OrNull(change.movedFrom),
                before: OrNull(change.before.map(StateJSON.init)), after: OrNull(change.after.map(StateJSON.init)),
                causes: change.causes.map(FileJSON.init))
        }
        claims = diff.claims.map { change in
            ClaimJSON(
                claim: change.id.description, change: change.kind,
                before: OrNull(change.before.map(ClaimStateJSON.init)),
                after: OrNull(change.after.map(ClaimStateJSON.init)), reason: OrNull(change.reason),
                causes: change.causes.map(FileJSON.init))
        }
        pairs = BeginsAndEnds(
            begin: diff.pairs.filter(\.begins).map(PairJSON.init),
            end: diff.pairs.filter { !$0.begins }.map(PairJSON.init))
        superseded = BeginsAndEnds(
            begin: diff.superseded.filter(\.begins).map(SupersededJSON.init),
            end: diff.superseded.filter { !$0.begins }.map(SupersededJSON.init))
    }
}

/// `merge BRANCH` in JSON.
package struct PreviewJSON: Encodable {
    struct UnmergedJSON: Encodable {
        var path: String
        var reason: String
    }

    var branch: String
    var bases: [String]
    var unmerged: [UnmergedJSON]
    var errors: [CheckJSON.Line]
    var diff: DiffJSON

    /// `errors` are those that the merged ledger has and HEAD has not.
    package init(
        branch: String, bases: [String], unmerged: [(path: String, reason: String)], errors: CheckJSON, diff: DiffJSON
    ) {
        self.branch = branch
        self.bases = bases
        self.unmerged = unmerged.map { UnmergedJSON(path: $0.path, reason: $0.reason) }
        self.errors = errors.diagnostics
        self.diff = diff
    }
}
