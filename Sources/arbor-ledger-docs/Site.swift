import Atlas
import Markdown
import Words

/// The documentation of a repository as web pages.
struct Site {
    let files: [AtlasFile]
    let problems: [PageProblem]

    /// - Parameters:
    ///   - tool: The tool with its commands, which get pages.
    ///   - files: The address at which the files of the repository can be read.
    ///   - atlas: An atlas to which the pages link.
    init(of repository: Repository, tool: CommandDescription?, files source: String?, atlas: Link?) throws {
        let pages = try repository.markdownFiles().map { try SitePage(source: $0, text: repository.text($0)) }
        let links = LinkTable(
            pages: Dictionary(uniqueKeysWithValues: pages.map { ($0.source, $0) }), repository: repository,
            files: source)
        guard let front = links.pages["docs/index.md"] else {
            (files, problems) = (
                [],
                [
                    PageProblem(
                        file: "docs/index.md", line: 1, sentence: "the front page is missing",
                        remedy: "write it, with lists of all pages")
                ]
            )
            return
        }
        let (contents, unlisted) = Contents.read(from: front, links)
        var problems = pages.flatMap { $0.problems } + clashes(pages) + unlisted
        var pictures: [String: (path: String, bytes: [UInt8])] = [:]
        for page in pages {
            for node in page.document.all {
                do throws(PageProblem) {
                    switch node.kind {
                    case .link(let address): _ = try links.target(of: address, at: node.line, on: page)
                    case .image(let address):
                        let (source, path) = try links.picture(at: address, line: node.line, on: page)
                        pictures[source] = (path, try read(source, of: repository))
                    case .document, .paragraph, .quote, .item, .rule, .heading, .list, .codeBlock, .table, .headerRow,
                        .row, .cell, .text, .code, .softBreak, .lineBreak, .emphasis, .strong, .strikethrough, .html:
                        break
                    }
                } catch {
                    problems.append(error)
                }
            }
        }
        self.problems = problems
        let sizes = pictures.compactMapValues { PictureSize(png: $0.bytes) }
        let frame = SiteFrame(contents: contents, tool: tool, atlas: atlas)
        let rendered = pages.map { frame.page(of: PageContext(page: $0, links: links, sizes: sizes)) }
        let copied = pictures.values.map { picture in AtlasFile(picture.path) { picture.bytes } }
        let index = SearchIndex(contents.searchEntries(links.pages) + frame.commands.map(searchEntry))
        let shared = sharedFiles + [AtlasFile(SitePaths.style) { Array(siteStyle.utf8) }]
        files = (rendered + frame.commandPages + copied + index.files + shared).sorted { $0.path < $1.path }
    }
}

/// Pages of two files that would be written to one path, such as `README.md` and a `readme.md` in `docs`.
private func clashes(_ pages: [SitePage]) -> [PageProblem] {
    Dictionary(grouping: pages, by: \.path).valuesByKey.filter { $0.count > 1 }.map { pages in
        PageProblem(
            file: pages[1].source, line: 1, sentence: "\(listed(pages.map(\.source))) become the same page",
            remedy: "rename one of them")
    }
}

private func read(_ picture: String, of repository: Repository) throws(PageProblem) -> [UInt8] {
    do {
        return try repository.bytes(picture)
    } catch {
        throw PageProblem(file: picture, line: 1, sentence: "the picture cannot be read: \(error)", remedy: "repair it")
    }
}

extension SiteFrame {
    fileprivate func page(of context: PageContext) -> AtlasFile {
        let page = context.page
        let sections = page.headings.dropFirst().filter { $0.level <= 3 }.map {
            Section(level: $0.level, title: $0.text, anchor: $0.anchor)
        }
        let blocks = page.document.children
        let title = blocks.firstIndex { !$0.isComment } ?? 0
        return self.page(page.path, title: page.title, sections: page.path == SitePaths.front ? [] : sections) { html in
            html.text("Made from ")
            html.link(context.links.file(page.source), page.source)
        } titled: { html in
            html.tag("h1", page.headings.first.map { .id($0.anchor) }, text: page.title)
        } body: { html in
            if page.path == SitePaths.front {
                html.addGroups(blocks[(title + 1)...], context)
            } else {
                html.add(blocks[(title + 1)...], context)
            }
        }
    }
}

extension Contents {
    /// The pages in the order of reading, and then their sections, each with the words of its text.
    fileprivate func searchEntries(_ pages: [String: SitePage]) -> [SearchIndex.Entry] {
        let byPath = Dictionary(pages.values.map { ($0.path, $0) }) { first, _ in first }
        var (titles, sections): ([SearchIndex.Entry], [SearchIndex.Entry]) = ([], [])
        for group in groups {
            for page in group.entries.compactMap({ byPath[$0.path] }) {
                let texts = page.textsOfSections
                for (heading, text) in zip(page.headings, texts) {
                    if heading.level == 1 {
                        titles.append(SearchIndex.Entry(heading.text, group.title, .page(page.path), text))
                    } else {
                        sections.append(
                            SearchIndex.Entry(heading.text, page.title, .page(page.path, heading.anchor), text))
                    }
                }
            }
        }
        return titles + sections
    }
}

extension SitePage {
    /// The texts below each heading.
    fileprivate var textsOfSections: [[String]] {
        var texts: [[String]] = []
        for block in document.children {
            if block.isHeading {
                texts.append([])
            } else if !texts.isEmpty {
                texts[texts.count - 1].append(block.plainText)
            }
        }
        return texts
    }
}

private func searchEntry(of command: CommandDescription) -> SearchIndex.Entry {
    func texts(_ command: CommandDescription) -> [String] {
        [command.abstract, command.discussion].compactMap(\.self)
            + command.shownArguments.flatMap { [$0.term, $0.abstract ?? ""] }
            + command.parts.flatMap { [$0.name] + texts($0) }
    }
    return SearchIndex.Entry("arbor-ledger \(command.name)", "command", .page(command.path), texts(command))
}

extension MarkdownNode {
    /// This node and all nodes in it.
    fileprivate var all: [MarkdownNode] { [self] + children.flatMap(\.all) }
}
