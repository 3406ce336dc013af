import Records
import Words

/// Something that would settle a question or end a disagreement.
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
    /// What it is about; with the kind it names the task.
    package var subject: String
    /// What to do, in one sentence.
    package var phrase: String
    /// The question that it would help to settle; nil where none asks.
    package var question: String?
    package var quantity: String?
    /// Where to look; conditions that the task leaves open are left out.
    package var cell: [String: String] = [:]
    /// The claim whose verifier, other settings and assumptions are taken.
    package var base: ClaimID?
    /// `toy-model/measurement`, where a kernel can carry it out.
    package var verifier: String?
    /// Of the runs still needed on one core, or the effort that the question declares; nil where nobody said.
    package var costSeconds: Double?
    /// Share of the ways in which the question's parent is decided by it; nil where that cannot be counted.
    package var importance: Importance?
    /// Of the votes on the question and the questions above it, the sum.
    package var votes = 0
    /// From 1: no task of a rank is both more important and cheaper than another of it.
    package var rank = 0
    /// The cheapest of the first rank.
    package var isLowHanging = false
    /// Planned findings that have taken it, sorted; more than one do the same work.
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
    /// Everything that the ledger shows to be worth doing, by rank, then the cheapest, the most important, the first by name.
    ///
    /// Importance is that of the question for its parent, or for `ancestor` where one is named, which also leaves out what
    /// lies beside it. `today` is an ISO date, by which planned findings lapse.
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

/// In which order tasks are listed; ties fall as in `rank`.
package enum TaskOrder: String, Sendable, CaseIterable {
    case rank, importance, cost, votes

    package func sorted(_ tasks: [LedgerTask]) -> [LedgerTask] {
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

package func nearestTask(to id: String, among tasks: [LedgerTask]) -> String? {
    nearestName(to: id, among: tasks.map(\.id))
}

/// How the source of a planned finding names the task that it takes.
package let taskSourcePrefix = "task "
