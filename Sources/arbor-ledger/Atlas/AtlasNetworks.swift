import Evidence
import Kernels
import Merging
import Records
import Reports

extension Workspace {
    /// Draws the networks of all toy models for an atlas: one for each training setting, the first that an audit
    /// trained there. Trains those that are not cached.
    ///
    /// A network does not depend on what is cached, and all machines of an architecture use the same core type, so that
    /// they draw the same pictures.
    func atlasNetworks(_ merge: Merge) async throws -> [String: NetworkViews] {
        let networks = try NetworkFolder(kernelHome)
        var views: [String: NetworkViews] = [:]
        for model in merge.state.models.values.sorted(by: { $0.slug < $1.slug }) {
            var studies = merge.ledger.studiesToShow(model)
            for index in studies.indices {
                studies[index].training.seeds = merge.evidence.firstSeeds(of: studies[index].training)
                studies[index].training.coreType = CPU.blasCoreTypes.last
            }
            let runs = studies.indices.map { PlannedRun(study: $0, index: 0) }
            views[model.slug] = try await draw(runs, of: studies, networks, isQuiet: false)
        }
        return views
    }
}

extension Evidence {
    /// Returns the source of the seeds of the first counted runs whose networks were trained like this. If there are no
    /// such runs, returns the source of self-checks.
    fileprivate func firstSeeds(of training: Training) -> SeedSource {
        let sequences = runs.byStudy.filter { study, _ in
            study.modelDigest == training.modelDigest
                && training.settings.allSatisfy { study.settings[$0.key] == $0.value }
        }.values.joined()
        let first = sequences.filter { $0.runs[0] != nil }.min { ($0.entry, $0.key) < ($1.entry, $1.key) }
        return first?.key.seeds ?? SeedSource(salt: "")
    }
}
