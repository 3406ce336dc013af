import KernelInterface
import Kernels
import vector_kernels

let kernelDescriptions = Kernels.kernels.map(\.description)

/// Finds a kernel that is compiled with vector instructions. Call `CPU.requireSupport` first.
func kernel(named name: String) -> (any Kernel)? {
    vector_kernels.kernels.first { $0.description.name == name }
}
