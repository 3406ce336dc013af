import Checking
import Evidence
import Records
import Words

/// Creates the tasks of leaves.
extension Merge {
    func leafTasks(_ found: [Disagreement], _ answers: [String: Answer]) -> [LedgerTask] {
        let found = Dictionary(uniqueKeysWithValues: found.map { ($0.quantity, $0) })
        return answers.values.filter { $0.question.isLeaf && $0.question.status == .active }.flatMap { answer in
            let disagreement = answer.question.quantity.flatMap { found[$0.value] }
            var tasks = [untestedCell(answer), generalRun(answer), split(answer, disagreement)].compactMap(\.self)
            for bridge in answer.bridges where bridge.status == .fails {
                let phrase =
                    "find out why toy and general models differ: \(listed(shortList(bridge.opposed.sorted().map(\.description)))) against \(listed(shortList(bridge.generals.map(\.description))))"
                var task = LedgerTask(
                    .whyDiffer, "\(answer.question.id)/\(bridge.assumption)", phrase, question: answer.question.id,
                    quantity: answer.question.quantity?.value)
                task.base = bridge.opposed.min()
                tasks.append(task)
            }
            return tasks
        }
    }

    /// Suggests the first cell of a leaf's grid at which no claim was tested.
    private func untestedCell(_ answer: Answer) -> LedgerTask? {
        let question = answer.question
        guard answer.testedCells < answer.totalCells,
            let settings = untestedCells(of: question, limit: 1).first
        else { return nil }
        let phrase =
            "test \(settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")); \(answer.totalCells - answer.testedCells) of \(counted(answer.totalCells, "cell")) untested"
        var task = LedgerTask(
            .untestedCell, question.id, phrase, question: question.id, quantity: question.quantity?.value)
        task.cell = settings
        // The base is the first claim on the quantity whose verifier can measure this cell.
        for base in self.members(of: question.quantity?.value ?? "").sorted(by: { $0.id < $1.id }) {
            var moved = settings
            for side in base.claim.tested.sides where moved[side.condition.value] == nil {
                if case .values(let values) = side.selection { moved[side.condition.value] = values[0] }
            }
            guard let verification = verification(of: base, at: moved) else { continue }
            (task.base, task.cell, task.verifier) = (base.id, moved, verification.id)
            task.costSeconds = verification.cost * Double(runsNeeded(base.id))
            task.isRunnable = true
            break
        }
        return task
    }

    /// Suggests a task for every unresolved leaf without another task: to find out why its claims differ or, if no
    /// claim takes a side, to measure the quantity.
    func remainingLeafTasks(_ answers: [String: Answer], besides tasks: [LedgerTask]) -> [LedgerTask] {
        let concerned = Set(tasks.filter { !$0.isMinor }.compactMap(\.question))
        return answers.values.filter { answer in
            answer.question.isLeaf && answer.question.status == .active && !answer.status.isAnswer
                && !concerned.contains(answer.question.id)
        }.map { answer in
            let question = answer.question
            let live = answer.liveClaims.filter(\.hasCountedSide).map(\.member.id)
            if live.count > 1 {
                let names = listed(shortList(live.map(\.description)))
                var task = LedgerTask(
                    .whyDiffer, question.id, "find out why \(names) differ", question: question.id,
                    quantity: question.quantity?.value)
                task.base = live[0]
                return task
            }
            let what = question.quantity?.value ?? question.id
            let phrase =
                answer.claims.isEmpty
                ? "no claim is about it yet: measure \(what)" : "no claim decides it: measure \(what)"
            return LedgerTask(
                .nobodyHasLooked, question.id, phrase, question: question.id, quantity: question.quantity?.value)
        }
    }

    /// Suggests a run on a general model if toy claims take a side, no claim on a general model does, and the leaf
    /// covers general models.
    private func generalRun(_ answer: Answer) -> LedgerTask? {
        let question = answer.question
        let live = answer.liveClaims
        guard live.contains(where: { $0.member.kind == .toy }),
            !live.contains(where: { $0.member.kind == .general })
        else { return nil }
        let covered = Scope(question.covers, vocabulary: state.vocabulary).values(of: Condition.model)
        let general = covered?.filter(state.vocabulary.isGeneral) ?? state.vocabulary.generalModels.sorted()
        guard covered == nil || !general.isEmpty else { return nil }
        let which = general.isEmpty ? "a general model" : listed(shortList(general), "or")
        var task = LedgerTask(
            .needsGeneralRun, question.id, "measure it on \(which): so far there are only toy results",
            question: question.id, quantity: question.quantity?.value)
        if let model = general.first { task.cell = [Condition.model: model] }
        if let quantity = question.quantity?.value {
            let found = generalMeasurements(of: quantity, nil)
            let measurement = found.first { general.isEmpty || general.contains($0.model) }
            if let measurement { task.propose(measurement) }
        }
        return task
    }

    /// Suggests a split of a leaf if a single condition separates its sides.
    private func split(_ answer: Answer, _ found: Disagreement?) -> LedgerTask? {
        guard answer.status == .contested || answer.status == .depends, let found, found.unexplainedCount == 0 else {
            return nil
        }
        let live = Set(answer.liveClaims.map(\.member.id))
        guard found.pairs.contains(where: { live.contains($0.a) && live.contains($0.b) }) else { return nil }
        let alone = found.explanations.filter { explanation in
            explanation.conditions.count == 1 && !explanation.identifies
                && !explanation.conditions[0].hasPrefix(assumptionPrefix)
                && !explanation.namesAverage
        }
        // If each of several conditions separates the sides, a run must first decide between them.
        guard alone.count == 1, let condition = alone.first?.conditions.first else { return nil }
        let values = Set(
            found.members.filter { live.contains($0.id) }.flatMap { member in
                state.recorded(member.claim).first { $0.name == condition }?.values ?? []
            }
        ).sorted()
        return LedgerTask(
            .splitQuestion, answer.question.id,
            "split it into one leaf for each \(condition): \(listed(shortList(values)))", question: answer.question.id)
    }
}
