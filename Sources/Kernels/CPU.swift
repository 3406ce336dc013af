internal import CVectors

/// Why this machine must not run kernels; its runs are lost, not missed.
public struct UnsupportedMachine: Error, Equatable {
    public var reason: String
}

public enum CPU {
    /// Throws unless the processor runs the instructions that the kernels are compiled to (x86-64-v3: AVX2 and FMA).
    public static func requireSupport() throws(UnsupportedMachine) {
        guard arbor_cpu_supported() == 1 else {
            throw UnsupportedMachine(
                reason: "the kernels need a processor with AVX2 and FMA (x86-64-v3: Intel since 2013, AMD since 2015)")
        }
    }
}
