import Records

/// These methods set the importance and the rank of tasks.
extension Merge {
    func setImportance(of tasks: inout [LedgerTask], _ answers: [String: Answer], _ ancestor: String?) {
        let statuses = QuestionStatuses(
            asks: { answers[$0]?.asks ?? .either },
            ofLeaf: { id, asks in
                guard let answer = answers[id] else { return .open }
                switch asks {
                case .general: return answer.general
                case .special: return answer.special
                case .either: return answer.status
                }
            })
        let all = importances(
            of: statuses, questions: state.questions, for: ancestor ?? RecordPlace.rootQuestion,
            isRelative: ancestor != nil)
        for index in tasks.indices {
            guard let question = tasks[index].question, let asked = state.questions[question] else { continue }
            (tasks[index].votes, tasks[index].otherVotes) = votes(onAndAbove: question)
            // A question that is not a leaf has the importance of its most important leaf. An answered question has no
            // importance.
            let leaves = asked.isLeaf ? [question] : leaves(below: question)
            tasks[index].importance = leaves.compactMap { all[$0] }.max() ?? Importance.none
            if tasks[index].costSeconds == nil, let hours = asked.effortHours {
                tasks[index].costSeconds = hours.doubleValue * 3_600
            }
        }
    }

    /// Returns the sum of the votes that count, and the number of the others.
    private func votes(onAndAbove question: String) -> (sum: Int, others: Int) {
        var (sum, others) = (0, 0)
        var next: String? = question
        while let id = next {
            let votes = votes(on: id)
            sum += votes.counted.reduce(0) { $0 + $1.weight }
            others += votes.others.count
            next = Question.parent(of: id)
        }
        return (sum, others)
    }

    /// Returns the votes on a question. If the ledger lists signers, only one vote of each of them counts, because
    /// anyone can write any number of votes in any name.
    package func votes(on question: String) -> (counted: [Vote], others: [Vote]) {
        let votes = state.votes[question, default: []]
        let principals = Set(evidence.signers.entries.flatMap(\.principals).map(foldedAddress))
        guard !principals.isEmpty else { return (votes, []) }
        var voters: Set<String> = []
        let isCounted = votes.map { vote in
            guard let address = vote.who.flatMap(contributorAddress), principals.contains(address) else { return false }
            return voters.insert(address).inserted
        }
        return (
            zip(votes, isCounted).filter(\.1).map(\.0), zip(votes, isCounted).filter { !$0.1 }.map(\.0)
        )
    }

    /// Sets Pareto ranks. A task ranks below every task that is at least as important and at least as cheap, and that
    /// is more important or cheaper. Of equally important tasks, those whose outcome is evidence on the question itself
    /// count as more important. Tasks that decide nothing or are hopeless rank last.
    func rank(_ tasks: inout [LedgerTask]) {
        func cost(_ task: LedgerTask) -> Double { task.costSeconds ?? .infinity }
        // Long fractions are slow to compare, so they are sorted once and replaced by their positions.
        let distinct = Set(tasks.compactMap(\.importance)).sorted()
        let place = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0) })
        func worth(_ task: LedgerTask) -> Int {
            task.importance.flatMap { place[$0] }.map { 2 * $0 + (task.kind.isDirect ? 1 : 0) } ?? -1
        }
        let keys = tasks.map { (cost: cost($0), worth: worth($0), votes: $0.votes, id: $0.id) }
        let order = tasks.indices.sorted { i, j in
            let (a, b) = (keys[i], keys[j])
            if a.cost != b.cost { return a.cost < b.cost }
            if a.worth != b.worth { return a.worth > b.worth }
            return a.votes == b.votes ? a.id < b.id : a.votes > b.votes
        }
        tasks = order.map { tasks[$0] }
        /// The highest worth so far and the cost of its task, by rank.
        var fronts: [(worth: Int, cost: Double)] = []
        for index in tasks.indices where tasks[index].isUseful {
            let (own, price) = (keys[order[index]].worth, keys[order[index]].cost)
            // Tasks are sorted by cost, so only their worth must be compared. Tasks with equal worth and cost have the
            // same rank.
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
        for index in tasks.indices where !tasks[index].isUseful { tasks[index].rank = fronts.count + 1 }
        // Tasks are still sorted by cost, so the first one with rank 1 is the cheapest.
        let cheapest = tasks.first { $0.rank == 1 && !fronts.isEmpty }?.costSeconds
        for index in tasks.indices where tasks[index].rank == 1 && cheapest != nil {
            tasks[index].isLowHanging = tasks[index].costSeconds == cheapest
        }
        tasks = tasks.indices.sorted { (tasks[$0].rank, $0) < (tasks[$1].rank, $1) }.map { tasks[$0] }
    }
}
