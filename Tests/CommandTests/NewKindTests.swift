import Foundation
import Testing

/// Writes a record of each kind with `new` on a terminal.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"))) struct NewKindTests {
    /// The answers for one record. The second answer at `wrong` follows a wrong one.
    struct Entry: Sendable, CustomTestStringConvertible {
        var kind: String
        var name: String
        var flags: [String] = []
        var answers: [String]
        /// The place of a wrong answer among the answers, and the message about it.
        var wrong: (index: Int, answer: String, message: String)
        var path: String
        var content: [String]

        var testDescription: String { kind }
        var arguments: [String] { ["new", kind, name] + flags }
        var allAnswers: [String] {
            answers[..<wrong.index] + [wrong.answer] + answers[wrong.index...]
        }
    }

    static let entries = [
        Entry(
            kind: "question", name: "loss",
            answers: ["Is it low?", "To know.", "dimensions-per-feature", "<= 0.5", ""],
            wrong: (3, "five", "must be a range, not \"five\""), path: "Claims/loss/question.yaml",
            content: ["question: Is it low?", "yes: {at_most: 0.5}"]),
        Entry(
            kind: "vote", name: "superposition", answers: ["7", "It matters.", ""],
            wrong: (0, "11", "a whole number from 0 to 10"), path: "Claims/superposition/votes/ada.yaml",
            content: ["weight: 7", "reason: It matters."]),
        Entry(
            kind: "quantity", name: "loss", answers: ["Loss", "Mean loss.", "", "at least 0", "nats", "model"],
            wrong: (3, "much", "must be a range, not \"much\""), path: "Claims/vocabulary/quantities/loss.yaml",
            content: ["title: Loss", "unit: nats", "range: {at_least: 0}", "conditions: [model]"]),
        Entry(
            kind: "condition", name: "layer", answers: ["Layer", "{from: 0, to: 9}", "yes"],
            wrong: (1, "{from: 0", "did not find expected"), path: "Claims/vocabulary/conditions/layer.yaml",
            content: ["values: {from: 0, to: 9}", "ordered: true"]),
        Entry(
            kind: "value", name: "model/r9", answers: ["R9", "true"], wrong: (1, "maybe", "must be true or false"),
            path: "Claims/vocabulary/conditions/model/r9.yaml", content: ["title: R9", "general: true"]),
        Entry(
            kind: "assumption", name: "low-is-good", answers: ["Low is good.", "superposition"],
            wrong: (1, "nowhere", "unknown question"), path: "Claims/vocabulary/assumptions/low-is-good.yaml",
            content: ["statement: Low is good.", "tested_by: superposition"]),
        Entry(
            kind: "constraint", name: "dense-only", answers: ["It is dense.", "{model: [r1]}", "{density: [0.1]}"],
            wrong: (2, "density", "must be a mapping"), path: "Claims/vocabulary/constraints/dense-only.yaml",
            content: ["why: It is dense.", "density: [0.1]"]),
        Entry(
            kind: "finding", name: "low",
            answers: [
                "Low", "A. Author", "", "2025-03-18", "a note", "New.", "dimensions-per-feature", "[0.4, 0.6]",
                "superposition-geometry", "0.1", "", "", "0.5", "", "n", "",
            ], wrong: (3, "soon", "is not a valid date"), path: "Findings/low.yaml",
            content: ["date: 2025-03-18", "reported: {value: 0.5}"]),
        Entry(
            kind: "model", name: "small",
            answers: ["Small", "", "superposition", "superposition", "{features: 20, dimensions: 5}", "", ""],
            wrong: (3, "abacus", "abacus"), path: "Verifiers/small/model.yaml",
            content: ["kernel: superposition", "features: 20", "minutes: 2"]),
        Entry(
            kind: "measurement", name: "superposition-geometry/dims",
            answers: ["dimensionality", "dimensions-per-feature", "density", "network=untrained"],
            wrong: (0, "weight", "weight"), path: "Verifiers/superposition-geometry/dims.yaml",
            content: ["measurement: dimensionality", "network: untrained"]),
        Entry(
            kind: "trace", name: "sums", flags: ["--text", "text.txt"], answers: ["Sums", "", "r1", "", ""],
            wrong: (2, "nobody", "nobody"), path: "Traces/sums/trace.yaml", content: ["title: Sums", "model: r1"]),
        Entry(
            kind: "codebook", name: "checks",
            answers: ["Checks", "", "nominal", "", "{check: {definition: A test., examples: [Is it 7?, Check it.]}}"],
            wrong: (2, "large", "\"scale\" cannot be \"large\""), path: "Codebooks/checks.yaml",
            content: ["title: Checks", "scale: nominal"]),
        Entry(
            kind: "resource", name: "problems",
            answers: ["Problems", "data", String(repeating: "0", count: 64), "9", "https://example.org/p", ""],
            wrong: (1, "rock", "\"kind\" cannot be \"rock\""), path: "Resources/problems.yaml",
            content: ["kind: data", "bytes: 9"]),
    ]

    private func ledger() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        try ledger.write("text.txt", "One and one is two.\n")
        return ledger
    }

    @Test(arguments: entries) func rightAnswersAreWritten(entry: Entry) throws {
        let ledger = try ledger()
        let shown = try ledger.typed(entry.answers, at: entry.arguments)
        #expect(shown.status == 0, "\(shown)")
        let written = try ledger.read(entry.path)
        for text in entry.content { #expect(written.contains("\(text)\n"), "\(written)\(shown)") }
        #expect(try ledger.run("check").status == 0)
    }

    @Test(arguments: entries) func aWrongAnswerIsAskedAgain(entry: Entry) throws {
        let (right, wrong) = (try ledger(), try ledger())
        _ = try right.typed(entry.answers, at: entry.arguments)
        let shown = try wrong.typed(entry.allAnswers, at: entry.arguments)
        #expect(shown.status == 0 && shown.output.contains(entry.wrong.message), "\(shown)")
        #expect(try wrong.read(entry.path) == right.read(entry.path))
    }

    /// The input ends after each number of answers.
    @Test(arguments: entries) func anEndedInputLosesNothing(entry: Entry) throws {
        let ledger = try ledger()
        for count in 1..<entry.answers.count {
            let shown = try ledger.typed(Array(entry.answers.prefix(count)), at: entry.arguments)
            #expect(shown.status == 1, "\(shown)")
            #expect(shown.output.contains("arbor-ledger: stopped; \(entry.path) was not written\n"), "\(shown)")
            #expect(!ledger.exists(entry.path))
            let saved = try ledger.read(".git/arbor-ledger/drafts/\(entry.path)")
            #expect(saved.contains(": \(entry.answers[0])\n"), "\(saved)")
        }
    }

    @Test(arguments: entries) func withoutATerminalNothingIsAsked(entry: Entry) throws {
        let ledger = try ledger()
        let printed = try ledger.run(entry.arguments)
        #expect(printed.status == 64 && printed.output.isEmpty, "\(printed)")
        #expect(printed.errors.hasPrefix("arbor-ledger: missing --"), "\(printed)")
        #expect(!ledger.exists(entry.path))
        let unnamed = try ledger.run(["new", entry.kind] + entry.flags)
        #expect(unnamed.status == 64 && unnamed.errors.hasPrefix("arbor-ledger: missing the name\n"), "\(unnamed)")
    }

    /// `--draft` writes TODO for each sentence, and asks for the rest.
    @Test(arguments: ["vote", "assumption"]) func draftsAreWrittenWithoutSentences(kind: String) throws {
        let ledger = try ledger()
        let entry = try #require(Self.entries.first { $0.kind == kind })
        let flags = kind == "vote" ? ["--weight", "7"] : []
        let printed = try ledger.run(entry.arguments + ["--draft"] + flags)
        #expect(printed.status == 0 && printed.output.contains("Still to write: "), "\(printed)")
        #expect(try ledger.read(entry.path).contains("TODO: "))
        #expect(try ledger.run("check").output.contains("still says TODO"))
    }
}

extension TemporaryLedger {
    /// Types one answer after the other on a terminal, which ends after the last one. The output is everything that the
    /// terminal shows.
    func typed(_ answers: [String], at arguments: [String], extra: [String: String] = [:]) throws -> ProcessResult {
        let file = "\(root)/answers"
        try Data((answers.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: file))
        let call = (["'\(binary)'"] + arguments.map { "'\($0)'" }).joined(separator: " ")
        let command = "script -qec \"stty cols 200; \(call)\" /dev/null < '\(file)'"
        let environment = environment.merging(["TERM": "dumb"]) { $1 }.merging(extra) { $1 }
        var printed = try RunningProcess("/bin/bash", ["-c", command], in: path, environment).wait()
        printed.output = printed.output.replacing("\r\n", with: "\n")
        return printed
    }
}
