import Checking
import Evidence
import FoundationEssentials
import Merging
import Records
import Words
import YAML

package struct CheckJSON: Encodable {
    struct Line: Encodable {
        var severity: Severity
        var code: String
        var path: String
        var line: Int
        var column: Int
        var message: String
        var fix: OrNull<String>
    }

    struct CountsJSON: Encodable {
        var findings: Int
        var claims: Int
        var questions: Int
        var verifiers: Int
        var errors: Int
        var warnings: Int
    }

    var diagnostics: [Line]
    var counts: CountsJSON

    package init(_ summary: CheckSummary, showing shown: [Diagnostic]) {
        diagnostics = shown.map { diagnostic in
            Line(
                severity: diagnostic.severity, code: diagnostic.code.name, path: diagnostic.path,
                line: diagnostic.mark.line, column: diagnostic.mark.column, message: diagnostic.message,
                fix: OrNull(diagnostic.fix))
        }
        let counts = summary.counts
        self.counts = CountsJSON(
            findings: counts.findings, claims: counts.claims, questions: counts.questions,
            verifiers: counts.verifiers, errors: counts.errors, warnings: counts.warnings)
    }
}

/// One question of `merge`.
struct QuestionJSON: Encodable {
    struct Parts: Encodable {
        var answered: Int
        var total: Int
    }

    struct Cells: Encodable {
        var tested: Int
        var total: Int
    }

    struct ClaimJSON: Encodable {
        var claim: String
        var side: Side
        var verdict: Verdict
        var level: Level
        var standing: ClaimStanding
        var because: OrNull<String>
        var bridge: OrNull<String>
        var model: ModelKind
    }

    struct BridgeJSON: Encodable {
        var assumption: String
        var status: BridgeStatus.Status
        var toys: [String]
        var generals: [String]

        init(_ bridge: BridgeStatus) {
            assumption = bridge.assumption
            status = bridge.status
            toys = bridge.toys.map(\.description)
            generals = bridge.generals.map(\.description)
        }
    }

    var id: String
    var status: Standing
    var verified: Standing
    var general: Standing
    var reason: OrNull<String>
    var phrase: String
    var needs: OrNull<String>
    var parts: Parts
    var cells: Cells
    var assumptions: [[String]]
    /// There are more sets than are listed.
    var assumptionsTruncated: Bool
    var bridges: [BridgeJSON]
    var claims: [ClaimJSON]

    enum CodingKeys: String, CodingKey {
        case id, status, verified, general, reason, phrase, needs, parts, cells, assumptions, bridges, claims
        case assumptionsTruncated = "assumptions_truncated"
    }

    init(_ answer: Answer) {
        id = answer.question.id
        status = answer.status
        verified = answer.verified
        general = answer.general
        reason = OrNull(answer.reason)
        phrase = answer.phrase
        needs = OrNull(answer.question.isLeaf ? nil : answer.question.needs.rawValue)
        parts = Parts(answered: answer.answeredParts, total: answer.parts.count)
        cells = Cells(tested: answer.testedCells, total: answer.totalCells)
        assumptions = answer.assumptions.sets
        assumptionsTruncated = answer.assumptions.isCut
        bridges = answer.bridges.map(BridgeJSON.init)
        claims = answer.claims.map { claim in
            ClaimJSON(
                claim: claim.member.id.description, side: claim.side, verdict: claim.member.evidence.verdict,
                level: claim.member.evidence.level, standing: claim.standing, because: OrNull(claim.reason),
                bridge: OrNull(claim.bridge), model: claim.member.kind)
        }
    }
}

/// One quantity of `conflicts`.
struct QuantityJSON: Encodable {
    struct PairJSON: Encodable {
        var a: String
        var b: String
        var `class`: Pair.Class
        var grade: Pair.Grade
        var differs: [String]

        init(_ pair: Pair) {
            a = pair.a.description
            b = pair.b.description
            self.class = pair.kind
            grade = pair.grade
            differs = pair.differs
        }
    }

    struct RefinementJSON: Encodable {
        var chain: [String]
        var tightest: String
    }

    struct EstimatesJSON: Encodable {
        var a: String
        var b: String
    }

    struct CountsJSON: Encodable {
        var conflicts: Int
        var nearMisses: Int
        var unexplained: Int

        enum CodingKeys: String, CodingKey {
            case conflicts, unexplained
            case nearMisses = "near_misses"
        }
    }

    struct DecidingRunJSON: Encodable {
        var cell: [String: String]
        var worst: Int
        var candidates: Int
        var base: String
        var changes: [String: String]
        var verifier: OrNull<String>
        var costSeconds: OrNull<Double>

        enum CodingKeys: String, CodingKey {
            case cell, worst, candidates, base, changes, verifier
            case costSeconds = "cost_seconds"
        }

        init(_ run: DecidingRun) {
            cell = run.cell
            worst = run.worst
            candidates = run.candidates
            base = run.base.description
            changes = run.changes
            verifier = OrNull(run.verifier)
            costSeconds = OrNull(run.costSeconds)
        }
    }

    struct NarrowingJSON: Encodable {
        var claim: String
        var attackers: [String]
        var holdsFor: [String: [String]]

        enum CodingKeys: String, CodingKey {
            case claim, attackers
            case holdsFor = "holds_for"
        }
    }

    var quantity: String
    var home: OrNull<String>
    var pairs: [PairJSON]
    var nearMisses: [PairJSON]
    var sides: [[String]]
    var camps: [[String]]
    /// Also of what is not listed.
    var counts: CountsJSON
    var sets: [[String]]
    var explanations: [[String]]
    var core: [String]
    var unexplained: [[String]]
    var shuffleP: OrNull<Double>
    var shuffleFloor: OrNull<Double>
    var decidingRun: OrNull<DecidingRunJSON>
    var narrowings: [NarrowingJSON]
    var refinements: [RefinementJSON]
    var estimates: [EstimatesJSON]
    var pool: OrNull<PoolReport>
    /// Something is left out of a list.
    var isTruncated: Bool

    enum CodingKeys: String, CodingKey {
        case quantity, home, pairs, sides, camps, counts, sets, explanations, core, unexplained, narrowings
        case refinements, estimates, pool
        case nearMisses = "near_misses"
        case shuffleP = "shuffle_p"
        case shuffleFloor = "shuffle_floor"
        case decidingRun = "deciding_run"
        case isTruncated = "truncated"
    }

    init(_ found: Disagreement, _ pool: QuantityPool?) {
        func names(_ groups: [[ClaimID]]) -> [[String]] { groups.map { $0.map(\.description) } }
        quantity = found.quantity
        home = OrNull(found.home)
        pairs = found.conflicts.map(PairJSON.init)
        nearMisses = found.nearMisses.map(PairJSON.init)
        sides = names(found.sides)
        camps = names(found.camps)
        counts = CountsJSON(
            conflicts: found.conflictCount, nearMisses: found.nearMissCount, unexplained: found.unexplainedCount)
        sets = names(found.sets)
        explanations = found.explanations.map(\.conditions)
        core = found.core
        unexplained = names(found.unexplained.map { [$0.a, $0.b] })
        shuffleP = OrNull(found.shuffle?.p)
        shuffleFloor = OrNull(found.shuffle?.floorP)
        decidingRun = OrNull(found.decidingRun.map(DecidingRunJSON.init))
        narrowings = found.narrowings.map {
            NarrowingJSON(
                claim: $0.claim.description, attackers: $0.attackers.map(\.description), holdsFor: $0.holdsFor)
        }
        refinements = found.refinements.map {
            RefinementJSON(chain: $0.chain.map(\.description), tightest: $0.tightest.description)
        }
        estimates = found.estimates.map { EstimatesJSON(a: $0.a.description, b: $0.b.description) }
        self.pool = OrNull(PoolReport(pool))
        isTruncated = found.isTruncated || found.explanationsAreTruncated
    }
}

/// One superseded claim of `conflicts`.
struct SupersededJSON: Encodable {
    var by: String
    var claim: String
    var buildsOn: [String]

    enum CodingKeys: String, CodingKey {
        case by, claim
        case buildsOn = "builds_on"
    }

    init(_ item: Superseded) {
        by = item.by
        claim = item.claim.description
        buildsOn = item.buildsOn
    }
}
