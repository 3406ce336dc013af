import Atlas
import Evidence
import Foundation
import Merging
import Records
import Words

/// The pages of an atlas in memory, with their anchors and links.
struct AtlasSite {
    struct Tag {
        var name: String
        var attributes: [(name: String, value: String)]
    }

    private(set) var pages: [String: String] = [:]
    private(set) var paths: Set<String> = []
    private(set) var tags: [String: [Tag]] = [:]

    init(_ ledger: TestLedger, tasks: Bool = false) {
        var state = AtlasState(commit: TestLedger.auditCommit, date: TestLedger.today, merge: ledger.merge())
        if !tasks { state.tasks = [] }
        self.init(state)
    }

    init(_ state: AtlasState) {
        for file in atlasFiles(state) {
            paths.insert(file.path)
            guard file.path.hasSuffix(".html") else { continue }
            let bytes = file.render()
            pages[file.path] = String(decoding: bytes, as: UTF8.self)
            tags[file.path] = Self.tags(bytes)
        }
    }

    func anchors(of path: String) -> Set<String> {
        Set(tags[path, default: []].flatMap(\.attributes).filter { $0.name == "id" }.map(\.value))
    }

    /// The links of a page: paths from the folder of the atlas with their fragments, or addresses on the web.
    func links(of path: String) -> [String] {
        tags[path, default: []].flatMap(\.attributes).filter { $0.name == "href" || $0.name == "src" }.map(\.value)
    }

    /// Returns why a link leads nowhere; nil if it does not.
    func fault(of link: String, on page: String) -> String? {
        if link.hasPrefix("https://") || link.hasPrefix("http://") { return nil }
        let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var folders = page.split(separator: "/").dropLast().map(String.init)
        for step in parts[0].split(separator: "/") {
            if step == ".." { folders.removeLast() } else { folders.append(String(step)) }
        }
        let target = (folders.joined(separator: "/").removingPercentEncoding ?? "")
        guard paths.contains(target) else { return "\(page): no page \(link)" }
        // The state of a page is also in the fragment.
        guard parts.count > 1, !parts[1].contains("=") else { return nil }
        let anchor = parts[1].removingPercentEncoding ?? ""
        return anchors(of: target).contains(anchor) ? nil : "\(page): no anchor \(link)"
    }

    /// The text of a part of a page, with each run of white space as one space. `id` names the part. All elements but
    /// links, code and isolated or strong text are separated by a space.
    func text(of path: String, _ id: String? = nil) -> String {
        guard var page = pages[path]?[...] else { return "" }
        if let id, let start = page.range(of: "<section id=\"\(id)\">") {
            page = page[start.upperBound...]
            if let end = page.range(of: "</section>") { page = page[..<end.lowerBound] }
        }
        var text = ""
        for (index, part) in page.split(separator: "<", omittingEmptySubsequences: false).enumerated() {
            let ends = index == 0 ? nil : part.firstIndex(of: ">")
            let name = ends.map { part[..<$0].drop { $0 == "/" }.prefix { $0.isLetter } } ?? ""
            if !["a", "bdi", "code", "strong"].contains(name) { text.append(" ") }
            text.append(contentsOf: ends.map { part[part.index(after: $0)...] } ?? part)
        }
        for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")] {
            text = text.replacingOccurrences(of: entity, with: character)
        }
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Reads tags as the parser of a browser does where the markup is regular.
    private static func tags(_ bytes: [UInt8]) -> [Tag] {
        var tags: [Tag] = []
        var place = 0
        func word(_ isEnd: (UInt8) -> Bool) -> String {
            let start = place
            while place < bytes.count, !isEnd(bytes[place]) { place += 1 }
            return String(decoding: bytes[start..<place], as: UTF8.self)
        }
        let (space, end, equals, quote) = (UInt8(ascii: " "), UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "\""))
        while place < bytes.count {
            guard bytes[place] == UInt8(ascii: "<") else {
                place += 1
                continue
            }
            place += 1
            let name = word { $0 == space || $0 == end || $0 == 0x0A }
            guard !name.hasPrefix("/"), !name.hasPrefix("!") else { continue }
            var tag = Tag(name: name, attributes: [])
            while place < bytes.count, bytes[place] == space {
                place += 1
                let key = word { $0 == equals || $0 == space || $0 == end }
                guard place < bytes.count, bytes[place] == equals else {
                    tag.attributes.append((key, ""))
                    continue
                }
                place += 2
                tag.attributes.append((key, word { $0 == quote }))
                place += 1
            }
            tags.append(tag)
        }
        return tags
    }
}
