import KernelInterface
import Kernels
import vector_kernels

let kernelDescriptions = Kernels.kernels.map(\.description)

/// One to run, where `CPU.requireSupport` has nothing to say against it.
func kernel(named name: String) -> (any Kernel)? {
    vector_kernels.kernels.first { $0.description.name == name }
}
