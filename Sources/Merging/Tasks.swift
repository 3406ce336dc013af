import Records
import Words

/// A suggested piece of work that would help to answer a question or to end a disagreement.
package struct LedgerTask: Sendable {
    package enum Kind: String, Sendable, CaseIterable, Codable {
        case settleRuns = "settle-runs"
        case moreRuns = "more-runs"
        case independentRun = "independent-run"
        case decidingRun = "deciding-run"
        case untestedCell = "untested-cell"
        case needsToy = "needs-toy"
        case needsGeneralRun = "needs-general-run"
        case testCaveat = "test-caveat"
        case nobodyHasLooked = "nobody-has-looked"
        case testBridge = "test-bridge"
        case testAssumption = "test-assumption"
        case whyDiffer = "why-differ"
        case splitQuestion = "split-question"
        case resolveContradiction = "resolve-contradiction"
        case askAuthor = "ask-author"

        /// Whether the outcome is evidence on the question itself.
        var isDirect: Bool {
            switch self {
            case .settleRuns, .moreRuns, .independentRun, .decidingRun, .untestedCell, .needsGeneralRun,
                .nobodyHasLooked, .resolveContradiction:
                true
            case .needsToy, .testCaveat, .testBridge, .testAssumption, .whyDiffer, .splitQuestion, .askAuthor: false
            }
        }
    }

    package var kind: Kind
    /// The subject of the task. No other task of the same kind has this subject.
    package var subject: String
    /// The suggested action, in one sentence.
    package var phrase: String
    /// The question that the task helps to answer. nil if there is none.
    package var question: String?
    package var quantity: String?
    /// The cell to test. Conditions that can be chosen freely are missing.
    package var cell: [String: String] = [:]
    /// The claim that supplies the verifier, the other settings and the assumptions.
    package var base: ClaimID?
    /// The verifier, as `toy-model/measurement`. nil if no kernel can run the task.
    package var verifier: String?
    /// The cost, on one core, of the fewest runs that could decide. If it is unknown, the effort that the question
    /// declares. nil if neither is known.
    package var costSeconds: Double?
    /// Whether a kernel of this tool can do the task.
    package var isRunnable = false
    /// The command that does the task or, by default, reserves it. nil if the task is a change of other records.
    package var command: String?
    /// Whether runs are unlikely to decide within the limit.
    package var isHopeless = false
    /// Whether the task is left out of short lists.
    package var isMinor = false
    /// How much the question decides. nil if no question asks for the task.
    package var importance: Importance?
    /// The sum of the votes that count, on the question and on those above it.
    package var votes = 0
    /// The number of votes by people whom the ledger does not list.
    package var otherVotes = 0
    /// The rank, counted from 1. No task is both more important and cheaper than another task of the same rank.
    package var rank = 0
    /// Whether the task is the cheapest of the first rank.
    package var isLowHanging = false
    /// The planned findings that include this task, sorted. If there are several, work is duplicated.
    package var takenBy: [String] = []

    package var id: String { "\(kind.rawValue):\(subject)" }
    /// Whether the task can change an answer.
    package var isUseful: Bool { !isHopeless && !(importance?.isNone ?? true) }

    init(_ kind: Kind, _ subject: String, _ phrase: String, question: String?, quantity: String? = nil) {
        self.kind = kind
        self.subject = subject
        self.phrase = phrase
        self.question = question
        self.quantity = quantity
    }
}

extension Merge {
    /// Returns all tasks that follow from the ledger, sorted by rank, cost, importance and name.
    ///
    /// The importance of a task is the number of undecided questions above it that its leaf decides, then the share of
    /// cases in which it decides the nearest one. If `ancestor` is given, returns only tasks for this question and the
    /// questions below it, with their importance for `ancestor`. `today` is an ISO date. Planned findings that have
    /// lapsed by this date are ignored. `known` are the answers, if they were computed before.
    package func tasks(
        below ancestor: String? = nil, today: String, answers known: [String: Answer]? = nil,
        disagreements knownDisagreements: [Disagreement]? = nil
    ) -> [LedgerTask] {
        let answers = known ?? answers()
        let found = knownDisagreements ?? disagreements(shuffles: false)
        var tasks =
            runTasks(answers) + disagreementTasks(found, answers) + leafTasks(found, answers) + caveatTasks(answers)
            + bridgeTasks(answers) + assumptionTasks(answers) + toyTasks()
        tasks += remainingLeafTasks(answers, besides: tasks)
        for index in tasks.indices where tasks[index].command == nil && tasks[index].quantity != nil {
            let verb = tasks[index].verifier == nil ? "take" : "run"
            tasks[index].command = "arbor-ledger tasks \(verb) \(tasks[index].id)"
        }
        if let ancestor {
            let below = questions(below: ancestor)
            tasks.removeAll { !($0.question.map(below.contains) ?? false) }
        }
        setImportance(of: &tasks, answers, ancestor)
        let plans = TaskPlans(state, today: today)
        for index in tasks.indices { tasks[index].takenBy = plans.taking(tasks[index]) }
        rank(&tasks)
        return tasks
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

/// The order in which tasks are listed. Tasks that are equal in this order remain in the given order, usually that of
/// ranks.
package enum TaskOrder: String, Sendable, CaseIterable {
    case rank, importance, cost, votes

    package func sorted(_ tasks: [LedgerTask]) -> [LedgerTask] {
        // Long fractions are slow to compare, so they are sorted once and replaced by their positions.
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

package func nearestTask(to id: String, among tasks: [LedgerTask]) -> String? {
    nearestName(to: id, among: tasks.map(\.id))
}

/// The text before the name of a task in the source of a planned finding.
package let taskSourcePrefix = "task "
