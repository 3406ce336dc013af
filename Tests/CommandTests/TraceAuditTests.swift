import Annotations
import Foundation
import Records
import Testing

/// Audits of claims about annotated traces, with real git and real keys.
@Suite struct TraceAuditTests {
    private let claim = "agree#1"
    private let traceReceipts = "Verifiers/annotated/receipts"

    /// A ledger with 80 traces, which are enough for eight runs, and a claim on them.
    private func ledger(traces: Int = 80, runners: [String] = ["bob", "cem"]) throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.community(runners: runners)
        try ledger.writeAgreementClaim()
        try ledger.writeAnnotatedTraces(0..<traces)
        try ledger.person("ada").commit("Add traces and a claim")
        return ledger
    }

    /// The samples of the runs in the receipts that a person made, without those of the control.
    private func samples(of person: Person) throws -> [String?] {
        try person.ledger.receipts(of: person, in: traceReceipts).map(\.statement.predicate).filter {
            !$0.isControl && $0.repeats == nil
        }
        .flatMap(\.runs).sorted { $0.index < $1.index }.map(\.sample)
    }

    @Test func listedRunnersMakeItReRunWithBatchesOfTheirOwn() throws {
        let ledger = try ledger()
        let (bob, cem) = (ledger.person("bob"), ledger.person("cem"))
        #expect(try ledger.run("check").status == 0)
        try bob.audit("agree")
        try ledger.expectStanding("+ controlled, general", of: claim)
        let runs = try ledger.receipts(of: bob, in: traceReceipts).flatMap(\.statement.predicate.runs)
        #expect(runs.count == 16 && runs.allSatisfy { $0.sample != nil })
        try cem.audit("agree", "--again")
        // The order derives from the runner's signature too, so that its author could not choose it.
        #expect(try samples(of: bob) != samples(of: cem))
        #expect(try ledger.run("verify", "--repeat", "agree").output.contains("32 of 32 repeated values identical"))
        #expect(try ledger.errors() == [])
    }

    /// Annotations and traces that enter after the claim change no earlier batch, so that a verdict cannot be undone by
    /// adding data.
    @Test func laterAnnotationsAndTracesChangeNoBatch() throws {
        let ledger = try ledger()
        let (ada, bob) = (ledger.person("ada"), ledger.person("bob"))
        try bob.audit("agree")
        try ledger.writeAnnotatedTraces(80..<100, differing: 1)
        for number in 0..<80 {
            let slug = "sums-\(number)"
            try ledger.annotate(slug, TraceText(ledger.read("Traces/\(slug)/text.txt")), by: "third", checks: [0])
        }
        try ada.commit("Add traces and a third rule")
        try ledger.expectStanding("+ controlled, general", of: claim)
        let repeated = try bob.run("verify", "--repeat", "agree")
        #expect(repeated.output.contains("16 of 16 repeated values identical"), "\(repeated)")
    }

    /// Copies of one text are one datum. An annotator who looked at nothing does not make a trace measurable.
    @Test func copiesAndEmptyAnnotationsMakeNoBatch() throws {
        let ledger = try ledger(traces: 0)
        for number in 0..<80 {
            let text = try ledger.writeTrace("copy-\(number)", ["We add 2 and 3.", "Let me check."])
            for rule in ["first", "second"] { try ledger.annotate("copy-\(number)", text, by: rule, checks: [1]) }
        }
        try ledger.person("ada").commit("Add copies")
        let printed = try ledger.person("bob").run("verify", "agree")
        #expect(printed.output.contains("needs 80 annotated traces and has 1"), "\(printed)")
    }

    /// The facts that decide which traces are measured never change, because a change would give new batches.
    @Test(arguments: ["model", "text", "removal"]) func theGateKeepsTraces(_ change: String) throws {
        let ledger = try ledger(traces: 2)
        let (trace, text) = ("Traces/sums-0/trace.yaml", "Traces/sums-0/text.txt")
        switch change {
        case "model": try ledger.edit(trace, "model: r1", "model: superposition-geometry")
        case "text": try ledger.git("rm", "-q", text)
        default: try ledger.git("rm", "-q", "-r", "Traces/sums-0")
        }
        try ledger.person("ada").commit("Change")
        let codes = Set(try ledger.errors("HEAD~1..HEAD"))
        #expect(codes.contains(change == "text" ? "removed-receipt" : "changed-trace"), "\(codes)")
    }

    @Test func tooFewTracesLeaveItOpenAndSayHowManyAreMissing() throws {
        let ledger = try ledger(traces: 35)
        let bob = ledger.person("bob")
        #expect(
            try bob.run("verify", "agree").output.contains("open: needs 80 annotated traces and has 35"))
        try bob.commit("Audit")
        #expect(
            try ledger.run("tasks").output.contains("label 45 more traces (rule-rule), so that"))
        try ledger.writeAnnotatedTraces(35..<80)
        try ledger.person("ada").commit("Add traces")
        try bob.audit("agree")
        try ledger.expectStanding("+ controlled, general", of: claim)
    }

    /// Traces that are only in the work tree or on another branch are not measured.
    @Test func onlyTracesOnTheAuditBranchAreMeasured() throws {
        let ledger = try ledger(traces: 20)
        try ledger.writeAnnotatedTraces(20..<80)
        let printed = try ledger.person("bob").run("verify", "agree")
        #expect(printed.output.contains("2 of 2 hit, open"), "\(printed)")
    }

    /// A runner who measures other traces, or names other traces in a receipt, gains nothing.
    @Test func runsOnChosenTracesDoNotCount() throws {
        let ledger = try ledger()
        let bob = ledger.person("bob")
        try bob.audit("agree")
        for (name, statement) in try ledger.receipts(of: bob, in: traceReceipts) {
            try ledger.git(
                "rm", "-q", "\(traceReceipts)/\(name).json", "\(traceReceipts)/\(name).\(try bob.key.digest).sig")
            var chosen = statement
            let (first, last) = (chosen.predicate.runs[0].sample, chosen.predicate.runs[7].sample)
            (chosen.predicate.runs[0].sample, chosen.predicate.runs[7].sample) = (last, first)
            let (forged, bytes) = try Receipt.encode(chosen)
            try ledger.write("\(traceReceipts)/\(forged).json", String(decoding: bytes, as: UTF8.self))
            let signature = try bob.sign(bytes, "arbor-ledger")
            try ledger.write(
                "\(traceReceipts)/\(forged).\(try bob.key.digest).sig",
                String(decoding: signature.armored, as: UTF8.self))
        }
        try bob.commit("Choose")
        try ledger.expectStanding("+ reported, general", of: claim)
        #expect(
            try ledger.run("check", "--all").output.contains("run 0 measured other traces than the ledger has for it"))
    }

    /// Runs of a kernel that trains cannot pass as runs on traces, whose seeds need no key.
    @Test func aSampleDoesNotReplaceTheTokenOfATraining() throws {
        let ledger = try TemporaryLedger.community(runners: ["bob"])
        let bob = ledger.person("bob")
        try bob.audit()
        for (name, statement) in try ledger.receipts(of: bob) {
            try ledger.git(
                "rm", "-q", "\(receiptsFolder)/\(name).json", "\(receiptsFolder)/\(name).\(try bob.key.digest).sig")
            var forged = statement
            forged.predicate.seeding = Statement.Seeding()
            for number in forged.predicate.runs.indices {
                let source = SeedSource(salt: forged.predicate.salt)
                forged.predicate.runs[number].seed = source.seedText(
                    modelDigest: forged.subject[0].digest.sha256, index: forged.predicate.runs[number].index)
                forged.predicate.runs[number].sample = String(repeating: "0", count: 64)
            }
            let (file, bytes) = try Receipt.encode(forged)
            try ledger.write("\(receiptsFolder)/\(file).json", String(decoding: bytes, as: UTF8.self))
            try ledger.write(
                "\(receiptsFolder)/\(file).\(try bob.key.digest).sig",
                String(decoding: try bob.sign(bytes, "arbor-ledger").armored, as: UTF8.self))
        }
        try bob.commit("Forge")
        try ledger.expectStanding("+ reported, toy")
    }
}
