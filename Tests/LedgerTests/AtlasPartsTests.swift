import Records
import Testing
import Words

@testable import Atlas

/// The parts from which pages are made: markup, addresses, axes, words.
@Suite struct AtlasPartsTests {
    private func written(_ body: (inout Markup) -> Void) -> String {
        var html = Markup(root: "../")
        body(&html)
        return String(decoding: html.bytes, as: UTF8.self)
    }

    /// The second page of `x.html` must not be below the page of `x`.
    @Test func noFolderHasTheNameOfAPage() {
        #expect(Place.claim(ClaimID(slug: "x.html", number: 13, isOnly: false)).path == "f/x+html/2.html")
        #expect(Place.quantity("x.html", page: 1).path == "k/x+html/2.html")
        #expect(Place.question("x.html/y.z").path == "q/x+html/y.z.html")
        #expect(Place.question("x.html/a/y").path == "q/x+html/a/y.html")
    }

    @Test func textsCannotBecomeMarkup() {
        let hostile = #"</script><svg onload="alert(1)">&amp;"#
        #expect(
            written { $0.tag("p", .class(hostile), text: hostile) }
                == #"<p class="&lt;/script&gt;&lt;svg onload=&quot;alert(1)&quot;&gt;&amp;amp;">&lt;/script&gt;&lt;svg onload="alert(1)"&gt;&amp;amp;</p>"#
        )
    }

    @Test func textsOfAttributesAreQuoted() {
        #expect(
            written { $0.tag("p", .text(.title, "</p>\"&'"), text: "'") } == #"<p title="&lt;/p&gt;&quot;&amp;'">'</p>"#
        )
    }

    @Test func hiddenCharactersAreVisibleAndOtherScriptsAreIsolated() {
        #expect(written { $0.recordText("safe\u{202E}evil") } == "<bdi>safe\\u{202e}evil</bdi>")
        #expect(written { $0.recordText("שלום") } == "<bdi>שלום</bdi>")
        #expect(written { $0.recordText("plain") } == "plain")
    }

    @Test func onlyWebAddressesAreLinks() {
        for address in [
            "javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "//example.org", "https://a b",
            "https://a\u{A0}b", "https://a\nb", " https://a", "https://example.org/\u{202e}", "file:///etc/passwd", "",
        ] {
            #expect(Link.web(address) == nil, "\(address)")
        }
        #expect(Link.web("https://example.org/?a=\"b\"")?.address(from: "../") == "https://example.org/?a=\"b\"")
        #expect(Link.web("https://example.org/?a=1&b=%20")?.address(from: "../") == "https://example.org/?a=1&b=%20")
    }

    @Test func sourcesLeadToTheirAddresses() {
        func links(_ text: String) -> [String] {
            Link.references(in: text).map { $0.link?.address(from: "") ?? $0.text }
        }
        #expect(
            links("arXiv:2309.00941v2; github.com/ajyl/mech_int@519f84b, a talk (doi:10.1000/182).") == [
                "https://arxiv.org/abs/2309.00941v2", "; ", "https://github.com/ajyl/mech_int/tree/519f84b",
                ", a talk (", "https://doi.org/10.1000/182", ").",
            ])
        #expect(
            links("ARBOR#22; javascript:alert(1) arXiv: doi:\u{202E}1") == [
                "ARBOR#22; javascript:alert(1) arXiv: doi:\u{202E}1"
            ])
        #expect(links("").isEmpty)
    }

    @Test func addressesOfPagesAreEscaped() {
        #expect(Link.page("m/ä\"x#?.html", "m-a b").address(from: "../") == "../m/%C3%A4%22x%23%3F.html#m-a%20b")
        #expect(Link.page("q/a\"<b>.html", "x y").address(from: "../") == "../q/a%22%3Cb%3E.html#x%20y")
        #expect(Link.page("index.html", "rows=all").address(from: "") == "index.html#rows=all")
    }

    @Test func numbersOfShapesAreShort() {
        #expect(
            written { $0.shape("rect", .percent(.x, 33.333333), .number(.width, 10), .number(.y, -0.001)) }
                == #"<rect x="33.33%" width="10" y="0"/>"#)
    }

    @Test(arguments: [
        [0.0, 1], [0.479, 0.519], [-3, 12], [5, 5], [0, 0], [1e-6, 3e-6], [1234, 98_765], [-0.5, -0.5], [0, 1e9],
    ])
    func axesHoldTheirValuesWithFewRoundTicks(_ values: [Double]) throws {
        let axis = try #require(Axis(holding: values))
        #expect(values.allSatisfy { axis.lower - 1e-9 <= $0 && $0 <= axis.upper + 1e-9 })
        #expect((2...9).contains(axis.ticks.count))
        #expect(Set(axis.ticks.map(axis.text)).count == axis.ticks.count, "\(axis.ticks.map(axis.text))")
        #expect(axis.place(axis.lower) == 0 && axis.place(axis.upper) == 100)
    }

    @Test func axesNeedFiniteValues() {
        #expect(Axis(holding: []) == nil)
        #expect(Axis(holding: [.nan, .infinity]) == nil)
    }

    @Test func wordsOfTheIndexAreThoseOfTheScript() {
        #expect(searchWords("R1's half-a-dimension: D* ≥ 0.5") == ["r1", "s", "half", "a", "dimension", "d", "0", "5"])
        // A decomposed letter is found by its composed form.
        #expect(searchWords("e\u{301}tude") == ["étude"])
        #expect(searchWords("Ευρήματα 発見 x²") == ["ευρήματα", "発", "見", "x²"])
        #expect(searchWords("ΟΔΟΣ") == ["οδοσ"])
    }

    @Test func blocksAreGroupedInRuns() {
        #expect(consecutiveRuns([3, 1, 2, 7, 9, 8]) == [1...3, 7...9])
        #expect(consecutiveRuns([]).isEmpty)
    }

    @Test func theStyleSheetAndTheScriptAreSmall() {
        #expect(stylesheet.utf8.count <= 12_000)
        #expect(script.utf8.count <= 24_000)
    }
}
