import Words

/// The records of a ledger: a set, in which the order and grouping of merges leave no trace.
package struct LedgerState: Sendable {
    package internal(set) var questions: [String: Question] = [:]
    /// By question, sorted by handle.
    package internal(set) var votes: [String: [Vote]] = [:]
    package internal(set) var quantities: [String: Quantity] = [:]
    package internal(set) var assumptions: [String: Assumption] = [:]
    package internal(set) var findings: [String: Finding] = [:]
    package internal(set) var models: [String: ToyModel] = [:]
    /// By `toy-model/measurement`.
    package internal(set) var measurements: [String: Measurement] = [:]
    /// Sorted by name.
    package internal(set) var receipts: [Receipt] = []
    package var vocabulary = Vocabulary()

    package func claim(_ id: ClaimID) -> Claim? {
        guard let finding = findings[id.slug], finding.claims.indices.contains(id.number - 1) else { return nil }
        return finding.claims[id.number - 1]
    }

    /// Reads `slug#n`, or `slug` alone where the finding has one claim.
    package func claimID(_ name: String) -> ClaimID? {
        let hash = name.utf8.firstIndex(of: UInt8(ascii: "#"))
        guard let finding = findings[String(name[..<(hash ?? name.endIndex)])] else { return nil }
        guard let hash else { return finding.claims.count == 1 ? finding.claims[0].id : nil }
        guard let number = Int(name[name.utf8.index(after: hash)...]), number >= 1, number <= finding.claims.count
        else { return nil }
        return finding.claims[number - 1].id
    }
}

/// Conditions, their values and the attributes of those values.
package struct Vocabulary: Sendable {
    package internal(set) var conditions: [String: Condition] = [:]
    /// Values of every condition, in canonical spelling.
    package var values: [String: Set<String>] = [:]
    /// Attributes by condition and value.
    package private(set) var attributes: [String: [String: ConditionValue]] = [:]
    /// The values that have an attribute, by condition, attribute and what it is: the inverse of `attributes`.
    private var holders: [String: [String: [String: [String]]]] = [:]

    /// `model.family` is the attribute `family` of `model`.
    package static func split(_ name: String) -> (condition: String, attribute: String?) {
        guard let dot = name.utf8.firstIndex(of: UInt8(ascii: ".")) else { return (name, nil) }
        return (String(name[..<dot]), String(name[name.utf8.index(after: dot)...]))
    }

    package func value(_ slug: String, of condition: String) -> ConditionValue? {
        attributes[condition]?[slug]
    }

    package func attributeNames(of condition: String) -> [String] {
        Array(holders[condition, default: [:]].keys)
    }

    /// Values of `condition` that have one of `values`, which do not repeat, as `attribute`; sorted.
    package func values(of condition: String, having attribute: String, in values: [String]) -> [String] {
        guard let holders = holders[condition]?[attribute] else { return [] }
        return values.flatMap { holders[$0, default: []] }.sorted()
    }

    /// What `condition`, or an attribute of its values, may be.
    package func knownValues(of condition: String, _ attribute: String?) -> Set<String> {
        guard let attribute else { return values[condition, default: []] }
        return Set(holders[condition, default: [:]][attribute, default: [:]].keys)
    }

    package func isKnown(_ value: String, of condition: String, _ attribute: String?) -> Bool {
        guard let attribute else { return values[condition]?.contains(value) ?? false }
        return holders[condition]?[attribute]?[value] != nil
    }

    mutating func add(_ value: ConditionValue) {
        values[value.condition, default: []].insert(value.slug)
        attributes[value.condition, default: [:]][value.slug] = value
        for (attribute, held) in value.attributes {
            holders[value.condition, default: [:]][attribute, default: [:]][held, default: []].append(value.slug)
        }
    }

    /// One of the reasoning models that the north star is about.
    package func isGeneral(_ model: String) -> Bool {
        value(model, of: Condition.model)?.isGeneral ?? false
    }
}

extension LedgerState {
    package func nearestQuestion(to id: String) -> String? {
        nearestName(to: id, among: questions.keys)
    }
}

extension LedgerState {
    package func nearestAssumption(to slug: String) -> String? {
        nearestName(to: slug, among: assumptions.keys)
    }
}

extension LedgerState {
    package func nearestFinding(to slug: String) -> String? {
        nearestName(to: String(slug.prefix { $0 != "#" }), among: findings.keys)
    }
}

extension LedgerState {
    package func nearestRecord(to id: String) -> String? {
        nearestName(
            to: id,
            among: [
                Array(findings.keys), Array(questions.keys), Array(quantities.keys), Array(models.keys),
                Array(measurements.keys), Array(assumptions.keys), Array(vocabulary.conditions.keys),
            ].flatMap(\.self))
    }
}

extension LedgerState {
    /// Records in the order of their files.
    package init(_ records: [Record]) {
        findings.reserveCapacity(records.count)
        var words: [Record] = []
        for record in records {
            switch record {
            case .question(let question): questions[question.id] = question
            // Files come sorted by path, so votes by handle.
            case .vote(let vote): votes[vote.question, default: []].append(vote)
            case .quantity(let quantity): quantities[quantity.slug] = quantity
            case .assumption(let assumption): assumptions[assumption.slug] = assumption
            case .finding(let finding): findings[finding.slug] = finding
            case .model(let model):
                models[model.slug] = model
                words.append(record)
            case .measurement(let measurement): measurements[measurement.id] = measurement
            case .receipt(let receipt): receipts.append(receipt)
            case .condition, .conditionValue: words.append(record)
            }
        }
        vocabulary = Vocabulary(words)
    }

    package mutating func leaveOut(_ paths: Set<String>) {
        questions = questions.filter { !paths.contains(RecordPlace.question(id: $0.key).path) }
        votes = votes.mapValues { votes in
            votes.filter { !paths.contains(RecordPlace.vote(question: $0.question, handle: $0.handle).path) }
        }
        quantities = quantities.filter { !paths.contains(RecordPlace.quantity(slug: $0.key).path) }
        assumptions = assumptions.filter { !paths.contains(RecordPlace.assumption(slug: $0.key).path) }
        models = models.filter { !paths.contains(RecordPlace.model(slug: $0.key).path) }
        measurements = measurements.filter { entry in
            !paths.contains(RecordPlace.measurement(model: entry.value.model, slug: entry.value.slug).path)
                && models[entry.value.model] != nil
        }
        findings = findings.filter { entry in
            !paths.contains(entry.value.path) && entry.value.claims.allSatisfy { quantities[$0.quantity.value] != nil }
        }
        questions = questions.filter { entry in entry.value.quantity.map { quantities[$0.value] != nil } ?? true }
    }
}

extension Vocabulary {
    package init(_ records: [Record]) {
        for record in records {
            switch record {
            case .condition(let condition): add(condition)
            case .conditionValue(let value): add(value)
            case .model(let model): addToyModel(model.slug)
            case .question, .vote, .quantity, .assumption, .finding, .measurement, .receipt: break
            }
        }
        declareOpenConditions()
    }

    private mutating func add(_ condition: Condition) {
        conditions[condition.slug] = condition
        if case .closed(let closed) = condition.values { values[condition.slug] = Set(closed) }
    }

    private mutating func addToyModel(_ slug: String) {
        values[Condition.model, default: []].insert(slug)
    }

    /// A folder of values without a file beside it declares its condition by being there.
    private mutating func declareOpenConditions() {
        for slug in values.keys where conditions[slug] == nil {
            conditions[slug] = Condition(
                slug: slug, title: slug, values: .open(attributes: nil), isOrdered: false, places: .none)
        }
    }
}

extension Vocabulary {
    package func values(of condition: String) -> [String] {
        values[condition, default: []].sorted()
    }
}
