import Foundation
import Testing

/// Tests `annotations import` and `annotations export` in a ledger with one trace. The files are those of the libraries of
/// the tools.
@Suite struct AnnotationImportTests {
    private static let files = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../annotation-formats").standardizedFileURL.path

    private func ledger() throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        let labels = ["initializing", "deduction", "uncertainty-estimation"]
            .map { "\($0): {definition: A label., examples: [a, b]}" }.joined(separator: ", ")
        for arguments in [
            [
                "new", "trace", "greeting", "--text", "\(Self.files)/text.txt", "--title", "A greeting", "--model",
                "superposition-geometry", "--licence", "CC-BY-4.0",
            ],
            ["new", "codebook", "steps", "--title", "Steps", "--labels", "{\(labels)}"],
        ] {
            let printed = try ledger.run(arguments)
            #expect(printed.status == 0, "\(printed)")
        }
        return ledger
    }

    private func importing(_ file: String, _ more: String..., in ledger: TemporaryLedger) throws -> ProcessResult {
        try ledger.run(
            [
                "annotations", "import", file.hasPrefix("/") ? file : "\(Self.files)/\(file)", "--trace", "greeting",
                "--codebook", "steps", "--annotator", "ada",
            ]
                + (more.contains("--by") ? more : more + ["--by", "human"]))
    }

    /// Returns the paths of the annotation files.
    private func annotations(_ ledger: TemporaryLedger) -> [String] {
        let folder = "Traces/greeting/annotations/steps/ada"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(ledger.path)/\(folder)")) ?? []
        return names.sorted().map { "\(folder)/\($0)" }
    }

    @Test func anImportPassesCheckAndIsExportedAsItWas() throws {
        let ledger = try ledger()
        let printed = try importing("brat.ann", "--blind", in: ledger)
        let path = try #require(annotations(ledger).first)
        #expect(
            printed.output == """
                wrote  \(path)
                4 labels placed, 0 moved, 0 refused
                4 labels and 1 link in the annotation
                Not imported: 1 note

                """)
        #expect((printed.errors, printed.status) == ("", 0))
        #expect(try ledger.run("check").status == 0)
        let exported = try ledger.run("annotations", "export", "out", "--to", "brat", "--codebook", "steps")
        #expect(exported.output == "1 annotation in 3 files in \(ledger.path)/out\n", "\(exported)")
        let again = try importing("\(ledger.path)/out/steps/ada/greeting.ann", "--blind", in: ledger)
        #expect(again.status == 0, "\(again)")
        #expect(annotations(ledger) == [path])
    }

    @Test func aRefusedLabelStopsAnImport() throws {
        let ledger = try ledger()
        let refused = try importing("inline-tags.txt", "--by", "model", in: ledger)
        #expect(refused.status == 1)
        #expect(
            refused.errors
                == "arbor-ledger: nothing was written; --label NAME=LABEL names labels, and --allow-refused imports those that were placed\n"
        )
        #expect(annotations(ledger) == [])
        let dry = try importing("inline-tags.txt", "--by", "model", "--allow-refused", "--dry-run", in: ledger)
        #expect((dry.status, annotations(ledger)) == (0, []))
        let allowed = try importing("inline-tags.txt", "--by", "model", "--allow-refused", in: ledger)
        let path = try #require(annotations(ledger).first)
        #expect(
            allowed.output == """
                wrote  \(path)
                2 labels placed, 1 moved (1 by up to 7 code points), 1 refused
                3 labels and 0 links in the annotation
                The annotation covers 69 % of the text; in the rest, labels are missing, not absent.
                  refused  uncertainty-estimation  1  the rest of the trace does not have this text: "Wait, this is a greeting."

                """)
        #expect(try ledger.run("check").status == 0)
    }

    /// An annotation without any label would say that the text has none.
    @Test func anImportThatPlacesNoLabelWritesNothing() throws {
        let ledger = try ledger()
        try ledger.write("other.ann", "T1\tplan 0 5\tZebra\n")
        let printed = try importing("\(ledger.path)/other.ann", "--allow-refused", in: ledger)
        #expect(printed.status == 1)
        #expect(printed.errors.contains("no label could be placed; check --trace"), "\(printed)")
        #expect(annotations(ledger) == [])
    }

    @Test func aSecondImportReplacesTheFirstOnlyIfAsked() throws {
        let ledger = try ledger()
        #expect(try importing("brat.ann", in: ledger).status == 0)
        let second = try importing("doccano.jsonl", "--offsets", "utf-16", in: ledger)
        #expect(
            second.errors == """
                arbor-ledger: ada has another annotation of greeting with the codebook steps
                  -> add --replace, so that the new one counts instead

                """)
        #expect(second.status == 1)
        let replacing = try importing(
            "doccano.jsonl", "--offsets", "utf-16", "--replace", "--format", "json", in: ledger
        ).json()
        #expect(replacing["replaced_files"].number == 1)
        #expect(annotations(ledger).count == 2)
        let repeated = try importing("doccano.jsonl", "--offsets", "utf-16", "--replace", in: ledger)
        #expect(repeated.output.hasPrefix("unchanged  "), "\(repeated)")
        #expect(annotations(ledger).count == 2)
        #expect(try ledger.run("check").status == 0)
        let csv = try ledger.run("annotations", "export", "out", "--to", "csv")
        #expect(csv.output == "1 annotation in 2 files in \(ledger.path)/out\n")
    }

    @Test func mistakesOfTheCommandLineHaveRemedies() throws {
        let ledger = try ledger()
        let cases: [([String], String)] = [
            (["--label", "x=deductio"], "the codebook steps has no label \"deductio\""),
            (["--from", "2"], "no annotation of this trace is by \"2\""),
            (["--as", "uima"], "\(Self.files)/label-studio.json: the file has no list \"%FEATURE_STRUCTURES\""),
        ]
        for (arguments, message) in cases {
            let printed = try ledger.run(
                [
                    "annotations", "import", "\(Self.files)/label-studio.json", "--trace", "greeting", "--codebook",
                    "steps", "--annotator", "ada", "--by", "human",
                ] + arguments)
            #expect(printed.errors.hasPrefix("arbor-ledger: \(message)\n  -> "), "\(printed)")
            #expect(printed.status != 0)
        }
        for annotator in ["../../../x", "Ada", "a/b"] {
            let printed = try ledger.run(
                "annotations", "import", "\(Self.files)/label-studio.json", "--trace", "greeting", "--codebook",
                "steps", "--annotator", annotator, "--by", "human")
            #expect(printed.status != 0)
            #expect(printed.errors.contains("is not a valid"), "\(printed)")
        }
        #expect(annotations(ledger) == [])
    }

    @Test func anExportOverwritesNothing() throws {
        let ledger = try ledger()
        #expect(try importing("brat.ann", in: ledger).status == 0)
        try ledger.write("out/labels.csv", "mine\n")
        let printed = try ledger.run("annotations", "export", "out", "--to", "csv")
        #expect(
            printed.errors.hasPrefix(
                "arbor-ledger: \(ledger.path)/out/labels.csv already exists with another content\n"))
        #expect(printed.status == 1)
        #expect(try ledger.read("out/labels.csv") == "mine\n")
    }
}
