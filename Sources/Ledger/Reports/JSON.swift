import Foundation

/// A report in JSON: sorted keys, so that the same ledger gives the same bytes.
public func json(_ report: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
}

/// An optional that is written as `null`, so that a key is there in every report.
struct OrNull<Value: Encodable>: Encodable {
    var value: Value?

    init(_ value: Value?) {
        self.value = value
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}

extension OrNull: Sendable where Value: Sendable {}

public struct CheckJSON: Encodable {
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

    public init(_ ledger: CheckedLedger, showing shown: [Diagnostic]) {
        diagnostics = shown.map { diagnostic in
            Line(
                severity: diagnostic.severity, code: diagnostic.code.rawValue, path: diagnostic.path,
                line: diagnostic.mark.line, column: diagnostic.mark.column, message: diagnostic.message,
                fix: OrNull(diagnostic.fix))
        }
        let counts = ledger.counts
        self.counts = CountsJSON(
            findings: counts.findings, claims: counts.claims, questions: counts.questions,
            verifiers: counts.verifiers, errors: counts.errors, warnings: counts.warnings)
    }
}

public struct MergeJSON: Encodable {
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
            var standing: String
            var model: ModelKind
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
        var claims: [ClaimJSON]
    }

    var questions: [QuestionJSON]
    var unansweredToyClaims: [String]

    enum CodingKeys: String, CodingKey {
        case questions
        case unansweredToyClaims = "unanswered_toy_claims"
    }

    public init(_ merge: Merge) {
        unansweredToyClaims = merge.unansweredToyClaims().map(\.description)
        questions = merge.answersInTreeOrder().map { answer in
            QuestionJSON(
                id: answer.question.id, status: answer.status, verified: answer.verified, general: answer.general,
                reason: OrNull(answer.reason), phrase: answer.phrase,
                needs: OrNull(answer.question.isLeaf ? nil : answer.question.needs.rawValue),
                parts: .init(answered: answer.answeredParts, total: answer.parts.count),
                cells: .init(tested: answer.testedCells, total: answer.totalCells), assumptions: answer.assumptions,
                claims: answer.claims.map { claim in
                    QuestionJSON.ClaimJSON(
                        claim: claim.member.id.description, side: claim.side, verdict: claim.member.evidence.verdict,
                        level: claim.member.evidence.level, standing: claim.isIn ? "in" : "out",
                        model: claim.member.kind)
                })
        }
    }
}

public struct ConflictsJSON: Encodable {
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

    struct QuantityJSON: Encodable {
        var quantity: String
        var home: OrNull<String>
        var pairs: [PairJSON]
        var nearMisses: [PairJSON]
        var sides: [[String]]
        var camps: [[String]]
        var explanations: [[String]]
        var core: [String]
        var unexplained: [[String]]
        var refinements: [RefinementJSON]
        var estimates: [EstimatesJSON]
        var pool: OrNull<PoolReport>

        enum CodingKeys: String, CodingKey {
            case quantity, home, pairs, sides, camps, explanations, core, unexplained, refinements, estimates, pool
            case nearMisses = "near_misses"
        }
    }

    struct ConstructJSON: Encodable {
        var construct: String
        var quantities: [String]
        var claims: [String]
    }

    struct SupersededJSON: Encodable {
        var by: String
        var claim: String
        var buildsOn: [String]

        enum CodingKeys: String, CodingKey {
            case by, claim
            case buildsOn = "builds_on"
        }
    }

    var quantities: [QuantityJSON]
    var constructs: [ConstructJSON]
    var superseded: [SupersededJSON]

    public init(_ report: ConflictReport) {
        func names(_ groups: [[ClaimID]]) -> [[String]] { groups.map { $0.map(\.description) } }
        quantities = report.disagreements.map { found in
            QuantityJSON(
                quantity: found.quantity, home: OrNull(found.home), pairs: found.conflicts.map(PairJSON.init),
                nearMisses: found.nearMisses.map(PairJSON.init), sides: names(found.sides), camps: names(found.camps),
                explanations: found.explanations.map(\.conditions), core: found.core,
                unexplained: names(found.unexplained.map { [$0.a, $0.b] }),
                refinements: found.refinements.map {
                    RefinementJSON(chain: $0.chain.map(\.description), tightest: $0.tightest.description)
                },
                estimates: found.estimates.map { EstimatesJSON(a: $0.a.description, b: $0.b.description) },
                pool: OrNull(PoolReport(report.pools[found.quantity])))
        }
        constructs = report.constructs.map {
            ConstructJSON(construct: $0.name, quantities: $0.quantities, claims: $0.claims.map(\.description))
        }
        superseded = report.superseded.map {
            SupersededJSON(by: $0.by, claim: $0.claim.description, buildsOn: $0.buildsOn)
        }
    }
}
