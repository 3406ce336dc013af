import Records

/// What tasks are worth, and which come first.
extension Merge {
    func setImportance(of tasks: inout [LedgerTask], _ answers: [String: Answer], _ ancestor: String?) {
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
    func rank(_ tasks: inout [LedgerTask]) {
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
}
