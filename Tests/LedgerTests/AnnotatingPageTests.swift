import Annotations
import Foundation
import Records
import Testing

@testable import Atlas

/// The pages of traces, and those for annotating them.
@Suite struct AnnotatingPageTests {
    /// A family of emoji, combining marks, right-to-left text, a tab, a carriage return, markup, and an override.
    private static let hostileText = """
        One 👩‍👩‍👧 and e\u{301}te\u{301}. </p><script>alert(1)</script> & "this".\r ok.
        \u{2003}שלום עולם.\tTab\u{202E}bed\u{0}\u{FEFF}. \u{A0} Last&lt;

        """

    private static let codebook = """
        --- Codebooks/two.yaml
        title: Two labels
        contributors: [Ada]
        scale: nominal
        unit: segment
        labels:
          check: {definition: Checks a step., examples: [Let me test it., Is it so?]}
          plan: {definition: Says what comes., examples: [First I add., Then I divide.]}

        """

    /// A ledger with one trace.
    private static func ledger(_ text: String, _ annotations: [Annotation] = []) -> TestLedger {
        let content = TraceText(text)
        let segments = Segmentation.sentence.segments(of: content)
        let record = """
            --- Traces/odd/trace.yaml
            title: An odd text
            contributors: [Ada]
            model: r1
            text: {sha256: \(sha256(Array(text.utf8))), bytes: \(text.utf8.count), codepoints: \(content.count)}
            segments: {rule: sentence-1, sha256: \(segmentsDigest(segments))}
            licence: CC0-1.0

            """
        var ledger = baseLedger + TestLedger(codebook + record)
        ledger.files.append(SourceFile(path: "Traces/odd/text.txt", bytes: Array(text.utf8)))
        for annotation in annotations {
            let digest = sha256(annotation.encoded)
            ledger.files.append(
                SourceFile(
                    path: AnnotationFile.place(of: annotation, sha256: digest).path, bytes: annotation.encoded))
        }
        return ledger
    }

    private static let plainText = "First it plans. Then it checks. It ends."

    /// Labels on segments of the plain text.
    private static func annotation(_ annotator: String, _ labels: [Int: String]) throws -> Annotation {
        let text = TraceText(plainText)
        let segments = Segmentation.sentence.segments(of: text)
        let codebook = try #require(ledger(plainText).check().state.codebooks["two"])
        var annotation = Annotation(
            trace: "odd", text: sha256(Array(plainText.utf8)), codebook: "two", version: codebook.digest,
            annotator: annotator, maker: .human, isBlind: true,
            marks: labels.map { .init(segments[$0], $1, quote: text[segments[$0]]) },
            links: [.init(from: 1, to: 0, relation: Annotation.Link.dependsOn)], tool: "test")
        annotation.sort()
        return annotation
    }

    @Test func theTextCanBeReadFromThePage() throws {
        let page = try #require(AtlasSite(Self.ledger(Self.hostileText)).pages["t/odd/two.html"])
        #expect(text(ofPage: page) == Self.hostileText)
        // The page contains no character that an HTML parser would change or that would reorder text.
        for hidden: Unicode.Scalar in ["\r", "\0", "\u{202E}", "\u{FEFF}"] {
            #expect(!page.unicodeScalars.contains(hidden), "\(hidden.debugDescription)")
        }
        #expect(!page.contains("<script>alert"))
        // A white space between segments that a browser would show.
        #expect(page.contains("<i data-c=\"2003\" hidden>"))
        let segments = Segmentation.sentence.segments(of: TraceText(Self.hostileText))
        let ids = page.matches(of: /<p id="(\d+)-(\d+)" dir="auto">/).compactMap { match in
            Int(match.1).flatMap { low in Int(match.2).map { low..<$0 } }
        }
        #expect(ids == segments)
    }

    @Test func labelsOfOthersAreNotOnThePageForAnnotating() throws {
        let site = AtlasSite(
            Self.ledger(
                Self.plainText,
                [
                    try Self.annotation("ada", [0: "plan", 1: "check"]),
                    try Self.annotation("bob", [0: "plan", 2: "plan"]),
                ]))
        let page = try #require(site.pages["t/odd/two.html"])
        #expect(page.matches(of: /plan[<"]/).count == 2, "its attribute and its name in the list of labels")
        #expect(page.contains(/data-annotator="ada" data-files="[0-9a-f]{64}"/))
        #expect(site.paths.isSuperset(of: ["t/odd/two/ada.js", "t/odd/two/bob.js"]))
    }

    @Test func theReadingPageShowsAnnotatorsSideBySide() throws {
        var bob = try Self.annotation("bob", [0: "plan", 2: "plan"])
        bob.coverage = .ranges([0..<15, 32..<40])
        let site = AtlasSite(
            Self.ledger(Self.plainText, [try Self.annotation("ada", [0: "plan", 1: "check"]), bob]))
        let text = site.text(of: "t/odd.html")
        #expect(text.contains("Annotated by ada and bob."))
        #expect(text.contains("ada, two bob, two 1 First it plans. plan plan 2 Then it checks. check, depends-on 1 – "))
        #expect(text.contains("≠ 3 It ends. plan"))
        #expect(site.text(of: "codebook/two.html").contains("An odd text by ada and bob"))
    }

    /// A ledger may have thousands of texts that only rules label, so not each has a page for annotating.
    @Test func textsOfRulesHaveAPageForAnnotatingOnRequest() throws {
        var rule = try Self.annotation("ada", [0: "plan"])
        rule.maker = .rule
        var atlas = AtlasState(
            commit: TestLedger.auditCommit, date: TestLedger.today, merge: Self.ledger(Self.plainText, [rule]).merge())
        atlas.annotatedCodebooks = []
        let without = AtlasSite(atlas)
        #expect(!without.paths.contains("t/odd/two.html"))
        #expect(without.text(of: "t/odd.html").contains("arbor-ledger annotate odd --codebook two"))
        atlas.annotatedCodebooks = ["two"]
        #expect(AtlasSite(atlas).paths.contains("t/odd/two.html"))
    }

    @Test func allLinksOfTracesLeadSomewhere() throws {
        let site = AtlasSite(Self.ledger(Self.plainText, [try Self.annotation("ada", [0: "plan"])]))
        for path in site.pages.keys.sorted() where path.hasPrefix("t") || path.hasPrefix("codebook") {
            #expect(site.links(of: path).compactMap { site.fault(of: $0, on: path) } == [])
        }
    }

    @Test func aTraceWithoutItsTextHasAPageThatSaysSo() {
        var ledger = Self.ledger(Self.plainText)
        ledger.files.removeAll { $0.path.hasSuffix("text.txt") }
        let site = AtlasSite(ledger)
        #expect(site.text(of: "t/odd.html").contains("The text is not in the ledger."))
        #expect(!site.paths.contains("t/odd/two.html"))
        #expect(AtlasSite(baseLedger).text(of: "traces.html").contains("No trace is recorded."))
    }

    /// A text of 32,000 tokens of four letters.
    @Test func pagesOfLongTextsAreSmall() throws {
        let sentence = "So we add eight to three, and then we check the sum again. "
        let site = AtlasSite(Self.ledger(String(repeating: sentence, count: 130_000 / sentence.utf8.count)))
        let size = try #require(site.pages["t/odd/two.html"]).utf8.count
        #expect(size <= 260_000, "\(size)")
        for path in ["t/odd.html", "t/odd/_2.html"] {
            #expect(try #require(site.pages[path]).utf8.count < 256 << 10, "\(path)")
        }
        #expect(site.links(of: "t/odd.html").contains("../t/odd/_2.html"))
    }

    /// Names may contain points, but a folder must not have the name of a page.
    @Test func foldersOfTracesHaveNoNamesOfPages() {
        #expect(annotatingPage(trace: "a.html", codebook: "b.html") == "t/a+html/b.html.html")
        #expect(Place.labels("a.html", "b.html") == "t/a+html/b+html/")
        #expect(isAnnotatingPage("t/a+html/b.html.html"))
    }

    @Test func onlyPagesForAnnotatingMaySend() {
        #expect(contentPolicy(of: "t/odd/two.html").hasSuffix("; connect-src 'self'"))
        for path in ["index.html", "t/odd.html", "t/odd/_2.html", "t/odd/two/ada.js", "q/t/odd/two.html", "t/odd/two"] {
            #expect(!contentPolicy(of: path).contains("connect-src"), "\(path)")
        }
    }

    @Test func scriptsAndStyleAreSmall() {
        for (part, limit) in [
            (annotatingScript, 24_000), (comparingScript, 24_000), (spanScript, 24_000), (annotatingStyle, 8_000),
        ] { #expect(part.utf8.count <= limit, "\(part.prefix(40))") }
    }

    /// Reads the text of a trace as the script of the page does.
    private func text(ofPage page: String) -> String? {
        guard let start = page.range(of: "<div id=\"_text\""), let open = page[start.upperBound...].firstIndex(of: ">"),
            let end = page.range(of: "</div>", range: open..<page.endIndex)
        else { return nil }
        var scalars = String.UnicodeScalarView()
        var rest = page[page.index(after: open)..<end.lowerBound]
        while let character = rest.unicodeScalars.first {
            if let match = rest.prefixMatch(of: /<i data-c="([0-9a-f]+)"[^>]*>[^<]*<\/i>/) {
                scalars.append(Unicode.Scalar(UInt32(match.1, radix: 16) ?? 0) ?? "?")
                rest = rest[match.range.upperBound...]
            } else if let match = rest.prefixMatch(of: /<[^>]*>/) {
                rest = rest[match.range.upperBound...]
            } else if let (entity, text) = [("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")].first(where: {
                rest.hasPrefix($0.0)
            }) {
                scalars.append(contentsOf: text.unicodeScalars)
                rest = rest.dropFirst(entity.count)
            } else {
                scalars.append(character)
                rest = Substring(rest.unicodeScalars.dropFirst())
            }
        }
        return String(scalars)
    }
}
