import Checking
import Merging
import Records
import Testing

/// A question tree in short notation. Each leaf has a status for general and for special-purpose models.
private struct SmallTree {
    var text = "--- Claims/question.yaml\nquestion: What?\nwhy: For a start.\n"
    /// The status of each leaf for all models, and for general models where it differs.
    var statuses: [String: QuestionStatus] = [:]
    var general: [String: QuestionStatus] = [:]

    init(needs: Question.Needs = .answers) { text += "needs: \(needs.rawValue)\n" }

    mutating func add(
        _ id: String, _ needs: Question.Needs = .answers, asks: Question.Asks? = nil, status: Question.Status = .active
    ) {
        text += """
            --- Claims/\(id)/question.yaml
            question: What of \(id)?
            why: It is a part.
            needs: \(needs.rawValue)
            \(asks.map { "asks: \($0.rawValue)" } ?? "")
            status: \(status.rawValue)
            \(status == .retired ? "reason: Nobody asks." : "")

            """
    }

    mutating func addLeaf(
        _ id: String, _ answer: QuestionStatus = .open, general: QuestionStatus? = nil, asks: Question.Asks? = nil,
        status: Question.Status = .active
    ) {
        statuses[id] = answer
        self.general[id] = general ?? answer
        text += """
            --- Claims/\(id)/question.yaml
            question: What of \(id)?
            why: It is a part.
            quantity: dims
            yes: [0.45, 0.55]
            \(asks.map { "asks: \($0.rawValue)" } ?? "")
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

    func found(for ancestor: String, isRelative: Bool = true) -> [String: Importance] {
        found(for: ancestor, isRelative: isRelative, in: questions)
    }

    /// Takes the tree's `questions`, which take longer to read than the importances to compute.
    func found(for ancestor: String, isRelative: Bool = true, in questions: [String: Question])
        -> [String: Importance]
    {
        func asks(_ id: String) -> Question.Asks {
            questions[id]?.asks ?? Question.parent(of: id).map(asks) ?? .either
        }
        let statuses = QuestionStatuses(
            asks: asks, ofLeaf: { id, asks in (asks == .general ? general[id] : self.statuses[id]) ?? .open })
        return Merging.importances(of: statuses, questions: questions, for: ancestor, isRelative: isRelative)
    }

    /// The share of cases that each leaf decides for an ancestor.
    func shares(for ancestor: String = ".") -> [String: String] {
        found(for: ancestor).mapValues { "\($0.numerator)/\($0.denominator)" }
    }

    /// The number of ancestors that each leaf decides alone, and the share for the nearest undecided one.
    func importances() -> [String: String] {
        found(for: ".", isRelative: false).mapValues { "\($0.ancestors), \($0.numerator)/\($0.denominator)" }
    }
}

/// Enumerates all cases, directly following the definition. Returns the number of cases that each leaf decides, and the
/// number of all cases.
private func countedOneByOne(
    _ statuses: [String: QuestionStatus], _ questions: [String: Question], for ancestor: String
) -> [String: (deciding: Int, all: Int)] {
    var parts: [String: Set<String>] = [:]
    for question in questions.values where question.status == .active {
        if let parent = question.parent { parts[parent, default: []].insert(question.id) }
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
        #expect(tree.shares() == ["a": "2/3", "b": "2/3"])
        #expect(tree.shares(for: "a") == ["a": "1/1"])
        #expect(tree.shares(for: "nowhere") == [:])
    }

    /// A refuted part decides a question with `needs: all`, and a supported part decides one with `needs: any`. No
    /// other part then decides the question.
    @Test(arguments: [(Question.Needs.all, QuestionStatus.refuted), (.any, .supported)])
    func nothingDecidesAnAnsweredQuestion(needs: Question.Needs, answer: QuestionStatus) {
        var tree = SmallTree(needs: needs)
        tree.addLeaf("a")
        tree.addLeaf("b", answer)
        #expect(tree.shares() == ["a": "0/1"])
        #expect(tree.importances() == [:])
    }

    @Test func onlyUnresolvedActiveLeavesCount() {
        var tree = SmallTree()
        tree.addLeaf("a")
        tree.addLeaf("b", .supported)
        tree.addLeaf("c", .open, status: .proposed)
        tree.addLeaf("f", .depends)
        tree.add("d", status: .retired)
        tree.addLeaf("d/e")
        #expect(tree.shares() == ["a": "1/1"])
    }

    /// The closer a leaf is to the ancestor, the more often it decides the ancestor's answer.
    @Test func aLeafWithManySiblingsDecidesLess() {
        var tree = SmallTree()
        tree.addLeaf("near")
        tree.add("far", .any)
        for name in ["a", "b", "c"] { tree.addLeaf("far/\(name)") }
        #expect(tree.shares() == ["near": "20/27", "far/a": "8/27", "far/b": "8/27", "far/c": "8/27"])
    }

    /// A yes at `far/a` answers `far`, and a no at `near` answers the root, which needs all parts. A no at the end of the
    /// chain answers all questions above it. The shares are those of the nearest undecided ancestor: `near` decides the
    /// root unless both leaves of `far` (1/9) or the leaf of the chain (1/3) are refuted.
    @Test func aLeafThatDecidesMoreAncestorsIsMoreImportant() {
        var tree = SmallTree(needs: .all)
        tree.addLeaf("near")
        tree.add("far", .any)
        for name in ["a", "b"] { tree.addLeaf("far/\(name)") }
        tree.add("chain", .all)
        tree.add("chain/link", .all)
        tree.addLeaf("chain/link/leaf")
        tree.addLeaf("chain/link/yes", .supported)
        #expect(
            tree.importances() == [
                "near": "1, 16/27", "far/a": "1, 2/3", "far/b": "1, 2/3", "chain/link/leaf": "3, 1/1",
            ])
        let found = tree.found(for: ".", isRelative: false)
        #expect(found["chain/link/leaf"]! > found["far/a"]! && found["far/a"]! > found["near"]!)
    }

    /// A question about general models is not answered by toys, and counts no part about special-purpose models.
    @Test func aQuestionAboutGeneralModelsNeedsThem() {
        var tree = SmallTree(needs: .all)
        tree.add("real", .all, asks: .general)
        tree.addLeaf("real/toy-answers", .supported, general: .open)
        tree.addLeaf("real/of-toys", .open, asks: .special)
        tree.addLeaf("real/known", .supported)
        #expect(tree.importances() == ["real/toy-answers": "2, 1/1"])
    }

    // MARK: Against the definition

    private func randomTree(_ random: inout SeededGenerator) -> SmallTree {
        let rootNeeds = random.pick(Question.Needs.allCases)
        var tree = SmallTree(needs: rootNeeds)
        var inner: [(id: String, needs: Question.Needs)] = [(".", rootNeeds)]
        for number in 0..<Int.random(in: 0...5, using: &random) {
            let parent = random.pick(inner)
            let needs = parent.needs == .answers ? random.pick(Question.Needs.allCases) : random.pick([.all, .any])
            let id = (parent.id == "." ? "" : parent.id + "/") + "n\(number)"
            tree.add(id, needs, status: random.chance(0.1) ? .proposed : .active)
            inner.append((id, needs))
        }
        for number in 0..<Int.random(in: 1...6, using: &random) {
            let parent = random.pick(inner).id
            tree.addLeaf(
                (parent == "." ? "" : parent + "/") + "l\(number)",
                random.pick([.open, .open, .contested, .supported, .refuted, .depends]))
        }
        return tree
    }

    @Test func importanceMatchesEnumeration() {
        var random = SeededGenerator(11)
        for _ in 0..<400 {
            let tree = randomTree(&random)
            let questions = tree.questions
            for ancestor in questions.keys.sorted() where ancestor == "." || random.chance(0.3) {
                let counted = countedOneByOne(tree.statuses, questions, for: ancestor)
                let found = tree.found(for: ancestor, in: questions)
                #expect(found.keys.sorted() == counted.keys.sorted())
                for (leaf, importance) in found {
                    guard let (deciding, all) = counted[leaf] else { continue }
                    #expect(
                        importance.numerator * .init(all) == importance.denominator * .init(deciding),
                        "\(leaf) for \(ancestor) is \(importance) and not \(deciding) of \(all) in\n\(tree.text)")
                    #expect(importance.numerator.greatestCommonDivisor(with: importance.denominator) == 1)
                }
            }
        }
    }

    // MARK: Large trees

    /// There are 5,000 leaves directly below the root. Each of them decides only if all others are answered; the chance
    /// of this is (2/3)^4999.
    @Test func countsManyLeavesExactly() {
        var tree = SmallTree()
        for number in 0..<5000 { tree.addLeaf("l\(number)") }
        let found = tree.found(for: ".")
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
            tree.add(id, .any)
            inner.append(id)
        }
        for number in 0..<5000 {
            let parent = random.pick(inner)
            tree.addLeaf((parent == "." ? "" : parent + "/") + "l\(number)", random.pick([.open, .contested]))
        }
        let questions = tree.questions
        #expect(tree.found(for: ".", in: questions).count == 5000)
        #expect(tree.found(for: ".", isRelative: false, in: questions).count == 5000)
    }
}
