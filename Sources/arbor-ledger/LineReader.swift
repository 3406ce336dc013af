import Glibc
import Synchronization

/// Reads one line that the user types after a prompt on standard error. Returns nil at the end of the input.
///
/// libedit, which Debian installs with ssh, edits the line and completes words among `choices`. It is loaded only here,
/// so that other commands start no slower and work without it. Without it, the terminal's own line editing is used.
func readAnswer(_ prompt: String, choices: [String]) -> String? {
    guard let readline = unsafe lineEditor else {
        writeError(prompt)
        let line = readLine()
        if line == nil { writeError("\n") }
        return line
    }
    completionChoices.withLock { $0 = choices }
    guard let line = unsafe readline(prompt) else {
        writeError("\n")
        return nil
    }
    defer { unsafe free(line) }
    return unsafe String(cString: line)
}

/// The words that Tab completes to at the present prompt.
private let completionChoices = Mutex<[String]>([])

private typealias ReadLine = @convention(c) (UnsafePointer<CChar>) -> UnsafeMutablePointer<CChar>?
private typealias CompletionEntry = @convention(c) (UnsafePointer<CChar>?, Int32) -> UnsafeMutablePointer<CChar>?

/// The function `readline` of libedit, set up to write to standard error and to complete choices; nil if the library is
/// not installed.
///
/// libedit drops letters that are not in the locale of the process, and the initial locale has only ASCII.
private let lineEditor: ReadLine? = {
    guard unsafe setlocale(LC_CTYPE, "C.UTF-8") != nil,
        let library = unsafe dlopen("libedit.so.2", RTLD_NOW | RTLD_LOCAL),
        let readline = unsafe dlsym(library, "readline"), let output = unsafe dlsym(library, "rl_outstream"),
        let entry = unsafe dlsym(library, "rl_completion_entry_function")
    else { return nil }
    unsafe output.assumingMemoryBound(to: UnsafeMutablePointer<FILE>?.self).pointee = fdopen(STDERR_FILENO, "w")
    unsafe entry.assumingMemoryBound(to: CompletionEntry?.self).pointee = { text, number in
        unsafe completion(of: text, number: number)
    }
    return unsafe unsafeBitCast(readline, to: ReadLine.self)
}()

/// The next choice that begins with a text, in memory that the caller frees; nil after the last one.
private func completion(of text: UnsafePointer<CChar>?, number: Int32) -> UnsafeMutablePointer<CChar>? {
    guard let text = unsafe text else { return nil }
    let prefix = unsafe String(cString: text)
    let matches = completionChoices.withLock { $0.filter { $0.hasPrefix(prefix) } }
    guard matches.indices.contains(Int(number)) else { return nil }
    return unsafe strdup(matches[Int(number)])
}
