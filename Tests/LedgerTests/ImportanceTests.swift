import Checking
import Merging
import Records
import Testing

/// A question tree in short notation. Parts and `also_under` are given by name, and each leaf has a status.
private struct SmallTree {
    var text = "--- Claims/question.yaml\nquestion: What?\nwhy: For a start.\n"
    var statuses: [String: QuestionStatus] = [:]

    init(needs: Question.Needs = .answers) { text += "needs: \(needs.rawValue)\n" }

    mutating func add(
        _ id: String, _ needs: Question.Needs = .answers, also: [String] = [], status: Question.Status = .active
    ) {
        text += """
            --- Claims/\(id)/question.yaml
            question: What of \(id)?
            why: It is a part.
            needs: \(needs.rawValue)
            also_under: [\(also.joined(separator: ", "))]
            status: \(status.rawValue)
            \(status == .retired ? "reason: Nobody asks." : "")

            """
    }

    mutating func addLeaf(
        _ id: String, _ answer: QuestionStatus = .open, also: [String] = [], status: Question.Status = .active
    ) {
        statuses[id] = answer
        text += """
            --- Claims/\(id)/question.yaml
            question: What of \(id)?
            why: It is a part.
            quantity: dims
            yes: [0.45, 0.55]
            also_under: [\(also.joined(separator: ", "))]
            status: \(status.rawValue)
            \(status == .retired ? "reason: Nobody asks." : "")

            """
    }

    var questions: [String: Question] {
        let vocabulary = baseLedger.files.filter {
            $0.path.contains("quantities/dims") || $0.path.contains("conditions/density")
                || $0.path.contains("conditions/model")
        }
        let ledger = (TestLedger(files: vocabulary) + TestLedger(text)).check()
        #expect(ledger.diagnostics.map(rendered) == [])
        return ledger.state.questions
    }

    func importances(for ancestor: String = ".") -> [String: String] {
        (Merging.importances(of: statuses, questions: questions, for: ancestor) ?? [:])
            .mapValues { "\($0.numerator)/\($0.denominator)" }
    }
}

/// Enumerates all cases, directly following the definition. Returns the number of cases that each leaf decides, and the
/// number of all cases.
private func countedOneByOne(
    _ statuses: [String: QuestionStatus], _ questions: [String: Question], for ancestor: String
) -> [String: (deciding: Int, all: Int)] {
    var parts: [String: Set<String>] = [:]
    for question in questions.values where question.status == .active {
        for parent in [question.parent].compactMap(\.self) + question.alsoUnder.map(\.value) {
            parts[parent, default: []].insert(question.id)
        }
    }
    func leaves(below id: String) -> Set<String> {
        questions[id]!.isLeaf ? [id] : parts[id, default: []].reduce(into: []) { $0.formUnion(leaves(below: $1)) }
    }
    func answer(_ id: String, _ outcomes: [String: QuestionStatus]) -> QuestionStatus {
        let question = questions[id]!
        return question.isLeaf
            ? outcomes[id]! : combine(parts[id, default: []].map { answer($0, outcomes) }, question.needs)
    }
    let all = leaves(below: ancestor)
    let unresolved = all.filter { [.open, .contested].contains(statuses[$0]!) }.sorted()
    var counts: [String: (deciding: Int, all: Int)] = [:]
    for leaf in unresolved {
        let others = unresolved.filter { $0 != leaf }
        let caseCount = others.reduce(1) { count, _ in count * 3 }
        var deciding = 0
        for number in 0..<caseCount {
            var leaves = statuses.filter { all.contains($0.key) }
            var rest = number
            for other in others {
                leaves[other] = [.supported, .refuted, statuses[other]!][rest % 3]
                rest /= 3
            }
            let outcomes = Set(
                [.supported, .refuted, statuses[leaf]!].map { outcome in
                    leaves[leaf] = outcome
                    return answer(ancestor, leaves)
                })
            if outcomes.count > 1 { deciding += 1 }
        }
        counts[leaf] = (deciding, caseCount)
    }
    return counts
}

@Suite struct ImportanceTests {
    // MARK: By hand

    /// A leaf decides the parent question in the two of three cases in which the other leaf is answered. In the third
    /// case, the other leaf keeps the parent question open.
    @Test func aPartDecidesIfTheOtherIsAnswered() {
        var tree = SmallTree()
        tree.addLeaf("a")
        tree.addLeaf("b")
        #expect(tree.importances() == ["a": "2/3", "b": "2/3"])
        #expect(tree.importances(for: "a") == ["a": "1/1"])
        #expect(tree.importances(for: "nowhere") == [:])
    }

    /// A refuted part decides a question with `needs: all`, and a supported part decides one with `needs: any`. No
    /// other part then decides the question.
    @Test(arguments: [(Question.Needs.all, QuestionStatus.refuted), (.any, .supported)])
    func nothingDecidesAnAnsweredQuestion(needs: Question.Needs, answer: QuestionStatus) {
        var tree = SmallTree(needs: needs)
        tree.addLeaf("a")
        tree.addLeaf("b", answer)
        #expect(tree.importances() == ["a": "0/1"])
    }

    @Test func onlyUnresolvedActiveLeavesCount() {
        var tree = SmallTree()
        tree.addLeaf("a")
        tree.addLeaf("b", .supported)
        tree.addLeaf("c", .open, status: .proposed)
        tree.add("d", status: .retired)
        tree.addLeaf("d/e")
        #expect(tree.importances() == ["a": "1/1"])
    }

    /// The closer a leaf is to the ancestor, the more often it decides the ancestor's answer.
    @Test func aLeafWithManySiblingsDecidesLess() {
        var tree = SmallTree()
        tree.addLeaf("near")
        tree.add("far", .any)
        for name in ["a", "b", "c"] { tree.addLeaf("far/\(name)") }
        #expect(tree.importances() == ["near": "20/27", "far/a": "8/27", "far/b": "8/27", "far/c": "8/27"])
    }

    /// A leaf under two parts of a question with `needs: all` counts once.
    @Test func aLeafWithTwoParentsCountsOnce() {
        var tree = SmallTree(needs: .all)
        tree.add("x", .all)
        tree.add("y", .any)
        tree.addLeaf("x/both", also: ["y"])
        #expect(tree.importances() == ["x/both": "1/1"])
        tree.addLeaf("y/other")
        #expect(tree.importances() == ["x/both": "1/1", "y/other": "0/1"])
    }

    // MARK: Against the definition

    private func randomTree(_ random: inout SeededGenerator) -> SmallTree {
        let rootNeeds = random.pick(Question.Needs.allCases)
        var tree = SmallTree(needs: rootNeeds)
        var inner: [(id: String, needs: Question.Needs)] = [(".", rootNeeds)]
        for number in 0..<Int.random(in: 0...5, using: &random) {
            let parent = random.pick(inner)
            let needs = parent.needs == .answers ? random.pick(Question.Needs.allCases) : random.pick([.all, .any])
            // Only earlier questions are used, so that there is no cycle.
            let also = inner.filter { other in
                other.id != parent.id && (needs != .answers || other.needs == .answers) && random.chance(0.2)
            }
            let id = (parent.id == "." ? "" : parent.id + "/") + "n\(number)"
            tree.add(id, needs, also: also.map(\.id), status: random.chance(0.1) ? .proposed : .active)
            inner.append((id, needs))
        }
        for number in 0..<Int.random(in: 1...6, using: &random) {
            let parent = random.pick(inner).id
            let also = inner.map(\.id).filter { $0 != parent && random.chance(0.25) }
            tree.addLeaf(
                (parent == "." ? "" : parent + "/") + "l\(number)",
                random.pick([.open, .open, .contested, .supported, .refuted]), also: also)
        }
        return tree
    }

    @Test func importanceMatchesEnumeration() {
        var random = SeededGenerator(11)
        var sharedCount = 0
        for _ in 0..<400 {
            let tree = randomTree(&random)
            let questions = tree.questions
            for ancestor in questions.keys.sorted() where ancestor == "." || random.chance(0.3) {
                let counted = countedOneByOne(tree.statuses, questions, for: ancestor)
                let found = importances(of: tree.statuses, questions: questions, for: ancestor)
                #expect(found?.keys.sorted() == counted.keys.sorted())
                for (leaf, importance) in found ?? [:] {
                    guard let (deciding, all) = counted[leaf] else { continue }
                    #expect(
                        importance.numerator * .init(all) == importance.denominator * .init(deciding),
                        "\(leaf) for \(ancestor) is \(importance) and not \(deciding) of \(all) in\n\(tree.text)")
                    #expect(importance.numerator.greatestCommonDivisor(with: importance.denominator) == 1)
                }
                if questions.values.contains(where: { !$0.alsoUnder.isEmpty }) { sharedCount += 1 }
            }
        }
        #expect(sharedCount > 100)
    }

    // MARK: Large trees

    /// There are 5,000 leaves directly below the root. Each of them decides only if all others are answered; the chance
    /// of this is (2/3)^4999.
    @Test func countsManyLeavesExactly() {
        var tree = SmallTree()
        for number in 0..<5000 { tree.addLeaf("l\(number)") }
        let found = importances(of: tree.statuses, questions: tree.questions, for: ".") ?? [:]
        #expect(found.count == 5000)
        let first = found["l0"]
        #expect(first?.numerator == .init(2).power(4999))
        #expect(first?.denominator == .init(3).power(4999))
        #expect(found.values.allSatisfy { $0 == first })
    }

    /// All parts of this deep tree are distinct, so no result can be reused for equal parts.
    @Test func countsManyDistinctParts() {
        var random = SeededGenerator(12)
        var tree = SmallTree()
        var inner = ["."]
        for number in 0..<1000 {
            let parent = random.pick(inner)
            guard parent.split(separator: "/").count < 25 else { continue }
            let id = (parent == "." ? "" : parent + "/") + "n\(number)"
            tree.add(id, .any, also: [])
            inner.append(id)
        }
        for number in 0..<5000 {
            let parent = random.pick(inner)
            tree.addLeaf(
                (parent == "." ? "" : parent + "/") + "l\(number)", random.pick([.open, .contested]),
                also: number < 3 ? [random.pick(inner)].filter { $0 != parent } : [])
        }
        let found = importances(of: tree.statuses, questions: tree.questions, for: ".")
        #expect(found?.count == 5000)
    }

    /// If two parts share eleven leaves, there are too many cases to enumerate; if they share ten, there are not.
    @Test func refusesTooManySharedLeaves() {
        var tree = SmallTree()
        tree.add("x")
        tree.add("y")
        for number in 0..<10 { tree.addLeaf("x/l\(number)", also: ["y"]) }
        for number in 0..<3 { tree.addLeaf("y/m\(number)") }
        let found = importances(of: tree.statuses, questions: tree.questions, for: ".")
        #expect(found?.count == 13)
        #expect(Set((found ?? [:]).values).count == 1)
        #expect(found?["x/l0"]?.numerator == .init(2).power(12))
        tree.addLeaf("x/l10", also: ["y"])
        #expect(importances(of: tree.statuses, questions: tree.questions, for: ".") == nil)
        #expect(importances(of: tree.statuses, questions: tree.questions, for: "y")?.count == 14)
    }

    @Test func comparesImportances() {
        var tree = SmallTree()
        tree.addLeaf("near")
        tree.add("far", .any)
        for name in ["a", "b"] { tree.addLeaf("far/\(name)") }
        let found = importances(of: tree.statuses, questions: tree.questions, for: ".") ?? [:]
        #expect(found["near"]! > found["far/a"]!)
        #expect(found["far/a"]! == found["far/b"]!)
    }
}
