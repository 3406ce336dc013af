import Atlas
import Markdown
import Words

/// The list of all pages, in the order in which they are read.
struct Contents: Sendable {
    struct Entry: Sendable {
        var title: String
        var path: String
    }

    struct Group: Sendable {
        var title: String
        var entries: [Entry]
    }

    var groups: [Group]

    var entries: [Entry] { groups.flatMap(\.entries) }

    /// Reads the list from the front page: each section is a group, and each item of its lists begins with a link to a
    /// page. Every page must be listed once.
    static func read(from front: SitePage, _ links: LinkTable) -> (contents: Contents, problems: [PageProblem]) {
        var groups: [Group] = []
        var problems: [PageProblem] = []
        var listed: [String: Int] = [:]
        for node in front.document.children {
            if case .heading(level: 2) = node.kind { groups.append(Group(title: node.plainText, entries: [])) }
            guard case .list = node.kind, !groups.isEmpty else { continue }
            for link in node.children.compactMap(\.leadingLink) {
                guard case .link(let address) = link.kind,
                    case .link(let target)? = try? links.target(of: address, at: link.line, on: front),
                    let path = target.path
                else { continue }
                groups[groups.count - 1].entries.append(Entry(title: link.plainText, path: path))
                listed[path, default: 0] += 1
            }
        }
        for page in links.pages.valuesByKey where page.source != front.source && listed[page.path] != 1 {
            problems.append(
                PageProblem(
                    file: front.source, line: 1,
                    sentence: "\"\(page.source)\" is listed \(listed[page.path] == nil ? "nowhere" : "twice")",
                    remedy: "begin one item of one list with a link to it"))
        }
        return (Contents(groups: groups.filter { !$0.entries.isEmpty }), problems)
    }

    /// The pages before and after a page.
    func neighbours(of path: String) -> (previous: Entry?, next: Entry?) {
        let all = entries
        guard let place = all.firstIndex(where: { $0.path == path }) else { return (nil, all.first) }
        return (place > 0 ? all[place - 1] : nil, place + 1 < all.count ? all[place + 1] : nil)
    }
}

extension MarkdownNode {
    /// The link with which an item of a list begins.
    fileprivate var leadingLink: MarkdownNode? {
        guard let first = children.first else { return nil }
        if case .link = first.kind { return first }
        return first.leadingLink
    }
}
