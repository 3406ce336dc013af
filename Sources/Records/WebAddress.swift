import Words

/// An https address in a spelling that every program reads in the same way.
package struct WebAddress: Hashable, Sendable {
    /// A name in lower-case letters, never an address of numbers.
    package var host: String
    package var port: Int
    /// The path and the query; begins with a slash.
    package var target: String

    /// The longest address that is read, in bytes.
    package static let byteLimit = 8192
    private static let scheme = "https://"
    static let usualPort = 443

    package init(host: String, port: Int = usualPort, target: String) {
        (self.host, self.port, self.target) = (host, port, target)
    }

    package var text: String { "\(Self.scheme)\(host)\(port == Self.usualPort ? "" : ":\(port)")\(target)" }

    /// Reads an address. A fragment is left out, because servers never see it.
    package init(_ text: String) throws(SourceProblem) {
        guard text.utf8.count <= Self.byteLimit else { throw SourceProblem("the address is too long") }
        guard text.startsWithBytes(Self.scheme) else {
            throw SourceProblem(
                "the address does not begin with https://",
                fix: "write an https:// address; others can be read or altered on the way")
        }
        let rest = Array(text.utf8.dropFirst(Self.scheme.utf8.count).prefix { $0 != UInt8(ascii: "#") })
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        (host, port) = try readAuthority(rest[..<end])
        var target = Array(rest[end...])
        if target.first != UInt8(ascii: "/") { target.insert(UInt8(ascii: "/"), at: 0) }
        self.target = try readTarget(target)
    }

    /// Returns the address to which a server redirects (RFC 9110, section 10.2.2).
    package func redirected(to location: String) throws(SourceProblem) -> WebAddress {
        let bytes = location.utf8
        if location.startsWithBytes("//") { return try WebAddress("https:\(location)") }
        if bytes.first == UInt8(ascii: "/") { return try WebAddress(origin + location) }
        let scheme = bytes.prefix { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        if scheme.endIndex < bytes.endIndex, bytes[scheme.endIndex] == UInt8(ascii: ":") {
            return try WebAddress(location)
        }
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        let base: String.UTF8View.SubSequence
        if bytes.first == UInt8(ascii: "?") {
            base = path
        } else {
            base = path.lastIndex(of: UInt8(ascii: "/")).map { path[...$0] } ?? path
        }
        return try WebAddress(origin + String(decoding: base, as: UTF8.self) + location)
    }

    private var origin: String { WebAddress(host: host, port: port, target: "").text }

    /// The parts of the path.
    var pathParts: [String] { target.prefix { $0 != "?" }.split(separator: "/").map(String.init) }

    /// The names in the query, in lower-case letters.
    var queryNames: [String] {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return [] }
        return target[mark...].dropFirst().split(separator: "&").map { $0.prefix { $0 != "=" }.lowercased() }
    }
}

/// A reason why a source cannot be used.
package struct SourceProblem: Error, Sendable {
    package var message: String
    package var fix: String

    init(_ message: String, fix: String = "write an https:// address as a browser shows it") {
        (self.message, self.fix) = (message, fix)
    }
}

private func readAuthority(_ bytes: ArraySlice<UInt8>) throws(SourceProblem) -> (host: String, port: Int) {
    guard !bytes.contains(UInt8(ascii: "@")) else {
        throw SourceProblem("the address contains a user name or password", fix: "remove it; records are public")
    }
    let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
    let name = bytes[..<colon].map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    let host = String(decoding: name, as: UTF8.self)
    let labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard host.utf8.count <= 253,
        labels.allSatisfy({ label in (1...63).contains(label.count) && label.allSatisfy(isOfHost) })
    else {
        throw SourceProblem("the host \"\(firstPart(of: host))\" is not written in letters, digits, dots and hyphens")
    }
    // Such a host is an IPv4 address (https://url.spec.whatwg.org/#ends-in-a-number-checker).
    guard let last = labels.last, !last.allSatisfy(isDigit), !last.starts(with: "0x".utf8) else {
        throw SourceProblem("the address names a machine by number, \"\(host)\"", fix: "name a public host")
    }
    guard labels.count > 1, !privateSuffixes.contains(where: host.endsWithBytes) else {
        throw SourceProblem("the host \"\(host)\" belongs to a private network", fix: "name a public host")
    }
    guard colon < bytes.endIndex else { return (host, WebAddress.usualPort) }
    let digits = bytes[(colon + 1)...]
    guard digits.count <= 5, digits.allSatisfy(isDigit), let port = Int(String(decoding: digits, as: UTF8.self)),
        (1...65535).contains(port)
    else { throw SourceProblem("the port is not a number from 1 to 65535") }
    return (host, port)
}

/// The ends of names that do not lead to a public host (RFC 6761, RFC 6762, RFC 8375).
private let privateSuffixes = [".localhost", ".local", ".internal", ".home.arpa"]

private func isOfHost(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == UInt8(ascii: "-") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

private func readTarget(_ bytes: [UInt8]) throws(SourceProblem) -> String {
    let target = String(decoding: bytes, as: UTF8.self)
    guard bytes.allSatisfy(isOfTarget) else {
        throw SourceProblem(
            "the address contains a character that addresses must encode",
            fix: "write it as % and two hexadecimal digits")
    }
    let path = target.prefix { $0 != "?" }.lowercased().replacing("%2e", with: ".")
    guard path.split(separator: "/").allSatisfy({ $0 != "." && $0 != ".." }) else {
        throw SourceProblem("the path contains \".\" or \"..\"", fix: "write the path without it")
    }
    return target
}

/// Whether a byte may be in a path or query (RFC 3986, section 3.3).
private func isOfTarget(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || "-._~!$&'()*+,;=:@/?%".utf8.contains(byte)
}
