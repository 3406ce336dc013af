/// Something that would settle a question or end a disagreement.
public struct LedgerTask: Sendable {
    public enum Kind: String, Sendable, CaseIterable, Codable {
        case decidingRun = "deciding-run"
        case untestedCell = "untested-cell"
        case needsToy = "needs-toy"
        case needsGeneralRun = "needs-general-run"
        case testCaveat = "test-caveat"
        case whyDiffer = "why-differ"
        case splitQuestion = "split-question"
        case resolveContradiction = "resolve-contradiction"
    }

    public var kind: Kind
    /// What it is about; with the kind it names the task.
    public var subject: String
    /// What to do, in one sentence.
    public var phrase: String
    /// The question that it would help to settle; nil where none asks.
    public var question: String?
    public var quantity: String?
    /// Where to look; conditions that the task leaves open are left out.
    public var cell: [String: String] = [:]
    /// The claim whose verifier, other settings and assumptions are taken.
    public var base: ClaimID?
    /// `toy-model/measurement`, where a kernel can carry it out.
    public var verifier: String?
    /// Of the runs still needed on one core, or the effort that the question declares; nil where nobody said.
    public var costSeconds: Double?
    /// Share of the ways in which the question's parent is decided by it; nil where that cannot be counted.
    public var importance: Importance?
    /// Of the votes on the question and the questions above it, the sum.
    public var votes = 0
    /// From 1: no task of a rank is both more important and cheaper than another of it.
    public var rank = 0
    /// The cheapest of the first rank.
    public var isLowHanging = false
    /// Planned findings that have taken it, sorted; more than one do the same work.
    public var takenBy: [String] = []

    public var id: String { "\(kind.rawValue):\(subject)" }

    init(_ kind: Kind, _ subject: String, _ phrase: String, question: String?, quantity: String? = nil) {
        self.kind = kind
        self.subject = subject
        self.phrase = phrase
        self.question = question
        self.quantity = quantity
    }
}

extension Merge {
    /// Everything that the ledger shows to be worth doing, by rank, then the cheapest, the most important, the first by name.
    ///
    /// Importance is that of the question for its parent, or for `ancestor` where one is named, which also leaves out what
    /// lies beside it. `today` is an ISO date, by which planned findings lapse.
    public func tasks(below ancestor: String? = nil, today: String) -> [LedgerTask] {
        let answers = answers()
        let found = disagreements()
        var tasks = disagreementTasks(found, answers) + leafTasks(answers) + caveatTasks(answers) + toyTasks()
        if let ancestor {
            let below = questions(below: ancestor)
            tasks.removeAll { !($0.question.map(below.contains) ?? false) }
        }
        setWorth(of: &tasks, answers, ancestor)
        let plans = Plans(state, today: today)
        for index in tasks.indices { tasks[index].takenBy = plans.taking(tasks[index]) }
        rank(&tasks)
        return tasks
    }

    private func disagreementTasks(_ found: [Disagreement], _ answers: [String: Answer]) -> [LedgerTask] {
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
            for pair in found.conflicts where pair.kind == .contradiction && isLive(pair) {
                let phrase =
                    "run both verifiers on the same cell and seeds: nothing recorded sets \(pair.a) and \(pair.b) apart"
                var task = LedgerTask(
                    .resolveContradiction, "\(pair.a)/\(pair.b)", phrase, question: question, quantity: found.quantity)
                task.base = pair.a
                let costs = [pair.a, pair.b].map(costOfAudit)
                if let a = costs[0], let b = costs[1] { task.costSeconds = a + b }
                tasks.append(task)
            }
            return tasks
        }
    }

    /// Of the leaves that claims at odds bear on, the first that is not settled; else the question above all of them.
    private func question(of found: Disagreement, _ answers: [String: Answer]) -> String? {
        let involved = Set(found.pairs.flatMap { [$0.a, $0.b] } + found.sets.flatMap(\.self))
        let leaves = Set(found.members.filter { involved.contains($0.id) }.flatMap(\.leaves)).sorted()
        return leaves.first { leaf in answers[leaf].map { !$0.status.isAnswer } ?? false } ?? found.home
    }

    private func isLive(_ pair: Pair) -> Bool {
        [pair.a, pair.b].allSatisfy { id in
            member(named: id.description).map { standings.standing(of: $0) != .out } ?? false
        }
    }

    private func leafTasks(_ answers: [String: Answer]) -> [LedgerTask] {
        answers.values.filter { $0.question.isLeaf && $0.question.status == .active }.flatMap { answer in
            var tasks = [untestedCell(answer), generalRun(answer), split(answer)].compactMap(\.self)
            for bridge in answer.bridges where bridge.status == .fails {
                let phrase =
                    "find out why toy and general model differ: \(listed(shortList(bridge.opposed.sorted().map(\.description)))) against \(listed(shortList(bridge.generals.map(\.description))))"
                var task = LedgerTask(
                    .whyDiffer, "\(answer.question.id)/\(bridge.assumption)", phrase, question: answer.question.id,
                    quantity: answer.question.quantity?.value)
                task.base = bridge.opposed.min()
                tasks.append(task)
            }
            return tasks
        }
    }

    /// The first cell of a leaf's grid that no claim was tested at.
    private func untestedCell(_ answer: Answer) -> LedgerTask? {
        let question = answer.question
        guard answer.testedCells < answer.totalCells else { return nil }
        let members = bearersByLeaf[question.id, default: []].filter { $0.bridge == nil }.map(\.member)
        let grid = Scope(question.covers, vocabulary: state.vocabulary).sides
        let tested = testedCells(grid, members)
        guard let cell = firstCell(grid, where: { !tested.contains($0) }) else { return nil }
        let settings = Dictionary(uniqueKeysWithValues: zip(grid.map(\.condition), cell))
        let phrase =
            "look at \(settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")); \(answer.totalCells - answer.testedCells) of \(counted(answer.totalCells, "cell")) untested"
        var task = LedgerTask(
            .untestedCell, question.id, phrase, question: question.id, quantity: question.quantity?.value)
        task.cell = settings
        // Any claim on the quantity whose verifier can be pointed at this cell.
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

    /// A leaf on which only toys have spoken, and which asks about more than them.
    private func generalRun(_ answer: Answer) -> LedgerTask? {
        let question = answer.question
        let voices = answer.claims.filter { $0.side != .silent && $0.voice != .out }
        guard voices.contains(where: { $0.member.kind == .toy }),
            !voices.contains(where: { $0.member.kind == .general })
        else { return nil }
        let models = Scope(question.covers, vocabulary: state.vocabulary).values(of: Condition.model)
        let general = models?.filter(state.vocabulary.isGeneral)
        guard general.map({ !$0.isEmpty }) ?? true else { return nil }
        let which = general.map { listed(shortList($0), "or") } ?? "a general model"
        var task = LedgerTask(
            .needsGeneralRun, question.id, "measure it on \(which): so far only toys have spoken",
            question: question.id, quantity: question.quantity?.value)
        if let model = general?.first { task.cell = [Condition.model: model] }
        return task
    }

    /// A leaf that is contested along one condition.
    private func split(_ answer: Answer) -> LedgerTask? {
        guard answer.status == .contested, let quantity = answer.question.quantity?.value,
            let discord = discords[quantity], discord.unexplainedCount == 0
        else { return nil }
        let live = Set(answer.claims.filter { $0.side != .silent && $0.voice != .out }.map(\.member.id))
        guard discord.pairs.contains(where: { live.contains($0.a) && live.contains($0.b) }) else { return nil }
        let alone = discord.explanations().all.filter { explanation in
            explanation.conditions.count == 1 && !explanation.identifies
                && !explanation.conditions[0].hasPrefix(assumptionPrefix)
        }
        // Several conditions that separate alone cannot be told apart yet: that takes a run first.
        guard alone.count == 1, let condition = alone.first?.conditions.first else { return nil }
        let values = Set(
            members(of: quantity).filter { live.contains($0.id) }.flatMap { member in
                member.recorded.first { $0.name == condition }?.values ?? []
            }
        ).sorted()
        return LedgerTask(
            .splitQuestion, answer.question.id,
            "split it into one leaf for each \(condition): \(listed(shortList(values)))", question: answer.question.id,
            quantity: quantity)
    }

    /// Caveats that nobody tested, of findings in force, against claims that count.
    private func caveatTasks(_ answers: [String: Answer]) -> [LedgerTask] {
        let leftOut = state.reasonsLeftOut()
        return state.findings.values.filter { leftOut[$0.slug] == nil }.flatMap { finding in
            finding.caveats.enumerated().compactMap { index, caveat -> LedgerTask? in
                guard caveat.shownBy == nil else { return nil }
                var question: String?
                var target: Member?
                switch caveat.against {
                case .claim(let name):
                    guard let member = member(named: name.value), standings.voice(of: member) != .out else {
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

    private func toyTasks() -> [LedgerTask] {
        behavioursWithoutToy().map { id in
            LedgerTask(
                .needsToy, id, "build a toy model that reproduces it: \(state.questions[id]?.text ?? id)", question: id)
        }
    }

    // MARK: What it is worth and what it takes

    private func setWorth(of tasks: inout [LedgerTask], _ answers: [String: Answer], _ ancestor: String?) {
        let statuses = answers.mapValues(\.status)
        var byAncestor: [String: [String: Importance]] = [:]
        var uncounted: Set<String> = []
        for index in tasks.indices {
            guard let question = tasks[index].question, let asked = state.questions[question] else { continue }
            tasks[index].votes = votes(onAndAbove: question)
            let above = ancestor ?? asked.parent ?? question
            if byAncestor[above] == nil, !uncounted.contains(above) {
                byAncestor[above] = importances(of: statuses, questions: state.questions, for: above)
                if byAncestor[above] == nil { uncounted.insert(above) }
            }
            if let all = byAncestor[above] {
                // Of an inner question: that of the most important of its leaves. What is settled decides nothing more.
                let leaves = asked.isLeaf ? [question] : leaves(below: question)
                tasks[index].importance = leaves.compactMap { all[$0] }.max() ?? Importance.none
            }
            if tasks[index].costSeconds == nil, let hours = asked.effortHours {
                tasks[index].costSeconds = hours.doubleValue * 3_600
            }
        }
    }

    private func votes(onAndAbove question: String) -> Int {
        var sum = 0
        var next: String? = question
        while let id = next {
            sum += state.votes[id, default: []].reduce(0) { $0 + $1.weight }
            next = Question.parent(of: id)
        }
        return sum
    }

    /// Pareto ranks: a task comes after every one that is at least as important and as cheap, and better in one of them.
    private func rank(_ tasks: inout [LedgerTask]) {
        func cost(_ task: LedgerTask) -> Double { task.costSeconds ?? .infinity }
        // Long fractions are compared once each.
        let distinct = Set(tasks.compactMap(\.importance)).sorted()
        let place = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0) })
        func worth(_ task: LedgerTask) -> Int { task.importance.flatMap { place[$0] } ?? -1 }
        tasks.sort { a, b in
            if cost(a) != cost(b) { return cost(a) < cost(b) }
            return worth(a) == worth(b) ? a.id < b.id : worth(a) > worth(b)
        }
        /// Of each rank so far, the most that one of it is worth and what that one costs.
        var fronts: [(worth: Int, cost: Double)] = []
        let settled = tasks.indices.filter { tasks[$0].importance?.numerator.isZero ?? true }
        for index in tasks.indices where !(tasks[index].importance?.numerator.isZero ?? true) {
            let (own, price) = (worth(tasks[index]), cost(tasks[index]))
            // Cheaper ones come first, so only worth tells; equals share a rank.
            var (low, high) = (0, fronts.count)
            while low < high {
                let middle = (low + high) / 2
                let front = fronts[middle]
                if front.worth > own || (front.worth == own && front.cost < price) {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            if low == fronts.count { fronts.append((own, price)) } else { fronts[low] = (own, price) }
            tasks[index].rank = low + 1
        }
        // What decides nothing, as far as can be counted, comes after everything else.
        for index in settled { tasks[index].rank = fronts.count + 1 }
        // Cheaper ones come first still.
        let cheapest = tasks.first { $0.rank == 1 && !fronts.isEmpty }?.costSeconds
        for index in tasks.indices where tasks[index].rank == 1 && cheapest != nil {
            tasks[index].isLowHanging = tasks[index].costSeconds == cheapest
        }
        tasks.sort { a, b in
            if a.rank != b.rank { return a.rank < b.rank }
            if cost(a) != cost(b) { return cost(a) < cost(b) }
            return worth(a) == worth(b) ? a.id < b.id : worth(a) > worth(b)
        }
    }

    /// What the audit of a claim takes at the soonest; nil where no kernel can run it.
    private func costOfAudit(_ id: ClaimID) -> Double? {
        guard let member = member(named: id.description), let verification = ledger.verification(of: member.claim)
        else { return nil }
        let runs = Double(runsNeeded(id))
        return verification.cells.reduce(0) { sum, cell in
            let cost = StudyToRun(cell.study, cell: cell.cell, verification, salt: "").cost
            return sum + runs * (cost.trainingSeconds + cost.measuringSeconds)
        }
    }

    /// Runs that decide a claim like this one at the soonest.
    public func runsNeeded(_ id: ClaimID) -> Int {
        state.claim(id)?.fewestRunsToDecide(after: [], alpha: evidence.alpha.doubleValue) ?? runLimit
    }

    private func questions(below ancestor: String) -> Set<String> {
        var visited: Set<String> = []
        var open = [ancestor]
        while let id = open.popLast() {
            if visited.insert(id).inserted { open += partsByQuestion[id, default: []] }
        }
        return visited
    }
}

/// The first cell of a grid, in the order of its values, that fulfils a condition.
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

/// Planned findings that have not lapsed, by what they would look at.
private struct Plans {
    private var byTask: [String: [String]] = [:]
    private var byQuantity: [String: [(slug: String, tested: Box)]] = [:]

    init(_ state: LedgerState, today: String) {
        for finding in state.findings.values.sorted(by: { $0.slug < $1.slug }) {
            guard finding.isLivePlan(today: today) else { continue }
            if finding.source.value.hasPrefix(taskSourcePrefix) {
                byTask[String(finding.source.value.dropFirst(taskSourcePrefix.count)), default: []].append(finding.slug)
            }
            for claim in finding.claims {
                byQuantity[claim.quantity.value, default: []].append((finding.slug, claim.tested))
            }
        }
    }

    /// By the task that they name, or because they plan to look at its cell.
    func taking(_ task: LedgerTask) -> [String] {
        var slugs = Set(byTask[task.id, default: []])
        if let quantity = task.quantity, !task.cell.isEmpty {
            for plan in byQuantity[quantity, default: []] {
                let looksThere = task.cell.allSatisfy { condition, value in
                    guard case .values(let values)? = plan.tested[condition] else { return false }
                    return values.contains(value)
                }
                if looksThere { slugs.insert(plan.slug) }
            }
        }
        return slugs.sorted()
    }
}

/// In which order tasks are listed; ties fall as in `rank`.
public enum TaskOrder: String, Sendable, CaseIterable {
    case rank, importance, cost, votes

    public func sorted(_ tasks: [LedgerTask]) -> [LedgerTask] {
        // Long fractions are compared once each.
        let distinct = Set(tasks.compactMap(\.importance)).sorted()
        let worth = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0) })
        func key(_ task: LedgerTask) -> Double {
            switch self {
            case .rank: Double(task.rank)
            case .importance: -Double(task.importance.flatMap { worth[$0] } ?? -1)
            case .cost: task.costSeconds ?? .infinity
            case .votes: -Double(task.votes)
            }
        }
        return tasks.enumerated().sorted { a, b in
            let (x, y) = (key(a.element), key(b.element))
            return x == y ? a.offset < b.offset : x < y
        }.map(\.element)
    }
}

public func nearestTask(to id: String, among tasks: [LedgerTask]) -> String? {
    nearestName(to: id, among: tasks.map(\.id))
}

/// How the source of a planned finding names the task that it takes.
public let taskSourcePrefix = "task "
