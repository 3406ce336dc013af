import CPlatform

/// The arguments of the program, with its name first.
///
/// Swift reads `CommandLine.arguments` from /proc/self/cmdline; without it, a gate would check nothing and pass.
func programArguments() -> [String] {
    (0..<arbor_argument_count()).map { unsafe String(cString: arbor_argument($0)) }
}
