import FoundationEssentials
import Glibc
import Synchronization
import Words

/// When to use colours and links.
enum ColourChoice: String, CaseIterable {
    case auto, always, never
}

/// The options that every command takes, at any position.
struct GlobalOptions {
    var colour: ColourChoice?
    var usesPager = true
    /// The top folder of the ledger, whose files are linked.
    var root: String?
}

let globalOptions = Mutex(GlobalOptions())

/// The properties of the terminal and the caller's environment.
struct Terminal: Sendable {
    var isOutputTerminal: Bool
    var isErrorTerminal: Bool
    /// The columns of text reports: those of the terminal, from 40 to 200, or 80 without a terminal.
    var width: Int
    private var colour: ColourChoice
    private var allowsColour: Bool
    private var hasLinks: Bool
    private let root: String?

    static var current: Terminal { Terminal(environment: ProcessInfo.processInfo.environment) }

    init(environment: [String: String]) {
        let options = globalOptions.withLock(\.self)
        func isSet(_ name: String) -> Bool { !(environment[name] ?? "").isEmpty }
        isOutputTerminal = isatty(STDOUT_FILENO) == 1
        isErrorTerminal = isatty(STDERR_FILENO) == 1
        let columns = isOutputTerminal ? environment["COLUMNS"].flatMap(Int.init) ?? terminalColumns() : nil
        width = min(200, max(40, columns ?? 80))
        let isForced = isSet("CLICOLOR_FORCE") && environment["CLICOLOR_FORCE"] != "0"
        colour = options.colour ?? (isSet("NO_COLOR") ? .never : isForced ? .always : .auto)
        allowsColour = environment["TERM"] != "dumb"
        hasLinks = isOutputTerminal && allowsColour && showsLinks(environment)
        root = options.root
    }

    var style: TextStyle {
        let hasColour = hasColour(isTerminal: isOutputTerminal)
        return TextStyle(width: width, hasColour: hasColour, links: hasColour && hasLinks ? root : nil)
    }

    /// The style of messages on standard error.
    var errorStyle: TextStyle { TextStyle(width: 80, hasColour: hasColour(isTerminal: isErrorTerminal)) }

    private func hasColour(isTerminal: Bool) -> Bool {
        switch colour {
        case .auto: isTerminal && allowsColour
        case .always: true
        case .never: false
        }
    }
}

/// The columns of the terminal on standard output; nil if it does not tell.
private func terminalColumns() -> Int? {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
}

/// Whether the terminal is one of those that show links (OSC 8). Other terminals may print the address as text.
private func showsLinks(_ environment: [String: String]) -> Bool {
    if let forced = environment["FORCE_HYPERLINK"] { return !forced.isEmpty && forced != "0" }
    if let version = environment["VTE_VERSION"].flatMap(Int.init) { return version >= 5000 }
    if ["KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "WEZTERM_PANE"].contains(where: { environment[$0] != nil })
    {
        return true
    }
    let programs: Set = ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio"]
    let terminals: Set = ["xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm", "contour"]
    return programs.contains(environment["TERM_PROGRAM"] ?? "") || terminals.contains(environment["TERM"] ?? "")
}

/// Whether a person can answer a question.
func isInputTerminal() -> Bool { isatty(STDIN_FILENO) == 1 }

/// The error from a failed write to standard output. A pipe that the reader closed (`| head`) does not count.
///
/// The command continues, so that no work is left unfinished, and reports the error at its end.
private let outputFailure = Mutex<Int32?>(nil)

/// Returns a message about a failed write to standard output, or nil if no write failed.
func outputProblem() -> String? {
    outputFailure.withLock(\.self).map { "cannot write to standard output: \(unsafe String(cString: strerror($0)))" }
}

func writeOutput(_ text: String) {
    writeOutput(Array(text.utf8))
}

func writeOutput(_ bytes: [UInt8]) {
    let code = write(bytes[...], to: STDOUT_FILENO)
    if code != 0 && code != EPIPE { outputFailure.withLock { $0 = code } }
}

/// Names the command that usually comes next.
func writeNext(_ command: String) {
    writeOutput(Terminal.current.style.wrapped("Next: \(escapeHidden(command))", indent: 2, first: 0) + "\n")
}

func writeError(_ text: String) {
    _ = write(Array(text.utf8)[...], to: STDERR_FILENO)
}

/// Writes all bytes; returns the error number, or 0.
private func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int32 {
    var bytes = bytes
    while !bytes.isEmpty {
        let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { return errno }
        bytes = bytes.dropFirst(written)
    }
    return 0
}

/// Opens standard streams that the caller closed. Without this, a file of the repository could get such a descriptor,
/// and output could overwrite it. Reads and writes still fail as on a closed stream.
func openClosedStandardStreams() {
    for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)] {
        // `open` returns the lowest free descriptor, which is this one.
        if fcntl(descriptor, F_GETFD) < 0 { _ = unsafe open("/dev/null", mode) }
    }
}
