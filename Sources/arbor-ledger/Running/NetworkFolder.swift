import Evidence
import FoundationEssentials
import Kernels
import Records

/// Where trained networks are kept between runs, in the repository's cache folder.
struct NetworkFolder: Sendable {
    private let folder: String
    let hmacKey: HMACKey
    /// Repeats train their own networks: their files have names that nobody else asks for.
    private let privateName: String?
    /// Asked for once: OpenBLAS puts its answer together anew each time, in one place for all threads.
    private let blas: String

    /// Refuses on a machine that can make no run.
    init(_ workspace: Workspace, isShared: Bool = true) throws(Refusal) {
        do throws(UnsupportedMachine) {
            try CPU.requireSupport()
            try BLAS.requireSupport()
        } catch {
            throw Refusal(message: error.reason, remedy: error.remedy, exitCode: 2)
        }
        blas = BLAS.configuration
        folder = "\(workspace.cacheDirectory)/networks"
        hmacKey = workspace.hmacKey
        privateName = isShared ? nil : UUID().uuidString
    }

    /// One file per toy model, seed, training settings and linear algebra: whatever a network's bits depend on.
    func path(of network: Network) -> String {
        let training = network.training
        let settings = training.settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let lines =
            [
                training.modelDigest, network.seed, training.coreType ?? CPU.blasCoreTypes.first ?? BLAS.coreName,
                blas, privateName ?? "",
            ] + settings
        return "\(folder)/\(sha256(Array(lines.joined(separator: "\n").utf8)))"
    }

    func isCached(_ network: Network) -> Bool { fileExists(path(of: network)) }

    /// Removes what nobody will ask for again.
    func removePrivate(_ networks: some Sequence<Network>) throws(FileError) {
        guard privateName != nil else { return }
        for network in networks { try removeFile(path(of: network)) }
    }
}
