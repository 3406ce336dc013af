import Testing

@testable import Checking
@testable import Evidence
@testable import Merging
@testable import Records

/// Compares the labels of claims with labels that are computed separately for each cell.
@Suite struct RegionTests {
    private static let densities = ["0.05", "0.3", "0.9"]
    private static let models = ["cd3b", "r1", "toy"]

    /// Returns claims on `dims` with random ranges, tested cells and scopes, some of them with runs.
    private func ledger(_ random: inout SeededGenerator) throws -> TestLedger {
        var ledger = baseLedger
        ledger.files.removeAll { $0.path.hasPrefix("Findings/") }
        let count = Int.random(in: 3...7, using: &random)
        var runs: [(name: String, value: Double, isIndependent: Bool)] = []
        for number in 0..<count {
            let lower = random.pick([0.0, 0.4, 0.8])
            let model = random.chance(0.7) ? "toy" : random.pick(Self.models)
            let tested = "{model: \(model), density: \(random.pick(Self.densities))}"
            let scopes = [
                "", ", holds_for: {}", ", holds_for: {model: [\(model)]}",
            ]
            let claim =
                "  - {quantity: dims, value: [\(lower), \(lower + 0.3)], tested: \(tested)\(random.pick(scopes))}"
            ledger = ledger + TestLedger(finding("f\(number)", claim))
            if model == "toy", random.chance(0.6) {
                let value = random.chance(0.8) ? lower + 0.1 : 1.9
                runs.append(("f\(number)", value, random.chance(0.7)))
            }
        }
        for run in runs where run.isIndependent {
            try ledger.addIndependentRuns(of: run.name, Array(repeating: run.value, count: 8))
        }
        for run in runs where !run.isIndependent {
            try ledger.addRuns(of: run.name, Array(repeating: run.value, count: 8))
        }
        return ledger
    }

    /// A claim or the complement of a refuted one at a single cell.
    private struct Side {
        var member: Member
        var isComplement: Bool
        var rank: Int

        func contradicts(_ other: Side) -> Bool {
            guard let mine = member.values, let theirs = other.member.values else { return false }
            if isComplement { return !other.isComplement && mine.contains(theirs) }
            return other.isComplement ? theirs.contains(mine) : mine.isDisjoint(from: theirs)
        }
    }

    private func sides(_ merge: Merge, at cell: Scope) -> [Side] {
        merge.members.sorted { $0.id < $1.id }.flatMap { member -> [Side] in
            if member.isRefuted {
                return member.evidence.cells.filter { $0.verdict == .refuted }.filter {
                    Scope(cell: $0.cell, model: member.claim.tested[Condition.model]).overlaps(cell)
                }.map { Side(member: member, isComplement: true, rank: $0.rank) }
            }
            guard member.scope.overlaps(cell) else { return [] }
            let isTested = Scope(member.claim.tested, vocabulary: merge.state.vocabulary).overlaps(cell)
            return [Side(member: member, isComplement: false, rank: isTested ? member.evidence.evidence.rank : 0)]
        }
    }

    @Test(arguments: Array(UInt64(1)...60)) func labelsEqualThoseOfEachCell(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let merge = try ledger(&random).merge()
        for density in Self.densities {
            for model in Self.models {
                let cell = Scope(sides: [
                    Scope.Side(condition: "density", values: [density]),
                    Scope.Side(condition: "model", values: [model]),
                ])
                let sides = sides(merge, at: cell)
                var graph = AttackGraph(count: sides.count)
                for (i, attacker) in sides.enumerated() {
                    for (j, target) in sides.enumerated()
                    where attacker.contradicts(target) && attacker.rank >= target.rank {
                        graph.add([i], on: j)
                    }
                }
                for (side, label) in zip(sides, graph.groundedLabels()) {
                    let parts = merge.attackOutcome.parts(of: side.member).filter { part in
                        part.boxes.isEmpty || part.boxes.contains { $0.overlaps(cell) }
                    }
                    #expect(
                        (parts.isEmpty ? [.in] : parts.map(\.status)) == [label],
                        "\(side.member.id) at density \(density), model \(model)")
                }
            }
        }
    }

    @Test func theRandomLedgersHaveAllRanksAndStatuses() throws {
        let members = try (UInt64(1)...60).flatMap { seed in
            var random = SeededGenerator(seed)
            let merge = try ledger(&random).merge()
            return merge.members.map { (member: $0, parts: merge.attackOutcome.parts(of: $0)) }
        }
        #expect(Set(members.map { $0.member.evidence.evidence.rank }).count > 1)
        #expect(members.contains { $0.member.isRefuted })
        #expect(members.contains { Set($0.parts.map(\.status)) == [.in, .out, .undecided] })
    }
}
