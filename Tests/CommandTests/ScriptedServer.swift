import Foundation

/// A server on 127.0.0.1 that answers each request with bytes that a test chooses, and then closes the connection.
final class ScriptedServer: @unchecked Sendable {
    struct Request {
        /// The method and the path, such as `GET /1.0/a`.
        var line: String
        var host: String
        /// The first byte that is asked for; 0 without a range.
        var start = 0
    }

    /// Returns the next part of the response; nil at its end. An empty part keeps the client waiting.
    typealias Answer = (Request) -> Response

    struct Response {
        var head: String
        var body: [UInt8] = []
        /// Repeats the body until the client closes the connection.
        var isEndless = false
        /// Keeps the connection open after the body.
        var isSilent = false
    }

    private let listener: Int32
    let port: Int
    private let lock = NSLock()
    private var received: [Request] = []
    private var silent: [Int32] = []

    var requests: [Request] { lock.withLock { received } }

    init(_ answer: @escaping @Sendable (Request) -> Response) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard code else { throw Failure(description: "cannot listen on 127.0.0.1") }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [weak self] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                guard let self else {
                    close(connection)
                    return
                }
                self.serve(connection, answer)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        for connection in silent { close(connection) }
    }

    private func serve(_ connection: Int32, _ answer: (Request) -> Response) {
        guard let request = readRequest(connection) else {
            close(connection)
            return
        }
        lock.withLock { received.append(request) }
        let response = answer(request)
        let head = Array(response.head.replacingOccurrences(of: "\n", with: "\r\n").utf8)
        var isOpen = sendAll(head, connection) && sendAll(response.body, connection)
        while isOpen, response.isEndless { isOpen = sendAll(response.body, connection) }
        if response.isSilent {
            lock.withLock { silent.append(connection) }
        } else {
            close(connection)
        }
    }

    private func readRequest(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while bytes.firstRange(of: Array("\r\n\r\n".utf8)) == nil {
            let count = read(connection, &part, part.count)
            guard count > 0 else { return nil }
            bytes += part.prefix(count)
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
        func field(_ name: String) -> String? {
            lines.first { $0.lowercased().hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) }
        }
        let start = field("range").flatMap { Int($0.dropFirst("bytes=".count).dropLast()) }
        return Request(
            line: lines[0].replacingOccurrences(of: " HTTP/1.1", with: ""), host: field("host") ?? "", start: start ?? 0
        )
    }

    private func sendAll(_ bytes: [UInt8], _ connection: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

extension ScriptedServer.Response {
    /// A complete response, or the part from `start` on.
    init(_ content: [UInt8], from start: Int = 0, type: String = "") {
        let part = Array(content.dropFirst(start))
        let range = start == 0 ? "" : "Content-Range: bytes \(start)-\(content.count - 1)/\(content.count)\n"
        self.init(
            head: "HTTP/1.1 \(start == 0 ? "200 OK" : "206 Partial Content")\n\(type)\(range)"
                + "Content-Length: \(part.count)\n\n", body: part)
    }

    static func redirect(_ location: String) -> ScriptedServer.Response {
        ScriptedServer.Response(head: "HTTP/1.1 302 Found\nLocation: \(location)\nContent-Length: 0\n\n")
    }

    static func status(_ status: String) -> ScriptedServer.Response {
        ScriptedServer.Response(head: "HTTP/1.1 \(status)\nContent-Length: 0\n\n")
    }
}
