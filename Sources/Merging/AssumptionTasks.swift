import Checking
import Evidence
import Records
import Words

/// Creates the tasks that test what claims rest on, and the tasks of toy models.
extension Merge {
    /// Suggests tests of caveats that no claim shows yet. A caveat is minor if it names neither a question nor a kernel
    /// that could test it. Skips caveats of findings that take no part in the merge, and caveats against claims that
    /// are `out`.
    func caveatTasks(_ answers: [String: Answer]) -> [LedgerTask] {
        let leftOut = ledger.exclusionReasons
        return state.findings.values.filter { !$0.caveats.isEmpty && leftOut[$0.slug] == nil }.flatMap { finding in
            finding.caveats.enumerated().compactMap { index, caveat -> LedgerTask? in
                guard caveat.shownBy == nil else { return nil }
                var question: String?
                var target: Member?
                var namesTest = false
                switch caveat.against {
                case .claim(let name):
                    guard let member = member(named: name.value), attackOutcome.effectiveStatus(of: member) != .out
                    else {
                        return nil
                    }
                    target = member
                    namesTest = ledger.verification(of: member.claim) != nil
                    question = unresolvedLeaf(of: [member], answers)
                case .assumption(let name):
                    question = state.assumptions[name.value]?.testedBy?.value
                    namesTest = question != nil
                case .verifier(let name):
                    let model = name.value.split(separator: "/").first.map(String.init) ?? name.value
                    question = state.models[model]?.abstracts.value
                    namesTest = state.models[model] != nil
                }
                var task = LedgerTask(
                    .testCaveat, "\(finding.slug)/\(index + 1)",
                    "test the caveat against \(caveat.against.name): \(caveat.text)", question: question,
                    quantity: target?.claim.quantity.value)
                task.base = target?.id
                task.isMinor = !namesTest
                return task
            }
        }
    }

    func toyTasks() -> [LedgerTask] {
        behavioursWithoutToy().map { id in
            LedgerTask(
                .needsToy, id, "build a toy model that reproduces it: \(state.questions[id]?.text ?? id)", question: id)
        }
    }

    /// Suggests a test of each bridge that is untested at an active leaf: at the first such leaf that is unresolved, or
    /// else at the first one.
    func bridgeTasks(_ answers: [String: Answer]) -> [LedgerTask] {
        var leaves: [String: [Answer]] = [:]
        for answer in answers.values where answer.question.isLeaf && answer.question.status == .active {
            for bridge in answer.bridges where bridge.status == .untested {
                leaves[bridge.assumption, default: []].append(answer)
            }
        }
        return leaves.keys.sorted().compactMap { bridge in
            let untested = leaves[bridge, default: []].sorted { $0.question.id < $1.question.id }
            guard let answer = untested.first(where: { !$0.status.isAnswer }) ?? untested.first else { return nil }
            let models = (state.assumptions[bridge]?.bridge?.to ?? []).map(\.value).sorted()
            let more = untested.count > 1 ? "; it is untested at \(untested.count) questions" : ""
            let quantity = answer.question.quantity?.value ?? answer.question.id
            var task = LedgerTask(
                .testBridge, bridge,
                "test the bridge at \(answer.question.id): measure \(quantity) on \(listed(shortList(models), "or"))\(more)",
                question: answer.question.id, quantity: answer.question.quantity?.value)
            if let model = models.first { task.cell = [Condition.model: model] }
            if let measurement = generalMeasurements(of: quantity, state.assumptions[bridge]?.bridge).first {
                task.propose(measurement)
            }
            return task
        }
    }

    /// Returns the measurements of a quantity on general models, sorted by name. Those on the models to which a bridge
    /// leads come first.
    package func generalMeasurements(of quantity: String, _ bridge: Assumption.Bridge?) -> [Measurement] {
        let ends = Set((bridge?.to ?? []).map(\.value))
        let found = state.measurements.values.filter {
            (ends.contains($0.model) || state.vocabulary.isGeneral($0.model))
                && $0.measures.contains { $0.value == quantity }
        }
        return found.sorted { (ends.contains($1.model) ? 1 : 0, $0.id) < (ends.contains($0.model) ? 1 : 0, $1.id) }
    }

    /// Suggests tests of assumptions and verifiers that claims of other findings doubt, and of assumptions that answers
    /// rest on although no question tests them.
    func assumptionTasks(_ answers: [String: Answer]) -> [LedgerTask] {
        let live = attackOutcome.undercuts.filter {
            !$0.targets.isEmpty && attackOutcome.effectiveStatus(of: $0.shownBy) != .out
        }
        let doubts = Dictionary(grouping: live, by: \.targetName)
        var tasks = doubts.map { name, doubts in
            let shown = listed(shortList(Set(doubts.map(\.shownBy.id.description)).sorted()))
            let targets = Set(doubts.flatMap(\.targets))
            var task = LedgerTask(
                .testAssumption, doubts[0].against.subject,
                "test the \(name), which \(shown) doubts: \(doubts[0].text)",
                question: unresolvedLeaf(of: targets, answers), quantity: nil)
            task.base = doubts.map(\.shownBy.id).min()
            return task
        }
        let known = Set(tasks.map(\.subject))
        for assumption in state.assumptions.values
        where assumption.bridge == nil && assumption.testedBy == nil && !known.contains(assumption.slug) {
            let leaves = answers.values.filter { answer in
                answer.question.isLeaf && answer.question.status == .active
                    && answer.assumptions.sets.contains { $0.contains(assumption.slug) }
            }
            guard !leaves.isEmpty else { continue }
            tasks.append(
                LedgerTask(
                    .testAssumption, assumption.slug,
                    "ask a question that tests \(assumption.slug): \(counted(leaves.count, "answer")) \(leaves.count == 1 ? "rests" : "rest") on it",
                    question: leaves.map(\.question.id).min()))
        }
        return tasks.sorted { $0.id < $1.id }
    }
}

extension LedgerTask {
    /// Names a measurement on a general model that would do the task. No claim supplies the other settings.
    mutating func propose(_ measurement: Measurement) {
        phrase += "; \(measurement.id) measures it"
        cell = [Condition.model: measurement.model]
        verifier = measurement.id
        command = "arbor-ledger try \(measurement.id)"
    }

    /// Whether a measurement on a general model would do the task, with a kernel that may need another machine.
    package var isProposed: Bool { verifier != nil && base == nil }
}

extension Caveat.Target {
    fileprivate var subject: String {
        switch self {
        case .claim(let name), .assumption(let name), .verifier(let name): name.value
        }
    }
}
