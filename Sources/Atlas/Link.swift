import Words

/// The target of a link: a place in the atlas or on the web.
struct Link: Equatable, Sendable {
    enum Target: Equatable {
        case page(path: String, fragment: String?)
        case web(String)
    }

    let target: Target

    static func page(_ path: String, _ fragment: String? = nil) -> Link {
        Link(target: .page(path: path, fragment: fragment))
    }

    /// Returns nil unless the text is an address on the web.
    static func web(_ text: String) -> Link? {
        guard text.startsWithBytes("https://") || text.startsWithBytes("http://"),
            text.utf8.allSatisfy({ 0x21..<0x7F ~= $0 })
        else { return nil }
        return Link(target: .web(text))
    }

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
            guard let link = reference(name) else {
                plain += String(Substring(word))
                continue
            }
            parts.append((plain + String(Substring(word.prefix(word.count - rest.count))), nil))
            parts.append((name, link))
            plain = String(Substring(rest.dropFirst(name.utf8.count)))
        }
        return (parts + [(plain, nil)]).filter { !$0.text.isEmpty }
    }

    private static func reference(_ word: String) -> Link? {
        if word.startsWithBytes("arXiv:") || word.startsWithBytes("doi:") {
            let name = word.utf8.drop { $0 != UInt8(ascii: ":") }.dropFirst()
            guard name.first.map({ UInt8(ascii: "0")...UInt8(ascii: "z") ~= $0 }) ?? false else { return nil }
            let host = word.startsWithBytes("arXiv:") ? "https://arxiv.org/abs/" : "https://doi.org/"
            return web(host + String(Substring(name)))
        }
        guard word.startsWithBytes("github.com/") else { return web(word) }
        // A commit may follow the name of the repository.
        let parts = word.split(separator: "@", maxSplits: 1)
        return web("https://" + parts.joined(separator: "/tree/"))
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
    var path: String? {
        if case .page(let path, _) = target { path } else { nil }
    }
}

func percentEncoded(_ text: String, keeping kept: UInt8) -> String {
    guard !text.utf8.allSatisfy({ isPlain($0) || $0 == kept }) else { return text }
    return text.utf8.map { byte in
        isPlain(byte) || byte == kept
            ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16).uppercased()
    }.joined()
}

/// Whether a byte needs no escape in an address.
private func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        true
    default: false
    }
}
