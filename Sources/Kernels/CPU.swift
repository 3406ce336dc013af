internal import CVectors

/// Why this machine must not run kernels; its runs are lost, not missed.
package struct UnsupportedMachine: Error, Equatable {
    package var reason: String
    package var remedy: String
}

package enum CPU {
    /// Throws unless the processor runs the instructions that the kernels are compiled to (x86-64-v3: AVX2 and FMA).
    package static func requireSupport() throws(UnsupportedMachine) {
        guard arbor_cpu_supported() == 1 else {
            throw UnsupportedMachine(
                reason: "the kernels need a processor with AVX2 and FMA (x86-64-v3: Intel since 2013, AMD since 2015)",
                remedy: "make runs on another machine; everything else works here")
        }
    }

    /// The OpenBLAS core types that this processor can run, the fastest first; empty where OpenBLAS chooses for itself.
    ///
    /// The last bits of a product depend on the core type, so that only these two are used on x86-64: runs on one of them
    /// can be repeated to the bit on every machine that has it.
    package static var blasCoreTypes: [String] {
        #if arch(x86_64)
            arbor_cpu_has_avx512() == 1 ? ["SkylakeX", "Haswell"] : ["Haswell"]
        #else
            []
        #endif
    }
}
