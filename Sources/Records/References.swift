extension Record {
    /// The records to which this record refers. A reference to a finding contains only the finding's slug, not its
    /// folder.
    package var namedPlaces: [RecordPlace] {
        switch self {
        case .question(let question):
            [question.quantity].compactMap(\.self).map { .quantity(slug: $0.value) }
                + [question.parent].compactMap(\.self).map { .question(id: $0) }
                + question.alsoUnder.map { .question(id: $0.value) } + recordsNamed(of: question.covers)
        case .vote(let vote): [.question(id: vote.question)]
        case .quantity(let quantity):
            (quantity.conditions + quantity.laterConditions).map { .condition(slug: $0.value) }
                + [quantity.differenceOf].compactMap(\.self).map { .quantity(slug: $0.value) }
        case .condition, .receipt, .traceText: []
        case .kernel(let kernel):
            kernel.files.map { .kernelFile(kernel: kernel.slug, file: $0.name.value) }
                + kernel.measurements.flatMap(\.quantities).map { .quantity(slug: $0) }
        case .kernelFile(let file): [.kernel(slug: file.kernel)]
        case .resource(let resource): resource.network.map { [.model(slug: $0.model.value)] } ?? []
        case .trace(let trace):
            recordsNamed(model: trace.model.value)
                + (trace.task.map { [.conditionValue(condition: Condition.task, slug: $0.value)] } ?? [])
                + [.traceText(slug: trace.slug)] + trace.places.map { .resource(slug: $0.value) }
        case .annotation(let file):
            [
                .trace(slug: file.content.trace), .traceText(slug: file.content.trace),
                .codebook(slug: file.content.codebook),
            ] + file.replacedPlaces
        case .codebook(let codebook):
            codebook.labels.flatMap { label in
                label.mapsTo.compactMap { $0.value.split(separator: "/").first.map { .codebook(slug: String($0)) } }
                    + (label.assumes.map { [.assumption(slug: $0.value)] } ?? [])
            }
        case .signature(let signature): [.receipt(model: signature.folder, name: signature.receipt)]
        case .conditionValue(let value):
            [.condition(slug: value.condition)] + value.resources.flatMap(\.namedPlaces)
        case .assumption(let assumption):
            assumption.excludes.map { .assumption(slug: $0.value) }
                + [assumption.testedBy].compactMap(\.self).map { .question(id: $0.value) }
                + (assumption.bridge?.from ?? []).map { .model(slug: $0.value) }
                + (assumption.bridge?.to ?? []).map { .conditionValue(condition: Condition.model, slug: $0.value) }
        case .constraint(let constraint): recordsNamed(of: constraint.when) + recordsNamed(of: constraint.only)
        case .finding(let finding):
            finding.claims.flatMap(recordsNamed) + finding.caveats.flatMap(recordsNamed)
                + (finding.buildsOn + finding.supersedes + finding.supersededBy + finding.sameAs).map {
                    .finding(slug: $0.value)
                } + finding.resources.flatMap(\.namedPlaces)
        case .model(let model):
            [.question(id: model.abstracts.value), .kernel(slug: model.kernel.value)]
                + model.resources.flatMap(\.namedPlaces)
        case .measurement(let measurement):
            [.model(slug: measurement.model)] + measurement.measures.map { .quantity(slug: $0.value) }
                + measurement.conditions.map { .condition(slug: $0.value) }
        }
    }
}

extension ResourceReference {
    /// The records that the entry names. A digest does not determine a path, so it is left out.
    fileprivate var namedPlaces: [RecordPlace] {
        let places: [RecordPlace] = codebook.map { [.codebook(slug: $0.value)] } ?? []
        switch target {
        case .name(let name): return places + [.resource(slug: name.value)]
        case .digest, .address, .allAnnotations: return places
        }
    }
}

extension Record {
    /// The boxes of settings in the record.
    package var boxes: [Box] {
        switch self {
        case .question(let question): [question.covers]
        case .constraint(let constraint): [constraint.when, constraint.only]
        case .finding(let finding):
            finding.claims.flatMap { [$0.tested] + [$0.holdsFor].compactMap(\.self) }
                + finding.caveats.compactMap(\.attackedSettings)
        case .vote, .quantity, .condition, .conditionValue, .assumption, .model, .measurement, .receipt, .signature,
            .trace, .traceText, .annotation, .codebook, .resource, .kernel, .kernelFile:
            []
        }
    }
}

private func recordsNamed(of box: Box) -> [RecordPlace] {
    box.sides.flatMap { side -> [RecordPlace] in
        let condition = Vocabulary.split(side.condition.value).condition
        guard case .values(let values) = side.selection else { return [.condition(slug: condition)] }
        return [.condition(slug: condition)]
            + values.flatMap { value -> [RecordPlace] in
                condition == Condition.model
                    ? recordsNamed(model: value) : [.conditionValue(condition: condition, slug: value)]
            }
    }
}

private func recordsNamed(model: String) -> [RecordPlace] {
    [.conditionValue(condition: Condition.model, slug: model), .model(slug: model)]
}

private func recordsNamed(_ claim: Claim) -> [RecordPlace] {
    var named: [RecordPlace] = [.quantity(slug: claim.quantity.value)]
    named += recordsNamed(of: claim.tested) + recordsNamed(of: claim.holdsFor ?? Box())
    named += claim.assumes.map { .assumption(slug: $0.value) }
    named += claim.averagedOver.map { .condition(slug: $0.value) }
    if let verify = claim.verify { named += recordsNamed(ofVerifier: verify.value) }
    return named
}

private func recordsNamed(_ caveat: Caveat) -> [RecordPlace] {
    func finding(_ claim: String) -> RecordPlace { .finding(slug: String(claim.prefix { $0 != "#" })) }
    let shown =
        (caveat.shownBy.map { [finding($0.value)] } ?? []) + recordsNamed(of: caveat.attackedSettings ?? Box())
    switch caveat.against {
    case .claim(let name): return shown + [finding(name.value)]
    case .assumption(let name): return shown + [.assumption(slug: name.value)]
    case .verifier(let name): return shown + recordsNamed(ofVerifier: name.value)
    }
}

private func recordsNamed(ofVerifier name: String) -> [RecordPlace] {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    return parts.count == 2
        ? [.model(slug: parts[0]), .measurement(model: parts[0], slug: parts[1])] : [.model(slug: name)]
}
