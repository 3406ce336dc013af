import ArgumentParser
import CPlatform
import Glibc

/// Confines itself with Landlock and seccomp, unless `unconfined`, and becomes another program, which ends with the tool.
struct ConfineChild: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "__confine", shouldDisplay: false)

    /// The status with which the process ends if it cannot be confined.
    static let failureStatus: Int32 = 125

    @Flag var unconfined = false
    @Option var read: [String] = []
    @Option var device: [String] = []
    @Argument var writableFolder: String
    @Argument var command: [String]

    func run() throws {
        guard arbor_supervise() == 0 else {
            writeError("the program cannot be supervised: \(unsafe String(cString: strerror(errno)))\n")
            throw ExitCode(Self.failureStatus)
        }
        let code =
            unconfined
            ? 0
            : unsafe withCStrings(read) { readable in
                unsafe withCStrings(device) { devices in
                    unsafe arbor_confine(readable, devices, writableFolder)
                }
            }
        guard code == 0 else {
            writeError("the program cannot be confined: \(unsafe String(cString: strerror(errno)))\n")
            throw ExitCode(Self.failureStatus)
        }
        _ = unsafe withCStrings(command) { unsafe execvp(command[0], $0) }
        writeError("\(command[0]) cannot be started: \(unsafe String(cString: strerror(errno)))\n")
        throw ExitCode(Self.failureStatus)
    }
}

/// Calls a function with a list of C strings that ends with a null pointer.
private func withCStrings<Result>(
    _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let strings = unsafe texts.map { unsafe strdup($0) }
    defer { for index in unsafe strings.indices { unsafe free(strings[index]) } }
    return unsafe (strings + [nil]).withUnsafeBufferPointer { unsafe body($0.baseAddress!) }
}
