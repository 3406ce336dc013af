import Records

/// These methods set the importance and the rank of tasks.
extension Merge {
    func setImportance(of tasks: inout [LedgerTask], _ answers: [String: Answer], _ ancestor: String?) {
        let statuses = answers.mapValues(\.status)
        var byAncestor: [String: [String: Importance]] = [:]
        var uncounted: Set<String> = []
        for index in tasks.indices {
            guard let question = tasks[index].question, let asked = state.questions[question] else { continue }
            (tasks[index].votes, tasks[index].otherVotes) = votes(onAndAbove: question)
            let above = ancestor ?? asked.parent ?? question
            if byAncestor[above] == nil, !uncounted.contains(above) {
                byAncestor[above] = importances(of: statuses, questions: state.questions, for: above)
                if byAncestor[above] == nil { uncounted.insert(above) }
            }
            if let all = byAncestor[above] {
                // A question that is not a leaf has the importance of its most important leaf. An answered question has
                // the importance 0.
                let leaves = asked.isLeaf ? [question] : leaves(below: question)
                tasks[index].importance = leaves.compactMap { all[$0] }.max() ?? Importance.none
            }
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

    /// Returns the votes on a question. If the ledger lists signers, only their votes count, and one for each of them,
    /// because anybody can write any number of votes in any name.
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
    /// is more important or cheaper.
    func rank(_ tasks: inout [LedgerTask]) {
        func cost(_ task: LedgerTask) -> Double { task.costSeconds ?? .infinity }
        // Long fractions are slow to compare, so they are sorted once and replaced by their positions.
        let distinct = Set(tasks.compactMap(\.importance)).sorted()
        let place = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0) })
        func worth(_ task: LedgerTask) -> Int { task.importance.flatMap { place[$0] } ?? -1 }
        tasks.sort { a, b in
            if cost(a) != cost(b) { return cost(a) < cost(b) }
            return worth(a) == worth(b) ? a.id < b.id : worth(a) > worth(b)
        }
        /// The highest worth so far and the cost of its task, by rank.
        var fronts: [(worth: Int, cost: Double)] = []
        let undecisive = tasks.indices.filter { tasks[$0].importance?.numerator.isZero ?? true }
        for index in tasks.indices where !(tasks[index].importance?.numerator.isZero ?? true) {
            let (own, price) = (worth(tasks[index]), cost(tasks[index]))
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
        // Tasks that decide nothing rank last.
        for index in undecisive { tasks[index].rank = fronts.count + 1 }
        // Tasks are still sorted by cost, so the first one with rank 1 is the cheapest.
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
}
