import Dispatch
import Glibc

/// Cleans up, prints a message and exits on SIGINT or SIGTERM. Child processes end together with this process, or at their next
/// write.
func onInterrupt(_ message: String, _ cleanUp: @escaping @Sendable () -> Void = {}) {
    handleInterrupts { number in
        cleanUp()
        killWorkers()
        removeWorkerFolders()
        writeError("\n\(message)")
        // `exit` would print error messages, because it tears down tasks that still wait for children.
        _exit(128 + number)
    }
}

/// Returns a sequence with an element for each SIGINT or SIGTERM from now on. The signals no longer end the process.
func interrupts() -> AsyncStream<Int32> {
    let (stream, continuation) = AsyncStream<Int32>.makeStream()
    handleInterrupts { continuation.yield($0) }
    return stream
}

private func handleInterrupts(_ handle: @escaping @Sendable (Int32) -> Void) {
    for number in [SIGINT, SIGTERM] {
        _ = signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { handle(number) }
        source.resume()
        // The source would be cancelled when released, so it is never released.
        _ = unsafe Unmanaged.passRetained(source as AnyObject)
    }
}
