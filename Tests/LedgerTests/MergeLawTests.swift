import Testing

@testable import Checking
@testable import Evidence
@testable import Merging
@testable import Records
@testable import Reports
@testable import Words

/// Tests laws of the whole merge on random ledgers that use every feature.
@Suite struct MergeLawTests {
    static let seeds = Array(UInt64(1)...30)

    /// Returns all reports of a merge in one text.
    private func reports(_ merge: Merge) throws -> String {
        let tasks = TaskReport(merge.tasks(today: TestLedger.today), shownCount: .max)
        return ["text", "json", "markdown", "csv"].map { format in
            MergeReport(merge).written(format) + ConflictReport(merge).written(format) + tasks.written(format)
        }.joined()
    }

    @Test(arguments: seeds) func randomTreesHaveNoErrors(seed: UInt64) throws {
        let errors = try RandomTree(seed).ledger().check().diagnostics.filter { $0.severity == .error }.map(rendered)
        #expect(errors == [])
    }

    /// Ensures that the random ledgers are varied enough for the laws below to be meaningful.
    @Test func randomTreesShowEverything() throws {
        let merges = try Self.seeds.map { try RandomTree($0).ledger().merge() }
        let answers = merges.flatMap { $0.answers().values }
        #expect(Set(answers.map(\.status)).count == QuestionStatus.allCases.count)
        let claims = answers.flatMap(\.claims)
        #expect(claims.contains { $0.status == .out } && claims.contains { $0.status == .undecided })
        #expect(claims.contains { $0.bridge != nil } && claims.contains { $0.member.isRefuted })
        #expect(
            merges.contains { !$0.attackOutcome.failedAssumptions.isEmpty }
                && merges.contains { !$0.attackOutcome.supportedAssumptions.isEmpty })
        #expect(Set(answers.flatMap { $0.bridges.map(\.status) }).count > 1)
        #expect(merges.contains { !$0.attackingCaveats().isEmpty })
        #expect(claims.contains { Set($0.parts.map(\.status)).count > 1 } && claims.contains { !$0.doubts.isEmpty })
        #expect(
            claims.contains { $0.omission == .unrecordedSettings } && answers.contains(where: \.hasUnrecordedSettings))
        #expect(answers.contains { $0.general != $0.special })
        #expect(Set(merges.flatMap { $0.members.map(\.evidence.evidence.rank) }) == [0, 1, 2])
        let supersessions = merges.flatMap(\.supersessions)
        #expect(supersessions.contains { $0.obstacle == nil } && supersessions.contains { $0.obstacle != nil })
        #expect(answers.contains { $0.assumptions.sets.count > 1 })
        #expect(merges.flatMap { $0.disagreements() }.contains { !$0.sets.isEmpty })
    }

    // MARK: Independence of order and names

    @Test(arguments: seeds) func reportsDoNotDependOnFileOrder(seed: UInt64) throws {
        let ledger = try RandomTree(seed).ledger()
        let expected = try reports(ledger.merge())
        var random = SeededGenerator(seed)
        for _ in 0..<2 {
            var shuffled = ledger
            shuffled.files.shuffle(using: &random)
            #expect(try reports(shuffled.merge()) == expected)
        }
    }

    @Test(arguments: seeds) func reorderingKeysChangesNothing(seed: UInt64) throws {
        let tree = RandomTree(seed)
        var random = SeededGenerator(seed)
        var other = tree
        for i in other.findings.indices {
            for j in other.findings[i].claims.indices { other.findings[i].claims[j].keys.shuffle(using: &random) }
        }
        #expect(try reports(other.ledger().merge()) == reports(tree.ledger().merge()))
    }

    /// If renamed findings keep their order, the reports differ only in names, even for ties and randomly drawn
    /// shuffles.
    @Test(arguments: seeds) func renamingFindingsChangesOnlyNames(seed: UInt64) throws {
        var renamed = RandomTree(seed)
        let expected = try reports(renamed.ledger().merge())
        renamed.prefix = "e"
        let found = try reports(renamed.ledger().merge())
        #expect(found != expected || expected.isEmpty)
        #expect(found.replacing(/e([0-9])/) { "f\($0.1)" } == expected)
    }

    /// If renaming changes the order of the findings, all results that depend only on values stay the same.
    @Test(arguments: seeds) func renamingInAnotherOrderChangesNoResult(seed: UInt64) throws {
        var renamed = RandomTree(seed)
        func results(_ merge: Merge, _ name: (ClaimID) -> String) -> [String] {
            func groups(_ groups: [[ClaimID]]) -> String {
                groups.map { $0.map(name).sorted().description }.sorted().description
            }
            var lines: [String] = []
            for (id, answer) in merge.answers().sorted(by: { $0.key < $1.key }) {
                lines.append(
                    "\(id) \(answer.phrase) \(answer.verified) \(answer.general) \(answer.special) \(answer.assumptions.sets)"
                )
                lines += answer.bridges.map { "\($0.assumption) \($0.status) \($0.yes) \($0.no)" }
                lines += answer.claims.map {
                    "\(name($0.member.id)) \($0.side) \($0.status) \($0.effectiveStatus) \($0.parts.map(\.status)) \($0.doubts.count)"
                }
                .sorted()
            }
            for found in merge.disagreements() {
                lines += found.pairs.map { pair in
                    let names = [name(pair.a), name(pair.b)].sorted()
                    return "\(names) \(pair.isConflict) \(pair.kind) \(pair.grade) \(pair.differs)"
                }.sorted()
                lines += found.explanations.map { "\($0)" } + found.core
                lines += [groups(found.sets), groups(found.sides), groups(found.camps)]
                if found.members.count < 8 { lines.append("\(found.shuffle.debugDescription)") }
            }
            return lines
        }
        let expected = try results(renamed.ledger().merge()) { "\($0)" }
        renamed.isReversed = true
        let found = try results(renamed.ledger().merge()) { id in
            "f\(9 - Int(id.slug.dropFirst())!)#\(id.number)"
        }
        #expect(found == expected)
    }

    /// Unrelated records (another quantity, its question, findings and an assumption) change no other result.
    @Test(arguments: seeds) func unrelatedRecordsChangeNothingElse(seed: UInt64) throws {
        var tree = RandomTree(seed)
        let before = try tree.ledger().merge()
        tree.extraFiles = """
            --- Claims/apart/question.yaml
            question: What of apart?
            why: It matters.
            quantity: apart
            yes: [0, 1]
            --- Claims/vocabulary/quantities/apart.yaml
            title: Apart
            definition: A number.
            range: [0, 10]
            conditions: [model]
            --- Claims/vocabulary/assumptions/apart.yaml
            statement: Apart.
            excludes: [free]

            """
            + finding("apart", "  - {quantity: apart, value: [0, 1], tested: {model: big}, assumes: [apart]}")
            + finding("apart-too", "  - {quantity: apart, value: [2, 3], tested: {model: mid}}")
        let after = try tree.ledger().merge()
        for quantity in ["q", "w", "dims", "good"] {
            #expect(outline(after.disagreement(on: quantity)) == outline(before.disagreement(on: quantity)))
        }
        let (old, new) = (before.answers(), after.answers())
        for id in old.keys where id != "." { #expect(outline(new[id]) == outline(old[id])) }
    }

    // MARK: Monoid

    @Test(arguments: seeds) func summariesAreACommutativeIdempotentMonoid(seed: UInt64) throws {
        let merge = try RandomTree(seed).ledger().merge()
        let members = Array(merge.members)
        var random = SeededGenerator(seed)
        let whole = Summary(members)
        #expect(whole == merge.summary)
        for _ in 0..<5 {
            // The three sets may overlap, but together they contain all members.
            var sets: [[Member]] = [[], [], []]
            for member in members {
                let first = random.below(3)
                sets[first].append(member)
                for other in 0..<3 where other != first && random.chance(0.3) { sets[other].append(member) }
            }
            for index in sets.indices { sets[index].shuffle(using: &random) }
            let (a, b, c) = (Summary(sets[0]), Summary(sets[1]), Summary(sets[2]))
            #expect(a + b + c == whole)
            #expect(a + (b + c) == whole)
            #expect(c + b + a == whole)
            #expect(a + a == a && a + .empty == a && .empty + a == a)
            #expect(a + b == Summary(sets[0] + sets[1]))
        }
    }

    /// Even beyond the limit on pairs, sums do not depend on their order.
    @Test func summariesBeyondThePairLimitAreAMonoid() {
        let many = TestLedger(RandomTree.vocabulary + disjointClaims(70)).merge()
        let members = Array(many.members)
        let whole = Summary(members)
        #expect(whole.quantities["q"]?.pairs == nil)
        for cut in [0, 1, 35, 69, 70] {
            #expect(Summary(Array(members.prefix(cut))) + Summary(Array(members.suffix(70 - cut))) == whole)
            #expect(Summary(Array(members.suffix(70 - cut))) + Summary(Array(members.prefix(cut))) == whole)
        }
        #expect(whole + whole == whole)
        let few = Summary(Array(members.prefix(63)))
        #expect(few.quantities["q"]?.pairs?.count == 63 * 62 / 2)
        #expect(few + few == few)
    }

    // MARK: Verdicts

    @Test(arguments: seeds) func appendingRunsNeverChangesAVerdict(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let first = (0..<random.pick([8, 12, 20])).map { _ in random.chance(0.85) ? 0.5 : 1.0 }
        var ledger = baseLedger
        try ledger.addRuns(of: "half", first)
        let before = ledger.evidence()[ClaimID(slug: "half", number: 1, isOnly: true)]
        guard before.verdict == .verified || before.verdict == .refuted else { return }
        try ledger.addRuns(of: "half", (0..<40).map { _ in random.chance(0.2) ? 0.5 : 1.0 }, from: first.count)
        let after = ledger.evidence()[ClaimID(slug: "half", number: 1, isOnly: true)]
        #expect(after.verdict == before.verdict)
        #expect((after.hits, after.runs) == (before.hits, before.runs))
    }

    // MARK: Assumption sets

    /// Computes the sets for leaves directly from the definition, and the sets for inner questions from their parts.
    @Test(arguments: seeds) func assumptionSetsAreThoseOfTheDefinition(seed: UInt64) throws {
        let merge = try RandomTree(seed).ledger().merge()
        let answers = merge.answers()
        func minimal(_ sets: [Set<String>]) -> Set<Set<String>> {
            let consistent = Set(sets).filter { set in
                !(set.contains("left") && set.contains("right"))
                    && !merge.inconsistentAssumptions.contains { $0.isSubset(of: set) }
            }
            return consistent.filter { set in !consistent.contains { $0.isStrictSubset(of: set) } }
        }
        func expected(_ id: String) -> Set<Set<String>> {
            let answer = answers[id]!
            guard !answer.question.isLeaf else {
                let best = [Side.pro, .con].map { side in
                    answer.claims.filter { $0.hasCountedSide && answer.counts($0.member) && $0.side == side }
                        .map(\.effectiveStatus).max() ?? .out
                }
                return minimal(
                    answer.claims.filter { claim in
                        guard claim.hasCountedSide, answer.counts(claim.member) else { return false }
                        return switch answer.status {
                        case .supported: claim.side == .pro && claim.effectiveStatus == best[0]
                        case .refuted: claim.side == .con && claim.effectiveStatus == best[1]
                        case .depends: claim.effectiveStatus == .in
                        case .contested: claim.effectiveStatus != .out
                        case .open, .answered: false
                        }
                    }.map { claim in
                        Set(claim.member.claim.assumes.map(\.value)).filter {
                            merge.state.assumptions[$0]?.bridge == nil
                                && !merge.attackOutcome.supportedAssumptions.contains($0)
                        }
                    })
            }
            let parts = answer.parts.map { answers[$0]! }
            switch (answer.question.needs, answer.status) {
            case (_, .open): return []
            case (.any, .supported), (.all, .refuted):
                return minimal(parts.filter { $0.status == answer.status }.flatMap { Array(expected($0.question.id)) })
            case (_, .contested), (.all, _), (.any, _), (.answers, _):
                let isSplit = answer.status == .contested || answer.status == .depends
                let deciding = parts.filter { !isSplit || $0.status == answer.status }
                return minimal(
                    deciding.reduce([[]]) { sets, part in
                        sets.flatMap { set in expected(part.question.id).map { set.union($0) } }
                    })
            }
        }
        for (id, answer) in answers {
            let sets = answer.assumptions.sets.map(Set.init)
            #expect(Set(sets) == expected(id), "of \(id)")
            #expect(Set(sets).count == sets.count)
        }
    }
}

extension Answer {
    /// Whether the headline is about the models on which a claim was tested.
    fileprivate func counts(_ member: Member) -> Bool {
        switch asks {
        case .general: member.isOnGeneralModels
        case .special: member.isOnSpecialModels
        case .either: true
        }
    }
}

/// Returns claims on `q` that hold everywhere and whose ranges are pairwise disjoint.
func disjointClaims(_ count: Int) -> String {
    (0..<count).map { number in
        let lower = Double(number) * 10 / Double(count)
        let range = "[\(lower), \(lower + 5 / Double(count))]"
        return finding(
            "d\(number)", "  - {quantity: q, value: \(range), tested: {model: big, layer: 1}, holds_for: {}}")
    }.joined()
}
