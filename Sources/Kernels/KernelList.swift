import KernelInterface

/// All compiled-in kernels; to add one, add its file and a line here.
package let kernels: [any Kernel] = [
    Superposition(),
    Othello(),
    CountdownKernel(),
    ChainOfThought(),
    TreeSearch(),
    ModularAddition(),
    Coin(),
    Agreement(),
    TraceStatistics(),
]
