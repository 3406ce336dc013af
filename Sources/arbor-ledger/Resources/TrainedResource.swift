import Evidence
import FoundationEssentials
import Kernels
import Records
import Reports
import Words

extension Workspace {
    /// Trains the network of a resource, unless it is cached, and returns the path of its file `model.safetensors` in a
    /// folder that the caller removes.
    func train(_ network: Resource.ToyNetwork, of resource: Resource, _ loaded: LoadedLedger) async throws -> String {
        guard let model = loaded.ledger.state.models[network.model.value] else {
            throw Refusal(
                message: "the toy model \"\(network.model.value)\" has errors", remedy: "run `arbor-ledger check`")
        }
        var study = try study(network, of: model, loaded)
        // All machines of an architecture have this core type, so that they train the same network.
        study.training.coreType = CPU.blasCoreTypes.last
        let networks = try NetworkFolder(kernelHome)
        let executor = try LocalExecutor(kernelHome)
        let folder = try makePrivateFolder()
        writeError("training \(study.title), seed \(network.seed)\n")
        let outcome = await executor.run(
            RunRequest(.draw, study, index: 0, seed: network.seed, networks, exportFolder: folder), index: 0,
            coreType: study.training.coreType, onMessage: { _ in })
        let failure: String? =
            switch outcome {
            case .run(let run, _): run.failure
            case .noRun(let reason): reason
            }
        guard let failure else { return "\(folder)/model.safetensors" }
        try? FileManager.default.removeItem(atPath: folder)
        throw Refusal(message: "the network of \"\(resource.slug)\" was not trained: \(failure)")
    }

    /// Returns the study that trains a network with these settings.
    private func study(
        _ network: Resource.ToyNetwork, of model: ToyModel, _ loaded: LoadedLedger
    ) throws -> StudyToRun {
        let studies = loaded.ledger.studiesToShow(model)
        let fitting = studies.filter { study in
            network.settings.allSatisfy { study.study.settings[$0.name.value] == $0.value.value }
        }
        if fitting.count == 1 { return fitting[0] }
        let known = studies.map { settingsPhrase($0.cell) }
        throw Refusal(
            message: fitting.isEmpty
                ? "no measurement of \(model.slug) trains a network with these settings"
                : "the settings fit \(fitting.count) networks of \(model.slug)",
            remedy: known.isEmpty
                ? "add a measurement" : "write the `settings` of one of: \(known.joined(separator: "; "))")
    }
}
