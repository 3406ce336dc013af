import Evidence
import Merging
import Records
import Reports
import Testing
import Words

/// One claim on the toy model at several densities. Its cells are in the order of the densities.
private let sweep = finding(
    "sweep",
    """
      - quantity: dims
        value: [0, 2]
        tested: {model: toy, density: [0.05, 0.3, 0.9]}
        verify: toy/dims
    """)

/// The base ledger with the sweep, in which densities name samples.
private let sampledSweep =
    baseLedger
    + TestLedger(
        sweep + """
            --- Claims/vocabulary/conditions/density.yaml
            title: Share of features that are on
            values: [0.05, 0.3, 0.9]
            ordered: true
            samples: true

            """)

private func reported(_ slug: String, _ claims: [String], _ extra: String = "") -> String {
    finding(
        slug,
        claims.map { "  - {quantity: accuracy, \($0)}" }.joined(separator: "\n"), extra)
}

/// The base ledger in which tasks name samples, and the text replaces the ledger's own finding on accuracy.
private func sampled(_ text: String) -> TestLedger {
    var ledger = baseLedger
    ledger.files.removeAll { $0.path == "Findings/solved.yaml" }
    return ledger
        + TestLedger(
            """
            --- Claims/vocabulary/conditions/task.yaml
            title: Task
            values: [countdown, maze, sum, sort]
            samples: true

            """ + text)
}

/// Returns the pools of accuracies.
private func accuracies(_ text: String) -> [QuantityPool] { sampled(text).merge().pools(of: "accuracy") }

private func outline(_ pools: [QuantityPool]) -> [String] { pools.isEmpty ? ["no number"] : pools.flatMap(outline) }

private func outline(_ found: QuantityPool) -> [String] {
    let studies = found.studies.map { study in
        switch study.basis {
        case .runs(let count, let missing): "\(study.study): \(study.value), \(count) runs, \(missing) missing"
        case .reported: "\(study.study): \(study.value)"
        }
    }
    let excluded = found.excluded.map { "without \($0.name): \($0.reason)" }
    switch found.result {
    case .success(let pool): return studies + excluded + ["pooled \(pool.k)"]
    case .failure(let refusal): return studies + excluded + [refusal.reason]
    }
}

private let cell = "tested: {model: r1, task: countdown, layer: 4}"
private let maze = "tested: {model: r1, task: maze, layer: 4}"

@Suite struct QuantityPoolTests {
    @Test func labelsAndUnknownQuantitiesHaveNoPool() {
        #expect(outline(baseLedger.merge().pools(of: "order")) == ["no number"])
        #expect(outline(baseLedger.merge().pools(of: "nothing")) == ["no number"])
    }

    /// A study's mean counts once, even if two claims rest on it. Controls, offered receipts and later runs are
    /// excluded. The densities count as samples here.
    @Test func poolsStudyMeans() throws {
        var ledger = sampledSweep
        try ledger.addRuns(of: "sweep", [0.25, 0.75], cell: 0)
        try ledger.addRuns(of: "sweep", [0.5, nil, 1, 1.5, .nan], cell: 1)
        try ledger.addRuns(of: "half", [1], from: 5)
        try ledger.addRuns(of: "sweep", [0.5], cell: 1, blasCore: "SkylakeX")
        try ledger.addRuns(of: "sweep", [1, 1.25], cell: 1, isControl: true)
        try ledger.addRuns(of: "sweep", [1.5, 1.75], cell: 2)
        try ledger.addRuns(of: "sweep", [0.1], from: 2, cell: 2, offered: true)
        try ledger.addRuns(of: "sweep", [0.1], from: 7, cell: 0)
        let found = try #require(ledger.merge().pools(of: "dims").first)
        #expect(
            outline(found) == [
                "toy/dims at density 0.05: 0.5, 2 runs, 0 missing",
                "toy/dims at density 0.3: 1.0, 4 runs, 2 missing",
                "toy/dims at density 0.9: 1.625, 2 runs, 0 missing", "pooled 3",
            ])
        #expect(found.studies.map(\.variance) == [0.0625, 0.5 / 3 / 4, 0.015625])
        #expect(!found.isReported && !found.sharesNetworks)
    }

    /// Every excluded estimate is listed, and recorded runs replace numbers that were only reported.
    @Test func listsStudiesWithoutVariance() throws {
        var ledger = baseLedger + TestLedger(sweep)
        try ledger.addRuns(of: "sweep", [0.1, 0.1, 0.1], cell: 0)
        try ledger.addRuns(of: "sweep", [1], cell: 1)
        try ledger.addRuns(of: "sweep", [nil, nil], cell: 2)
        let found = try #require(ledger.merge().pools(of: "dims").first)
        #expect(
            outline(found) == [
                "without toy/dims at density 0.05: all its runs gave the same value, so it has no variance",
                "without toy/dims at density 0.3: a single run has no variance",
                "without toy/dims at density 0.9: no run gave a value", "0 studies, too few to pool",
            ])
        #expect(found.excluded.map(\.value) == [0.1, 1, nil])
    }

    /// Studies in withdrawn findings are excluded together with their claims.
    @Test func excludesStudiesOfWithdrawnFindings() throws {
        var ledger = baseLedger + TestLedger(sweep)
        try ledger.addRuns(of: "sweep", [0.25, 0.75], cell: 0)
        ledger = ledger + TestLedger(sweep.replacing("north_star", with: "retracted: A mistake.\nnorth_star"))
        #expect(outline(ledger.merge().pools(of: "dims")) == ["0 studies, too few to pool"])
    }

    @Test func poolsReportedNumbersWithoutRuns() {
        let found = accuracies(
            reported(
                "a",
                ["\(cell), reported: {value: 0.5, se: 0.1}", "\(maze), reported: {value: 0.25, n: 100, count: true}"])
                + reported("b", ["\(cell), reported: {value: 1, n: 4, count: true}"]))
        #expect(outline(found) == ["a#1: 0.5", "a#2: 0.25", "b#1: 1.0", "pooled 3"])
        // All four items of `b#1` are hits, so its variance uses (4 + 0.5) / (4 + 1).
        #expect(found.first?.studies.map(\.variance) == [0.1 * 0.1, 0.25 * 0.75 / 100, 0.9 * (1 - 0.9) / 5])
    }

    @Test func excludesNumbersWithoutAVariance() {
        let found = accuracies(
            reported(
                "a",
                [
                    "\(cell), reported: {value: 0.5}", "\(cell), reported: {interval: [0.4, 0.6]}",
                    "\(cell), reported: {value: 0.9, se: 0.1, selected: best}",
                    "\(cell), reported: {value: 0.9, se: 0}",
                    "tested: {model: r1, task: [countdown, maze], layer: 4}, reported: {value: 0.5, se: 0.1}",
                    "\(maze), value: [0, 1], kind: witness, reported: {value: 0.5, se: 0.1}",
                    "\(maze), value: [0, 1]",
                ]))
        #expect(
            outline(found) == [
                "without a#1: no standard error, deviation or count is reported",
                "without a#2: only an interval is reported",
                "without a#3: selected among several",
                "without a#4: its standard error is too small or too large for a weight",
                "without a#5: one number for several settings",
                "without a#6: a witness, which was searched for", "0 studies, too few to pool",
            ])
    }

    @Test func refusesAStudyThatOccursTwice() {
        let number = "\(cell), reported: {value: 0.5, se: 0.1}"
        let first = reported("a", [number, number])
        let same = reported("b", [number], "same_as: [a]")
        let copy = reported("c", [number]).replacing("source of c", with: "source of a")
        #expect(
            outline(accuracies(first + same + copy)) == [
                "a#1: 0.5", "without a#2: the same study as a#1", "without b#1: the same study as a#1",
                "without c#1: the same study as a#1", "1 study, too few to pool",
            ])
        // A claim with another setting counts as another study.
        let elsewhere = reported("c", ["\(maze), reported: {value: 0.5, se: 0.1}"])
        #expect(
            outline(accuracies(first + elsewhere.replacing("source of c", with: "source of a"))).contains("c#1: 0.5"))
    }

    /// If the source of a second-hand number is recorded, the number is excluded for every setting. Otherwise, it is
    /// included.
    @Test func excludesSecondHandNumbersIfTheSourceIsRecorded() {
        let quoted = reported("a", ["\(cell), reported: {value: 0.5, se: 0.1, second_hand: true}"])
            .replacing("source of a", with: "\"arXiv:2503.18878, by way of a survey\"")
        #expect(outline(accuracies(quoted)) == ["a#1: 0.5", "1 study, too few to pool"])
        let own = reported("b", ["\(maze), reported: {value: 0.6, se: 0.1}"])
        #expect(
            outline(accuracies(quoted + own.replacing("source of b", with: "arXiv:2503.18878v2"))) == [
                "b#1: 0.6", "without a#1: second-hand, and the original is recorded too", "1 study, too few to pool",
            ])
        let other = own.replacing("source of b", with: "arXiv:2503.1887")
        #expect(outline(accuracies(quoted + other)) == ["a#1: 0.5", "b#1: 0.6", "2 studies, too few to pool"])
    }

    @Test func plannedAndSupersededNumbersAreExcluded() {
        let number = "\(cell), reported: {value: 0.5, se: 0.1}"
        let text =
            reported("old", [number], "superseded_by: [new]")
            + reported("new", ["\(maze), reported: {value: 0.5, se: 0.1}"], "supersedes: [old]")
            + reported("plan", [number], "status: planned\nuntil: 2027-01-01")
        #expect(outline(accuracies(text)) == ["new#1: 0.5", "1 study, too few to pool"])
    }

    /// Studies at different settings are never pooled. Each setting has its own pool, the one with most studies first.
    @Test func poolsOnlyStudiesAtEqualSettings() throws {
        var ledger = baseLedger + TestLedger(sweep)
        for cell in 0..<3 { try ledger.addRuns(of: "sweep", [0.25, 0.75], cell: cell) }
        #expect(ledger.merge().pools(of: "dims").map(\.studies.count) == [1, 1, 1])
        #expect(try shown(ledger).hasPrefix("  pool\n    no pool: no three studies have equal settings"))
        func number(_ model: String, _ task: String) -> String {
            "tested: {model: \(model), task: \(task), layer: 4}, reported: {value: 0.5, se: 0.1}"
        }
        let tasks = ["countdown", "maze", "sum", "sort"]
        let pools = accuracies(
            reported("a", tasks.prefix(3).map { number("r1", $0) })
                + reported("b", tasks.map { number("cd3b", $0) }))
        #expect(pools.map(\.settings) == [["layer": "4", "model": "cd3b"], ["layer": "4", "model": "r1"]])
        #expect(pools.map { $0.pool?.k } == [4, 3])
        let text = try #require(
            RecordView(
                "accuracy",
                in: sampled(
                    reported("a", tasks.prefix(3).map { number("r1", $0) })
                        + reported("b", tasks.map { number("cd3b", $0) })
                ).merge())
        ).written(width: 200)
        #expect(text.contains("at layer 4; model cd3b: 4 reported numbers average 0.500"))
        #expect(text.contains("a#1: 0.500 (se 0.100), at layer 4; model r1\n"))
    }

    /// An average over samples never enters a pool beside one of its samples, nor beside another average over it.
    @Test func averagesAreNotPooledWithTheirParts() {
        let average = "tested: {model: r1, task: [countdown, maze], layer: 4}, averaged_over: [task]"
        let other = "tested: {model: r1, task: [maze, sum], layer: 4}, averaged_over: [task]"
        let apart = "tested: {model: r1, task: [sum, sort], layer: 4}, averaged_over: [task]"
        let unknown = "tested: {model: r1, task: unknown, layer: 4}, averaged_over: [task]"
        func claims(_ all: [String]) -> String {
            reported("a", all.map { "\($0), reported: {value: 0.5, se: 0.1}" })
        }
        #expect(
            outline(accuracies(claims([average, cell]))) == [
                "a#2: 0.5", "without a#1: an average over samples that a#2 includes too", "1 study, too few to pool",
            ])
        #expect(
            outline(accuracies(claims([average, other, apart, unknown]))) == [
                "a#1: 0.5", "a#3: 0.5", "without a#2: an average over samples that a#1 includes too",
                "without a#4: an average over samples that a#1 includes too", "2 studies, too few to pool",
            ])
        // Averages over a condition that names no samples have other settings than its values.
        let layers = "tested: {model: r1, task: maze, layer: [4, 5]}, averaged_over: [layer]"
        let pools = accuracies(claims([layers, cell]))
        #expect(
            pools.map(\.settings) == [
                ["layer": "averaged over 4 and 5", "model": "r1"], ["layer": "4", "model": "r1"],
            ])
    }

    @Test func numbersAtUnknownSettingsAreNotPooled() {
        let found = accuracies(
            reported(
                "a",
                [
                    "tested: {model: unknown, task: maze, layer: 4}, reported: {value: 0.5, se: 0.1}",
                    "tested: {model: r1, task: maze}, reported: {value: 0.5, se: 0.1}",
                    "tested: {model: r1, task: maze, layer: 4}, reported: {value: 0.5, se: 0.1, bound: best_case}",
                    "tested: {model: r1, task: unknown, layer: 4}, reported: {value: 0.5, sd: 0.1, seeds: 5}",
                ]))
        #expect(
            outline(found) == [
                "a#4: 0.5", "without a#1: its model is not recorded", "without a#2: its layer is not recorded",
                "without a#3: the best or the worst case", "1 study, too few to pool",
            ])
        #expect(found[0].studies.map(\.variance) == [0.1 * 0.1 / 5])
    }

    @Test func showReportsThePool() throws {
        var ledger = sampledSweep
        try ledger.addRuns(of: "sweep", [0.25, 0.75], cell: 0)
        try ledger.addRuns(of: "sweep", [0.5, nil, 1, 1.5], cell: 1)
        #expect(
            try shown(ledger) == """
                  pool
                    no pool: 2 studies, too few to pool

                  study means
                    toy/dims at density 0.05: 0.500 (se 0.250, 2 runs)
                    toy/dims at density 0.3: 1.00 (se 0.289, 3 runs, 1 more without a value)

                """)
        try ledger.addRuns(of: "sweep", [1.5, 1.75], cell: 2)
        #expect(
            try shown(ledger) == """
                  pool
                    descriptive only: no verdict, side or answer uses it
                    3 study means average 1.07 (95 % interval: -0.359 to 2.50); other settings
                      would change the average
                    95 % prediction interval for a further one at a similar setting: -1.62 to
                      3.76
                    their true values vary by 0.530 (one standard deviation): tau² 0.281 (95 %:
                      0.0498 to 12.5), I² 85.8 %, H² 7.05, Q 17.9 on 2, p 0.0001
                    other estimators of tau²: REML 0.296, average 1.07; DerSimonian-Laird 0.368,
                      average 1.07
                    an interval exceeds the range of the quantity, so the model fits poorly here

                  study means
                    toy/dims at density 0.05: 0.500 (se 0.250, 2 runs)
                    toy/dims at density 0.3: 1.00 (se 0.289, 3 runs, 1 more without a value)
                    toy/dims at density 0.9: 1.63 (se 0.125, 2 runs)

                """)
    }

    @Test func conflictsReportsThePool() throws {
        let low = reported("low", ["\(cell), value: [0.1, 0.3], reported: {value: 0.2, se: 0.01}"])
        let high = reported("high", ["\(cell), value: [0.6, 0.8], reported: {value: 0.7, n: 100, count: true}"])
        #expect(
            lastSentence(sampled(low + high)) == """
                  Two numbers, too few to pool: high#1: 0.700 (se 0.0458) and low#1: 0.200 (se
                    0.0100).
                """)
        let third = reported("third", ["\(maze), reported: {value: 0.25, se: 0.05}"])
        #expect(
            lastSentence(sampled(low + high + third)) == """
                  Pooled (descriptive only): 3 reported numbers average 0.382 (95 % interval:
                    -0.301 to 1.07); 95 % prediction interval for a further one: -0.974 to 1.74;
                    an interval exceeds the range of the quantity, so the model fits poorly
                    here.
                """)
    }

    @Test func writesJSON() throws {
        func pools(_ text: String) throws -> [String] {
            let merge = sampled(text).merge()
            let reports = try [
                ConflictReport(merge).written("json"),
                #require(RecordView("accuracy", in: merge)).written("json"),
            ]
            return reports.map { report in
                let text = report.filter { !$0.isWhitespace }
                return text.firstMatch(of: /"pool":(null|\{.*?"tau2_ci":(null|\[.*?\])\})/).map { String($0.1) }
                    ?? "no pool"
            }
        }
        let low = "\(cell), value: [0.1, 0.3]"
        let high = "\(cell), value: [0.6, 0.8], reported: {value: 0.75, se: 0.25}"
        #expect(try pools(reported("low", [low]) + reported("high", [high])) == ["null", "null"])
        let two = """
            {"ci":null,"dl":null,"estimate":null,"from":"reported","h2":null,"i2":null,"k":2,"left_out":[],\
            "prediction":null,"q":null,"q_p":null,"reason":"2studies,toofewtopool","reml":null,"se":null,\
            "settings":{"layer":"4","model":"r1"},"shares_networks":false,"studies":[{"missing":null,"runs":null,"se":0.25,"study":"high#1","value":0.75},\
            {"missing":null,"runs":null,"se":0.25,"study":"low#1","value":0.25}],"tau2":null,"tau2_ci":null}
            """
        let lowNumber = low + ", reported: {value: 0.25, se: 0.25}"
        #expect(try pools(reported("low", [lowNumber]) + reported("high", [high])) == [two, two])
        let third = reported("third", ["\(maze), reported: {value: 0.5, se: 0.25}"])
        let three = try pools(reported("low", [lowNumber]) + reported("high", [high]) + third)
        #expect(three[0] == three[1])
        #expect(three[0].contains(/"dl":{"estimate":0.5,"h2":1,"i2":0,"se":0.144[0-9]*,"tau2":0}/))
        #expect(three[0].contains(/"k":3,.*"q":2,"q_p":0.367[0-9]*,"reason":null,"reml":{"estimate":0.5,"h2":1/))
    }
}

private func shown(_ ledger: TestLedger) throws -> String {
    let text = try #require(RecordView("dims", in: ledger.merge())).written()
    return text.split(separator: "\n", omittingEmptySubsequences: false).drop { $0 != "  pool" }.joined(separator: "\n")
}

/// Returns the report's lines on the first quantity, from the line on the pool onwards.
private func lastSentence(_ ledger: TestLedger) -> String {
    let lines = ConflictReport(ledger.merge()).written().split(separator: "\n", omittingEmptySubsequences: false)
    return lines.drop { !$0.contains("ool") }.prefix { !$0.isEmpty }.joined(separator: "\n")
}
