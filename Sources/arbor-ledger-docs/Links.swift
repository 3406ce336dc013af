import Atlas
import Words

/// Where the links of pages lead.
struct LinkTable: Sendable {
    enum Target: Sendable {
        /// A page of the site, or an address on the web.
        case link(Link)
        /// An address for mail, which is shown as text.
        case mail
        /// A file or folder of the repository that is no page; with a link if the site knows where the files are.
        case file(path: String, Link?)
    }

    let pages: [String: SitePage]
    let repository: Repository
    /// The address at which the files of the repository can be read, such as `https://github.com/lab/ledger/blob/main/`.
    let files: String?

    func target(of address: String, at line: Int, on page: SitePage) throws(PageProblem) -> Target {
        func problem(_ sentence: String, _ remedy: String) -> PageProblem {
            PageProblem(file: page.source, line: line, sentence: sentence, remedy: remedy)
        }
        if let web = Link.web(address) { return .link(web) }
        if address.startsWithBytes("mailto:") { return .mail }
        let parts = address.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let fragment = parts.count > 1 ? parts[1] : nil
        guard !parts[0].utf8.contains(UInt8(ascii: ":")), !parts[0].startsWithBytes("/") else {
            throw problem(
                "\"\(address)\" is neither an address on the web nor a relative path",
                "write an address with https, or the path from the folder of this page")
        }
        guard let path = parts[0].isEmpty ? page.source : path(parts[0], from: page.source) else {
            throw problem("\"\(address)\" leaves the repository", "link to a file in the repository")
        }
        if let target = pages[path] { return .link(try link(to: target, fragment, problem)) }
        switch repository.kind(of: path) {
        case .file, .folder:
            return .file(path: path, file(path, fragment))
        case nil:
            let near = nearestName(to: path, among: pages.keys)
            throw problem(
                "no file \"\(path)\"", near.map { "did you mean \"\($0)\"?" } ?? "correct the link or add the file")
        }
    }

    /// The address of a file of the repository.
    func file(_ path: String, _ fragment: String? = nil) -> Link? {
        files.flatMap {
            Link.web($0 + percentEncoded(path, keeping: UInt8(ascii: "/")) + (fragment.map { "#\($0)" } ?? ""))
        }
    }

    private func link(
        to page: SitePage, _ fragment: String?, _ problem: (String, String) -> PageProblem
    ) throws(PageProblem) -> Link {
        guard let fragment else { return .page(page.path) }
        let anchors = page.headings.map(\.anchor)
        guard anchors.contains(fragment) else {
            let near = nearestName(to: fragment, among: anchors)
            throw problem(
                "\"\(page.source)\" has no heading with the anchor \"#\(fragment)\"",
                near.map { "did you mean \"#\($0)\"?" } ?? "link to one of its headings")
        }
        return .page(page.path, fragment)
    }

    /// The title of the page to which a link leads, if the text of the link is the path of its file.
    func title(ofLink text: String, to link: Link) -> String? {
        guard text.endsWithBytes(".md") else { return nil }
        return pages.values.first { $0.path == link.path && "/\($0.source)".endsWithBytes("/\(text)") }?.title
    }

    /// The path of a picture in the site. Pictures are below `docs`.
    func picture(at address: String, line: Int, on page: SitePage) throws(PageProblem) -> (source: String, path: String)
    {
        guard let source = path(address, from: page.source), source.startsWithBytes("docs/"),
            repository.kind(of: source) == .file
        else {
            throw PageProblem(
                file: page.source, line: line, sentence: "no picture \"\(address)\" below docs",
                remedy: "correct the path or add the picture")
        }
        return (source, String(source.dropFirst("docs/".count)))
    }

    /// Returns the path of a file from the top of the repository; nil outside it.
    private func path(_ relative: String, from source: String) -> String? {
        var parts = Array(pathParts(source).dropLast())
        for part in pathParts(relative) where !part.isEmpty && part != "." {
            if part != ".." { parts.append(part) } else if parts.popLast() == nil { return nil }
        }
        return parts.joined(separator: "/")
    }
}
