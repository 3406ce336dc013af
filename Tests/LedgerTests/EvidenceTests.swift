import Checking
import Evidence
import Merging
import Records
import Testing

@testable import Reports

private let labelledOrder = """
    --- Verifiers/toy/order.yaml
    measurement: dimensionality
    measures: [dims]
    conditions: [density]
    control: {network: untrained}
    labels:
      order: {of: dims, means: {dfs: {at_least: 1}, bfs: {below: 0.5}}}
    --- Findings/order.yaml
    title: The toy searches depth first
    authors: [Elhage et al.]
    contributors: [A. Handle]
    date: 2022-09-14
    source: arXiv:2209.10652
    north_star: Says in which order a toy visits nodes.
    claims:
      - quantity: order
        value: {any_of: [dfs]}
        tested: {model: toy, density: 0.3}
        assumes: [toy-is-r1]
        verify: toy/order

    """

private let otherSalt = String(repeating: "ab", count: 20)

@Suite struct EvidenceTests {
    @Test func claimWithoutRunsIsReported() {
        #expect(outline(baseLedger.evidence()) == ["half#1 none, reported, 0 of 0"])
    }

    @Test func levelsRiseWithMoreRuns() throws {
        var ledger = baseLedger
        try ledger.addRuns(of: "half", Array(hits8.prefix(7)))
        #expect(outline(ledger.evidence()) == ["half#1 open, reported, 7 of 7"])
        try ledger.addRuns(of: "half", [0.5], from: 7)
        #expect(outline(ledger.evidence()) == ["half#1 verified, own run, 8 of 8"])
        try ledger.addRuns(of: "half", Array(misses8.prefix(7)), isControl: true)
        #expect(outline(ledger.evidence()) == ["half#1 verified, own run, 8 of 8"])
        try ledger.addRuns(of: "half", [1.9], from: 7, isControl: true)
        #expect(outline(ledger.evidence()) == ["half#1 verified, own run, 8 of 8, control refuted"])
    }

    @Test func aControlThatPassesMakesTheClaimUninformative() throws {
        var ledger = baseLedger
        try ledger.addRuns(of: "half", hits8)
        try ledger.addRuns(of: "half", hits8, isControl: true)
        #expect(outline(ledger.evidence()) == ["half#1 verified, reported, 8 of 8, uninformative"])
    }

    @Test func missesRefute() throws {
        var ledger = baseLedger
        try ledger.addRuns(of: "half", misses8)
        #expect(outline(ledger.evidence()) == ["half#1 refuted, reported, 0 of 8"])
    }

    /// A run counts as a miss if it failed, if its value is not finite, or if the quantity is missing.
    @Test func aFailedRunIsAMiss() throws {
        var ledger = baseLedger
        try ledger.addRuns(of: "half", [nil, .nan, .infinity, 0.5, -.infinity, nil, nil])
        #expect(outline(ledger.evidence()) == ["half#1 open, reported, 1 of 7"])
    }

    /// A measurement can turn its number into a label by ranges. A number between the ranges gives no label.
    @Test func readsALabelFromANumber() throws {
        var ledger = baseLedger + TestLedger(labelledOrder)
        try ledger.addRuns(of: "order", [0.3, 1, 2, 0.6, 0.999, nil, .nan])
        #expect(outline(ledger.evidence()).contains("order#1 open, reported, 2 of 7"))
        try ledger.addRuns(of: "order", [0.3, 1.5], isControl: true)
        #expect(outline(ledger.evidence()).contains("order#1 open, reported, 2 of 7"))
    }

    /// If depth first is refuted, breadth first is not verified, since the number may be between the two ranges.
    @Test func refutingOneLabelVerifiesNoOther() throws {
        var ledger = baseLedger + TestLedger(labelledOrder)
        try ledger.addRuns(of: "order", [Double?](repeating: 0.7, count: 8))
        #expect(outline(ledger.evidence()).contains("order#1 refuted, reported, 0 of 8"))
        func side(_ yes: String) -> Side? {
            let question = """
                --- Claims/skill/order/question.yaml
                question: Which order?
                why: The order of search shows which algorithm was learned.
                quantity: order
                yes: {any_of: [\(yes)]}

                """
            let answer = (ledger + TestLedger(question)).merge().answers()["skill/order"]
            return answer?.claims.first { $0.member.id.slug == "order" }?.side
        }
        #expect(side("dfs") == .con)
        #expect(side("bfs") == .silent)
        #expect(side("bfs, none") == .silent)
    }

    @Test func changingALabelsRangeStartsANewAudit() throws {
        var ledger = baseLedger + TestLedger(labelledOrder)
        let old = try #require(ledger.check().state.measurements["toy/order"])
        ledger = ledger + TestLedger(labelledOrder.replacing("at_least: 1", with: "at_least: 0.9"))
        #expect(try #require(ledger.check().state.measurements["toy/order"]).digest != old.digest)
    }

    /// The ends belong to the range. They are 0.45 and 0.55 as doubles, not as decimals.
    @Test func endsOfTheRangeAreHits() throws {
        var ledger = baseLedger
        try ledger.addRuns(of: "half", [0.45, 0.55, 0.45.nextDown, 0.55.nextUp])
        #expect(outline(ledger.evidence()) == ["half#1 open, reported, 2 of 4"])
    }

    @Test func onlyAContiguousPrefixCounts() throws {
        var ledger = baseLedger
        try ledger.addRuns(of: "half", hits8, from: 1)
        #expect(outline(ledger.evidence()) == ["half#1 none, reported, 0 of 0"])
        try ledger.addRuns(of: "half", [0.5], from: 0)
        #expect(outline(ledger.evidence()) == ["half#1 verified, own run, 8 of 8"])
    }

    @Test func offeredRunsDoNotCount() throws {
        var ledger = baseLedger
        try ledger.addRuns(of: "half", Array(hits8.prefix(3)))
        try ledger.addRuns(of: "half", hits8, from: 3, offered: true)
        #expect(outline(ledger.evidence()) == ["half#1 open, reported, 3 of 3, 5 offered"])
    }

    @Test func withoutAnAuditBranchNoRunCounts() throws {
        var ledger = baseLedger
        try ledger.addRuns(of: "half", hits8)
        let checked = ledger.check()
        let evidence = recomputeEvidence(checked, trail: AuditTrail(), settings: LedgerSettings())
        #expect(outline(evidence) == ["half#1 none, reported, 0 of 0"])
    }

    @Test func reportsAShallowHistory() throws {
        var ledger = baseLedger
        try ledger.addRuns(of: "half", hits8, salt: otherSalt)
        #expect(
            outline(ledger.evidence { $0.isShallow = true })
                == ["half#1 verified, own run, 8 of 8, salt not checked"])
        let evidence = ledger.evidence()
        #expect(outline(evidence) == ["half#1 none, reported, 0 of 0"])
        #expect(evidence.stale.map(\.reason) == ["its salt, commit abababababab, is not in the history of main"])
    }

    /// A branch under review cannot replace receipts that already count.
    @Test func offeredSaltsDoNotDisplaceCountedOnes() throws {
        var ledger = baseLedger
        try ledger.addRuns(of: "half", hits8, salt: otherSalt)
        try ledger.addRuns(of: "half", misses8 + misses8, salt: String(repeating: "f", count: 40), offered: true)
        #expect(
            outline(ledger.evidence { $0.isShallow = true })
                == ["half#1 verified, own run, 8 of 8, salt not checked"])
    }

    /// The salt is the oldest commit with the claim's current content, so editing the claim starts a new audit.
    @Test func everyVersionHasItsOwnSalt() throws {
        let ledger = baseLedger.check()
        let claim = ledger.state.findings["half"]!.claims[0]
        let audit = ledger.verification(of: claim)!.auditDigest(of: claim)
        var trail = AuditTrail()
        let (first, second) = (
            AuditTrail.Audit(claim: claim.id, digest: "first digest", contributors: []),
            AuditTrail.Audit(claim: claim.id, digest: audit, contributors: [])
        )
        for (commit, audit) in [("c1", first), ("c2", second), ("c3", second)] {
            trail.add(commit: commit, date: 0)
            trail.add([audit])
        }
        #expect(trail.salt(of: "first digest") == "c1")
        #expect(trail.salt(of: audit) == "c2")
        func version(_ trail: AuditTrail) -> Int? {
            recomputeEvidence(ledger, trail: trail, settings: LedgerSettings()).claims[claim.id]?.version
        }
        #expect(version(trail) == 2)
        #expect(version(AuditTrail()) == 1)
        var unaudited = AuditTrail()
        unaudited.add(commit: "c1", date: 0)
        unaudited.add([first])
        #expect(version(unaudited) == 2)
    }

    /// Once a claim is on the audit branch, its seeds are known. A changed verifier must therefore be run with new
    /// seeds.
    @Test func changingTheToyModelStartsANewAudit() throws {
        let before = baseLedger.files.map(decode).map { (path: $0.path, record: $0.record) }
        var history = AuditHistory(kernels: testKernels)
        let first = history.apply(before).audits
        #expect(first.map(\.claim.description) == ["half#1"])
        let path = "Verifiers/toy/model.yaml"
        let model = String(decoding: baseLedger.files.first { $0.path == path }!.bytes, as: UTF8.self)
        func apply(_ text: String) -> [String] {
            let file = decode(SourceFile(path: path, bytes: Array(text.utf8)))
            return history.apply([(path: path, record: file.record)]).audits.map(\.digest)
        }
        #expect(apply(model.replacingOccurrences(of: "title: ", with: "title: Another ")) == first.map(\.digest))
        let other = model.replacingOccurrences(of: "features: 20", with: "features: 21")
        #expect(other != model)
        #expect(apply(other) != first.map(\.digest))
        #expect(apply(model) == first.map(\.digest))
        let removed = history.apply([(path: path, record: nil)])
        #expect(removed.audits.isEmpty)
        #expect(removed.ended == Set(first.map(\.digest)))
    }

    /// Authors of planned and retracted findings cannot see the seeds of claims before they make the claims. A claim
    /// that is removed and added again has a new salt.
    @Test func onlyPresentClaimsHaveSeeds() throws {
        let files = baseLedger.files.map(decode).map { (path: $0.path, record: $0.record) }
        let path = "Findings/half.yaml"
        let text = String(decoding: baseLedger.files.first { $0.path == path }!.bytes, as: UTF8.self)
        func half(_ extra: String) -> [(path: String, record: Record?)] {
            let changed = text.replacing("claims:", with: extra + "claims:")
            return [(path, decode(SourceFile(path: path, bytes: Array(changed.utf8))).record)]
        }
        for extra in ["status: planned\nuntil: 2030-01-01\n", "retracted: It was wrong.\n"] {
            var history = AuditHistory(kernels: testKernels)
            var trail = AuditTrail()
            func step(_ commit: String, _ changes: [(path: String, record: Record?)]) {
                trail.add(commit: commit, date: 0)
                let (audits, ended) = history.apply(changes)
                trail.add(audits, ended: ended)
            }
            step("c0", files.filter { $0.path != path } + half(extra))
            step("c1", half(""))
            let digest = try #require(history.apply(half("")).audits.first?.digest)
            #expect(trail.salt(of: digest) == "c1")
            step("c2", half(extra))
            step("c3", half(""))
            #expect(trail.salt(of: digest) == "c3")
            #expect(trail.salt(of: digest, at: 1) == "c1")
        }
    }

    @Test func runsOfAnEarlierVersionAreStale() throws {
        var ledger = baseLedger
        try ledger.addRuns(of: "half", hits8)
        let edited =
            ledger
            + TestLedger(
                finding(
                    "half",
                    "  - {quantity: dims, value: [0.4, 0.55], tested: {model: toy, density: 0.3}, verify: toy/dims}"))
        // The receipts entered with the claim; the edited claim entered one commit later.
        var trail = ledger.trail(ledger.check())
        trail.add(commit: otherSalt, date: 0)
        trail.add(edited.audits(edited.check()))
        let evidence = recomputeEvidence(edited.check(), trail: trail, settings: LedgerSettings())
        #expect(outline(evidence) == ["half#1 none, reported, 0 of 0, version 2"])
        let past = evidence.claims.values.map { $0.pastRuns.map(\.phrase) }
        #expect(past == [["of the 8 recorded runs, 8 lie in this range"]])
        #expect(
            evidence.stale.map(\.reason) == ["the claim or toy model that it was made for has changed or was removed"])
    }

    @Test(arguments: [
        ("value", "[0.45, 0.55]", "[0.45, 0.56]", true), ("value", "[0.45, 0.55]", "[0.450, 5.5e-1]", false),
        ("cell", "density: 0.3", "density: 0.9", true), ("cell", "density: 0.3", "density: [0.3]", false),
        ("prose", "Half a dimension each", "Half a dimension, each", false),
        ("verify", "    verify: toy/dims", "", true),
        ("assumptions", "    assumes: [toy-is-r1]\n", "", false),
        ("kind", "    verify: toy/dims", "    verify: toy/dims\n    kind: witness", true),
        ("reliability", "    verify: toy/dims", "    verify: toy/dims\n    reliability: 0.6", true),
        ("reliability", "    verify: toy/dims", "    verify: toy/dims\n    reliability: 0.50", false),
    ])
    func theClaimDigestCoversEverythingAVerdictDependsOn(what: String, old: String, new: String, changes: Bool) throws {
        let text = try fixtureText("base")
        func digest(_ text: String) throws -> String {
            try #require(TestLedger(text).check().state.findings["half"]).claims[0].digest
        }
        #expect(try (digest(text) != digest(text.replacing(old, with: new))) == changes, "\(what)")
    }

    @Test func allCellsMustVerifyAndOneRefutes() throws {
        let claim =
            "  - {quantity: dims, value: [0.45, 0.55], tested: {model: toy, density: [0.3, 0.9]}, verify: toy/dims}"
        var ledger = baseLedger + TestLedger(finding("half", claim))
        try ledger.addRuns(of: "half", hits8, cell: 0)
        #expect(outline(ledger.evidence()) == ["half#1 open, reported, 8 of 8"])
        var refuted = ledger
        try ledger.addRuns(of: "half", hits8, cell: 1)
        #expect(outline(ledger.evidence()) == ["half#1 verified, own run, 16 of 16"])
        #expect(
            ledger.evidence().claims.values.map { $0.cells.map(\.cell) } == [[["density": "0.3"], ["density": "0.9"]]])
        try refuted.addRuns(of: "half", misses8, cell: 1)
        #expect(outline(refuted.evidence()) == ["half#1 refuted, reported, 8 of 16"])
        #expect(abs(refuted.evidence().expectedWrongVerdicts - 0.05) < 1e-12)
    }

    @Test func oneHitVerifiesAWitnessAndNothingRefutesIt() throws {
        let claim = "  - {quantity: dims, value: [0.45, 0.55], tested: {model: toy, density: 0.3}, kind: witness}"
        var ledger = baseLedger + TestLedger(finding("half", claim))
        try ledger.addRuns(of: "half", misses8)
        #expect(outline(ledger.evidence()) == ["half#1 open, reported, 0 of 8"])
        try ledger.addRuns(of: "half", [0.5, 0.5], from: 8)
        #expect(outline(ledger.evidence()) == ["half#1 verified, own run, 1 of 9"])
    }

    /// A claim without `verify` is run by the first verifier that can measure its cells.
    @Test func claimsWithoutVerifyUseAnyVerifierThatFits() {
        let ledger =
            baseLedger
            + TestLedger(
                finding(
                    "new",
                    """
                      - {quantity: dims, value: [0.9, 1], tested: {model: toy, density: 0.9}}
                      - {quantity: dims, value: [0.9, 1], tested: {model: toy, density: unknown}}
                      - {quantity: dims, value: [0.9, 1], tested: {model: r1, density: 0.9}}
                      - {quantity: dims, tested: {model: toy, density: 0.9}, reported: {value: 1}}
                      - {quantity: dims, value: [0.9, 1], tested: {model: toy, density: 7}}
                    """)
                    + "--- Claims/vocabulary/conditions/density.yaml\ntitle: Density\nvalues: [0.3, 0.9, 7]\n")
        #expect(outline(ledger.evidence()) == ["half#1 none, reported, 0 of 0", "new#1 none, reported, 0 of 0"])
    }

    static let secondToy = """
        --- Verifiers/other/model.yaml
        title: Another toy
        contributors: [D. Handle]
        abstracts: toy
        kernel: KERNEL
        config: CONFIG
        budget: {minutes: 1, memory_gib: 1}
        --- Verifiers/other/dims.yaml
        measurement: dimensionality
        measures: [dims]
        conditions: [density]
        control: {network: untrained}

        """

    static let otherConfig = "{features: 21}"

    /// A claim is *replicated* only if other people also verified it with another kernel and at a cell that differs
    /// only in the model. Both audits must have a control.
    @Test(arguments: [
        (
            "other-toy", "{}", "D. Handle <d@example.org>",
            "replicated"
        ),
        (
            "toy", otherConfig, "D. Handle <d@example.org>",
            "controlled"
        ),
        (
            "other-toy", "{}", "A. Handle <a@example.org>",
            "controlled"
        ),
    ])
    func replication(kernel: String, config: String, contributor: String, expected: String) throws {
        let toy = Self.secondToy.replacing("KERNEL", with: kernel).replacing("CONFIG", with: config)
        let claim =
            "  - {quantity: dims, value: [0.45, 0.55], tested: {model: other, density: 0.3}, verify: other/dims}"
        var ledger = addressedLedger + TestLedger(toy + finding("too", by: contributor, claim))
        ledger.signers = [.bob]
        for name in ["half", "too"] {
            try ledger.addRuns(of: name, hits8, by: .bob)
            try ledger.addRuns(of: name, misses8, isControl: true, by: .bob)
        }
        #expect(
            outline(ledger.evidence())
                == ["half", "too"].map { "\($0)#1 verified, \(expected), 8 of 8, control refuted" })
    }

    @Test(arguments: [
        ("{value: 0.5, se: 0.1}", "0.304004 to 0.695996"),
        ("{value: 0.5, n: 100, count: true}", "0.403832 to 0.596168"),
        ("{value: 0, n: 10, count: true}", "0 to 0.277533"), ("{value: 1, n: 10, count: true}", "0.722467 to 1"),
        ("{value: 0.5, interval: [0.4, 0.7]}", "0.4 to 0.7"), ("{value: 0.5, n: 100}", "none"),
        ("{value: 0.5, interval: [0.40000001, 0.7]}", "0.40000001 to 0.7"), ("{interval: {above: 0.4}}", "above 0.4"),
        ("{value: 0.5, se: 0.1, interval: [0.4, 0.7]}", "0.304004 to 0.695996"),
        ("{value: 0.5, se: 0}", "0.5"), ("{value: 0.5, sd: 0.1, seeds: 5}", "0.375834 to 0.624166"),
        ("{value: 0.5, sd: 0.1, n: 20001}", "0.498614 to 0.501386"), ("{value: 0.5, sd: 0.1, seeds: 1}", "none"),
    ])
    func estimatesHaveIntervals(reported: String, interval: String) throws {
        let claim = "  - {quantity: accuracy, tested: {model: r1, task: maze, layer: 4}, reported: \(reported)}"
        let ledger = (baseLedger + TestLedger(finding("new", claim))).check()
        let text = ledger.state.valueText(try #require(ledger.state.findings["new"]).claims[0])
        #expect(text.hasSuffix(interval == "none" ? "about 0.5" : "(95 %: \(interval))"), "\(text)")
    }
}
