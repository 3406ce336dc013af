import NIOCore
import NIOHTTP1
import NIOPosix

/// A server for browsers on this machine.
struct AtlasServer {
    private let group: MultiThreadedEventLoopGroup
    private let channel: any Channel
    let port: Int

    /// Begins to listen. The system chooses the port if it is 0.
    init(_ site: Site, port: Int) async throws {
        group = MultiThreadedEventLoopGroup(numberOfThreads: coreCount)
        do {
            channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addSiteHandlers(
                            site, port: channel.localAddress?.port ?? 0)
                    }
                }
                .bind(host: "127.0.0.1", port: port).get()
        } catch {
            try? await group.shutdownGracefully()
            throw Refusal(
                message: "cannot listen on port \(port) of 127.0.0.1: \(error)",
                remedy: "without --port, the system chooses a free port", exitCode: 2)
        }
        self.port = channel.localAddress?.port ?? port
    }

    /// Closes all connections.
    func stop() async throws { try await group.shutdownGracefully() }
}

/// A request line and headers of a browser are much smaller.
private let (headerFieldLimit, headerLimit, headerCountLimit) = (8 << 10, 32 << 10, 64)

extension ChannelPipeline.SynchronousOperations {
    /// Makes this connection answer requests by the rules of the site.
    func addSiteHandlers(_ site: Site, port: Int) throws {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = headerFieldLimit
        limits.maxHeaderListSize = headerLimit
        limits.maxHeaderFieldCount = headerCountLimit
        try configureHTTPServerPipeline(
            withEncoderConfiguration: HTTPResponseEncoder.Configuration(), withDecoderLimitConfiguration: limits)
        try addHandler(SiteHandler(site, port: port))
    }
}

/// Answers the requests of one connection.
private final class SiteHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// How long a connection may wait for a whole request, and for a browser that does not read its response.
    private static let patience = TimeAmount.seconds(15)

    private let site: Site
    private let port: Int
    private var deadline: Scheduled<Void>?
    /// A file that is being received: the page that sends it, the bytes that have arrived, and the whole size.
    private var upload: (request: HTTPRequestHead, page: String, bytes: [UInt8], byteCount: Int)?

    init(_ site: Site, port: Int) { (self.site, self.port) = (site, port) }

    func channelActive(context: ChannelHandlerContext) {
        setDeadline(context.channel)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let request):
            switch site.decision(on: request, port: port) {
            case .answer(let response): send(response, to: request, context)
            case .receive(let page, let byteCount): upload = (request, page, [], byteCount)
            }
        case .body(let part):
            // Other bodies are not read: a response to a request with a body ends the connection.
            upload?.bytes += part.readableBytesView
        case .end:
            guard let upload else { return }
            self.upload = nil
            let isWhole = upload.bytes.count == upload.byteCount
            send(
                isWhole ? site.response(toFile: upload.bytes, from: upload.page) : .problem(.badRequest),
                to: upload.request, context)
        }
    }

    private func send(_ response: SiteResponse, to request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let isLast = request.announcesBody || !request.isKeepAlive
        var headers = response.headers
        headers.add(name: "Connection", value: isLast ? "close" : "keep-alive")
        let head = HTTPResponseHead(version: .http1_1, status: response.status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: response.body)))), promise: nil)
        }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenSuccess {
            // The other side closes the connection when it has read the response. Otherwise the deadline does.
            if isLast { channel.close(mode: .output, promise: nil) } else { self.setDeadline(channel) }
        }
    }

    private func setDeadline(_ channel: any Channel) {
        deadline?.cancel()
        deadline = channel.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
    }
}
