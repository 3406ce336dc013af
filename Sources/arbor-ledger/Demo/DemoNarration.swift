import FoundationEssentials
import Words

/// What `conflicts --format json` says of one quantity, as far as the demo needs it.
struct DemoConflicts: Decodable {
    struct Pair: Decodable {
        var a: String
        var b: String
        var differs: [String]
    }

    struct DecidingRun: Decodable {
        var base: String
        var changes: [String: String]
        var verifier: String?
    }

    struct Quantity: Decodable {
        var quantity: String
        var standing: String
        var pairs: [Pair]
        var explanations: [[String]]
        var decidingRun: DecidingRun?

        enum CodingKeys: String, CodingKey {
            case quantity, standing, pairs, explanations
            case decidingRun = "deciding_run"
        }
    }

    var quantities: [Quantity]

    /// The first quantity on which claims conflict.
    var conflict: Quantity? { quantities.first { $0.standing == "conflict" } }
}

/// What `merge --format json` says of the questions.
struct DemoAnswers: Decodable {
    struct Question: Decodable {
        var id: String
        var status: String
        var phrase: String
        var reason: String?
    }

    var questions: [Question]
}

/// What `verify --format json` says of the claims.
struct DemoVerdicts: Decodable {
    struct Line: Decodable {
        var claim: String
        var verdict: String
        var evidence: String
        var hits: Int
        var runs: Int
    }

    var verdicts: [Line]
}

/// Says whether the claims conflict, what explains it, and which run would decide.
func narrated(_ conflicts: DemoConflicts) -> String {
    guard let found = conflicts.conflict, let pair = found.pairs.first else {
        return "No two claims conflict, so there is nothing to explain and no run to make."
    }
    var sentences = [
        "\(pair.a) and \(pair.b) cannot both be true: both claim to hold at a setting that they share."
    ]
    if pair.differs.isEmpty {
        sentences.append("Nothing that they record differs, so nothing explains the conflict.")
    } else {
        let causes = found.explanations.map { listed($0) }
        sentences.append("Where they were tested, they differ in \(listed(pair.differs)).")
        if !causes.isEmpty {
            sentences.append(
                causes.count == 1
                    ? "\(capitalised(causes[0])) explains the conflict."
                    : "Each of these explains the conflict: \(listed(causes, "or")).")
        }
    }
    if let run = found.decidingRun {
        let changes = run.changes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        sentences.append("One run would decide: repeat \(run.base) with \(listed(changes)).")
    }
    return sentences.joined(separator: " ")
}

/// Says which explanations a further finding has ruled out.
func narrated(_ after: DemoConflicts, after before: DemoConflicts) -> String {
    let (old, new) = (before.conflict?.explanations ?? [], after.conflict?.explanations ?? [])
    let gone = old.filter { !new.contains($0) }.map { listed($0) }
    guard !gone.isEmpty else { return "The run rules out no explanation." }
    let left = new.isEmpty ? "Nothing is left to explain." : "What is left is \(listed(new.map { listed($0) }, "or"))."
    return "That rules out \(listed(gone, "and")). \(left)"
}

/// Says what the runs of each claim have decided.
func narrated(_ verdicts: DemoVerdicts) -> String {
    verdicts.verdicts.map { line in
        "\(line.claim): \(line.hits) of \(line.runs) runs hit, \(line.verdict) (\(line.evidence))."
    }.joined(separator: " ")
}

/// Says whether a question is settled.
func narrated(_ answers: DemoAnswers, _ id: String) -> String {
    guard let question = answers.questions.first(where: { $0.id == id }) else {
        return "The ledger has no question \(id)."
    }
    let reason = question.reason.map { ", \($0)" } ?? ""
    let state = "The answer to the question \(id): \(question.phrase)\(reason)."
    switch question.status {
    case "supported", "refuted": return "\(state) It is settled."
    case "depends":
        return
            "\(state) It is settled: both touched a part of the same elephant, and the ledger says which part is whose."
    default: return "\(state) It is not settled."
    }
}
