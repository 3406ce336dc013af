import KernelInterface
import Kernels

let kernelDescriptions = kernels.map(\.description)

func kernel(named name: String) -> (any Kernel)? {
    kernels.first { $0.description.name == name }
}
