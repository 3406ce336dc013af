import Checking
import KernelInterface
import Records
import Words

/// The names in a ledger, for completion in editors and shells.
package struct KnownNames: Sendable {
    package private(set) var questions: [String] = []
    package private(set) var quantities: [String] = []
    package private(set) var assumptions: [String] = []
    package private(set) var constraints: [String] = []
    package private(set) var findings: [String] = []
    package private(set) var toyModels: [String] = []
    /// Each measurement is named `toy-model/measurement`.
    package private(set) var measurements: [String] = []
    /// Values by condition, in canonical spelling.
    package private(set) var values: [String: [String]] = [:]
    /// Each claim is named `slug#n`, and also `slug` if its finding has only one claim.
    package private(set) var claims: [String] = []
    package private(set) var kernels: [String] = []
    package private(set) var kernelMeasurements: [String] = []
    package private(set) var traces: [String] = []
    package private(set) var codebooks: [String] = []
    package private(set) var resources: [String] = []
    /// Each attribute is named `condition.attribute`.
    package private(set) var attributes: [String] = []
    /// The conditions whose values are any numbers.
    package private(set) var numberConditions: Set<String> = []

    /// The checked records; nil if the names come from paths alone.
    private(set) var ledger: CheckedLedger?

    package var conditions: [String] { values.keys.sorted() }
    package var models: [String] { values[Condition.model, default: []] }

    /// Collects names from paths, without reading files. Skips invalid names, which a shell would have to quote.
    package init(paths: some Sequence<String>) {
        for path in paths {
            guard let place = RecordPlace(path: path) else { continue }
            let parts = place == .question(id: RecordPlace.rootQuestion) ? [] : pathParts(place.name)
            guard parts.allSatisfy({ isName($0) }) else { continue }
            add(place)
        }
        for condition in values.keys { values[condition]?.sort() }
        questions.sort()
        quantities.sort()
        assumptions.sort()
        constraints.sort()
        findings.sort()
        toyModels.sort()
        measurements.sort()
        traces.sort()
        codebooks.sort()
        resources.sort()
    }

    /// Collects names from paths and from checked records. Only the records contain claims, closed lists of values,
    /// attributes and kernels.
    package init(_ ledger: CheckedLedger, paths: some Sequence<String>) {
        self.init(paths: paths)
        let state = ledger.state
        for (condition, known) in state.vocabulary.values where isName(condition) {
            values[condition] = known.sorted(by: precedes)
        }
        numberConditions = Set(state.vocabulary.conditions.values.filter(\.isNumber).map(\.slug))
        attributes = state.vocabulary.conditions.keys.sorted().flatMap { condition in
            state.vocabulary.attributeNames(of: condition).sorted().map { "\(condition).\($0)" }
        }
        claims = state.findings.values.flatMap { finding in
            (finding.claims.count == 1 ? [finding.slug] : []) + finding.claims.map(\.id.description)
        }.sorted()
        kernels = ledger.kernels.map(\.name).sorted()
        kernelMeasurements = Set(ledger.kernels.flatMap(\.measurements).map(\.name)).sorted()
        self.ledger = ledger
    }

    private mutating func add(_ place: RecordPlace) {
        switch place {
        case .question(let id): questions.append(id)
        case .quantity(let slug): quantities.append(slug)
        case .condition(let slug): values[slug, default: []] += []
        case .conditionValue(let condition, let slug):
            if isName(condition) { values[condition, default: []].append(slug) }
        case .assumption(let slug): assumptions.append(slug)
        case .constraint(let slug): constraints.append(slug)
        case .finding(let slug): findings.append(slug)
        case .model(let slug):
            toyModels.append(slug)
            values[Condition.model, default: []].append(slug)
        case .measurement(let model, let slug):
            if isName(model) { measurements.append("\(model)/\(slug)") }
        case .trace(let slug): traces.append(slug)
        case .codebook(let slug): codebooks.append(slug)
        case .resource(let slug): resources.append(slug)
        case .vote, .receipt, .signature, .traceText, .annotation, .kernel, .kernelFile: break
        }
    }

    /// A known value of a condition, of a model if there is one.
    var exampleSetting: (condition: String, value: String)? {
        ([Condition.model] + conditions).lazy.compactMap { condition in
            self.values[condition]?.first.map { (condition, $0) }
        }.first
    }

    package func names(_ namespace: Shape.Namespace) -> [String] {
        switch namespace {
        case .anything: []
        case .question: questions
        case .quantity: quantities
        case .condition: conditions
        case .assumption: assumptions
        case .finding: findings
        case .claim: claims
        case .toyModel: toyModels
        case .model: models
        case .verifier: toyModels + measurements
        case .measurement: measurements
        case .kernel: kernels
        case .kernelMeasurement: kernelMeasurements
        case .codebook: codebooks
        case .resource: resources
        }
    }
}

/// Orders numbers by size and words alphabetically, with all numbers before the words.
private func precedes(_ a: String, _ b: String) -> Bool {
    switch (Number(a), Number(b)) {
    case (let a?, let b?): a < b
    case (_?, nil): true
    case (nil, _?): false
    case (nil, nil): a < b
    }
}
