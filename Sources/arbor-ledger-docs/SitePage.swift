import Markdown

/// A page of the documentation.
struct SitePage: Sendable {
    struct Heading: Sendable {
        var level: Int
        var text: String
        var anchor: String
        var line: Int
    }

    /// The path of the Markdown file in the repository.
    let source: String
    let document: MarkdownNode
    /// The headings in order. The first one is the title.
    let headings: [Heading]

    init(source: String, text: String) throws(PageProblem) {
        self.source = source
        do {
            document = try readMarkdown(text)
        } catch {
            throw PageProblem(file: source, line: error.line, sentence: error.message, remedy: "write it differently")
        }
        headings = anchoredHeadings(of: document)
    }

    var title: String { headings.first?.text ?? source }

    /// The path of the page in the site.
    var path: String {
        let name = String(source.utf8.dropLast(".md".utf8.count)) ?? source
        return (name.startsWithBytes("docs/") ? String(name.dropFirst("docs/".count)) : name.lowercased()) + ".html"
    }

    /// A page has one title, at its top.
    var problems: [PageProblem] {
        guard headings.first?.level == 1, document.children.first(where: { !$0.isComment })?.line == headings[0].line
        else {
            return [
                PageProblem(
                    file: source, line: 1, sentence: "the page does not begin with its title",
                    remedy: "begin the page with a line such as `# Title`")
            ]
        }
        return headings.dropFirst().filter { $0.level == 1 }.map { heading in
            PageProblem(
                file: source, line: heading.line, sentence: "\"\(heading.text)\" is a second title",
                remedy: "write it as a section: `## \(heading.text)`")
        }
    }
}

extension MarkdownNode {
    var isHeading: Bool {
        if case .heading = kind { true } else { false }
    }

    var isComment: Bool {
        if case .html(let text) = kind { text.startsWithBytes("<!--") } else { false }
    }
}

/// Returns the headings of a document with the anchors that GitHub gives them.
private func anchoredHeadings(of document: MarkdownNode) -> [SitePage.Heading] {
    var uses: [String: Int] = [:]
    return document.children.compactMap { node in
        guard case .heading(let level) = node.kind else { return nil }
        let text = node.plainText
        let anchor = anchor(of: text)
        let count = uses[anchor, default: 0]
        uses[anchor] = count + 1
        return SitePage.Heading(
            level: level, text: text, anchor: count == 0 ? anchor : "\(anchor)-\(count)", line: node.line)
    }
}

/// Returns the anchor that GitHub gives a heading: letters, digits and low lines in lower case, with hyphens for spaces.
private func anchor(of heading: String) -> String {
    String(
        String.UnicodeScalarView(
            heading.lowercased().unicodeScalars.compactMap { scalar in
                if scalar == " " || scalar == "-" { return "-" }
                let isKept = scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
                return isKept ? scalar : nil
            }))
}
