import Checking
import Incremental
import Records
import Reports
import Testing

/// What is told of a change from rows of the ledger before it, against a look at the whole ledger.
@Suite struct PartialCheckTests {
    @Test(arguments: UInt64(1)...40) func aChangeIsToldAsIfAllWereRead(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let before = try RandomTree(seed).ledger()
        for _ in 0..<6 {
            var after = before
            for _ in 0...Int.random(in: 0...2, using: &random) { change(&after, &random) }
            try expectSame(from: before, to: after)
        }
    }

    @Test(arguments: FixtureTests.names) func aFixtureIsToldAsIfAllWereRead(name: String) throws {
        let text = try fixtureText(name).components(separatedBy: FixtureTests.separator)[0]
        try expectSame(from: baseLedger, to: baseLedger + TestLedger(text + "\n"))
    }

    /// What it is for: a finding that only comes in is told of in part.
    @Test func aNewFindingIsLookedAtInPart() throws {
        let after = baseLedger + TestLedger(newFinding)
        #expect(try partial(from: baseLedger, to: after) != nil)
    }

    private let newFinding = """
        --- Findings/new.yaml
        title: One more
        authors: [B. Body]
        contributors: [B. Body]
        date: 2024-05-06
        source: a note
        north_star: One more measurement of the same thing.
        claims:
          - quantity: dims
            value: [0.2, 0.3]
            tested: {model: toy, density: 0.3}

        """

    private func expectSame(from before: TestLedger, to after: TestLedger) throws {
        guard let part = try partial(from: before, to: after) else { return }
        let (old, new) = (before.check(), after.check())
        let told = old.diagnostics.filter { !part.replaces($0) } + part.diagnostics
        // Folders that fill up are looked at by whoever knows all files.
        #expect(told.sorted().map(rendered) == new.diagnostics.filter { $0.code != .crowdedFolder }.map(rendered))
        #expect(old.counts.findings + part.moreFindings == new.counts.findings)
        #expect(old.counts.claims + part.moreClaims == new.counts.claims)
    }

    private func partial(from before: TestLedger, to after: TestLedger) throws -> PartialCheck? {
        let ledger = before.check()
        guard !ledger.hasErrors else { return nil }
        let rows = Dictionary(grouping: checkRows(of: before.files.map(decode)).flatMap(\.self), by: \.key)
        func byPath(_ ledger: TestLedger) -> [String: SourceFile] {
            Dictionary(ledger.files.map { ($0.path, $0) }, uniquingKeysWith: { _, last in last })
        }
        let (old, new) = (byPath(before), byPath(after))
        let changed = Set(old.keys).union(new.keys).filter {
            !isReadmePath($0) && (old[$0]?.bytes != new[$0]?.bytes || old[$0]?.kind != new[$0]?.kind)
        }
        let changes = Dictionary(uniqueKeysWithValues: changed.map { ($0, new[$0].map(decode)) })
        let vocabulary = after.files.filter { file in
            switch RecordPlace(path: file.path) {
            case .condition, .conditionValue, .assumption, .model, .measurement: true
            case .question, .vote, .quantity, .finding, .receipt, nil: false
            }
        }
        return try partialCheck(
            of: changes, told: ledger.diagnostics, vocabulary: vocabulary.map(decode), kernels: testKernels,
            today: TestLedger.today,
            rows: { rows[$0.key, default: []].map(\.text) }, files: { paths in paths.map { new[$0].map(decode) } })
    }

    /// A finding goes, comes again under another name, or says what another one says.
    private func change(_ ledger: inout TestLedger, _ random: inout SeededGenerator) {
        let findings = ledger.files.indices.filter { ledger.files[$0].path.hasPrefix("Findings/") }
        guard findings.count > 1 else { return }
        let (index, other) = (random.pick(findings), random.pick(findings))
        let slugs = findings.map { RecordPlace(path: ledger.files[$0].path)?.name ?? "" }
        var file = ledger.files[index]
        switch Int.random(in: 0..<6, using: &random) {
        case 0: ledger.files.remove(at: index)
        case 1:
            file.path = "Findings/more/new-\(Int.random(in: 0..<3, using: &random)).yaml"
            ledger.files.removeAll { $0.path == file.path }
            ledger.files.append(file)
        case 2: ledger.files[index].bytes = ledger.files[other].bytes
        case 3: ledger.files[index].bytes += Array("supersedes: [\(random.pick(slugs))]\n".utf8)
        case 4: ledger.files[index].bytes += Array("same_as: [\(random.pick(slugs))]\n".utf8)
        default: ledger.files[index].bytes += Array("builds_on: [\(random.pick(slugs))]\n".utf8)
        }
    }
}
