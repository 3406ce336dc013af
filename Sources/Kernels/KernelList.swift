import KernelInterface

/// Every kernel that is compiled in; to add one, add its file and its line here.
package let kernels: [any Kernel] = [
    Superposition(),
    Othello(),
    CountdownKernel(),
    ChainOfThought(),
    TreeSearch(),
    ModularAddition(),
    Coin(),
]
