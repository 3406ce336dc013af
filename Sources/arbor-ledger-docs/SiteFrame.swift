import Atlas
import Markdown
import Words

/// What all pages of the site have in common.
struct SiteFrame: Sendable {
    let contents: Contents
    /// The tool with its commands; nil for a site without them.
    let tool: CommandDescription?
    /// The address of an atlas to which pages link.
    let atlas: Link?

    var commands: [CommandDescription] { tool?.parts ?? [] }

    /// A section that the list at the side of a page names.
    struct Section: Sendable {
        var level: Int
        var title: String
        var anchor: String
    }

    /// Makes a page. `origin` says in the footer what the page was made from.
    func page(
        _ path: String, title: String, sections: [Section], origin: @escaping @Sendable (inout Markup) -> Void,
        titled heading: @escaping @Sendable (inout Markup) -> Void,
        body: @escaping @Sendable (inout Markup) -> Void
    ) -> AtlasFile {
        AtlasFile(path) { [self] in
            let isFront = path == SitePaths.front
            let label = contents.entries.first { $0.path == path }?.title ?? title
            let shell = PageShell(
                path, title: isFront ? title : "\(label) · arbor-ledger", styles: [SitePaths.style],
                searchLabel: "Search the documentation")
            return shell.render { html in
                html.link(.page(SitePaths.front), "arbor-ledger", .class("mark"))
                addMainLinks(&html, path)
            } beside: { html in
                html.tag("nav", .class("side"), .text(.ariaLabel, "Documentation")) { addContents(&$0, path) }
                html.tag("details", .class("side-narrow")) { html in
                    html.tag("summary", text: "All pages")
                    html.tag("nav", .text(.ariaLabel, "All pages")) { addContents(&$0, path) }
                }
            } main: { html in
                heading(&html)
                if sections.count > 1 { addSections(&html, path, sections) }
                html.tag("div", .class(isFront ? "prose front" : "prose")) { html in
                    body(&html)
                    addNeighbours(&html, of: path)
                }
            } footer: { html in
                origin(&html)
            }
        }
    }

    private func addMainLinks(_ html: inout Markup, _ path: String) {
        html.tag("nav", .text(.ariaLabel, "Main pages")) { html in
            if let tutorial = contents.entries.first { addEntry(&html, tutorial.path, "Tutorial", path) }
            if !commands.isEmpty { addEntry(&html, SitePaths.commands, "Commands", path) }
            for (target, title) in [("format.html", "Records"), ("changelog.html", "Changelog")]
            where contents.entries.contains(where: { $0.path == target }) {
                addEntry(&html, target, title, path)
            }
            if let atlas { html.link(atlas, "Atlas") }
        }
    }

    /// The list of all pages. Commands are listed only beside a command.
    private func addContents(_ html: inout Markup, _ path: String) {
        for group in contents.groups {
            html.tag("p", text: group.title)
            html.tag("ul") { html in
                for entry in group.entries { html.tag("li") { addEntry(&$0, entry.path, entry.title, path) } }
            }
        }
        guard !commands.isEmpty else { return }
        html.tag("p", text: "Commands")
        html.tag("ul") { html in
            html.tag("li") { addEntry(&$0, SitePaths.commands, "All commands", path) }
            guard path.startsWithBytes(SitePaths.commandFolder) else { return }
            for command in commands {
                html.tag("li") { addEntry(&$0, command.path, command.name, path) }
            }
        }
    }

    private func addEntry(_ html: inout Markup, _ target: String, _ title: String, _ path: String) {
        html.tag("a", .href(.page(target)), target == path ? .text(.ariaCurrent, "page") : nil, text: title)
    }

    /// The sections of a page: at the side of a wide page, and to be opened on a narrow one.
    private func addSections(_ html: inout Markup, _ path: String, _ sections: [Section]) {
        func list(_ html: inout Markup) {
            html.tag("ul") { html in
                for section in sections {
                    html.tag("li", .class("l\(section.level)")) {
                        $0.tag("a", .href(.page(path, section.anchor)), text: section.title)
                    }
                }
            }
        }
        html.tag("nav", .class("toc"), .text(.ariaLabel, "On this page")) { html in
            html.tag("p", text: "On this page")
            list(&html)
        }
        html.tag("details", .class("toc-narrow")) { html in
            html.tag("summary", text: "On this page")
            html.tag("nav", .text(.ariaLabel, "Sections"), body: list)
        }
    }

    private func addNeighbours(_ html: inout Markup, of path: String) {
        let (previous, next) = contents.neighbours(of: path)
        guard previous != nil || next != nil else { return }
        html.tag("nav", .class("pager"), .text(.ariaLabel, "Neighbouring pages")) { html in
            for (entry, title, name) in [(previous, "Previous", "previous"), (next, "Next", "next")] {
                guard let entry else { continue }
                html.tag("a", .href(.page(entry.path)), .class(name)) { html in
                    html.tag("small", text: title)
                    html.text(entry.title)
                }
            }
        }
    }
}

enum SitePaths {
    static let front = "index.html"
    static let style = "docs.css"
    static let commandFolder = "commands/"
    static let commands = "commands/index.html"
}
