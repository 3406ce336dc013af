import Merging
import Reports
import Testing

/// Admissions to Berkeley in 1973 by department (Bickel, Hammel and O'Connell 1975): admitted and applying men, and
/// admitted and applying women.
private let admissions = [
    ("a", 512, 825, 89, 108), ("b", 353, 560, 17, 25), ("c", 120, 325, 202, 593), ("d", 138, 417, 131, 375),
    ("e", 53, 191, 94, 393), ("f", 22, 373, 24, 341),
]

private let berkeley = """
    --- Claims/question.yaml
    question: Were women at a disadvantage?
    why: It matters.
    --- Claims/departments/question.yaml
    question: Does each department admit a larger share of men?
    why: It matters.
    quantity: gap
    yes: {above: 0}
    covers: {sex: [men], dept: [a, b, c, d, e, f]}
    --- Claims/overall/question.yaml
    question: Was a larger share of men admitted?
    why: It matters.
    quantity: gap
    yes: {above: 0}
    covers: {sex: [men]}
    --- Claims/vocabulary/quantities/admitted.yaml
    title: Admitted
    definition: Share of applicants who are admitted.
    range: [0, 1]
    share: true
    conditions: [sex, dept]
    --- Claims/vocabulary/quantities/gap.yaml
    title: Gap
    definition: Share of admitted men minus that of women.
    range: [-1, 1]
    difference_of: admitted
    conditions: [sex, dept]
    --- Claims/vocabulary/conditions/sex.yaml
    title: Sex
    values: [men, women]
    --- Claims/vocabulary/conditions/dept.yaml
    title: Department
    values: [a, b, c, d, e, f]

    """

private func applicants(_ sex: String, _ dept: String, _ admitted: Int, _ all: Int, _ more: String = "") -> String {
    "  - {quantity: admitted, tested: {sex: \(sex), dept: \(dept)}, reported: {value: \(Double(admitted) / Double(all)), n: \(all), count: true}\(more)}"
}

private func bickel() -> String {
    let all = [
        (
            "[a, b, c, d, e, f]", admissions.reduce(0) { $0 + $1.1 }, admissions.reduce(0) { $0 + $1.2 },
            admissions.reduce(0) { $0 + $1.3 }, admissions.reduce(0) { $0 + $1.4 }
        )
    ]
    let claims = (all + admissions).enumerated().flatMap { place, row in
        let average = place == 0 ? ", averaged_over: [dept]" : ""
        return [
            applicants("men", row.0, row.1, row.2, "\(average), contrast: {against: \"bickel#\(2 * place + 2)\"}"),
            applicants("women", row.0, row.3, row.4, average),
        ]
    }
    return finding("bickel", claims.joined(separator: "\n"))
}

/// The 13 trials of BCG vaccine (`dat.bcg` of metadat): their latitudes, in the order of `publishedPools`.
private let latitudes = [44, 55, 42, 52, 13, 44, 19, 13, 27, 42, 18, 33, 33]

private func vaccine() -> TestLedger {
    let trials = publishedPools[0]
    let findings = latitudes.indices.map { place in
        finding(
            "trial-\(place + 10)",
            "  - {quantity: risk, tested: {trial: \(place + 10), latitude: \(latitudes[place])}, reported: {value: \(trials.values[place]), se: \(trials.variances[place].squareRoot())}}"
        )
    }
    return TestLedger(
        """
        --- Claims/question.yaml
        question: Does the BCG vaccine prevent tuberculosis?
        why: It matters.
        quantity: risk
        yes: {below: 0}
        --- Claims/vocabulary/quantities/risk.yaml
        title: Log risk ratio
        definition: Logarithm of the risk of the vaccinated over that of the others.
        range: [-10, 10]
        conditions: [trial, latitude]
        --- Claims/vocabulary/conditions/trial.yaml
        title: Trial
        values: {from: 10, to: 22}
        samples: true
        --- Claims/vocabulary/conditions/latitude.yaml
        title: Latitude
        values: {from: 0, to: 90}
        samples: true

        """ + findings.joined())
}

/// Puzzles of statistics as ledgers. The kidney stones are in `AverageTests`.
@Suite struct PuzzleTests {
    /// A larger share of men was admitted, but no department favours men: the average over departments hides where the
    /// women applied. The p-values and intervals are those of scipy 1.17.1 (`fisher_exact`) and statsmodels 0.15.0 (`newcomb`).
    @Test func theAverageOverDepartmentsHidesThem() {
        let ledger = TestLedger(berkeley + bickel())
        #expect(ledger.check().diagnostics.map(rendered) == [])
        let merge = ledger.merge()
        let text = MergeReport(merge).written(width: 110)
        #expect(
            text.hasPrefix(
                """
                Were women at a disadvantage?
                  answered (reported only; 7 of 7 cells); 2 of 2 parts answered

                  Does each department admit a larger share of men?
                    refuted (reported only; 6 of 6 cells)
                    - bickel#3  reported
                        bickel#3 minus bickel#4: -0.203 (95 %: -0.273 to -0.115), Fisher's exact test: p below 0.0001
                    . bickel#5  reported
                        bickel#5 minus bickel#6: -0.0496 (95 %: -0.203 to 0.150), Fisher's exact test: p 0.6771
                    . bickel#7  reported
                        bickel#7 minus bickel#8: 0.0286 (95 %: -0.0354 to 0.0938), Fisher's exact test: p 0.3866
                    . bickel#9  reported
                        bickel#9 minus bickel#10: -0.0184 (95 %: -0.0843 to 0.0474), Fisher's exact test: p 0.5995
                    . bickel#11  reported
                        bickel#11 minus bickel#12: 0.0383 (95 %: -0.0354 to 0.116), Fisher's exact test: p 0.3604
                    . bickel#13  reported
                        bickel#13 minus bickel#14: -0.0114 (95 %: -0.0492 to 0.0252), Fisher's exact test: p 0.5458

                  Was a larger share of men admitted?
                    depends (reported only; 1 of 1 cells)
                    on averaging over dept: yes by bickel#1 (reported), no by bickel#3 (reported)
                    + bickel#1  reported
                        bickel#1 minus bickel#2: 0.142 (95 %: 0.113 to 0.170), Fisher's exact test: p below 0.0001

                """))
        #expect(ConflictReport(merge).written(width: 200).contains("The average hides dept."))
        #expect(merge.unaskedClaims() == [])
    }

    /// The latitude of the trials separates them. metafor gives the pooled log risk ratio and I² for Paule and Mandel.
    @Test func latitudeSeparatesTheTrialsOfBCGVaccine() throws {
        let merge = vaccine().merge()
        let text = ConflictReport(merge).written(width: 200)
        #expect(text.contains("latitude alone separates the sides"))
        #expect(
            text.contains(
                "Pooled (descriptive only): 13 reported numbers average -0.715 (95 % interval: -1.11 to -0.321)"))
        let pool = try #require(merge.pools(of: "risk").first?.pool)
        #expect(isClose(pool.pauleMandel.i2, 92.330337954153251, within: 1e-9))
        #expect(
            try #require(RecordView("risk", in: merge)).written(width: 200).contains("I² 92.3 %, H² 13.0, Q 152 on 12"))
    }
}
