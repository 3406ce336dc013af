/// Returns an address on the web as it is; nil for any other text. Only printable ASCII can be an address, so that a
/// record cannot smuggle control codes into a page or a terminal.
package func webAddress(_ text: String) -> String? {
    guard text.startsWithBytes("https://") || text.startsWithBytes("http://"),
        text.utf8.allSatisfy({ 0x21..<0x7F ~= $0 })
    else { return nil }
    return text
}

/// Returns the address that a word of a source names: an address on the web, or a name such as `arXiv:2309.00941`,
/// `doi:10.1000/182` and `github.com/owner/name`.
package func webAddress(ofReference word: String) -> String? {
    if word.startsWithBytes("arXiv:") || word.startsWithBytes("doi:") {
        let name = word.utf8.drop { $0 != UInt8(ascii: ":") }.dropFirst()
        guard name.first.map({ UInt8(ascii: "0")...UInt8(ascii: "z") ~= $0 }) ?? false else { return nil }
        let host = word.startsWithBytes("arXiv:") ? "https://arxiv.org/abs/" : "https://doi.org/"
        return webAddress(host + String(Substring(name)))
    }
    guard word.startsWithBytes("github.com/") else { return webAddress(word) }
    // A commit may follow the name of the repository.
    let parts = word.split(separator: "@", maxSplits: 1)
    return webAddress("https://" + parts.joined(separator: "/tree/"))
}

/// Replaces every byte by `%` and its hexadecimal digits, except those that RFC 3986 does not reserve and one more.
package func percentEncoded(_ text: String, keeping kept: UInt8? = nil) -> String {
    guard !text.utf8.allSatisfy({ isUnreserved($0) || $0 == kept }) else { return text }
    return text.utf8.map { byte in
        isUnreserved(byte) || byte == kept
            ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16).uppercased()
    }.joined()
}

/// Whether a byte needs no escape in an address.
private func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        true
    default: false
    }
}
