import Evidence
import KernelInterface
import Records
import Words

/// Creates the tasks of runs and disagreements.
extension Merge {
    /// Suggests repeats of runs that contradict each other, more runs of claims that runs did not decide, and, if the
    /// ledger lists runners, independent runs of claims that have only own runs.
    func runTasks(_ answers: [String: Answer]) -> [LedgerTask] {
        members.compactMap { member in
            let kind: LedgerTask.Kind
            let phrase: String
            let cost: Double?
            var chance = 1.0
            if member.evidence.isDisputed {
                cost = costOfAudit(member.id)
                (kind, phrase) = (.settleRuns, "repeat the runs of \(member.id) that contradict each other")
            } else if let missing = member.evidence.missingTraces {
                let makers = member.claim.annotatorKinds.joined(separator: ", ")
                (kind, phrase) = (
                    .moreRuns,
                    "label \(counted(missing.needed - missing.present, "more trace")) (\(makers)), so that runs can decide \(member.id)"
                )
                cost = nil
            } else if member.evidence.verdict == .open, member.evidence.runs > 0 {
                let counts = "\(member.evidence.hits) of \(member.evidence.runs) runs hit"
                (kind, phrase) = (.moreRuns, "run \(member.id) further: \(counts), which decides nothing yet")
                (cost, chance) = (costOfMoreRuns(member), chanceToDecide(member))
            } else if evidence.signers.hasRunners, member.isDecidedByRuns, !member.evidence.isIndependent {
                cost = costOfAudit(member.id)
                (kind, phrase) = (.independentRun, "run \(member.id) independently: it has only own runs")
            } else {
                return nil
            }
            var task = LedgerTask(
                kind, member.id.description, phrase, question: unresolvedLeaf(of: [member], answers),
                quantity: member.claim.quantity.value)
            task.base = member.id
            task.costSeconds = cost
            task.isRunnable = cost != nil
            task.isHopeless = chance < hopelessChance
            if task.isRunnable { task.command = "arbor-ledger verify \(member.id)" }
            if member.evidence.missingTraces != nil, case .values(let codebooks)? = member.claim.tested["codebook"],
                case .values(let makers)? = member.claim.tested["annotators"],
                makers.contains(where: { $0.split(separator: "-").contains("human") })
            {
                task.command = "arbor-ledger annotate --next \(codebooks[0])"
            }
            return task
        }.sorted { $0.id < $1.id }
    }

    /// Returns the first unresolved leaf to which some of the claims are relevant, or else the first leaf.
    func unresolvedLeaf(of members: some Sequence<Member>, _ answers: [String: Answer]) -> String? {
        let leaves = Set(members.flatMap(\.leaves)).sorted()
        return leaves.first { answers[$0].map { !$0.status.isAnswer } ?? false } ?? leaves.first
    }

    /// Returns the cost of the fewest runs that could decide the open cells of a claim.
    private func costOfMoreRuns(_ member: Member) -> Double? {
        guard let verification = ledger.verification(of: member.claim) else { return nil }
        return zip(verification.cells, member.evidence.cells).reduce(0) { sum, pair in
            let (cell, count) = (pair.0, pair.1.count)
            guard pair.1.verdict == .open || pair.1.verdict == .none else { return sum }
            let runs =
                fewestRuns(
                    toDecideAfter: count, reliability: member.claim.reliability.doubleValue,
                    alpha: evidence.alpha.doubleValue) ?? 0
            let cost = StudyToRun(cell.study, cell: cell.cell, verification, seeds: SeedSource(salt: "")).cost
            return sum + Double(runs) * (cost.trainingSeconds + cost.measuringSeconds)
        }
    }

    /// Returns the predictive probability that runs decide the open cells of a claim within the limit.
    private func chanceToDecide(_ member: Member) -> Double {
        member.evidence.cells.filter { $0.verdict == .open && $0.count.runs > 0 }.reduce(1) { chance, cell in
            chance * member.claim.chanceToDecide(after: cell.count, alpha: evidence.alpha.doubleValue)
        }
    }

    func disagreementTasks(_ found: [Disagreement], _ answers: [String: Answer]) -> [LedgerTask] {
        found.filter(\.hasDiscord).flatMap { found in
            var tasks: [LedgerTask] = []
            let question = question(of: found, answers)
            if let run = found.decidingRun {
                var task = LedgerTask(
                    .decidingRun, found.quantity, run.phrase, question: question, quantity: found.quantity)
                (task.cell, task.base, task.verifier) = (run.cell, run.base, run.verifier)
                task.costSeconds = run.costSeconds.map { $0 * Double(runsNeeded(run.base)) }
                task.isRunnable = run.verifier != nil
                tasks.append(task)
            }
            for pair in found.pairs where pair.differs.isEmpty && isLive(pair) {
                tasks.append(task(forUnexplained: pair, found, question: question))
            }
            return tasks
        }
    }

    /// Suggests runs of both claims of a pair in which nothing differs, if kernels can make them and all settings are
    /// known. If not, only the authors can say what differs.
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
        task.isRunnable = true
        task.command = "arbor-ledger verify \(pair.a) \(pair.b)"
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

extension Claim {
    /// The kinds of annotators whose labels a claim about traces is about.
    fileprivate var annotatorKinds: [String] {
        if case .values(let kinds)? = tested["annotators"] { kinds } else { [] }
    }
}
