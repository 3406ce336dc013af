import KernelInterface
import Records
import Words
import YAML

/// A change of something on which conclusions rest: of a record that runs or other findings rely on.
package struct BasisChange: Sendable {
    package enum Kind: String, Sendable {
        /// A part of a claim on which a verdict depends.
        case claim
        /// The kernel or the settings of a toy model, or what a measurement passes to the kernel.
        case verifier
        /// The unit, the range, the labels, the margin or the conditions of a quantity, or whether a model is a general
        /// model.
        case meaning
        case definition
        /// The model, the task, the text or the segments of a trace.
        case trace
        /// A claim holds for settings that it did not hold for before.
        case scope
        /// A contributor of a finding was removed or replaced.
        case contributors
        /// A finding has further contributors.
        case addedContributors = "added contributors"
        case caveat
        case retraction
        /// A finding says that another finding supersedes it.
        case supersession
        /// A finding was marked as planned, so that the merge excludes it.
        case plan
        /// The settings or the signers of the ledger.
        case settings
    }

    package var kind: Kind
    /// The changed record, as reports name it.
    package var name: String
    /// What changed, as a clause about the record, such as `its "range" is 0 to 3 instead of 0 to 2`.
    package var change: String
    /// The file after the change, or before it if the file was removed.
    package var path: String
    package var mark: Mark
    package var claim: ClaimID?
    /// The text of the caveat that was deleted or edited.
    package var caveat: String?
    /// The contributors of a finding before the change.
    package var contributors: [String]

    package init(
        kind: Kind, name: String, change: String, path: String, mark: Mark = .fileStart, claim: ClaimID? = nil,
        caveat: String? = nil, contributors: [String] = []
    ) {
        (self.kind, self.name, self.change, self.path, self.mark) = (kind, name, change, path, mark)
        (self.claim, self.caveat, self.contributors) = (claim, caveat, contributors)
    }

    /// Whether both changes are about the same part of the same record, perhaps since different states.
    package func isSameChange(as other: BasisChange) -> Bool {
        kind == other.kind && name == other.name && caveat == other.caveat
    }
}

/// Compares two versions of a record. `after` is nil if the record was removed, and `ledger` is the later state.
package func basisChanges(from before: Record, to after: Record?, in ledger: CheckedLedger) -> [BasisChange] {
    switch (before, after) {
    case (.finding(let before), .finding(let after)?): findingChanges(from: before, to: after, in: ledger.state)
    case (.quantity(let before), .quantity(let after)?): quantityChanges(from: before, to: after)
    case (.model(let before), .model(let after)?): modelChanges(from: before, to: after, ledger.kernels)
    case (.model(let before), _): removalOf(before, in: ledger)
    case (.kernel(let before), let after): kernelChanges(from: before, to: after, in: ledger.state)
    case (.measurement(let before), .measurement(let after)?): measurementChanges(from: before, to: after)
    case (.measurement(let before), _): removalOf(before, in: ledger.state)
    case (.conditionValue(let before), .conditionValue(let after)?):
        generalityChange(of: before, isGeneral: after.isGeneral, after.mark(of: "general"), in: ledger.state)
    case (.conditionValue(let before), _):
        // A toy model may take the name of the removed model.
        generalityChange(of: before, isGeneral: false, .fileStart, in: ledger.state)
    case (.trace(let before), let after): traceChange(from: before, to: after)
    case (.question, _), (.vote, _), (.condition, _), (.assumption, _), (.constraint, _), (.receipt, _),
        (.signature, _), (.finding, _), (.quantity, _), (.traceText, _), (.annotation, _), (.codebook, _),
        (.resource, _), (.kernelFile, _):
        []
    }
}

extension LedgerState {
    /// Returns the record at a place that `basisChanges` compares, or nil for a record of another kind.
    package func basisRecord(at place: RecordPlace) -> Record? {
        switch place {
        case .finding(let slug): findings[slug].map(Record.finding)
        case .quantity(let slug): quantities[slug].map(Record.quantity)
        case .model(let slug): models[slug].map(Record.model)
        case .measurement(let model, let slug): measurements["\(model)/\(slug)"].map(Record.measurement)
        case .conditionValue(let condition, let slug):
            vocabulary.value(slug, of: condition).map(Record.conditionValue)
        case .trace(let slug): traces[slug].map(Record.trace)
        case .kernel(let slug): kernels[slug].map(Record.kernel)
        case .question, .vote, .condition, .assumption, .constraint, .receipt, .signature, .traceText,
            .annotation, .codebook, .resource, .kernelFile:
            nil
        }
    }
}

// MARK: Traces

/// Runs measure the traces of a model and a task in a fixed order, so these facts never change.
private func traceChange(from before: Trace, to after: Record?) -> [BasisChange] {
    let place = RecordPlace.trace(slug: before.slug)
    guard case .trace(let after)? = after else {
        return [BasisChange(kind: .trace, name: before.slug, change: "it was removed", path: place.path)]
    }
    let facts = [
        ("model", before.model.value, after.model.value),
        ("task", before.task?.value ?? "absent", after.task?.value ?? "absent"),
        ("text", before.text.sha256.value, after.text.sha256.value),
        ("segments", before.segments.sha256.value, after.segments.sha256.value),
    ]
    let changes = facts.filter { $0.1 != $0.2 }
    guard let first = changes.first else { return [] }
    return [
        BasisChange(
            kind: .trace, name: after.slug,
            change: listed(changes.map { "its \"\($0.0)\" is \($0.2) instead of \($0.1)" }),
            path: place.path, mark: after.mark(of: first.0))
    ]
}

// MARK: Verifiers

private func modelChanges(
    from before: ToyModel, to after: ToyModel, _ kernels: [KernelDescription]
) -> [BasisChange] {
    var changes: [String] = []
    if before.kernel.value != after.kernel.value {
        changes.append("its kernel is \(after.kernel.value) instead of \(before.kernel.value)")
    } else {
        let (old, new) = (config(before, kernels), config(after, kernels))
        changes += Set(old.keys).union(new.keys).sorted().filter { old[$0] != new[$0] }.map { name in
            "its setting \"\(name)\" is \(new[name] ?? "absent") instead of \(old[name] ?? "absent")"
        }
    }
    if before.weights.map(\.digestLines) != after.weights.map(\.digestLines) { changes.append("its weights changed") }
    return verifierChange(after.slug, changes, .model(slug: after.slug), after.mark(of: "config"))
}

/// A changed program changes every model that it measures.
private func kernelChanges(from before: CommandKernel, to after: Record?, in state: LedgerState) -> [BasisChange] {
    let models = state.models.values.filter { $0.kernel.value == before.slug }.map(\.slug).sorted()
    let place = RecordPlace.kernel(slug: before.slug)
    guard case .kernel(let after)? = after else {
        return models.flatMap { verifierChange($0, ["its kernel was removed"], place, .fileStart) }
    }
    guard before.digest != after.digest else { return [] }
    let mark = after.mark(of: before.files == after.files ? "command" : "files")
    return models.flatMap { verifierChange($0, ["the program of its kernel changed"], place, mark) }
}

private func removalOf(_ model: ToyModel, in ledger: CheckedLedger) -> [BasisChange] {
    let isElsewhere = ledger.state.models.values.contains {
        $0.kernel.value == model.kernel.value && config($0, ledger.kernels) == config(model, ledger.kernels)
    }
    return verifierChange(model.slug, isElsewhere ? [] : ["it was removed"], .model(slug: model.slug), .fileStart)
}

/// Returns all settings of a toy model, with the kernel's defaults. So a default may be written out or left out.
private func config(_ model: ToyModel, _ kernels: [KernelDescription]) -> [String: String] {
    if let kernel = kernels.first(where: { $0.name == model.kernel.value }) {
        return model.completeConfig(kernel).values
    }
    return Dictionary(model.config.map { ($0.name.value, $0.value.value) }, uniquingKeysWith: { first, _ in first })
}

private func measurementChanges(from before: Measurement, to after: Measurement) -> [BasisChange] {
    guard before.digest != after.digest else { return [] }
    func isChanged(_ take: (inout Measurement) -> Void) -> Bool {
        var mixed = before
        take(&mixed)
        return mixed.digest != before.digest
    }
    let keys = [
        ("measurement", isChanged { $0.measurement = after.measurement }),
        ("measures", isChanged { $0.measures = after.measures }), ("labels", isChanged { $0.labels = after.labels }),
        ("conditions", isChanged { $0.conditions = after.conditions }),
        ("control", isChanged { $0.control = after.control }),
    ].filter(\.1).map(\.0)
    return verifierChange(
        after.id, keys.isEmpty ? [] : ["its \(listed(keys.map { "\"\($0)\"" })) changed"],
        .measurement(model: after.model, slug: after.slug), after.mark(of: keys.first ?? "measurement"))
}

private func removalOf(_ measurement: Measurement, in state: LedgerState) -> [BasisChange] {
    let isElsewhere = state.measurements.values.contains { $0.digest == measurement.digest }
    return verifierChange(
        measurement.id, isElsewhere ? [] : ["it was removed"],
        .measurement(model: measurement.model, slug: measurement.slug), .fileStart)
}

private func verifierChange(_ name: String, _ changes: [String], _ place: RecordPlace, _ mark: Mark) -> [BasisChange] {
    guard !changes.isEmpty else { return [] }
    return [BasisChange(kind: .verifier, name: name, change: listed(changes), path: place.path, mark: mark)]
}

// MARK: Models

/// Returns the change of a model between general and special-purpose, if some claim names the model.
private func generalityChange(
    of before: ConditionValue, isGeneral: Bool, _ mark: Mark, in state: LedgerState
) -> [BasisChange] {
    guard before.condition == Condition.model, before.isGeneral != isGeneral,
        state.findings.values.contains(where: { $0.claims.contains { $0.namedModels.contains(before.slug) } })
    else { return [] }
    return [
        BasisChange(
            kind: .meaning, name: BasisChange.name(ofModel: before.slug),
            change: "its \"general\" is \(isGeneral) instead of \(before.isGeneral)",
            path: RecordPlace.conditionValue(condition: before.condition, slug: before.slug).path, mark: mark)
    ]
}

extension BasisChange {
    /// The name of a model's file, which differs from the name of every quantity.
    package static func name(ofModel slug: String) -> String { "\(Condition.model)/\(slug)" }

    /// Whether the changed record is a model, if the change is one of meaning.
    var isOfModel: Bool { name.utf8.contains(UInt8(ascii: "/")) }
}

// MARK: Quantities

private func quantityChanges(from before: Quantity, to after: Quantity) -> [BasisChange] {
    var changes: [String] = []
    var key: String?
    func note(_ changed: String, _ old: String, _ new: String) {
        changes.append("its \"\(changed)\" is \(new) instead of \(old)")
        key = key ?? changed
    }
    if before.unit != after.unit { note("unit", before.unit ?? "absent", after.unit ?? "absent") }
    if before.range.meaning != after.range.meaning {
        note(after.range.isLabels ? "labels" : "range", before.range.phrase, after.range.phrase)
    }
    let margins = (before.margin?.value.text ?? "absent", after.margin?.value.text ?? "absent")
    if margins.0 != margins.1 { note("margin", margins.0, margins.1) }
    if before.scale != after.scale { note("share", before.scale, after.scale) }
    let differences = (before.differenceOf?.value ?? "absent", after.differenceOf?.value ?? "absent")
    if differences.0 != differences.1 { note("difference_of", differences.0, differences.1) }
    let conditions = (before.conditions.map(\.value), after.conditions.map(\.value))
    if Set(conditions.0) != Set(conditions.1) { note("conditions", names(conditions.0), names(conditions.1)) }
    let later = (before.laterConditions.map(\.value), after.laterConditions.map(\.value))
    if !Set(later.0).isSubset(of: later.1) { note("later_conditions", names(later.0), names(later.1)) }
    let path = RecordPlace.quantity(slug: after.slug).path
    var found: [BasisChange] = []
    if let key {
        found.append(
            BasisChange(
                kind: .meaning, name: after.slug, change: listed(changes), path: path, mark: after.mark(of: key)))
    }
    if !before.definition.hasSameBytes(as: after.definition) {
        found.append(
            BasisChange(
                kind: .definition, name: after.slug, change: "its definition changed", path: path,
                mark: after.mark(of: "definition")))
    }
    return found
}

extension Quantity {
    fileprivate var scale: String { isShare ? "a share" : isPercent ? "a percentage" : "neither share nor percentage" }
}

private func names(_ conditions: [String]) -> String { conditions.isEmpty ? "empty" : listed(conditions) }

extension ValueSet {
    fileprivate var isLabels: Bool { if case .labels = self { true } else { false } }

    /// The range, or the labels in any order.
    fileprivate var meaning: [String] {
        if case .labels(let labels) = self { labels.sorted() } else { [canonicalText] }
    }
}
