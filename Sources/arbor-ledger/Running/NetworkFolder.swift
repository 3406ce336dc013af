import Evidence
import FoundationEssentials
import Kernels
import Records

/// Where trained networks are kept between runs, in the repository's cache folder.
struct NetworkFolder: Sendable {
    private let folder: String
    let seal: Seal
    /// Repeats train their own networks: their files have names that nobody else asks for.
    private let ownName: String?
    /// Asked for once: OpenBLAS puts its answer together anew each time, in one place for all threads.
    private let blas: String

    /// Refuses on a machine that can make no run.
    init(_ workspace: Workspace, sharesWithOthers: Bool = true) throws(Refusal) {
        do throws(UnsupportedMachine) {
            try CPU.requireSupport()
            try BLAS.requireSupport()
        } catch {
            throw Refusal(message: error.reason, remedy: error.remedy, exitCode: 2)
        }
        blas = BLAS.configuration
        folder = "\(workspace.cacheDirectory)/networks"
        seal = workspace.seal
        ownName = sharesWithOthers ? nil : UUID().uuidString
    }

    /// One file per toy model, seed, training settings and linear algebra: whatever a network's bits depend on.
    func path(of network: Network) -> String {
        let training = network.training
        let settings = training.settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let lines =
            [
                training.modelDigest, network.seed, training.coreType ?? CPU.blasCoreTypes.first ?? BLAS.coreName,
                blas, ownName ?? "",
            ] + settings
        return "\(folder)/\(sha256(Array(lines.joined(separator: "\n").utf8)))"
    }

    func isKept(_ network: Network) -> Bool { fileExists(path(of: network)) }

    /// Removes what nobody will ask for again.
    func removeOwn(_ networks: some Sequence<Network>) throws(FileError) {
        guard ownName != nil else { return }
        for network in networks { try removeFile(path(of: network)) }
    }
}
