import CPlatform

/// The arguments of the program, with its name first.
///
/// Swift reads `CommandLine.arguments` from /proc/self/cmdline. If that file is missing, a hook would see no arguments,
/// check nothing and pass.
func programArguments() -> [String] {
    (0..<arbor_argument_count()).map { unsafe String(cString: arbor_argument($0)) }
}
