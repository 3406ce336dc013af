import Dispatch
import Glibc

/// Says a last word on Ctrl-C or a kind kill, and ends; children end with it, or when they next have something to say.
func onInterrupt(_ farewell: String) {
    for number in [SIGINT, SIGTERM] {
        _ = signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
            writeError("\n\(farewell)")
            // Not `exit`: tasks that still wait for children would be torn down under their feet, and say so.
            _exit(128 + number)
        }
        source.resume()
        // A source that nobody holds is gone; this one lives as long as the process.
        _ = unsafe Unmanaged.passRetained(source as AnyObject)
    }
}
