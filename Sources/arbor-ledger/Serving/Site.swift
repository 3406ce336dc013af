import Atlas
import NIOHTTP1
import Words

/// The pages that the server offers, and its rules for requests.
///
/// Other web pages, and other users of this machine, can send requests to the server too. The random token keeps them
/// from guessing an address, and the check of `Host` and `Origin` stops pages that reach the server under another name.
struct Site: Sendable {
    /// Saves an annotation file that a page sent. Returns the path of the file, or throws why it is not saved.
    typealias Save = @Sendable (_ page: String, _ file: [UInt8]) throws -> String

    let token: String
    private let files: [String: AtlasFile]
    /// Nil if the site only shows pages.
    private let save: Save?

    init(_ files: [AtlasFile], token: String = Site.randomToken(), save: Save? = nil) {
        self.token = token
        self.files = Dictionary(files.map { ($0.path, $0) }, uniquingKeysWith: { $1 })
        self.save = save
    }

    /// Returns the address of a page on a server at this port.
    func address(of path: String = "index.html", port: Int) -> String { "http://127.0.0.1:\(port)/\(token)/\(path)" }

    /// The action for a request.
    enum Decision {
        case answer(SiteResponse)
        /// Read a body of this size, and save it.
        case receive(page: String, byteCount: Int)
    }

    /// An annotation file may be as large as a record.
    static let bodyLimit = 4 << 20

    /// Returns what to do with a request that arrived at this port.
    func decision(on request: HTTPRequestHead, port: Int) -> Decision {
        let names = ["127.0.0.1:\(port)", "localhost:\(port)"]
        let hosts = request.headers["host"]
        guard hosts.count == 1, request.uri.startsWithBytes("/") else { return .answer(.problem(.badRequest)) }
        guard names.contains(hosts[0]) else { return .answer(.problem(.forbidden)) }
        let origins = request.headers["origin"]
        guard origins.allSatisfy({ names.map { "http://\($0)" }.contains($0) }) else {
            return .answer(.problem(.forbidden))
        }
        if request.method == .POST, save != nil { return upload(request, origins) }
        guard request.method == .GET || request.method == .HEAD else { return .answer(.problem(.methodNotAllowed)) }
        guard !request.announcesBody else { return .answer(.problem(.payloadTooLarge)) }
        guard let path = path(of: request.uri), let file = files[path] else { return .answer(.problem(.notFound)) }
        return .answer(
            SiteResponse(
                status: .ok, contentType: contentType(of: path), body: file.render(), path: path,
                takesPosts: takesPosts(path)))
    }

    /// Saves a body that was received.
    func response(toFile file: [UInt8], from page: String) -> SiteResponse {
        do {
            let path = try save?(page, file) ?? ""
            return .text(.created, path)
        } catch {
            return .text(.unprocessableEntity, "\(error)")
        }
    }

    /// A page of this site that sends a file names its origin and the kind of the file. A page of another origin would
    /// have to ask before it sends this kind.
    private func upload(_ request: HTTPRequestHead, _ origins: [String]) -> Decision {
        guard let page = path(of: request.uri), files[page] != nil else { return .answer(.problem(.notFound)) }
        guard takesPosts(page) else { return .answer(.problem(.methodNotAllowed)) }
        guard origins.count == 1 else { return .answer(.problem(.forbidden)) }
        guard request.headers["content-type"] == ["application/json"] else {
            return .answer(.problem(.unsupportedMediaType))
        }
        let sizes = request.headers["content-length"]
        guard !request.headers.contains(name: "transfer-encoding"), sizes.count == 1, let size = Int(sizes[0]) else {
            return .answer(.problem(.lengthRequired))
        }
        guard 1...Self.bodyLimit ~= size else { return .answer(.problem(.payloadTooLarge)) }
        return .receive(page: page, byteCount: size)
    }

    private func takesPosts(_ path: String) -> Bool { save != nil && isAnnotatingPage(path) }

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

/// Compares two texts in a time that does not depend on where they differ.
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
    /// The path of the page.
    var path = ""
    var takesPosts = false

    static func problem(_ status: HTTPResponseStatus) -> SiteResponse { .text(status, status.reasonPhrase) }

    static func text(_ status: HTTPResponseStatus, _ text: String) -> SiteResponse {
        SiteResponse(status: status, contentType: "text/plain; charset=utf-8", body: Array("\(text)\n".utf8))
    }

    var headers: HTTPHeaders {
        var headers: HTTPHeaders = [
            "Content-Type": contentType,
            "Content-Length": String(body.count),
            "Cache-Control": "no-store",
            "Content-Security-Policy": contentPolicy(of: path) + "; frame-ancestors 'none'",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            // The address holds the token.
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        ]
        // The page asks with HEAD whether it can save.
        if takesPosts { headers.add(name: "Allow", value: "GET, HEAD, POST") }
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
