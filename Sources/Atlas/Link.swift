import Words

/// The target of a link: a place in the atlas or on the web.
package struct Link: Equatable, Sendable {
    enum Target: Equatable {
        case page(path: String, fragment: String?)
        case web(String)
    }

    let target: Target

    package static func page(_ path: String, _ fragment: String? = nil) -> Link {
        Link(target: .page(path: path, fragment: fragment))
    }

    /// Returns nil unless the text is an address on the web.
    package static func web(_ text: String) -> Link? { webAddress(text).map { Link(target: .web($0)) } }

    /// Splits the source of a finding at its addresses: those on the web, and names such as `arXiv:2309.00941`,
    /// `doi:10.1000/182` and `github.com/owner/name`.
    static func references(in text: String) -> [(text: String, link: Link?)] {
        var parts: [(text: String, link: Link?)] = []
        var plain = ""
        let words = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        for (index, word) in words.enumerated() {
            if index > 0 { plain += " " }
            let rest = word.drop { $0 == UInt8(ascii: "(") }
            let end = rest.reversed().prefix { ",;.)".utf8.contains($0) }.count
            let name = String(Substring(rest.dropLast(end)))
            guard let address = webAddress(ofReference: name) else {
                plain += String(Substring(word))
                continue
            }
            parts.append((plain + String(Substring(word.prefix(word.count - rest.count))), nil))
            parts.append((name, Link(target: .web(address))))
            plain = String(Substring(rest.dropFirst(name.utf8.count)))
        }
        return (parts + [(plain, nil)]).filter { !$0.text.isEmpty }
    }

    /// Returns the address from a page whose relative path to the folder of the atlas is `root`.
    func address(from root: String) -> String {
        switch target {
        case .web(let address): address
        case .page(let path, let fragment):
            root + percentEncoded(path, keeping: UInt8(ascii: "/"))
                + (fragment.map { "#" + percentEncoded($0, keeping: UInt8(ascii: "=")) } ?? "")
        }
    }

    /// The same page from its top.
    var page: Link { path.map { .page($0) } ?? self }

    /// The path of the page; nil for an address on the web.
    package var path: String? {
        if case .page(let path, _) = target { path } else { nil }
    }
}
