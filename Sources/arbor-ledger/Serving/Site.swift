import Atlas
import NIOHTTP1
import Words

/// The pages that the server offers, and its rules for requests.
///
/// Other web pages, and other users of this machine, can send requests to the server too. The random token keeps them
/// from guessing an address, and the check of `Host` and `Origin` stops pages that reach the server under another name.
struct Site: Sendable {
    let token: String
    private let files: [String: AtlasFile]

    init(_ files: [AtlasFile], token: String = Site.randomToken()) {
        self.token = token
        self.files = Dictionary(files.map { ($0.path, $0) }, uniquingKeysWith: { $1 })
    }

    /// The front page as a server on this port names it.
    func address(port: Int) -> String { "http://127.0.0.1:\(port)/\(token)/index.html" }

    /// Returns the response to a request that arrived at this port.
    func response(to request: HTTPRequestHead, port: Int) -> SiteResponse {
        let names = ["127.0.0.1:\(port)", "localhost:\(port)"]
        let hosts = request.headers["host"]
        guard hosts.count == 1, request.uri.startsWithBytes("/") else { return .problem(.badRequest) }
        guard names.contains(hosts[0]) else { return .problem(.forbidden) }
        let origins = request.headers["origin"]
        guard origins.allSatisfy({ names.map { "http://\($0)" }.contains($0) }) else { return .problem(.forbidden) }
        guard request.method == .GET || request.method == .HEAD else { return .problem(.methodNotAllowed) }
        guard !request.announcesBody else { return .problem(.payloadTooLarge) }
        guard let path = path(of: request.uri), let file = files[path] else { return .problem(.notFound) }
        return SiteResponse(status: .ok, contentType: contentType(of: path), body: file.render())
    }

    /// Returns the path of the page that an address names; nil without the token.
    private func path(of uri: String) -> String? {
        // Canonically equal strings are equal keys, so only ASCII reaches the dictionary.
        guard uri.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let parts = uri.prefix { $0 != "?" }.dropFirst().split(
            separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, isEqualInConstantTime(parts[0], token) else { return nil }
        return parts[1].isEmpty ? "index.html" : String(parts[1])
    }

    /// Returns 128 random bits in hexadecimal.
    private static func randomToken() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<16).map { _ in
            let byte = UInt8.random(in: 0 ... .max, using: &generator)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

/// Compares two texts in a time that does not tell where they differ.
private func isEqualInConstantTime(_ text: Substring, _ secret: String) -> Bool {
    let (a, b) = (Array(text.utf8), Array(secret.utf8))
    return a.count == b.count && zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
}

private func contentType(of path: String) -> String {
    switch path.utf8.split(separator: UInt8(ascii: ".")).last.map({ String(decoding: $0, as: UTF8.self) }) {
    case "html": "text/html; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "js": "text/javascript; charset=utf-8"
    case "json": "application/json"
    case "svg": "image/svg+xml"
    default: "text/plain; charset=utf-8"
    }
}

/// A response before it is sent.
struct SiteResponse: Sendable {
    var status: HTTPResponseStatus
    var contentType: String
    var body: [UInt8]

    static func problem(_ status: HTTPResponseStatus) -> SiteResponse {
        SiteResponse(
            status: status, contentType: "text/plain; charset=utf-8", body: Array("\(status.reasonPhrase)\n".utf8))
    }

    var headers: HTTPHeaders {
        var headers: HTTPHeaders = [
            "Content-Type": contentType,
            "Content-Length": String(body.count),
            "Cache-Control": "no-store",
            "Content-Security-Policy": contentPolicy + "; frame-ancestors 'none'",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            // The address holds the token.
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        ]
        if status == .methodNotAllowed { headers.add(name: "Allow", value: "GET, HEAD") }
        return headers
    }
}

extension HTTPRequestHead {
    /// Whether a body may follow.
    var announcesBody: Bool {
        headers.contains(name: "transfer-encoding") || !headers["content-length"].allSatisfy { $0 == "0" }
    }
}
