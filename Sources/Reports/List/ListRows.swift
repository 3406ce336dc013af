import Evidence
import KernelInterface
import Merging
import Records
import Words

extension ListReport {
    /// Lists the records of a kind, sorted by id; questions in tree order. `today` is an ISO date, at which plans may have
    /// lapsed; only tasks depend on it.
    package init(_ kind: Kind, _ merge: Merge, where selection: ClaimSelection = ClaimSelection(), today: String) {
        self.init(kind: kind, columns: [], rows: [], selection: selection.phrase)
        let selected = SelectedClaims(merge, selection)
        switch kind {
        case .questions: listQuestions(merge, selected)
        case .findings: listFindings(merge, selected)
        case .claims: listClaims(merge, selected)
        case .quantities: listQuantities(merge, selected)
        case .models: listModels(merge, selected)
        case .kernels: listKernels(merge)
        case .measurements: listMeasurements(merge.state)
        case .assumptions: listAssumptions(merge, selected)
        case .conditions: listConditions(merge.state)
        case .tasks: listTasks(merge, selection, today: today)
        case .traces: listTraces(merge.state, selection)
        case .codebooks: listCodebooks(merge.state)
        case .resources: listResources(merge.state)
        }
    }

    private mutating func listQuestions(_ merge: Merge, _ selected: SelectedClaims) {
        columns = ["status", "general", "special", "claims", "text"]
        let answers = merge.answers()
        rows = answers.keys.sorted(by: treeOrder).compactMap { id in
            guard let answer = answers[id],
                selected.isEverything || answer.claims.contains(where: { selected.contains($0.member.id) })
            else { return nil }
            return Row(
                id: id, phrase: "\(answer.statusPhrase): \(answer.question.text)",
                cells: [
                    .text(answer.status.rawValue), .text(answer.general.rawValue), .text(answer.special.rawValue),
                    .count(answer.weight.claims), .text(answer.question.text),
                ])
        }
    }

    private mutating func listFindings(_ merge: Merge, _ selected: SelectedClaims) {
        columns = ["date", "authors", "claims", "state", "title", "path"]
        rows = merge.state.findings.valuesByKey.compactMap { finding in
            guard selected.contains(finding) else { return nil }
            let state = finding.isPlanned ? "planned" : merge.ledger.exclusionReasons[finding.slug]
            let facts =
                [state, listed(shortList(finding.authors)), finding.date, counted(finding.claims.count, "claim")]
                .compactMap(\.self)
            return Row(
                id: finding.slug, phrase: "\(finding.title) (\(facts.joined(separator: "; ")))",
                cells: [
                    .text(finding.date), .names(finding.authors), .count(finding.claims.count), .text(state),
                    .text(finding.title), .text(finding.path),
                ])
        }
    }

    private mutating func listClaims(_ merge: Merge, _ selected: SelectedClaims) {
        columns = ["quantity", "says", "tested", "verdict", "evidence", "label"]
        rows = merge.state.findings.valuesByKey.flatMap(\.claims).filter { selected.contains($0.id) }.map { claim in
            let row = ClaimRow(claim, merge.evidence[claim.id], in: merge.state)
            let settings = row.tested.isEmpty ? "" : " at \(row.tested.joined(separator: ", "))"
            let label = evidenceLabel(row.evidence)
            return Row(
                id: claim.id.description, phrase: "\(row.quantity) is \(row.valueText)\(settings); \(label)",
                cells: [
                    .text(row.quantity), .text(row.valueText), .names(row.tested),
                    .text(row.evidence.verdict.rawValue), .text(row.evidence.evidence.rawValue), .text(label),
                ])
        }
    }

    private mutating func listQuantities(_ merge: Merge, _ selected: SelectedClaims) {
        columns = ["claims", "range", "unit", "asked_by", "title"]
        let askedBy = Dictionary(grouping: merge.state.questions.values) { $0.quantity?.value }
        let claims = selected.countsByQuantity
        rows = merge.state.quantities.valuesByKey.compactMap { quantity in
            let count = claims[quantity.slug, default: 0]
            guard selected.isEverything || count > 0 else { return nil }
            let questions = askedBy[quantity.slug, default: []].map(\.id).sorted()
            let asked = questions.isEmpty ? "asked by no question" : "asked by \(listed(shortList(questions)))"
            return Row(
                id: quantity.slug, phrase: "\(quantity.title) (\(counted(count, "claim")), \(asked))",
                cells: [
                    .count(count), .text(quantity.range.phrase), .text(quantity.unit), .names(questions),
                    .text(quantity.title),
                ])
        }
    }

    private mutating func listModels(_ merge: Merge, _ selected: SelectedClaims) {
        columns = ["kind", "claims", "kernel", "title"]
        let vocabulary = merge.state.vocabulary
        let claims = selected.countsByModel
        rows = vocabulary.knownValues(of: Condition.model, nil).sorted().compactMap { model in
            let count = claims[model, default: 0]
            guard selected.isEverything || count > 0 else { return nil }
            let kernel = merge.state.models[model]?.kernel.value
            let kind = merge.state.kind(ofModel: model)
            let made = kernel.map { ", kernel \($0)" } ?? ""
            return Row(
                id: model, phrase: "\(vocabulary.title(ofModel: model)) (\(kind)\(made), \(counted(count, "claim")))",
                cells: [.text(kind), .count(count), .text(kernel), .text(vocabulary.title(ofModel: model))])
        }
    }

    private mutating func listKernels(_ merge: Merge) {
        columns = ["version", "measurements", "toy_models", "summary"]
        let users = Dictionary(grouping: merge.state.models.values) { $0.kernel.value }
        rows = merge.ledger.kernels.sorted { $0.name < $1.name }.map { kernel in
            let toys = users[kernel.name, default: []].map(\.slug).sorted()
            let use =
                toys.isEmpty ? "no toy model" : "toy \(toys.count == 1 ? "model" : "models") \(listed(shortList(toys)))"
            return Row(
                id: kernel.name,
                phrase:
                    "\(kernel.summary) (version \(kernel.version), \(counted(kernel.measurements.count, "measurement")), \(use))",
                cells: [
                    .count(kernel.version), .names(kernel.measurements.map(\.name)), .names(toys),
                    .text(kernel.summary),
                ])
        }
    }

    private mutating func listMeasurements(_ state: LedgerState) {
        columns = ["measurement", "measures", "conditions"]
        rows = state.measurements.valuesByKey.map { measurement in
            let (quantities, conditions) = (measurement.measures.map(\.value), measurement.conditions.map(\.value))
            let at = conditions.isEmpty ? "" : " at \(listed(conditions))"
            return Row(
                id: measurement.id, phrase: "\(measurement.measurement.value) measures \(listed(quantities))\(at)",
                cells: [.text(measurement.measurement.value), .names(quantities), .names(conditions)])
        }
    }

    private mutating func listAssumptions(_ merge: Merge, _ selected: SelectedClaims) {
        columns = ["kind", "claims", "tested_by", "statement"]
        let claims = selected.countsByAssumption
        let answers = merge.answers()
        rows = merge.state.assumptions.valuesByKey.compactMap { assumption in
            let count = claims[assumption.slug, default: 0]
            guard selected.isEverything || count > 0 else { return nil }
            let tester = assumption.testedBy?.value
            let tested = tester.flatMap { id in answers[id].map { "tested by \(id): \($0.statusPhrase)" } }
            let kind = assumption.bridge == nil ? "assumption" : "bridge"
            let facts = [kind, "\(counted(count, "claim")) \(count == 1 ? "rests" : "rest") on it", tested]
            return Row(
                id: assumption.slug,
                phrase: "\(assumption.statement) (\(facts.compactMap(\.self).joined(separator: "; ")))",
                cells: [.text(kind), .count(count), .text(tester), .text(assumption.statement)])
        }
    }

    private mutating func listConditions(_ state: LedgerState) {
        columns = ["values", "ordered", "title"]
        rows = state.vocabulary.conditions.valuesByKey.map { condition in
            let count = state.vocabulary.knownValues(of: condition.slug, nil).count
            let values = condition.isNumber ? "any number" : counted(count, "value")
            return Row(
                id: condition.slug, phrase: "\(condition.title) (\(values))",
                cells: [.count(condition.isNumber ? nil : count), .flag(condition.isOrdered), .text(condition.title)])
        }
    }

    private mutating func listTasks(_ merge: Merge, _ selection: ClaimSelection, today: String) {
        columns = ["question", "cost_seconds", "runnable", "command", "phrase"]
        let vocabulary = merge.state.vocabulary
        rows = merge.tasks(today: today).filter { task in
            selection.contains(task.cell, vocabulary)
                && (selection.person == nil || selection.contains(people: task.takenBy))
        }.map { task in
            Row(
                id: task.id, phrase: "\(task.phrase) (\(task.costPhrase))",
                cells: [
                    .text(task.question), .seconds(task.costSeconds), .flag(task.isRunnable), .text(task.command),
                    .text(task.phrase),
                ])
        }
    }

    private mutating func listTraces(_ state: LedgerState, _ selection: ClaimSelection) {
        columns = ["model", "task", "annotations", "has_text", "title"]
        rows = state.traces.valuesByKey.compactMap { trace in
            var cell = [Condition.model: trace.model.value]
            cell[Condition.task] = trace.task?.value
            guard selection.contains(cell, state.vocabulary), selection.contains(people: trace.contributors) else {
                return nil
            }
            let count = state.annotations[trace.slug, default: []].count
            return Row(
                id: trace.slug, phrase: "\(trace.title) (\(trace.model.value), \(counted(count, "annotation")))",
                cells: [
                    .text(trace.model.value), .text(trace.task?.value), .count(count),
                    .flag(state.text(of: trace) != nil), .text(trace.title),
                ])
        }
    }

    private mutating func listCodebooks(_ state: LedgerState) {
        columns = ["labels", "annotations", "title"]
        let annotations = Dictionary(grouping: state.annotations.values.joined()) { $0.content.codebook }
        rows = state.codebooks.valuesByKey.map { codebook in
            let count = annotations[codebook.slug]?.count ?? 0
            let labels = codebook.labels.map(\.name.value)
            return Row(
                id: codebook.slug,
                phrase: "\(codebook.title) (\(counted(labels.count, "label")), \(counted(count, "annotation")))",
                cells: [.names(labels), .count(count), .text(codebook.title)])
        }
    }

    private mutating func listResources(_ state: LedgerState) {
        columns = ["kind", "licence", "sources", "sha256", "title"]
        rows = state.resources.valuesByKey.map { resource in
            Row(
                id: resource.slug, phrase: "\(resource.title) (\(resource.kind.rawValue), \(resource.licence))",
                cells: [
                    .text(resource.kind.rawValue), .text(resource.licence), .names(resource.sources.map(\.text.value)),
                    .text(resource.sha256), .text(resource.title),
                ])
        }
    }
}

extension LedgerState {
    /// The kind of a model in words.
    package func kind(ofModel slug: String) -> String {
        switch group(ofModel: slug) {
        case .general: "general"
        case .toy: "toy"
        case .other, .unrecorded: "special-purpose"
        }
    }
}

/// The claims that a selection contains.
private struct SelectedClaims {
    let isEverything: Bool
    private let ids: Set<ClaimID>
    private let claims: [Claim]

    init(_ merge: Merge, _ selection: ClaimSelection) {
        let vocabulary = merge.state.vocabulary
        isEverything = selection.isEverything
        claims = merge.state.findings.values.flatMap { finding in
            finding.claims.filter { selection.isEverything || selection.contains($0, of: finding, vocabulary) }
        }
        ids = Set(claims.map(\.id))
    }

    func contains(_ id: ClaimID) -> Bool { isEverything || ids.contains(id) }

    func contains(_ finding: Finding) -> Bool { isEverything || finding.claims.contains { ids.contains($0.id) } }

    var countsByQuantity: [String: Int] { counts { [$0.quantity.value] } }

    var countsByAssumption: [String: Int] { counts { $0.assumes.map(\.value) } }

    /// The number of claims that were tested at each model.
    var countsByModel: [String: Int] {
        counts { if case .values(let models)? = $0.tested[Condition.model] { models } else { [] } }
    }

    private func counts(_ names: (Claim) -> [String]) -> [String: Int] {
        claims.reduce(into: [:]) { counts, claim in
            for name in names(claim) { counts[name, default: 0] += 1 }
        }
    }
}
