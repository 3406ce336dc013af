import Records

/// Where workers find the records of kernels, their caches and the settings of the user: a work tree, or the folder of
/// planned runs.
struct KernelHome: Sendable {
    /// The folder that holds the ledger's folder of kernels.
    var records: String
    var cacheDirectory: String
    var hmacKey: HMACKey
    var environment: [String: String]
}

extension Workspace {
    var kernelHome: KernelHome {
        KernelHome(records: root, cacheDirectory: cacheDirectory, hmacKey: hmacKey, environment: environment)
    }
}
