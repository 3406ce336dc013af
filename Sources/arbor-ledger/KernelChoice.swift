import KernelInterface
import Kernels
import vector_kernels

let kernelDescriptions = Kernels.kernels.map(\.description)

/// A kernel compiled for vector code; requires `CPU.requireSupport`.
func kernel(named name: String) -> (any Kernel)? {
    vector_kernels.kernels.first { $0.description.name == name }
}
