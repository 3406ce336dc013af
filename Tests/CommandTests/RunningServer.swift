import Foundation

/// A running `arbor-ledger serve` or `annotate`.
final class RunningServer {
    private let process: Process
    private let output = Pipe()
    let port: Int
    let token: String
    /// The page that was printed, with its state.
    let page: String
    /// Keeps the repository.
    private let ledger: TemporaryLedger

    convenience init(_ ledger: TemporaryLedger, _ arguments: String...) throws {
        try self.init(ledger, command: ["serve"] + arguments)
    }

    init(_ ledger: TemporaryLedger, command: [String]) throws {
        self.ledger = ledger
        process = Process()
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments = command
        process.currentDirectoryURL = URL(fileURLWithPath: ledger.path)
        process.environment = ledger.environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let match = line.wholeMatch(of: /http:\/\/127\.0\.0\.1:(\d+)\/([0-9a-f]{32})\/(\S+)\n/),
            let port = Int(match.1)
        else { throw Failure(description: "\(command) printed \(line)") }
        (self.port, token, page) = (port, String(match.2), String(match.3))
    }

    deinit { kill() }

    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    var host: String { "127.0.0.1:\(port)" }

    /// Sends Ctrl-C and waits for the end.
    func interrupt() throws -> ProcessResult {
        Foundation.kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        let isExit = process.terminationReason == .exit
        return ProcessResult(status: isExit ? process.terminationStatus : -1, output: "", errors: "")
    }

    func get(_ path: String) throws -> Response { try send("GET \(path) HTTP/1.1\r\nHost: \(host)\r\n") }

    /// Sends a request and returns the connection, which the caller closes.
    func begin(_ request: String) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw Failure(description: "cannot connect to port \(port)") }
        let text = request.contains("\r\n\r\n") ? request : request + "Connection: close\r\n\r\n"
        let sent = Array(text.utf8)
        guard write(descriptor, sent, sent.count) == sent.count else { throw Failure(description: "cannot send") }
        return descriptor
    }

    /// Sends a request on a connection of its own and reads until the server closes the connection. The request asks
    /// for that unless it has an end.
    func send(_ request: String) throws -> Response {
        let descriptor = try begin(request)
        defer { close(descriptor) }
        shutdown(descriptor, Int32(SHUT_WR))
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(descriptor, &part, part.count), count > 0 { bytes += part.prefix(count) }
        return try Response(String(decoding: bytes, as: UTF8.self))
    }
}

struct Response {
    var status: Int
    var headers: [String: String]
    var body: String

    init(_ text: String) throws {
        guard let end = text.range(of: "\r\n\r\n") else { throw Failure(description: "no head in: \(text)") }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count > 1, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
            throw Failure(description: "no status in: \(lines[0])")
        }
        self.status = status
        headers = Dictionary(
            lines.dropFirst().map { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                return (parts[0].lowercased(), parts[1].trimmingCharacters(in: .whitespaces))
            }, uniquingKeysWith: { "\($0), \($1)" })
        body = String(text[end.upperBound...])
    }
}
