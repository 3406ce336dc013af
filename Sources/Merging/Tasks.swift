import Records
import Words

/// Work that would answer a question or end a disagreement.
package struct LedgerTask: Sendable {
    package enum Kind: String, Sendable, CaseIterable, Codable {
        case decidingRun = "deciding-run"
        case untestedCell = "untested-cell"
        case needsToy = "needs-toy"
        case needsGeneralRun = "needs-general-run"
        case testCaveat = "test-caveat"
        case whyDiffer = "why-differ"
        case splitQuestion = "split-question"
        case resolveContradiction = "resolve-contradiction"
    }

    package var kind: Kind
    /// Its subject; unique together with the kind.
    package var subject: String
    /// What to do, in one sentence.
    package var phrase: String
    /// The question that it helps to answer; nil where no question asks.
    package var question: String?
    package var quantity: String?
    /// The cell to look at, without conditions that are free.
    package var cell: [String: String] = [:]
    /// The claim that supplies the verifier, other settings and assumptions.
    package var base: ClaimID?
    /// `toy-model/measurement`; nil where no kernel can run it.
    package var verifier: String?
    /// The cost of the fewest runs on one core, or the question's declared effort; nil where neither is known.
    package var costSeconds: Double?
    /// The share of cases in which it decides the question's parent; nil where it is not counted.
    package var importance: Importance?
    /// The sum of the votes on the question and on those above it.
    package var votes = 0
    /// From 1. No task is both more important and cheaper than another of its rank.
    package var rank = 0
    /// Whether it is the cheapest of the first rank.
    package var isLowHanging = false
    /// Planned findings that take it, sorted; several duplicate work.
    package var takenBy: [String] = []

    package var id: String { "\(kind.rawValue):\(subject)" }

    init(_ kind: Kind, _ subject: String, _ phrase: String, question: String?, quantity: String? = nil) {
        self.kind = kind
        self.subject = subject
        self.phrase = phrase
        self.question = question
        self.quantity = quantity
    }
}

extension Merge {
    /// All tasks that the ledger suggests, sorted by rank, cost, importance, name.
    ///
    /// Importance refers to the question's parent or to `ancestor`, which also excludes tasks outside it. Planned
    /// findings lapse by `today`, an ISO date.
    package func tasks(below ancestor: String? = nil, today: String) -> [LedgerTask] {
        let answers = answers()
        let found = disagreements()
        var tasks = disagreementTasks(found, answers) + leafTasks(found, answers) + caveatTasks(answers) + toyTasks()
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

/// The order in which tasks are listed; ties keep the order of ranks.
package enum TaskOrder: String, Sendable, CaseIterable {
    case rank, importance, cost, votes

    package func sorted(_ tasks: [LedgerTask]) -> [LedgerTask] {
        // Compare long fractions once each.
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

/// The prefix in a planned finding's source that names its task.
package let taskSourcePrefix = "task "
