import Dispatch
import Glibc

/// Prints a message and exits on SIGINT or SIGTERM. Child processes end together with this process, or at their next
/// write.
func onInterrupt(_ message: String) {
    for number in [SIGINT, SIGTERM] {
        _ = signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
            writeError("\n\(message)")
            // `exit` would print error messages, because it tears down tasks that still wait for children.
            _exit(128 + number)
        }
        source.resume()
        // The source would be cancelled when released, so it is never released.
        _ = unsafe Unmanaged.passRetained(source as AnyObject)
    }
}
