import Checking
import Evidence
import Incremental
import Merging
import Records
import Reports
import Testing
import Words

/// Reports made from the pieces of an earlier one, against those made from all records.
@Suite struct ReportChangeTests {
    static let formats = [ReportFormat.text(TextStyle(width: 80, hasColour: true)), .json]

    enum Subject: CaseIterable { case merge, conflicts }

    private static func whole(_ subject: Subject, _ merge: Merge, _ format: ReportFormat) throws -> [UInt8] {
        switch subject {
        case .merge: try mergeReport(merge, format)
        case .conflicts: try conflictReport(ConflictReport(merge), merge, format)
        }
    }

    private static func base(_ subject: Subject, _ merge: Merge, _ format: ReportFormat) throws -> ReportBase {
        let header = ReportBase.Header(stamp: "", tree: "", auditTip: "", countsOwnReceipts: false)
        let bytes: [UInt8]
        switch subject {
        case .merge:
            let answers = merge.answers()
            bytes = ReportBase.packed(try MergeReport(merge, answers, format: format), answers, merge, header)
        case .conflicts:
            bytes = try ReportBase.packed(ConflictPieces(ConflictReport(merge), merge, format), merge, format, header)
        }
        return try #require(ReportBase(bytes[...]))
    }

    private static func change(from old: TestLedger, to new: TestLedger, _ base: ReportBase) throws -> ReportChange? {
        func byPath(_ ledger: TestLedger) -> [String: SourceFile] {
            Dictionary(ledger.files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        }
        let (before, after) = (byPath(old), byPath(new))
        let changed = Set(before.keys).union(after.keys).filter { before[$0]?.bytes != after[$0]?.bytes }
        let isVocabulary = { (path: String) in
            path.hasPrefix("Verifiers/") && !path.contains("/receipts/")
                || path.hasPrefix("Claims/vocabulary/") && !path.contains("/quantities/")
        }
        let reach = try ReportReach(
            before: changed.compactMap { before[$0] }.map(decode), after: changed.compactMap { after[$0] }.map(decode),
            vocabulary: after.values.filter { isVocabulary($0.path) }.map(decode), of: base
        ) { path in after[path].map(decode) }
        guard let reach else { return nil }
        var trail = AuditTrail()
        trail.branch = "main"
        return ReportChange(
            quantities: reach.quantities, findings: reach.findings, before: reach.files.before,
            after: reach.files.after, of: base, kernels: testKernels, today: TestLedger.today, trail: trail,
            settings: LedgerSettings())
    }

    @Test func anUnchangedLedgerIsToldAsItWas() throws {
        for seed in UInt64(1)...8 {
            let merge = try RandomTree(seed).ledger().merge()
            for subject in Subject.allCases {
                for format in Self.formats {
                    let told = try Self.base(subject, merge, format).told(format)
                    #expect(told.bytes == (try Self.whole(subject, merge, format)))
                    #expect(told.totals == merge.totals)
                }
            }
        }
    }

    @Test(arguments: UInt64(1)...12) func aChangeIsToldAsFromAllRecords(seed: UInt64) throws {
        var random = SeededGenerator(seed &* 104_729)
        var findings = RandomFindings(&random, withRuns: seed % 3 == 0)
        var (base, bases) = (findings, [String: ReportBase]())
        var (toldCount, possibleCount) = (0, 0)
        for _ in 0..<24 {
            for _ in 0..<Int.random(in: 1...2, using: &random) { findings.edit(&random) }
            let (old, new) = (try base.ledger(), try findings.ledger())
            let merge = new.merge()
            let hasErrors = merge.ledger.hasErrors
            possibleCount += hasErrors ? 0 : 1
            var isTold = true
            for subject in Subject.allCases {
                for (number, format) in Self.formats.enumerated() {
                    let key = "\(subject) \(number)"
                    let earlier = try bases[key] ?? Self.base(subject, old.merge(), format)
                    bases[key] = earlier
                    guard let change = try Self.change(from: old, to: new, earlier) else {
                        isTold = false
                        continue
                    }
                    // nil would say that the part was not all that the change concerns.
                    let told = try #require(try earlier.told(change, format))
                    #expect(!hasErrors)
                    let whole = try Self.whole(subject, merge, format)
                    #expect(
                        String(decoding: told.bytes, as: UTF8.self) == String(decoding: whole, as: UTF8.self))
                    #expect(told.totals == merge.totals)
                }
            }
            toldCount += isTold ? 1 : 0
            // As after a report from all records, of which an error leaves no pieces.
            guard !isTold || random.chance(0.1) else { continue }
            base.next = findings.next
            if hasErrors { findings = base }
            (base, bases) = (findings, [:])
        }
        // Runs that may tell of a claim want all records.
        #expect(
            seed % 3 == 0 ? toldCount > 0 : toldCount * 2 > possibleCount,
            "\(toldCount) of \(possibleCount) changes were told from pieces")
    }
}

/// Findings on the vocabulary of `RandomTree` and a little more, which change at random.
private struct RandomFindings {
    struct Entry {
        var folder = ""
        var claims: [[(key: String, value: String)]]
        var lists: [String: [String]] = [:]
        var caveats: [(target: String, shownBy: String?)] = []
        var isRetracted = false
        var isPlanned = false
        var isBroken = false
    }

    var entries: [String: Entry] = [:]
    var next = 0
    var runs: [String: [Double?]] = [:]

    init(_ random: inout SeededGenerator, withRuns: Bool) {
        for number in 0..<20 {
            var changed = self
            if number < 10 { changed.add(&random) } else { changed.edit(&random) }
            if let ledger = try? changed.ledger(), !ledger.check().hasErrors { self = changed }
            next = changed.next
        }
        guard withRuns else { return }
        for slug in entries.keys.sorted() {
            guard entries[slug]!.claims[0][0].value == "dims", entries[slug]!.claims[0][2].value.contains("toy") else {
                continue
            }
            runs["\(slug)#1"] = Array(repeating: random.pick([0.5, 1.0]), count: 8)
        }
    }

    func ledger() throws -> TestLedger {
        var ledger = TestLedger(
            RandomTree.vocabulary + Self.vocabulary
                + entries.sorted { $0.key < $1.key }.map { text($0.key, $0.value) }.joined())
        for (claim, values) in runs.sorted(by: { $0.key < $1.key }) {
            let checked = ledger.check()
            guard let id = checked.state.claimID(claim), let found = checked.state.claim(id),
                checked.verification(of: found) != nil
            else { continue }
            try ledger.addRuns(of: claim, values)
        }
        return ledger
    }

    private mutating func add(_ random: inout SeededGenerator) {
        // Some names look like others: f0 and fo, f1 and fl.
        let slug = random.chance(0.02) ? random.pick(["fo", "fl"]) : "f\(next)"
        next += 1
        entries[slug] = Entry(claims: Self.claims(&random))
        for _ in 0..<2 where random.chance(0.5) { relate(slug, &random) }
    }

    mutating func edit(_ random: inout SeededGenerator) {
        let slugs = entries.keys.sorted()
        guard random.chance(0.75), slugs.count > 4 else { return add(&random) }
        let slug = random.pick(slugs)
        if let broken = slugs.first(where: { entries[$0]!.isBroken }), random.chance(0.7) {
            entries[broken]!.isBroken = false
            return
        }
        switch Int.random(in: 0..<20, using: &random) {
        case 0: entries[slug]!.isBroken = true
        case 1: entries[slug] = nil
        case 2, 3: entries[slug]!.isRetracted.toggle()
        case 4: entries[slug]!.isPlanned.toggle()
        case 5: entries[slug]!.folder = entries[slug]!.folder.isEmpty ? "later/" : ""
        case 6, 7: entries[slug]!.caveats.removeAll()
        case 8, 9: entries[slug]!.lists = [:]
        case 10...14: relate(slug, &random)
        default: entries[slug]!.claims = Self.claims(&random)
        }
    }

    private mutating func relate(_ slug: String, _ random: inout SeededGenerator) {
        let others = entries.keys.sorted()
        let other = random.pick(others)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: entries[slug]!.lists["builds_on", default: []].append(other)
        case 1: entries[slug]!.lists["supersedes", default: []].append(other)
        case 2: entries[slug]!.lists["same_as", default: []].append(other)
        default:
            let number = random.chance(0.1) ? "" : "#1"
            let shown = random.chance(0.8) ? "\(random.pick(others))#1" : nil
            entries[slug]!.caveats.append((other + number, shown))
        }
    }

    private static func claims(_ random: inout SeededGenerator) -> [[(key: String, value: String)]] {
        let quantities = random.some(["q", "w", "dims", "good", "shape", "size", "length"]).prefix(
            random.pick([1, 1, 2]))
        return quantities.map { quantity in
            var claim: [(key: String, value: String)] = [("quantity", quantity)]
            let lower = random.pick([0, 1, 1])
            switch quantity {
            case "w": claim.append(("value", "{any_of: [\(random.some(["a", "b", "c"]).joined(separator: ", "))]}"))
            case "q" where random.chance(0.2), "size" where random.chance(0.3):
                claim.append(("reported", "{value: \(lower), se: 0.\(Int.random(in: 1...9, using: &random))}"))
            default: claim.append(("value", "[\(lower), \(lower).\(Int.random(in: 1...9, using: &random))]"))
            }
            switch quantity {
            case "dims", "shape":
                let model = random.pick(["toy", "toy", "big"])
                claim.append(("tested", "{model: \(model), density: \(random.pick(["0.3", "0.9"]))}"))
                if model == "toy", random.chance(0.5) { claim.append(("assumes", "[carries]")) }
            case "w": claim.append(("tested", "{model: [\(random.some(["big", "mid"]).joined(separator: ", "))]}"))
            default:
                let model = random.pick(["big", "mid", "small"])
                claim.append(("tested", "{model: \(model), layer: \(random.pick(["1", "2", "unknown"]))}"))
            }
            if random.chance(0.3) { claim.append(("holds_for", "{}")) }
            if claim.last!.key != "assumes", !claim.contains(where: { $0.key == "assumes" }), random.chance(0.4) {
                claim.append(("assumes", "[\(random.pick(["left", "right", "free", "tested"]))]"))
            }
            return claim
        }
    }

    private func text(_ slug: String, _ entry: Entry) -> String {
        var lines = [
            "--- Findings/\(entry.folder)\(slug).yaml", "title: A finding", "authors: [A]", "contributors: [A]",
            "date: 2025", "source: somewhere", "north_star: None.",
        ]
        if entry.isPlanned { lines += ["status: planned", "until: 2027"] }
        if entry.isRetracted { lines.append("retracted: A mistake.") }
        if entry.isBroken { lines.append("colour: red") }
        for (key, names) in entry.lists.sorted(by: { $0.key < $1.key }) {
            lines.append("\(key): [\(Set(names).sorted().joined(separator: ", "))]")
        }
        lines.append("claims:")
        for claim in entry.claims {
            for (index, key) in claim.enumerated() {
                lines.append("\(index == 0 ? "  - " : "    ")\(key.key): \(key.value)")
            }
        }
        if !entry.caveats.isEmpty { lines.append("caveats:") }
        for caveat in entry.caveats {
            lines.append("  - text: But.")
            lines.append("    against: {claim: \(caveat.target)}")
            if let shownBy = caveat.shownBy { lines.append("    shown_by: \(shownBy)") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    static let vocabulary = """
        --- Claims/every/shapes/question.yaml
        question: Shapes?
        why: They matter.
        quantity: shape
        yes: [0, 1]
        covers: {density: [0.3]}
        --- Claims/some/sized/question.yaml
        question: Sized?
        why: It matters.
        quantity: size
        yes: {below: 1}
        also_under: [every]
        --- Claims/proposed/question.yaml
        question: Will it matter?
        why: It may.
        quantity: size
        yes: {above: 1}
        status: proposed
        --- Claims/vocabulary/quantities/shape.yaml
        title: Shape
        definition: A number.
        construct: extent
        range: [0, 2]
        conditions: [density, model]
        --- Claims/vocabulary/quantities/size.yaml
        title: Size
        definition: A number.
        construct: extent
        range: [0, 10]
        conditions: [layer, model]
        --- Claims/vocabulary/quantities/length.yaml
        title: Length
        definition: A number that no question asks about.
        construct: extent
        range: [0, 10]
        conditions: [layer, model]
        --- Claims/vocabulary/assumptions/loose.yaml
        statement: Loose.
        tested_by: some

        """
}
