import CPlatform

/// What the program was called with, its own name first.
///
/// `CommandLine.arguments` is read from /proc/self/cmdline: where that says nothing, a gate would check nothing and pass.
func programArguments() -> [String] {
    (0..<arbor_argument_count()).map { unsafe String(cString: arbor_argument($0)) }
}
