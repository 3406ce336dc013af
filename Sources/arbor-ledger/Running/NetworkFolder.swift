import Evidence
import FoundationEssentials
import Kernels
import Records

/// The cache of trained networks in the repository's cache folder.
struct NetworkFolder: Sendable {
    private let folder: String
    let hmacKey: HMACKey
    /// A part of file names that separates the networks of a repeat from others, because a repeat must train its own
    /// networks. It is nil if the run is not a repeat.
    private let privateName: String?
    /// The configuration of OpenBLAS. It is read once, because each call makes OpenBLAS rebuild the string in a buffer
    /// that all threads share.
    private let blas: String

    /// Refuses a machine that cannot run kernels.
    init(_ home: KernelHome, isShared: Bool = true) throws(Refusal) {
        do throws(UnsupportedMachine) {
            try CPU.requireSupport()
            try BLAS.requireSupport()
        } catch {
            throw Refusal(message: error.reason, remedy: error.remedy, exitCode: 2)
        }
        blas = BLAS.configuration
        folder = "\(home.cacheDirectory)/networks"
        hmacKey = home.hmacKey
        privateName = isShared ? nil : UUID().uuidString
    }

    /// Returns the path of a network's file. The name depends on everything that determines the network's bits: toy
    /// model, seed, training settings, core type and BLAS.
    func path(of network: Network) -> String {
        let training = network.training
        return path(training.modelDigest, seed: network.seed, training.settings, coreType: training.coreType)
    }

    func path(_ modelDigest: String, seed: String, _ trainingSettings: [String: String], coreType: String?) -> String {
        let settings = trainingSettings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let lines =
            [modelDigest, seed, coreType ?? CPU.blasCoreTypes.first ?? BLAS.coreName, blas, privateName ?? ""]
            + settings
        return "\(folder)/\(sha256(Array(lines.joined(separator: "\n").utf8)))"
    }

    func isCached(_ network: Network) -> Bool { fileExists(path(of: network)) }

    /// Removes the networks of a repeat, which nothing else uses.
    func removePrivate(_ networks: some Sequence<Network>) throws(FileError) {
        guard privateName != nil else { return }
        for network in networks { try removeFile(path(of: network)) }
    }
}
