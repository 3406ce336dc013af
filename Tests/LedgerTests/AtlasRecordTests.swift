import Atlas
import Evidence
import Foundation
import Merging
import Records
import Reports
import Testing
import Words

/// Compares the pages of records with the ledger that they show.
@Suite struct AtlasRecordTests {
    /// A ledger with runs, a conflict, an estimate, a caveat, a supersession, a constraint and many claims.
    static let ledger = Result {
        var ledger = baseLedger + TestLedger(records)
        try ledger.addRuns(of: "half", [0.5, 0.51, 0.49, 0.5, 0.5, 0.52, 0.5, 0.503125])
        try ledger.addRuns(of: "half", [1, 1, 1.25, 1, 1, 1, 1, 0.96875], isControl: true)
        return ledger
    }

    private static let claims = (1...30).map { _ in
        "  - quantity: accuracy\n    reported: {value: 0.25, se: 0.125}\n    tested: {model: r1, task: maze, layer: 8}\n"
    }.joined()

    private static let records = """
        --- Claims/vocabulary/constraints/one-task.yaml
        title: Countdown models know one task
        why: They saw nothing else.
        when: {model: cd3b}
        only: {task: countdown}
        --- Findings/unsolved.yaml
        title: A small model solves little
        authors: [Ada]
        contributors: [Ada <ada@example.org>]
        date: 2025-02-01
        source: https://example.org/a; a talk
        north_star: It contradicts the other.
        builds_on: [solved]
        claims:
          - quantity: accuracy
            value: {below: 0.5}
            tested: {model: cd3b, task: countdown, layer: 4}
            holds_for: {model: cd3b, task: countdown, layer: {from: 0, to: 40}}
            assumes: [probe-is-faithful]
        caveats:
          - text: Only one seed was run.
            against: {claim: solved#1}
            shown_by: unsolved#1
          - text: Probes may mislead.
            against: {assumption: probe-is-faithful}
          - text: The toy is small.
            against: {verifier: toy}
        resources:
          - {kind: data, url: "https://example.org/data"}
        --- Findings/many.yaml
        title: Many numbers
        authors: [Ada]
        contributors: [Ada <ada@example.org>]
        date: 2025-02-01
        source: https://example.org/many
        north_star: It has more claims than one page shows.
        claims:
        \(claims)
        --- Findings/planned/later.yaml
        title: What will be measured
        authors: [Ada]
        contributors: [Ada <ada@example.org>]
        date: 2026-03-01
        source: none yet
        status: planned
        until: 2027-01-01
        north_star: It is only planned.
        claims:
          - quantity: accuracy
            value: {above: 0.9}
            tested: {model: r1, task: maze, layer: 4}
        --- Findings/withdrawn.yaml
        title: What was withdrawn
        authors: [Ada]
        contributors: [Ada <ada@example.org>]
        date: 2025-03-01
        source: https://example.org/withdrawn
        retracted: The code had a fault.
        north_star: It was wrong.
        claims:
          - quantity: accuracy
            value: {above: 0.9}
            tested: {model: r1, task: maze, layer: 4}
        """

    static let site = Result { AtlasSite(try ledger.get(), tasks: true) }
    static let shipped = Result { AtlasSite(try ShippedRecords.ledger.get()) }

    @Test func theFixtureIsComplete() throws {
        let ledger = try Self.ledger.get().check()
        #expect(ledger.diagnostics.filter { $0.severity == .error }.map(rendered) == [])
        #expect(ledger.state.findings.count == 6)
    }

    @Test(arguments: [false, true]) func everyRecordHasAPlace(isShipped: Bool) throws {
        let site = try isShipped ? Self.shipped.get() : Self.site.get()
        let state = try isShipped ? ShippedRecords.merge.get().state : Self.ledger.get().check().state
        var places = state.findings.keys.map { "f/\($0).html" } + state.quantities.keys.map { "k/\($0).html" }
        places += state.assumptions.keys.map { "a/\($0).html" } + state.models.keys.map { "toy/\($0).html" }
        places += state.vocabulary.conditions.keys.map { "c/\($0).html" }
        places += state.vocabulary.values(of: Condition.model).map { "m/\($0).html" }
        places += state.questions.keys.map { $0 == RecordPlace.rootQuestion ? "q/_.html" : "q/\($0).html" }
        #expect(places.filter { site.pages[$0] == nil }.sorted() == [])
        #expect(Set(state.constraints.keys).subtracting(site.anchors(of: "constraints.html")) == [])
        for measurement in state.measurements.values {
            #expect(site.anchors(of: "toy/\(measurement.model).html").contains(measurement.slug))
        }
    }

    @Test(arguments: [false, true]) func everyLinkLeadsSomewhere(isShipped: Bool) throws {
        let site = try isShipped ? Self.shipped.get() : Self.site.get()
        var links = 0
        var faults: [String] = []
        for page in site.pages.keys.sorted() {
            for link in site.links(of: page) {
                links += 1
                faults += [site.fault(of: link, on: page)].compactMap(\.self)
            }
        }
        #expect(links > 100)
        #expect(faults.prefix(10) == [])
    }

    @Test(arguments: [false, true]) func noPageIsLarge(isShipped: Bool) throws {
        let site = try isShipped ? Self.shipped.get() : Self.site.get()
        #expect(site.pages.filter { $0.value.utf8.count > 262_144 }.keys.sorted() == [])
    }

    /// The place of each claim's section: its page and its anchor.
    private func page(of id: ClaimID) -> String {
        id.number <= 12 ? "f/\(id.slug).html" : "f/\(id.slug)/\((id.number - 1) / 12 + 1).html"
    }

    @Test(arguments: [false, true]) func claimsSayWhatTheirReportsSay(isShipped: Bool) throws {
        let site = try isShipped ? Self.shipped.get() : Self.site.get()
        let merge = try isShipped ? ShippedRecords.merge.get() : Self.ledger.get().merge()
        var compared = 0
        for claim in merge.state.findings.values.flatMap(\.claims) {
            let view = try #require(RecordView(claim.id.description, in: merge))
            let json = try JSONSerialization.jsonObject(with: Data(view.written("json").utf8)) as? [String: Any]
            let sections = try #require(json?["sections"] as? [[String: Any]])
            let text = site.text(of: page(of: claim.id), "\(claim.id.number)")
            for section in sections {
                let lines = section["lines"] as? [String] ?? []
                let title = try #require(section["title"] as? String)
                for line in lines {
                    let shown: String
                    switch title {
                    case "says": shown = String(line.dropFirst(claim.quantity.value.utf8.count + 2))
                    // Models are named by their titles.
                    case "tested", "holds for": shown = line.hasPrefix("model ") ? "" : line
                    case "evidence", "read of the source": shown = line
                    case "assumes": shown = String(line.drop { $0 != ":" }.dropFirst(2))
                    case "caveats": shown = line.components(separatedBy: " (")[0]
                    default: continue
                    }
                    guard !shown.isEmpty else { continue }
                    let words = shown.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                    #expect(text.contains(words), "\(claim.id), \(title): \(words)")
                    compared += 1
                }
            }
        }
        #expect(compared > 100)
    }
}
