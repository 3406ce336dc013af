import Evidence
import KernelInterface
import Records
import Words

/// Creates the tasks of each kind.
extension Merge {
    /// Suggests repeats of runs that contradict each other and, if the ledger lists runners, independent runs of claims
    /// that have only own runs.
    func runTasks(_ answers: [String: Answer]) -> [LedgerTask] {
        summary.quantities.values.flatMap(\.members).compactMap { member in
            let kind: LedgerTask.Kind
            let phrase: String
            if member.evidence.isDisputed {
                (kind, phrase) = (.settleRuns, "repeat the runs of \(member.id) that contradict each other")
            } else if evidence.signers.hasRunners, member.isDecidedByRuns, !member.evidence.isIndependent {
                (kind, phrase) = (.independentRun, "run \(member.id) independently: it has only own runs")
            } else {
                return nil
            }
            let question =
                member.leaves.first { answers[$0].map { !$0.status.isAnswer } ?? false } ?? member.leaves.first
            var task = LedgerTask(
                kind, member.id.description, phrase, question: question, quantity: member.claim.quantity.value)
            task.base = member.id
            task.costSeconds = costOfAudit(member.id)
            return task
        }.sorted { $0.id < $1.id }
    }

    func disagreementTasks(_ found: [Disagreement], _ answers: [String: Answer]) -> [LedgerTask] {
        found.filter(\.hasDiscord).flatMap { found in
            var tasks: [LedgerTask] = []
            let question = question(of: found, answers)
            if let run = found.decidingRun {
                var task = LedgerTask(
                    .decidingRun, found.quantity, "\(run.phrase)", question: question, quantity: found.quantity)
                (task.cell, task.base, task.verifier) = (run.cell, run.base, run.verifier)
                task.costSeconds = run.costSeconds.map { $0 * Double(runsNeeded(run.base)) }
                tasks.append(task)
            }
            for pair in found.pairs where pair.differs.isEmpty && isLive(pair) {
                tasks.append(task(forUnexplained: pair, found, question: question))
            }
            return tasks
        }
    }

    /// Suggests runs of both claims of a pair in which nothing differs, if kernels can make them and all settings are
    /// known. If not, only the authors can tell what differs.
    private func task(forUnexplained pair: Pair, _ found: Disagreement, question: String?) -> LedgerTask {
        guard pair.kind == .contradiction, found.canRerun(pair) else {
            return LedgerTask(
                .askAuthor, "\(pair.a)/\(pair.b)",
                "ask the authors what differs: nothing recorded distinguishes \(pair.a) and \(pair.b)",
                question: question, quantity: found.quantity)
        }
        let phrase =
            "run both verifiers on the same cell and seeds: nothing recorded distinguishes \(pair.a) and \(pair.b)"
        var task = LedgerTask(
            .resolveContradiction, "\(pair.a)/\(pair.b)", phrase, question: question, quantity: found.quantity)
        task.base = pair.a
        let costs = [pair.a, pair.b].map(costOfAudit)
        if let a = costs[0], let b = costs[1] { task.costSeconds = a + b }
        return task
    }

    /// Returns the first unresolved leaf to which the discordant claims are relevant. If there is none, returns the
    /// lowest question above all involved claims.
    private func question(of found: Disagreement, _ answers: [String: Answer]) -> String? {
        let involved = Set(found.pairs.flatMap { [$0.a, $0.b] } + found.sets.flatMap(\.self))
        let leaves = Set(found.members.filter { involved.contains($0.id) }.flatMap(\.leaves)).sorted()
        return leaves.first { leaf in answers[leaf].map { !$0.status.isAnswer } ?? false } ?? found.home
    }

    private func isLive(_ pair: Pair) -> Bool {
        [pair.a, pair.b].allSatisfy { id in
            member(named: id.description).map { attackOutcome.status(of: $0) != .out } ?? false
        }
    }

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
        guard answer.testedCells < answer.totalCells else { return nil }
        let members = membersByLeaf[question.id, default: []].filter { $0.bridge == nil }.map(\.member)
        let grid = Scope(question.covers, vocabulary: state.vocabulary).sides
        let tested = testedCells(grid, members)
        guard let cell = firstCell(grid, where: { !tested.contains($0) }) else { return nil }
        let settings = Dictionary(uniqueKeysWithValues: zip(grid.map(\.condition), cell))
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
            break
        }
        return task
    }

    /// Suggests a run on a general model if toy claims take a side, no claim on a general model does, and the leaf
    /// covers general models.
    private func generalRun(_ answer: Answer) -> LedgerTask? {
        let question = answer.question
        let live = answer.claims.filter { $0.side != .silent && $0.effectiveStatus != .out }
        guard live.contains(where: { $0.member.kind == .toy }),
            !live.contains(where: { $0.member.kind == .general })
        else { return nil }
        let models = Scope(question.covers, vocabulary: state.vocabulary).values(of: Condition.model)
        let general = models?.filter(state.vocabulary.isGeneral)
        guard general.map({ !$0.isEmpty }) ?? true else { return nil }
        let which = general.map { listed(shortList($0), "or") } ?? "a general model"
        var task = LedgerTask(
            .needsGeneralRun, question.id, "measure it on \(which): so far there are only toy results",
            question: question.id, quantity: question.quantity?.value)
        if let model = general?.first { task.cell = [Condition.model: model] }
        return task
    }

    /// Suggests a split of a leaf if a single condition separates its sides.
    private func split(_ answer: Answer, _ found: Disagreement?) -> LedgerTask? {
        guard answer.status == .contested || answer.status == .depends, let found, found.unexplainedCount == 0 else {
            return nil
        }
        let live = Set(answer.claims.filter { $0.side != .silent && $0.effectiveStatus != .out }.map(\.member.id))
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

    /// Suggests tests of caveats that no claim shows yet. Skips caveats of findings that take no part in the merge, and
    /// caveats against claims that are `out`.
    func caveatTasks(_ answers: [String: Answer]) -> [LedgerTask] {
        let leftOut = state.exclusionReasons()
        return state.findings.values.filter { leftOut[$0.slug] == nil }.flatMap { finding in
            finding.caveats.enumerated().compactMap { index, caveat -> LedgerTask? in
                guard caveat.shownBy == nil else { return nil }
                var question: String?
                var target: Member?
                switch caveat.against {
                case .claim(let name):
                    guard let member = member(named: name.value), attackOutcome.effectiveStatus(of: member) != .out
                    else {
                        return nil
                    }
                    target = member
                    question =
                        member.leaves.first { answers[$0].map { !$0.status.isAnswer } ?? false } ?? member.leaves.first
                case .assumption(let name): question = state.assumptions[name.value]?.testedBy?.value
                case .verifier(let name):
                    let model = name.value.split(separator: "/").first.map(String.init) ?? name.value
                    question = state.models[model]?.abstracts.value
                }
                var task = LedgerTask(
                    .testCaveat, "\(finding.slug)/\(index + 1)",
                    "test the caveat against \(caveat.against.name): \(caveat.text)", question: question,
                    quantity: target?.claim.quantity.value)
                task.base = target?.id
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

    /// Returns the lowest possible cost of an audit of a claim. Returns nil if no kernel can run it.
    private func costOfAudit(_ id: ClaimID) -> Double? {
        guard let member = member(named: id.description), let verification = ledger.verification(of: member.claim)
        else { return nil }
        let runs = Double(runsNeeded(id))
        return verification.cells.reduce(0) { sum, cell in
            let cost = StudyToRun(cell.study, cell: cell.cell, verification, seeds: SeedSource(salt: "")).cost
            return sum + runs * (cost.trainingSeconds + cost.measuringSeconds)
        }
    }

    /// Returns the smallest number of runs that could decide a claim without runs.
    package func runsNeeded(_ id: ClaimID) -> Int {
        state.claim(id)?.fewestRunsToDecide(after: [], alpha: evidence.alpha.doubleValue) ?? runLimit
    }
}

/// Returns the first cell of a grid, in the order of its values, that satisfies a condition.
private func firstCell(_ grid: [Scope.Side], where isWanted: ([String]) -> Bool) -> [String]? {
    func extend(_ cell: [String]) -> [String]? {
        guard cell.count < grid.count else { return isWanted(cell) ? cell : nil }
        for value in grid[cell.count].values {
            if let found = extend(cell + [value]) { return found }
        }
        return nil
    }
    return extend([])
}
