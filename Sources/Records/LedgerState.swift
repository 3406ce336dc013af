import Words

/// The records of a ledger. They do not depend on the order or grouping of merges.
package struct LedgerState: Sendable {
    package internal(set) var questions: [String: Question] = [:]
    /// The votes by question, sorted by handle.
    package internal(set) var votes: [String: [Vote]] = [:]
    package internal(set) var quantities: [String: Quantity] = [:]
    package internal(set) var assumptions: [String: Assumption] = [:]
    package internal(set) var constraints: [String: Constraint] = [:]
    package internal(set) var findings: [String: Finding] = [:]
    package internal(set) var models: [String: ToyModel] = [:]
    /// The measurements by their full name, `toy-model/measurement`.
    package internal(set) var measurements: [String: Measurement] = [:]
    /// The receipts, sorted by name.
    package internal(set) var receipts: [Receipt] = []
    /// The signatures that fit their receipts, by the receipt's name, sorted by key.
    package internal(set) var signatures: [String: [ReceiptSignature]] = [:]
    package internal(set) var traces: [String: Trace] = [:]
    /// The texts that the ledger contains, by the slug of their trace.
    package internal(set) var traceTexts: [String: TraceTextFile] = [:]
    /// The annotation files of each trace, sorted by path.
    package internal(set) var annotations: [String: [AnnotationFile]] = [:]
    package internal(set) var codebooks: [String: Codebook] = [:]
    package internal(set) var resources: [String: Resource] = [:]
    package internal(set) var kernels: [String: CommandKernel] = [:]
    /// The files of each kernel's folder, by name.
    package internal(set) var kernelFiles: [String: [String: KernelFile]] = [:]
    package private(set) var vocabulary = Vocabulary()
    package private(set) var excluded = ExcludedCells()

    package func claim(_ id: ClaimID) -> Claim? {
        guard let finding = findings[id.slug], finding.claims.indices.contains(id.number - 1) else { return nil }
        return finding.claims[id.number - 1]
    }

    /// Resolves the name of a claim: `slug#n`, or only `slug` if the finding has one claim.
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
    /// The values of every condition, in canonical spelling.
    package internal(set) var values: [String: Set<String>] = [:]
    /// The conditions that do not apply to some recorded settings.
    private var partlyApplicable: Set<String> = []
    /// The conditions of each quantity that some claims cover only partly, each with its known values.
    private var partlyCovered: [String: [(condition: String, values: [String])]] = [:]
    /// The conditions over which some claims are averages, sorted.
    package private(set) var averagedConditions: [String] = []
    /// The attributes of values, by condition and value.
    package private(set) var attributes: [String: [String: ConditionValue]] = [:]
    /// Values by condition, attribute name and attribute value: the inverse of `attributes`.
    private var valuesByAttribute: [String: [String: [String: [String]]]] = [:]
    /// The attributes of each value, sorted by name. The array's index is the condition's number in
    /// `recordedConditions`.
    private var recorded: [[String: [(name: String, values: [String])]]] = []
    private var recordedConditions = Numbering()
    package private(set) var generalModels: Set<String> = []
    /// Every pair of a condition without a dot and one of its values. The set is flat: with nested dictionaries,
    /// parallel reads would contend for reference counts.
    private var plainSettings: Set<PlainSetting> = []

    private struct PlainSetting: Hashable {
        var condition: String
        var value: String
    }

    /// Splits the name of a condition: `model.family` is the attribute `family` of `model`.
    package static func split(_ name: String) -> (condition: String, attribute: String?) {
        guard let dot = name.utf8.firstIndex(of: UInt8(ascii: ".")) else { return (name, nil) }
        return (String(name[..<dot]), String(name[name.utf8.index(after: dot)...]))
    }

    package func value(_ slug: String, of condition: String) -> ConditionValue? {
        attributes[condition]?[slug]
    }

    package func attributeNames(of condition: String) -> [String] {
        Array(valuesByAttribute[condition, default: [:]].keys)
    }

    /// Returns the values of `condition` that have one of the given values for an attribute, sorted. `values` must not
    /// contain repeats.
    package func values(of condition: String, having attribute: String, in values: [String]) -> [String] {
        guard let valuesByAttribute = valuesByAttribute[condition]?[attribute] else { return [] }
        return values.flatMap { valuesByAttribute[$0, default: []] }.sorted()
    }

    /// Returns the known values of `condition`, or of an attribute of its values.
    package func knownValues(of condition: String, _ attribute: String?) -> Set<String> {
        guard let attribute else { return values[condition, default: []] }
        return Set(valuesByAttribute[condition, default: [:]][attribute, default: [:]].keys)
    }

    /// Whether a side of a box names a condition, not an attribute, and selects only known values of that condition.
    package func isKnownSelection(_ box: Box, side place: Int) -> Bool {
        guard case .values(let values) = box.sides[place].selection else { return false }
        return values.allSatisfy {
            plainSettings.contains(PlainSetting(condition: box.sides[place].condition.value, value: $0))
        }
    }

    package func isKnown(_ value: String, of condition: String, _ attribute: String?) -> Bool {
        guard let attribute else { return values[condition]?.contains(value) ?? false }
        return valuesByAttribute[condition]?[attribute]?[value] != nil
    }

    mutating func add(_ value: ConditionValue) {
        values[value.condition, default: []].insert(value.slug)
        attributes[value.condition, default: [:]][value.slug] = value
        for (attribute, held) in value.attributes {
            valuesByAttribute[value.condition, default: [:]][attribute, default: [:]][held, default: []].append(
                value.slug)
        }
        let number = recordedConditions.add(value.condition)
        if number == recorded.count { recorded.append([:]) }
        recorded[number][value.slug] = value.attributes.sorted { $0.key < $1.key }.map {
            ("\(value.condition).\($0.key)", [$0.value])
        }
        if value.condition == Condition.model, value.isGeneral { generalModels.insert(value.slug) }
    }

    /// Returns the attributes that all of these values record, sorted by name, each with its values.
    package func recordedAttributes(of values: [String], _ condition: String) -> [(name: String, values: [String])] {
        guard let number = recordedConditions.number(of: condition) else { return [] }
        if values.count == 1 { return recorded[number][values[0]] ?? [] }
        let known = values.compactMap { recorded[number][$0] }
        guard known.count == values.count, let first = known.first else { return [] }
        return first.compactMap { name, _ in
            let held = known.compactMap { attributes in attributes.first { $0.name == name }?.values[0] }
            return held.count == known.count ? (name, Set(held).sorted()) : nil
        }
    }

    /// The title of a model, or its slug if no record describes it.
    package func title(ofModel slug: String) -> String { value(slug, of: Condition.model)?.title ?? slug }

    /// Whether a model is one of the reasoning models that the north star is about.
    package func isGeneral(_ model: String) -> Bool { generalModels.contains(model) }
}

extension LedgerState {
    /// Returns the models about which a question asks: what the nearest question at or above it states.
    package func asks(of question: String) -> Question.Asks {
        var id: String? = question
        while let here = id {
            if let asks = questions[here]?.asks { return asks }
            id = Question.parent(of: here)
        }
        return .either
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
                Array(measurements.keys), Array(traces.keys), Array(codebooks.keys), Array(assumptions.keys),
                Array(vocabulary.conditions.keys), Array(resources.keys),
            ].flatMap(\.self))
    }
}

extension LedgerState {
    /// Collects the records from decoded files, which must be sorted by path.
    package init(_ files: [DecodedFile]) {
        findings.reserveCapacity(files.count)
        var vocabularyRecords: [Record] = []
        var offered: [ReceiptSignature] = []
        for file in files {
            guard let record = file.partialRecord else { continue }
            switch record {
            case .question(let question): questions[question.id] = question
            // Files are sorted by path, so votes are sorted by handle.
            case .vote(let vote): votes[vote.question, default: []].append(vote)
            case .quantity(let quantity): quantities[quantity.slug] = quantity
            case .assumption(let assumption): assumptions[assumption.slug] = assumption
            case .constraint(let constraint): constraints[constraint.slug] = constraint
            case .finding(let finding): findings[finding.slug] = finding
            case .model(let model):
                models[model.slug] = model
                vocabularyRecords.append(record)
            case .measurement(let measurement): measurements[measurement.id] = measurement
            case .receipt(let receipt): receipts.append(receipt)
            case .signature(let signature): offered.append(signature)
            case .trace(let trace): traces[trace.slug] = trace
            case .traceText(let text): traceTexts[text.slug] = text
            case .annotation(let file): annotations[file.content.trace, default: []].append(file)
            case .codebook(let codebook): codebooks[codebook.slug] = codebook
            case .resource(let resource): resources[resource.slug] = resource
            case .kernel(let kernel): kernels[kernel.slug] = kernel
            case .kernelFile(let file): kernelFiles[file.kernel, default: [:]][file.name] = file
            case .condition, .conditionValue: vocabularyRecords.append(record)
            }
        }
        adopt(vocabularyRecords)
        addFitting(offered)
    }

    /// Adds the signatures that fit their receipts.
    private mutating func addFitting(_ offered: [ReceiptSignature]) {
        guard !offered.isEmpty else { return }
        let digests = Dictionary(
            receipts.map { (RecordPlace.receipt(model: $0.folder, name: $0.name), $0.digests) },
            uniquingKeysWith: { first, _ in first })
        let fits = offered.chunks(of: 32).concurrentMap { chunk in
            chunk.map { signature in
                digests[.receipt(model: signature.folder, name: signature.receipt)].map(signature.signature.isValid)
                    ?? false
            }
        }
        for (signature, fits) in zip(offered, fits.flatMap(\.self)) where fits {
            signatures[signature.receipt, default: []].append(signature)
        }
        for number in receipts.indices {
            guard let key = receipts[number].runnerKey else { continue }
            receipts[number].isSigned = signatures[receipts[number].name, default: []].contains {
                $0.folder == receipts[number].folder && $0.signature.key == key
            }
        }
    }

    /// Builds the vocabulary from the records that define it and the settings that records name.
    private mutating func adopt(_ records: [Record]) {
        vocabulary = Vocabulary(records)
        let hasNumbers = vocabulary.conditions.values.contains(where: \.isNumber)
        // In most ledgers, the findings need not be searched.
        let findings = findings.values.filter { hasNumbers || $0.hasSpecialSettings }
        for claim in findings.lazy.flatMap(\.claims) { vocabulary.add(averagedOver: claim.averagedOver.map(\.value)) }
        vocabulary.add(
            namedIn: findings.flatMap { Record.finding($0).boxes } + questions.values.map(\.covers)
                + constraints.values.flatMap { [$0.when, $0.only] })
        vocabulary.addPartlyCoveredConditions(of: quantities.values)
        excluded = ExcludedCells(Array(constraints.values), vocabulary: vocabulary)
    }

    /// Removes the records at some paths. `others` are the remaining records.
    package mutating func removeRecords(at paths: Set<String>, leaving others: [Record]) {
        receipts.removeAll { paths.contains($0.path) }
        questions = questions.filter { !paths.contains(RecordPlace.question(id: $0.key).path) }
        votes = votes.mapValues { votes in
            votes.filter { !paths.contains(RecordPlace.vote(question: $0.question, handle: $0.handle).path) }
        }
        quantities = quantities.filter { !paths.contains(RecordPlace.quantity(slug: $0.key).path) }
        assumptions = assumptions.filter { !paths.contains(RecordPlace.assumption(slug: $0.key).path) }
        constraints = constraints.filter { !paths.contains(RecordPlace.constraint(slug: $0.key).path) }
        models = models.filter { !paths.contains(RecordPlace.model(slug: $0.key).path) }
        measurements = measurements.filter { entry in
            !paths.contains(RecordPlace.measurement(model: entry.value.model, slug: entry.value.slug).path)
                && models[entry.value.model] != nil
        }
        findings = findings.filter { entry in
            !paths.contains(entry.value.path) && entry.value.claims.allSatisfy { quantities[$0.quantity.value] != nil }
        }
        traces = traces.filter { !paths.contains(RecordPlace.trace(slug: $0.key).path) }
        traceTexts = traceTexts.filter { !paths.contains(RecordPlace.traceText(slug: $0.key).path) }
        codebooks = codebooks.filter { !paths.contains(RecordPlace.codebook(slug: $0.key).path) }
        resources = resources.filter { !paths.contains(RecordPlace.resource(slug: $0.key).path) }
        kernels = kernels.filter { !paths.contains(RecordPlace.kernel(slug: $0.key).path) }
        annotations = annotations.compactMapValues { files in
            let left = files.filter { file in
                traces[file.content.trace] != nil && codebooks[file.content.codebook] != nil
                    && !paths.contains(file.path)
            }
            return left.isEmpty ? nil : left
        }
        questions = questions.filter { entry in entry.value.quantity.map { quantities[$0.value] != nil } ?? true }
        adopt(others)
    }
}

extension Vocabulary {
    package init(_ records: [Record]) {
        for record in records {
            switch record {
            case .condition(let condition): add(condition)
            case .conditionValue(let value): add(value)
            case .model(let model): addToyModel(model.slug)
            case .question, .vote, .quantity, .assumption, .constraint, .finding, .measurement, .receipt, .signature,
                .trace, .traceText, .annotation, .codebook, .resource, .kernel, .kernelFile:
                break
            }
        }
        declareOpenConditions()
        for (condition, values) in values where !condition.utf8.contains(UInt8(ascii: ".")) {
            for value in values { plainSettings.insert(PlainSetting(condition: condition, value: value)) }
        }
        for condition in conditions.keys {
            plainSettings.insert(PlainSetting(condition: condition, value: Condition.notApplicable))
        }
    }

    /// Adds the facts that follow only from the settings that records name: the numbers that are values of conditions
    /// with `number: true`, and the conditions that do not apply to some settings.
    mutating func add(namedIn boxes: [Box]) {
        for side in boxes.lazy.flatMap(\.sides) {
            guard case .values(let named) = side.selection, let condition = conditions[side.condition.value] else {
                continue
            }
            if named.contains(Condition.notApplicable) { partlyApplicable.insert(condition.slug) }
            guard condition.isNumber else { continue }
            for value in side.range.map({ [$0.lowerBound.text, $0.upperBound.text] }) ?? named
            where Number(value) != nil {
                values[condition.slug, default: []].insert(value)
                plainSettings.insert(PlainSetting(condition: condition.slug, value: value))
            }
        }
    }

    mutating func add(averagedOver conditions: [String]) {
        guard !conditions.allSatisfy(averagedConditions.contains) else { return }
        averagedConditions = Set(averagedConditions + conditions).sorted()
    }

    /// Returns the known numbers of a condition in a range, in ascending order, and the ends of the range.
    func numbers(of condition: String, in range: ClosedRange<Number>) -> [String] {
        Set(values[condition, default: []].compactMap(Number.init).filter(range.contains))
            .union([range.lowerBound, range.upperBound]).sorted().map(\.text)
    }

    /// Must come after all settings that records name.
    mutating func addPartlyCoveredConditions(of quantities: some Sequence<Quantity>) {
        let conditions = partlyApplicable.union(averagedConditions).sorted().map { ($0, values(of: $0)) }
        guard !conditions.isEmpty else { return }
        for quantity in quantities {
            partlyCovered[quantity.slug] = conditions.filter { quantity.hasCondition($0.0) }
        }
    }

    /// Returns the conditions of a quantity that do not apply to some recorded settings or over which some claims are
    /// averages, each with its known values. A scope that leaves out such a condition covers these values only. Of
    /// other conditions, it covers all values; otherwise a condition that the quantity does not have could keep a claim
    /// out of every conflict.
    func partlyCoveredConditions(of quantity: String) -> [(condition: String, values: [String])] {
        partlyCovered[quantity] ?? []
    }

    private mutating func add(_ condition: Condition) {
        conditions[condition.slug] = condition
        if case .closed(let closed) = condition.values { values[condition.slug] = Set(closed) }
    }

    private mutating func addToyModel(_ slug: String) {
        values[Condition.model, default: []].insert(slug)
    }

    /// Declares each condition that has a folder of values but no file of its own.
    private mutating func declareOpenConditions() {
        for slug in values.keys where conditions[slug] == nil {
            conditions[slug] = Condition(
                slug: slug, title: slug, values: .open(attributes: nil), isOrdered: false, namesSamples: false,
                keyMarks: .none)
        }
    }
}

extension Vocabulary {
    package func values(of condition: String) -> [String] {
        values[condition, default: []].sorted()
    }
}
