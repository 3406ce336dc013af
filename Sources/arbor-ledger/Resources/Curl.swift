import FoundationEssentials
import Records
import Subprocess
import SystemPackage
import Words

/// A reason why a source gives no content.
struct FetchFailure: Error {
    var message: String
    /// Whether the source itself is the cause, so that a new request would fail in the same way.
    var isLasting = false

    init(_ message: String, isLasting: Bool = false) {
        (self.message, self.isLasting) = (message, isLasting)
    }
}

/// The status and the header fields of a response.
struct ResponseHead {
    var status: Int
    private var fields: [(name: String, value: String)]

    /// Reads the lines of a header, without the empty line at its end.
    init?(_ lines: [String]) {
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count > 1, words[0].startsWithBytes("HTTP/"), let status = Int(words[1]) else { return nil }
        self.status = status
        fields = lines.dropFirst().compactMap { line in
            guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let value = line[line.utf8.index(after: colon)...]
            return (line[..<colon].lowercased(), value.split(separator: " ").joined(separator: " "))
        }
    }

    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// The address of a redirect; nil for other responses.
    var location: String? { [301, 302, 303, 307, 308].contains(status) ? self["location"] : nil }

    var contentLength: Int? { self["content-length"].flatMap { Int($0) } }

    /// The place of the first byte of a partial response.
    var rangeStart: Int? {
        guard let range = self["content-range"], range.startsWithBytes("bytes ") else { return nil }
        return Int(range.dropFirst(6).prefix { $0 != "-" })
    }
}

/// Requests over https, which the program curl makes.
///
/// curl reads no configuration, uses no proxy, follows no redirect, decodes no content, and connects only to the
/// addresses that were checked.
struct Curl: Sendable {
    let executable: String
    /// The longest wait for a connection, and the longest time during which a server may send almost nothing.
    let timeoutSeconds: Int
    /// Servers for tests. These servers answer instead of the hosts.
    let testServers: [String: TestServer]

    private static let headerByteLimit = 1 << 16
    private static let userAgent = "arbor-ledger/\(toolVersion)"

    init(_ workspace: Workspace, timeoutSeconds: Int, testServers: [String: TestServer]) throws(Refusal) {
        guard let executable = pathOfProgram("curl", in: workspace.root, workspace.environment) else {
            throw Refusal(
                message: "resources are downloaded with curl, which is not in PATH",
                remedy: "apt-get install curl, or add a local copy with `arbor-ledger fetch NAME --from FILE`",
                exitCode: 2)
        }
        (self.executable, self.timeoutSeconds, self.testServers) = (executable, timeoutSeconds, testServers)
    }

    /// Sends a request to an address. If `receive` returns true for the head of the response, passes the body in
    /// pieces to `append`.
    func request(
        _ address: WebAddress, isHead: Bool = false, from offset: Int = 0,
        receive: (ResponseHead) throws(FetchFailure) -> Bool, append: ([UInt8]) throws(FetchFailure) -> Void
    ) async throws(FetchFailure) {
        let arguments =
            try arguments(address) + (isHead ? ["--head"] : [])
            + (offset > 0 ? ["--header", "Range: bytes=\(offset)-"] : [])
        do {
            let result = try await Subprocess.run(
                .path(FilePath(executable)), arguments: Arguments(arguments), environment: .custom([:]), input: .none,
                output: .sequence, error: .string(limit: 1 << 16)
            ) { execution -> FetchFailure? in
                var response = Response(byteLimit: Self.headerByteLimit)
                do {
                    for try await buffer in execution.standardOutput {
                        let bytes = unsafe buffer.withUnsafeBytes { unsafe Array($0) }
                        guard try response.take(bytes, receive, append) else {
                            try? execution.send(signal: .kill)
                            return nil
                        }
                    }
                } catch let failure as FetchFailure {
                    try? execution.send(signal: .kill)
                    return failure
                }
                return response.isComplete ? nil : FetchFailure("the server sent no response")
            }
            if case .exited(let code) = result.terminationStatus, code != 0 {
                throw FetchFailure(plainMessage(result.standardError))
            }
            if let failure = result.closureResult { throw failure }
        } catch let failure as FetchFailure {
            throw failure
        } catch {
            throw FetchFailure("curl could not be run: \(error)")
        }
    }

    private func arguments(_ address: WebAddress) throws(FetchFailure) -> [String] {
        let (scheme, port, addresses) = try route(to: address)
        let url = scheme + "://\(address.host):\(port)\(address.target)"
        return [
            // Must come first: no configuration file is read.
            "-q", "--silent", "--show-error", "--globoff", "--path-as-is", "--http1.1", "--tlsv1.2", "--noproxy", "*",
            "--proto", "=\(scheme)", "--max-redirs", "0", "--connect-timeout", "\(timeoutSeconds)", "--speed-limit",
            "1000", "--speed-time", "\(timeoutSeconds)", "--include", "--header", "Accept-Encoding: identity",
            "--user-agent", Self.userAgent, "--resolve", "\(address.host):\(port):\(addresses.joined(separator: ","))",
            "--url", url,
        ]
    }

    private func route(to address: WebAddress) throws(FetchFailure) -> (scheme: String, port: Int, addresses: [String])
    {
        if let server = testServers[address.host] { return ("http", server.port, [server.address.text]) }
        let addresses = machineAddresses(of: address.host)
        guard !addresses.isEmpty else { throw FetchFailure("the host \(address.host) is not known") }
        if let hidden = addresses.first(where: { !$0.isPublic }) {
            throw FetchFailure(
                "the host \(address.host) leads to \(hidden.text), which is not an address of the public internet",
                isLasting: true)
        }
        return ("https", address.port, addresses.map(\.text))
    }

    /// Returns what curl says, without its name.
    private func plainMessage(_ errors: String) -> String {
        let line = errors.split(separator: "\n").first.map(String.init) ?? "curl failed without a reason"
        return line.startsWithBytes("curl: ") ? String(line.dropFirst(6)) : line
    }
}

/// A response that arrives in pieces.
private struct Response {
    let byteLimit: Int
    private var header: [UInt8] = []
    /// Whether the whole header has arrived.
    private(set) var isComplete = false

    init(byteLimit: Int) { self.byteLimit = byteLimit }

    /// Takes the next bytes. Returns false if the rest of the response is not wanted.
    mutating func take(
        _ bytes: [UInt8], _ receive: (ResponseHead) throws(FetchFailure) -> Bool,
        _ append: ([UInt8]) throws(FetchFailure) -> Void
    ) throws(FetchFailure) -> Bool {
        if isComplete {
            try append(bytes)
            return true
        }
        header += bytes
        while let end = header.firstRange(of: Array("\r\n\r\n".utf8)) {
            let lines = String(decoding: header[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
            guard let head = ResponseHead(lines.map(String.init)) else {
                throw FetchFailure("the server sent no HTTP response")
            }
            let rest = Array(header[end.upperBound...])
            // An interim response, such as 103 Early Hints, precedes the final one.
            guard head.status >= 200 else {
                header = rest
                continue
            }
            isComplete = true
            guard try receive(head) else { return false }
            if !rest.isEmpty { try append(rest) }
            return true
        }
        guard header.count <= byteLimit else { throw FetchFailure("the header of the response is too long") }
        return true
    }
}

/// A server on this machine that replaces a host in tests, without encryption. Only tests use it.
struct TestServer: Sendable {
    var host: String
    var address: MachineAddress
    var port: Int

    /// Reads `HOST=127.0.0.1:PORT`; nil if the address is not one of this machine.
    init?(_ text: String) {
        let parts = text.split(separator: "=").map(String.init)
        guard parts.count == 2 else { return nil }
        let place = parts[1].split(separator: ":").map(String.init)
        let bytes = place.first?.split(separator: ".").compactMap { UInt8($0) } ?? []
        guard place.count == 2, bytes.count == 4, let port = UInt16(place[1]) else { return nil }
        (host, address, self.port) = (parts[0], MachineAddress(bytes: bytes), Int(port))
        guard address.isLoopback else { return nil }
    }
}
