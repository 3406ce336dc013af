import Foundation
import Testing

/// The prompts of `new` on a terminal, which `script` provides.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"))) struct NewPromptTests {
    private func typed(
        _ answers: [String], at arguments: [String], in ledger: TemporaryLedger, extra: [String: String] = [:]
    ) throws -> String {
        try ledger.typed(answers, at: arguments, extra: extra).output
    }

    /// A finding with two claims, a quantity and a model that the ledger lacks. Besides its own content, it needs at
    /// most ten answers: empty answers for defaults and optional keys, and answers of yes or no.
    @Test func writesAFindingWithMissingRecordsAndTwoClaims() throws {
        let ledger = try TemporaryLedger.example()
        let answers: [(text: String, isContent: Bool)] = [
            ("R1 waits", true), ("A. Author", true), ("", false), ("2025-03-01", true), ("arXiv:2503.00001", true),
            ("Waiting may be search.", true),
            // The quantity does not exist yet.
            ("wait-rate", true), ("y", false), ("Rate of waiting", true), ("Waits per sentence.", true), ("", false),
            ("[0, 1]", true), ("", false), ("[model]", true),
            // The first claim.
            ("[0.2, 0.4]", true), ("r2", true), ("y", false), ("A model", true), ("true", true),
            ("", false), ("", false), ("0.3", true),
            // The second claim, and no caveat.
            ("y", false), ("wait-rate", true), ("[0.5, 0.6]", true), ("superposition-geometry", true), ("", false),
            ("", false), ("", false), ("n", false), ("", false),
        ]
        #expect(answers.count { !$0.isContent } <= 10 + answers.count { $0.text.isEmpty })
        let shown = try typed(answers.map(\.text), at: ["new", "finding", "waiting"], in: ledger)
        let written = try ledger.read("Findings/waiting.yaml")
        #expect(written.contains("  - quantity: wait-rate\n    value: [0.2, 0.4]"), "\(shown)")
        #expect(written.contains("reported: {value: 0.3}"))
        #expect(written.contains("    value: [0.5, 0.6]"))
        #expect(ledger.exists("Claims/vocabulary/quantities/wait-rate.yaml"))
        #expect(ledger.exists("Claims/vocabulary/conditions/model/r2.yaml"))
        #expect(try ledger.run("check").status == 0)
        #expect(shown.contains("Next: arbor-ledger submit Findings/waiting.yaml"))
    }

    /// A finding of the shipped ledger, entered with a quantity and an assumption that the ledger lacks. Beyond its own
    /// content it takes at most ten answers.
    @Test func writesAPublishedFindingAsItIsShipped() throws {
        let (slug, assumption) = ("success-words-in-middle-layers", "logit-lens-reads-middle-layers")
        let ledger = try ShippedLedger.copy()
        let paths = [
            "Findings/verification/\(slug).yaml", "Claims/vocabulary/quantities/success-word-depth.yaml",
            "Claims/vocabulary/assumptions/\(assumption).yaml",
        ]
        func records() throws -> [String] {
            try [slug, "success-word-depth", assumption].map { try ledger.run("show", $0, "--format", "json").output }
        }
        let shipped = try records()
        for path in paths { try FileManager.default.removeItem(atPath: ledger.place(path)) }
        let answers: [(text: String, isContent: Bool)] = [
            ("Words for success show in the middle layers before the verdict", true), ("Andrew Lee", true), ("", false),
            ("2025-02-28", true), ("ajyl.github.io 2025-02-28 (blog-II)", true),
            (
                "Puts the making of the verdict at middle depth and its wording at the end, so that the search for its "
                    + "cause can stop short of the last layers.", true
            ),
            ("success-word-depth", true), ("y", false),
            ("Depth at which words for success first show in the logit lens", true),
            (
                "Where along the layers the unembedded hidden state before a verdict shows words such as success or yes.",
                true
            ),
            ("hidden-correctness", true), ("", false), ("middle-layers, last-layers, nowhere", true),
            ("model, task, position", true), ("middle-layers", true), ("cd3b", true), ("countdown", true),
            ("verdict-token", true), ("", false), (assumption, true), ("y", false),
            ("Unembedding a middle layer shows what that layer holds.", true), ("", false), ("", false), ("n", false),
            ("One example, in a post that was left unfinished.", true), ("", false), ("", false),
        ]
        #expect(answers.count { !$0.isContent } <= 10)
        let shown = try typed(
            answers.map(\.text),
            at: [
                "new", "finding", slug, "--folder", "verification", "--kind", "witness", "--read", "full",
                "--resources", "[{kind: code, name: verify-circuit-probe}]",
            ], in: ledger,
            extra: [
                "GIT_AUTHOR_NAME": "arbor-ledger maintainers",
                "GIT_AUTHOR_EMAIL": "maintainers@arbor-ledger.dev",
            ])
        for path in paths { #expect(ledger.exists(path), "\(shown)") }
        #expect(try records() == shipped)
    }

    /// A share with numbers from 0 to 1, and a count.
    @Test(arguments: [
        ("rate", "[90%, 95%]", "93%", "[0.9, 0.95]", "{value: 0.93}"),
        ("count", "<= 6", "0,3", "{at_most: 6}", "{value: 0.3}"),
        ("count", "4.2 ± 0.3", "≈4", "[3.9, 4.5]", nil), ("count", "1-4", "2", "[1, 4]", "{value: 2}"),
        ("count", "1 to 30", "1,500", "[1, 30]", nil), ("count", "at most 4", "3", "{at_most: 4}", "{value: 3}"),
    ]) func understandsNumbersAsFixDoes(
        quantity: String, value: String, reported: String, written: String, number: String?
    ) throws {
        let ledger = try TemporaryLedger.example()
        for (name, range) in [("rate", "[0, 1]"), ("count", "{at_least: 0}")] {
            try ledger.write(
                "Claims/vocabulary/quantities/\(name).yaml",
                "title: Waits\ndefinition: Waits per text.\nrange: \(range)\nconditions: [model]\n")
        }
        let flags = [
            "--title", "T", "--authors", "A", "--contributors", "A", "--date", "2025", "--source", "s", "--north-star",
            "N", "--quantity",
            quantity, "--tested", "model=superposition-geometry", "--holds-for", "{}",
        ]
        let shown = try typed(
            [value, "", reported] + (number == nil ? [""] : []) + ["n", ""], at: ["new", "finding", "waits"] + flags,
            in: ledger)
        let file = try ledger.read("Findings/waits.yaml")
        #expect(shown.contains("written as \(written)\n"), "\(shown)")
        #expect(file.contains("    value: \(written)\n"))
        #expect(file.contains("reported: ") == (number != nil))
        guard let number else { return }
        #expect(file.contains("    reported: \(number)\n"))
        #expect(shown.contains("written as \(number)\n") == (Double(reported) == nil), "\(shown)")
    }

    @Test func lettersOfAllScriptsAreKept() throws {
        let ledger = try TemporaryLedger.example()
        let reason = "Bjørn Å. said 4.2 ± 0.3 to 日本"
        let shown = try typed(["7", reason, ""], at: ["new", "vote", "superposition"], in: ledger)
        #expect(try ledger.read("Claims/superposition/votes/ada.yaml").contains("reason: \"\(reason)\"\n"), "\(shown)")
    }

    /// The prompt for the measurement offers those that measure the quantity; without one there is no such prompt.
    @Test func asksForAMeasurementOnlyIfOneMeasuresTheQuantity() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.addCoin()
        try ledger.write(
            "Claims/vocabulary/quantities/unmeasured.yaml",
            "title: Waits\ndefinition: Waits per text.\nrange: {at_least: 0}\nconditions: [model]\n")
        for (quantity, isMeasured) in [("heads-share", true), ("unmeasured", false)] {
            let shown = try typed(
                ["T", "A", "", "2025", "s", "N", quantity, "[0.5, 0.6]", "coin", "", "", ""]
                    + (isMeasured ? ["coin/heads"] : []) + ["n", ""], at: ["new", "finding", quantity + "-f"],
                in: ledger)
            #expect(shown.contains("one of coin/heads\n") == isMeasured, "\(shown)")
            #expect(
                try ledger.read("Findings/\(quantity)-f.yaml").contains("    verify: coin/heads\n") == isMeasured,
                "\(shown)")
        }
    }

    /// A question refers to a missing quantity by a label. While `new` writes this quantity, the placeholder for its
    /// labels contradicts the question; this must not count as an error in the quantity's name.
    @Test func placeholdersCauseNoErrorOfTheName() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write(
            "Claims/place/question.yaml",
            "question: Where?\nwhy: To know.\nquantity: place\nyes: {any_of: [inside]}\n")
        let shown = try typed(
            ["Place", "Where it is.", "", "", "inside, outside", "model"], at: ["new", "quantity", "place"],
            in: ledger)
        #expect(ledger.exists("Claims/vocabulary/quantities/place.yaml"), "\(shown)")
        #expect(!shown.contains("is not a label"), "\(shown)")
    }

    @Test func asksForTheTargetOfACaveat() throws {
        let ledger = try TemporaryLedger.example()
        let shown = try typed(
            [
                "T", "A", "", "2025", "s", "N", "dimensions-per-feature", "[0.5, 0.6]", "superposition-geometry",
                "0.1", "", "toy-superposition-is-r1s", "", "superposition-geometry/dimensionality", "n",
                "Few seeds: three.", "", "A toy.", "nothing", "toy-superposition-is-r1s", "One kernel.",
                "superposition-geometry/dimensionality", "",
            ], at: ["new", "finding", "doubted"], in: ledger)
        #expect(
            try ledger.read("Findings/doubted.yaml").hasSuffix(
                """
                caveats:
                  - text: "Few seeds: three."
                    against: {claim: doubted}
                  - text: A toy.
                    against: {assumption: toy-superposition-is-r1s}
                  - text: One kernel.
                    against: {verifier: superposition-geometry/dimensionality}

                """), "\(shown)")
        #expect(try ledger.run("check").status == 0)
    }

    @Test func asksAgainForAWrongNameAndOffersTheParent() throws {
        let ledger = try TemporaryLedger.example()
        let shown = try typed(
            [
                "Bad Name", "circuits/depth", "y", "What do circuits do?", "They compute.", "", "", "", "", "", "", "",
                "",
            ],
            at: ["new", "question"], in: ledger)
        #expect(shown.contains("\"Bad Name\""), "\(shown)")
        #expect(shown.contains("There is no question \"circuits\". Write it now?"), "\(shown)")
        #expect(ledger.exists("Claims/circuits/question.yaml"))
    }

    /// The answers of an interrupted record are saved outside of the ledger.
    @Test func anEndedInputLosesNoAnswer() throws {
        let ledger = try TemporaryLedger.example()
        let shown = try typed(["Half a finding", "A. Author"], at: ["new", "finding", "half-done"], in: ledger)
        #expect(shown.contains("stopped; Findings/half-done.yaml was not written"), "\(shown)")
        #expect(!ledger.exists("Findings/half-done.yaml"))
        let saved = "\(ledger.path)/.git/arbor-ledger/drafts/Findings/half-done.yaml"
        #expect(try String(contentsOfFile: saved, encoding: .utf8).contains("title: Half a finding"))
    }

    @Test func kernelSettingsAreListedWithDefaults() throws {
        let ledger = try TemporaryLedger.example()
        let shown = try typed(
            ["Small", "", "superposition", "superposition"], at: ["new", "model", "small"], in: ledger)
        #expect(shown.contains("features: n, the number of input features"), "\(shown)")
        #expect(shown.contains("10000 by default"))
    }

    @Test func valuesOfClosedListsAreAdded() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.write(
            "Claims/vocabulary/conditions/hue.yaml", "title: Hue  # of a disc\nvalues: [red, \"blue\"] # two\n")
        try ledger.write(
            "Claims/vocabulary/conditions/size.yaml",
            "title: Size\nvalues:\n  - small\n  - large # big\nordered: true\n")
        #expect(try ledger.run("new", "value", "hue", "grey").status == 0)
        #expect(
            try ledger.read("Claims/vocabulary/conditions/hue.yaml")
                == "title: Hue  # of a disc\nvalues: [red, \"blue\", grey] # two\n")
        #expect(try ledger.run("new", "value", "size/huge").status == 0)
        #expect(
            try ledger.read("Claims/vocabulary/conditions/size.yaml")
                == "title: Size\nvalues:\n  - small\n  - large # big\n  - huge\nordered: true\n")
        let again = try ledger.run("new", "value", "hue", "grey")
        #expect(again.status == 64)
        #expect(again.errors.contains("hue has the value \"grey\" already"))
        let flagged = try ledger.run("new", "value", "hue", "green", "--title", "Green")
        #expect(flagged.status == 64)
        #expect(try ledger.run("new", "value", "model", "o1", "--title", "o1", "--general", "true").status == 0)
        #expect(ledger.exists("Claims/vocabulary/conditions/model/o1.yaml"))
    }
}
