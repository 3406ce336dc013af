/// The files that pages share: the style, the script and the icon.
package let sharedFiles = [
    AtlasFile("atlas.css") { Array(stylesheet.utf8) }, AtlasFile("atlas.js") { Array(script.utf8) },
    AtlasFile("icon.svg") { Array(icon.utf8) },
]

/// The frame around the content of a page. The content policy is a part of every page.
package struct PageShell: Sendable {
    package var path: String
    package var title: String
    /// The paths of style sheets beside that of the atlas.
    package var styles: [String] = []
    /// What the search field is for.
    package var searchLabel: String

    package init(_ path: String, title: String, styles: [String] = [], searchLabel: String) {
        (self.path, self.title, self.styles, self.searchLabel) = (path, title, styles, searchLabel)
    }

    /// Returns the page. `head` adds the links at the top, `beside` what comes between them and the main part.
    package func render(
        head: (inout Markup) -> Void, beside: (inout Markup) -> Void = { _ in }, main: (inout Markup) -> Void,
        footer: (inout Markup) -> Void
    ) -> [UInt8] {
        let depth = path.utf8.count { $0 == UInt8(ascii: "/") }
        var html = Markup(root: String(repeating: "../", count: depth))
        html.literal("<!doctype html>\n<html lang=\"en\">\n")
        html.tag("head", body: addHead)
        html.literal("\n<body>\n")
        html.tag("a", .class("skip"), .href(.page(path, "_main"))) { $0.text("Skip to the content") }
        html.tag("header", .class("top")) { html in
            head(&html)
            addControls(&html)
        }
        beside(&html)
        html.tag("main", .id("_main"), body: main)
        html.tag("footer", body: footer)
        html.literal("\n</body>\n</html>\n")
        return html.bytes
    }

    private func addHead(_ html: inout Markup) {
        html.literal("<meta charset=\"utf-8\">")
        html.literal("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
        html.literal("<meta http-equiv=\"Content-Security-Policy\" content=\"")
        html.text(contentPolicy(of: path))
        html.literal("\">")
        html.tag("title", text: title)
        html.icon()
        for style in ["atlas.css"] + styles { html.stylesheet(style) }
        html.script("atlas.js")
    }

    /// The script shows these controls; without it they would do nothing.
    private func addControls(_ html: inout Markup) {
        html.tag("div", .class("find"), .hidden) { html in
            html.void(
                "input", .text(.type, "search"), .id("_find"), .text(.name, "find"), .text(.placeholder, "Search"),
                .text(.ariaLabel, searchLabel))
            html.tag("div", .id("_found"), .text(.role, "status"), .text(.ariaLive, "polite")) { _ in }
        }
        html.tag("fieldset", .class("seg theme"), .hidden) { html in
            html.tag("legend", .class("vh"), text: "Theme")
            for (value, title) in [("auto", "Auto"), ("light", "Light"), ("dark", "Dark")] {
                html.choice("theme", value, title, isChecked: value == "auto")
            }
        }
    }
}

/// Scripts and styles come only from the atlas itself; pages load nothing else and send nothing. Only a page for
/// annotating may send, and only to the server that it comes from.
package func contentPolicy(of path: String) -> String {
    let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'"
    return isAnnotatingPage(path) ? policy + "; connect-src 'self'" : policy
}
