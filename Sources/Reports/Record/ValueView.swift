import Merging
import Records
import Words

/// The number of claims that are listed in one section.
private let claimLimit = 25

extension RecordView {
    /// Shows one value of a condition, such as a model, with the claims that were tested there.
    init(value slug: String, of condition: String, _ merge: Merge) {
        let vocabulary = merge.state.vocabulary
        let value = vocabulary.value(slug, of: condition)
        self.init(
            "\(condition)/\(slug)", .value, value?.title ?? slug,
            value == nil ? .condition(slug: condition) : .conditionValue(condition: condition, slug: slug))
        let isModel = condition == Condition.model
        add("value of", ["\(condition): \(vocabulary.conditions[condition]?.title ?? "")"])
        if isModel { add("kind", ["\(merge.state.kind(ofModel: slug)) model"]) }
        let size = [
            merge.ledger.blocks(ofModel: slug).map { counted($0, "block") },
            value?.heads.map { "\(counted($0, "head")) in each block" }, value?.width.map { "width \($0)" },
        ]
        if isModel { add("size", size.compactMap(\.self)) }
        add("attributes", (value?.attributes ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" })
        add("resources", (value?.resources ?? []).map { $0.phrase(in: merge.state) })
        addClaims(at: slug, of: condition, merge)
    }

    /// Adds the claims that name a value, by part of the north star.
    private mutating func addClaims(at slug: String, of condition: String, _ merge: Merge) {
        let selection = ClaimSelection(settings: [(condition, slug)])
        let vocabulary = merge.state.vocabulary
        let members = merge.members.filter { selection.contains($0.claim, of: $0.finding, vocabulary) }
            .sorted { $0.id < $1.id }
        claims = members.map { ClaimRow($0) }
        let answers = merge.answers()
        let byPart = Dictionary(grouping: members) { member in member.leaves.first.map(Question.part) }
        let parts = byPart.keys.compactMap(\.self).sorted(by: treeOrder)
        for part in parts {
            add(byPart[part, default: []], "\(part): \(answers[part]?.question.text ?? "")", answers, slug, condition)
        }
        add(byPart[nil, default: []], "claims that no question asks about", answers, slug, condition)
        if members.isEmpty { add("claims", ["no claim names it"]) }
    }

    private mutating func add(
        _ members: [Member], _ title: String, _ answers: [String: Answer], _ slug: String, _ condition: String
    ) {
        let more =
            members.count > claimLimit
            ? ["and \(members.count - claimLimit) more: arbor-ledger list claims --where \(condition)=\(slug)"] : []
        add(
            title,
            members.prefix(claimLimit).map { member in
                let sides = member.leaves.compactMap { leaf in
                    answers[leaf]?.claims.first { $0.member.id == member.id && $0.side != .silent }.map {
                        "\($0.side == .pro ? "yes" : "no") to \(leaf)"
                    }
                }
                let says = "\(member.id): \(member.claim.quantity.value) is \(member.valueText)"
                return ([says, evidenceLabel(member.evidence)] + sides).joined(separator: "; ")
            } + more)
    }
}

extension Question {
    /// The part of the north star to which a question belongs: the first folder of its id.
    fileprivate static func part(of id: String) -> String { String(id.prefix { $0 != "/" }) }
}

extension RecordView {
    /// Shows a task with its reason, its cost, and the command that does it.
    init(_ task: LedgerTask) {
        self.init(task.id, .task, task.phrase, nil as String?)
        add("helps to answer", [task.question].compactMap(\.self))
        add("quantity", [task.quantity].compactMap(\.self))
        add("settings", task.cell.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" })
        add("importance", [task.importancePhrase])
        add("cost", [task.costPhrase])
        add("measured by", [task.verifier].compactMap(\.self))
        add("taken by", task.takenBy)
        add("votes", task.votes > 0 ? ["\(task.votes)"] : [])
        add("command", [task.command].compactMap(\.self))
    }
}
