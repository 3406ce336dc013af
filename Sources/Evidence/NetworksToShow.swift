import Checking
import KernelInterface
import Records

extension CheckedLedger {
    /// Returns one study, without its control, for each distinct network that a toy model's measurements train. Uses
    /// the cells of the claims that use the measurement. If there are no such claims, uses all combinations of the
    /// conditions' values.
    ///
    /// The studies contain only the training settings, and their salt and token are empty, as in the self-check of `submit`.
    package func studiesToShow(_ model: ToyModel) -> [StudyToRun] {
        guard let kernel = kernels.first(where: { $0.name == model.kernel.value }) else { return [] }
        var studies: [[String: String]: StudyToRun] = [:]
        for measurement in state.measurements(of: model) {
            guard let description = kernel.measurement(named: measurement.measurement.value)
            else { continue }
            let parameters = description.settings.filter { description.trainingSettings.contains($0.name) }
            for cell in trainingCells(measurement, parameters) {
                let settings = parameters.defaults.merging(cell) { $1 }
                let control = measurement.control.filter { settings[$0.name.value] != nil }
                let isControl = !control.isEmpty && control.allSatisfy { settings[$0.name.value] == $0.value.value }
                guard !isControl, studies[settings] == nil, Settings(settings).fit(parameters),
                    (try? kernel.cost(model.completeConfig(kernel), description.name, Settings(settings))) != nil
                else { continue }
                let study = Study(
                    modelDigest: model.digest(kernel), measurementDigest: measurement.digest, settings: settings,
                    isControl: false)
                var toShow = StudyToRun(
                    study, cell: cell,
                    Verification(model: model, measurement: measurement, kernel: kernel, cells: []),
                    seeds: SeedSource(salt: ""))
                toShow.cost.measuringSeconds = 0
                studies[settings] = toShow
            }
        }
        return studies.values.sorted { state.vocabulary.comesBefore($0.cell, $1.cell) }
    }

    /// Returns the sources of seeds with which audits train the networks of a toy model, sorted. These are the current
    /// sources of unsigned runs for the model's claims, and those of its receipts.
    package func seedSources(of model: ToyModel, _ trail: AuditTrail) -> [SeedSource] {
        let claims = state.findings.values.flatMap(\.claims).compactMap { claim -> SeedSource? in
            guard let verification = verification(of: claim), verification.model.slug == model.slug else { return nil }
            return trail.salt(of: verification.auditDigest(of: claim)).map { SeedSource(salt: $0) }
        }
        return Set(claims + state.receipts.filter { $0.folder == model.slug }.map(\.seeds)).sorted()
    }

    private func trainingCells(_ measurement: Measurement, _ parameters: [Parameter]) -> [[String: String]] {
        let names = measurement.conditions.map(\.value).filter { name in parameters.contains { $0.name == name } }
        guard !names.isEmpty else { return [[:]] }
        let named = state.findings.values.flatMap(\.claims).flatMap { claim -> [[String: String]] in
            guard let verification = verification(of: claim), verification.measurement.id == measurement.id else {
                return []
            }
            return verification.cells.map { $0.cell.filter { names.contains($0.key) } }
        }
        if !named.isEmpty { return named }
        var cells: [[String: String]] = [[:]]
        for name in names {
            let values = state.vocabulary.closedValues(of: name)
            guard cells.count * values.count <= testedCellLimit else { return [] }
            cells = cells.flatMap { cell in values.map { cell.merging([name: $0]) { $1 } } }
        }
        return cells
    }
}

extension LedgerState {
    /// Returns the measurements of a toy model, sorted by id.
    package func measurements(of model: ToyModel) -> [Measurement] {
        measurements.values.filter { $0.model == model.slug }.sorted { $0.id < $1.id }
    }
}

extension Vocabulary {
    /// Returns the values of a condition in the order of its closed list. The result is empty if the list is open.
    func closedValues(of condition: String) -> [String] {
        switch conditions[condition]?.values {
        case .closed(let values)?: values
        case .open?, .numbers?, nil: []
        }
    }

    /// Returns whether the values of a condition are ordered.
    func isOrdered(_ condition: String) -> Bool {
        let values = closedValues(of: condition)
        return conditions[condition]?.isOrdered == true || !values.isEmpty && values.allSatisfy { Number($0) != nil }
    }

    /// Returns whether one value of a condition comes before another. Two values are compared by their order in the
    /// condition's closed list. Values without such an order are compared as numbers or, if this is not possible, as
    /// names.
    package func comesBefore(_ x: String, _ y: String, of condition: String) -> Bool {
        let listed = closedValues(of: condition)
        if let i = listed.firstIndex(of: x), let j = listed.firstIndex(of: y) { return i < j }
        if let i = Number(x), let j = Number(y), i != j { return i < j }
        return x < y
    }

    /// Returns whether cell `a` comes before cell `b`. Ordered conditions are compared last.
    package func comesBefore(_ a: [String: String], _ b: [String: String]) -> Bool {
        for name in inReadingOrder(Set(a.keys).union(b.keys)) {
            guard let x = a[name], let y = b[name] else { return a[name] == nil && b[name] != nil }
            if x != y { return comesBefore(x, y, of: name) }
        }
        return false
    }

    /// Sorts unordered conditions before ordered ones, each group by name.
    package func inReadingOrder(_ conditions: some Sequence<String>) -> [String] {
        conditions.sorted { (isOrdered($0) ? 1 : 0, $0) < (isOrdered($1) ? 1 : 0, $1) }
    }
}
