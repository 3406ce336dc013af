import Atlas
import Words

extension SiteFrame {
    /// A page for each command, with its subcommands, and the list of them.
    var commandPages: [AtlasFile] { tool.map { [commandList(of: $0)] + commands.map(commandPage) } ?? [] }

    private func commandList(of tool: CommandDescription) -> AtlasFile {
        page(SitePaths.commands, title: "Commands", sections: [], origin: origin) { html in
            html.tag("h1", text: "Commands")
        } body: { [self] html in
            addDiscussion(of: tool, to: &html)
            html.addTable { html in
                html.tag("tbody") { html in
                    for command in commands {
                        html.tag("tr") { html in
                            html.tag("th", .text(.scope, "row")) { $0.link(.page(command.path), command.name) }
                            html.tag("td", text: command.abstract ?? "")
                        }
                    }
                }
            }
        }
    }

    private func commandPage(_ command: CommandDescription) -> AtlasFile {
        let sections = command.parts.map { Section(level: 2, title: $0.name, anchor: $0.anchor) }
        return page(command.path, title: command.name, sections: sections, origin: origin) { html in
            html.tag("h1") { $0.tag("code", text: "arbor-ledger \(command.name)") }
        } body: { html in
            add(command, to: &html)
            for part in command.parts {
                html.tag("h2", .id(part.anchor)) { $0.tag("code", text: "arbor-ledger \(part.name)") }
                add(part, to: &html)
            }
        }
    }

    private func origin(_ html: inout Markup) { html.tag("span", text: "Made from the help of the tool") }

    private func add(_ command: CommandDescription, to html: inout Markup) {
        html.tag("p") { addHelp(command.abstract ?? "", to: &$0) }
        html.addCode(command.usage + "\n", "usage")
        addDiscussion(of: command, to: &html)
        let arguments = command.shownArguments
        guard !arguments.isEmpty else { return }
        html.tag("dl", .class("arguments")) { html in
            for argument in arguments {
                html.tag("dt") { $0.tag("code", text: argument.term) }
                html.tag("dd") { html in
                    addHelp(
                        [argument.abstract, argument.discussion].compactMap(\.self).joined(separator: " "), to: &html)
                    if let value = argument.defaultValue {
                        html.text(" The default is ")
                        html.tag("code", text: value)
                        html.text(".")
                    }
                }
            }
        }
    }

    private func addDiscussion(of command: CommandDescription, to html: inout Markup) {
        for paragraph in paragraphs(of: command.discussion ?? "") {
            if paragraph.isCode {
                html.addCode(paragraph.text + "\n", "sh")
            } else {
                html.tag("p") { addHelp(paragraph.text, to: &$0) }
            }
        }
    }

    /// Adds a text in which code stands between backticks, and pages are named by their files.
    private func addHelp(_ text: String, to html: inout Markup) {
        for (index, part) in text.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
            guard index.isMultiple(of: 2) else {
                html.tag("code", text: String(part))
                continue
            }
            var rest = part
            while let name = rest.firstMatch(of: /docs\/([\w-]+)\.md/) {
                html.text(String(rest[..<name.range.lowerBound]))
                let path = "\(name.1).html"
                let title = contents.entries.first { $0.path == path }?.title
                html.link(title.map { _ in .page(path) }, title ?? String(name.0))
                rest = rest[name.range.upperBound...]
            }
            html.text(String(rest))
        }
    }
}

/// Help is in paragraphs. Indented lines, and an example in a line of text, are code.
private func paragraphs(of discussion: String) -> [(text: String, isCode: Bool)] {
    let label = "Example: "
    let lines = discussion.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
        line.utf8.starts(with: label.utf8) ? ["Example:", "  \(line.dropFirst(label.count))"] : [String(line)]
    }
    let blocks = lines.split(separator: "").flatMap { Array($0).chunked { $0.startsWithBytes("  ") } }
    return blocks.map { block in
        let isCode = block[0].startsWithBytes("  ")
        return isCode
            ? (block.map { String($0.dropFirst(2)) }.joined(separator: "\n"), true)
            : (block.joined(separator: " "), false)
    }
}
