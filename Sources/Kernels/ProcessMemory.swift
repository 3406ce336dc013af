/// The memory in bytes that the process of a run needs before its kernel allocates any, measured on x86-64.
let processBytes = 48e6

/// The memory in bytes that OpenBLAS allocates for the first matrix product of a process. It does not depend on the
/// size of the product.
let productBufferBytes = 134e6
