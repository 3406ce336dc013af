internal import CVectors

/// The reason why this machine cannot run kernels. Runs on such a machine do not count, not even as misses.
package struct UnsupportedMachine: Error, Equatable {
    package var reason: String
    package var remedy: String
}

package enum CPU {
    /// Throws unless the processor supports the instruction set of the kernels (x86-64-v3: AVX2 and FMA).
    package static func requireSupport() throws(UnsupportedMachine) {
        guard arbor_cpu_supported() == 1 else {
            throw UnsupportedMachine(
                reason: "the kernels need a processor with AVX2 and FMA (x86-64-v3: Intel since 2013, AMD since 2015)",
                remedy: "use another machine for runs; everything else works here")
        }
    }

    /// The OpenBLAS core types that this processor supports, fastest first; empty if OpenBLAS itself chooses the type.
    ///
    /// The last bits of a product depend on the core type. Only two core types are used on x86-64, so that a run can be
    /// repeated bit for bit on every machine that supports the run's core type.
    package static var blasCoreTypes: [String] {
        #if arch(x86_64)
            arbor_cpu_has_avx512() == 1 ? ["SkylakeX", "Haswell"] : ["Haswell"]
        #else
            []
        #endif
    }
}
