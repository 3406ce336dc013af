import Checking
import Evidence
import Foundation
import Merging
import Records
import Reports
import Testing

/// The shipped records in memory. No kernel is known here, so claims on toy models have no verifier.
enum ShippedRecords {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    static let ledger = Result {
        var ledger = TestLedger()
        for folder in ["Claims", "Findings", "Resources"] {
            let names = FileManager.default.enumerator(atPath: "\(root)/\(folder)")?.compactMap { $0 as? String } ?? []
            for path in names.filter({ $0.hasSuffix(".yaml") }).sorted().map({ "\(folder)/\($0)" }) {
                let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(root)/\(path)")))
                ledger.files.append(SourceFile(path: path, bytes: bytes))
            }
        }
        return ledger
    }
    static let merge = Result { try ledger.get().merge() }

    /// The text of `show`, on one line with single spaces, so that line breaks do not matter.
    static func show(_ id: String) throws -> String {
        try #require(RecordView(id, in: merge.get())).written().split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
    }
}

/// Compares the shipped findings with their sources.
@Suite struct ShippedSourcesTests {
    /// A record, the text about the source that its report must contain, and a wrong text of an earlier version.
    struct Correction: CustomTestStringConvertible, Sendable {
        let id: String
        let says: [String]
        let never: [String]

        init(_ id: String, says: [String], never: [String] = []) {
            (self.id, self.says, self.never) = (id, says, never)
        }

        var testDescription: String { id }
    }

    static let corrections = [
        Correction(
            "reasoning-theater",
            says: [
                "answer-settled is far-earlier", "turning-point-role is belief-shift", "about 0.8, the best case",
                "about 0.3, the best case", "Jack Merullo", "supersedes turning-points",
            ], never: ["causes-answer"]),
        Correction("reasoning-theater#1", says: ["model gpt-oss-120b and r1", "task mmlu"]),
        Correction("turning-points", says: ["superseded by reasoning-theater", "second hand"]),
        Correction(
            "nowait#2", says: ["about -0.51, the best case", "13 to 16 % for Qwen3-32B"], never: ["-0.51 to -0.27"]),
        Correction("nowait#4", says: ["about -0.27, the best case"]),
        Correction("stream-of-search#2", says: ["problems that were unsolved before"]),
        Correction(
            "unsolved-now-solved", says: ["some of them no heuristic solver solves"], never: ["none of the solvers"]),
        Correction(
            "hint-in-thinking-only",
            says: [
                "Richard J. Young", "All 10,506 cases", "about 0.196, the best case", "about 0.947, the worst case",
            ],
            never: ["authors of"]),
        Correction("cue-description#1", says: ["hints professor", "One cue of seven"]),
        Correction("cue-description", says: ["about 0.54", "about 0.14", "a version after v1"]),
        Correction(
            "reasoning-features-falsified-later",
            says: ["feature-steering-benefit is no-effect", "in the settings studied"],
            never: ["reconsideration-benefit"]),
        Correction(
            "reasoning-features-falsified-v1", says: ["feature-steering-benefit is hurts or no-effect"],
            never: ["reconsideration-benefit"]),
        Correction(
            "hesitation-features#1", says: ["attributed-features-are-parts"],
            never: ["assumes contrastive-features", "contrastive-features-are-parts:"]),
        Correction(
            "othello-sparse-features#1", says: ["dictionary-features-are-states"],
            never: ["assumes contrastive-features", "contrastive-features-are-parts:"]),
        Correction("reflection-features-v2#1", says: ["contrastive-features-are-parts"]),
        Correction(
            "verification-heads-3", says: ["can disable verification", "potentially larger circuit"],
            never: ["carry verification", "verification-emergence"]),
        Correction("tinyzero#3", says: ["From the author’s thread", "a thread about it"], never: ["second-hand"]),
        Correction("tinyzero#5", says: ["rl-self-improvement: improves"], never: ["assumes"]),
        Correction(
            "reflection-features-v2",
            says: ["about 0.022", "about 0.205", "reflection-part-in-base is absent", "arXiv:2503.18878v2"]),
        Correction(
            "hesitation-features",
            says: [
                "hesitation-feature-role is necessary-and-sufficient", "about 0.08", "about 0.5, the worst case",
                "about 0.9, the best case",
            ]),
        Correction(
            "hints-unmentioned#7", says: ["model claude-3.7-sonnet-rl", "five of six environments", "more than 99 %"],
            never: ["model unknown"]),
        Correction("hints-unmentioned#1", says: ["averaged over task"]),
        Correction("thought-anchors", says: ["arXiv:2506.19143v4", "Versions 1 to 3 name planning and backtracking"]),
        Correction("answer-logit-after-backtracking#2", says: ["at least a fourth sample"]),
        Correction(
            "probe-class-misreported", says: ["citation-of-probe-class is wrong", "tokention.com and emergentmind.com"]),
    ]

    @Test(arguments: corrections) func reportSaysWhatTheSourceSays(_ correction: Correction) throws {
        let shown = try ShippedRecords.show(correction.id)
        for text in correction.says { #expect(shown.contains(text), "\(shown)") }
        for text in correction.never { #expect(!shown.contains(text), "\(shown)") }
    }

    @Test func everyFindingNamesItsAuthors() throws {
        let findings = try ShippedRecords.merge.get().state.findings.values
        #expect(findings.count > 60)
        for finding in findings { #expect(!finding.authors.contains { $0.hasPrefix("authors of") }, "\(finding.slug)") }
    }

    /// Ranges over models, layers or benchmarks are no ranges over runs: each end is a number of its own.
    @Test(arguments: [
        "token-driven-share", "tokens-steered", "random-vector-gap", "random-category-gap", "sentence-importance-ratio",
        "rule-ablation-ratio", "adapter-gain-recovered",
    ]) func endsOfARangeOverConfigurationsAreBounds(_ quantity: String) throws {
        let claims = try #require(ShippedRecords.show(quantity).components(separatedBy: " claims ").last)
        #expect(claims.contains(", the best case") && claims.contains(", the worst case"))
    }

    /// arXiv:2210.13382 numbers the layers of OthelloGPT from 1 to 8, arXiv:2309.00941 from 0 to 7.
    @Test func layersOfTheTwoOthelloPapersAreTheSame() throws {
        #expect(try ShippedRecords.show("othello-nonlinear-board#2").contains("layer 0 model othello-gpt"))
        #expect(try ShippedRecords.show("othello-nonlinear-board#9").contains("layer 7 model othello-gpt"))
        #expect(try ShippedRecords.show("othello-linear-board#3").contains("layer 0 model othello-gpt"))
        #expect(try ShippedRecords.show("othello-linear-board#10").contains("layer 7 model othello-gpt"))
    }

    /// The control passes as well, which shows nothing of what was learned.
    @Test(arguments: [
        "countdown-toy-onset#2", "countdown-toy-onset#4", "countdown-toy-heads#5", "tree-toy-long#3", "tree-toy-long#4",
        "tree-toy-parent#1", "tree-toy-staircase#1", "othello-toy-by-colour#3",
    ]) func uninformativeClaimsSayWhy(_ claim: String) throws {
        let path = "Findings/toy/\(claim.prefix { $0 != "#" }).yaml"
        let file = try #require(ShippedRecords.ledger.get().files.first { $0.path == path })
        let caveats = String(decoding: file.bytes, as: UTF8.self).components(separatedBy: "  - text:")
            .filter { $0.contains("against: {claim: \(claim)}") }
        #expect(caveats.contains { $0.contains("control") || $0.contains("untrained network has as large") })
    }

    /// Two teams score mentions of hints in their own ways; their rates are listed and not pooled.
    @Test func ratesOfHintsAreNotPooled() throws {
        let shown = try ShippedRecords.show("hint-mention-rate")
        #expect(shown.contains("nothing to pool"))
        for claim in [
            "hints-unmentioned#1: about 0.39", "hints-in-open-models#1: about 0.397, the worst case",
            "hints-in-open-models#2: about 0.899, the best case",
        ] {
            #expect(shown.contains(claim), "\(shown)")
        }
    }
}
