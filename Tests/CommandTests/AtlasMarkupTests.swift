import Testing

@testable import Atlas

@Suite struct AtlasMarkupTests {
    private func made(_ body: (inout Markup) -> Void) -> String {
        var html = Markup(root: "../")
        body(&html)
        return String(decoding: html.bytes, as: UTF8.self)
    }

    @Test func escapesTextAndAttributes() {
        let text = "</script><svg onload=\"alert(1)\">&amp;'"
        #expect(
            made { $0.tag("p", .text(.title, text), text: text) } == """
                <p title="&lt;/script&gt;&lt;svg onload=&quot;alert(1)&quot;&gt;&amp;amp;'">\
                &lt;/script&gt;&lt;svg onload="alert(1)"&gt;&amp;amp;'</p>
                """)
    }

    @Test func takesOnlyAddressesOfTheWebAndOfPages() {
        for text in [
            "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//example.org", " https://example.org",
            "https://example.org/a b", "https://example.org/\u{202e}", "file:///etc/passwd", "",
        ] { #expect(Link.web(text) == nil, "\(text)") }
        #expect(Link.web("https://example.org/?a=\"b\"")?.address(from: "../") == "https://example.org/?a=\"b\"")
        #expect(Link.page("q/a\"<b>.html", "x y").address(from: "../") == "../q/a%22%3Cb%3E.html#x%20y")
    }
}
