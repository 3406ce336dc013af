import Dispatch
import Glibc

/// Prints a message and exits on SIGINT or SIGTERM; children end with this process, or at their next write.
func onInterrupt(_ message: String) {
    for number in [SIGINT, SIGTERM] {
        _ = signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
            writeError("\n\(message)")
            // Not `exit`, which would tear down tasks that still wait for children, with error messages.
            _exit(128 + number)
        }
        source.resume()
        // The source is cancelled when released, so it is leaked.
        _ = unsafe Unmanaged.passRetained(source as AnyObject)
    }
}
