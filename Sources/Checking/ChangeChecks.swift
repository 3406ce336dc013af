import KernelInterface
import Records

/// One file that is added, replaced or removed.
package struct FileChange: Sendable {
    package var before: DecodedFile?
    package var after: DecodedFile?

    package init(before: DecodedFile?, after: DecodedFile?) {
        self.before = before
        self.after = after
    }
}

/// Access to single files of the ledger after a change.
package protocol ChangedLedger {
    /// Returns nil if there is no file at the path.
    func file(at path: String) throws -> DecodedFile?
    /// Returns the paths of records with equal or similar names; may include others.
    func paths(namedLike place: RecordPlace) throws -> [String]
    /// Returns the paths of an open condition's values.
    func valuePaths(of condition: String) throws -> [String]
}

/// Returns true if a change cannot add an error; false if only a check of the whole ledger can decide.
///
/// Added records, and changed findings whose claims can still be referenced, cannot break unchanged records. They are
/// checked together with the records they reference; further references are assumed to resolve.
package func certainlyAddsNoError(
    _ changes: [FileChange], to ledger: some ChangedLedger, kernels: [KernelDescription], today: String
) throws -> Bool {
    let changes = changes.filter { !$0.isIgnorable }
    guard try changes.allSatisfy({ try $0.cannotBreakOthers(ledger) }) else { return false }
    let changed = changes.compactMap(\.after)
    guard changed.allSatisfy({ $0.record != nil && $0.diagnostics.allSatisfy { $0.severity != .error } }) else {
        return false
    }
    for change in changes where change.before == nil {
        guard let file = change.after, let place = file.place else { return false }
        guard try ledger.paths(namedLike: place).allSatisfy({ $0 == file.path }) else { return false }
    }
    let context = try ReferencedRecords(of: changed, in: ledger)
    return !check(changed + context.files, kernels: kernels, today: today, depth: .errors).hasErrors
}

extension ChangedLedger {
    /// Returns the paths of a record; findings may be in any folder.
    fileprivate func paths(of place: RecordPlace) throws -> [String] {
        guard case .finding = place else { return [place.path] }
        return try paths(namedLike: place).filter { RecordPlace(path: $0) == place }
    }
}

extension FileChange {
    /// Whether it is a notebook, which gives only a warning.
    fileprivate var isIgnorable: Bool {
        guard let after, after.place == nil else { return false }
        return after.diagnostics.allSatisfy { $0.severity != .error }
    }

    fileprivate func cannotBreakOthers(_ ledger: some ChangedLedger) throws -> Bool {
        guard let after, let place = after.place else { return false }
        switch (place, before?.record, after.record) {
        case (.finding, .finding(let old)?, .finding(let new)?):
            // A second claim makes the bare slug ambiguous in other records.
            return old.claims.count <= new.claims.count && (old.claims.count > 1 || new.claims.count == 1)
        case (.condition(let slug), nil, _):
            // A folder of values is already a condition, and its new file could reject some of them.
            return try before == nil && ledger.valuePaths(of: slug).isEmpty
        case (_, nil, _):
            return before == nil
        default:
            return false
        }
    }
}

/// The records that changed records reference.
private struct ReferencedRecords {
    private var read: [String: DecodedFile] = [:]
    /// Places that the changed records reference, existing or not.
    private var named: Set<RecordPlace> = []

    init(of changed: [DecodedFile], in ledger: some ChangedLedger) throws {
        for file in changed { read[file.path] = file }
        for record in changed.compactMap(\.record) {
            for place in record.namedPlaces { try load(place, ledger) }
            try loadImpliedPlaces(of: record, ledger)
        }
        try followChains(ledger)
        for file in changed { read[file.path] = nil }
    }

    /// Sorted by path, for reproducible results.
    var files: [DecodedFile] {
        let beyond = Set(read.values.flatMap { $0.record?.namedPlaces ?? [] }).subtracting(named)
        return read.values.sorted { $0.path < $1.path }
            + beyond.filter { !isLoaded($0) }.map(\.path).sorted().map(DecodedFile.placeholder)
    }

    /// Whether a record has been read; a model may be read as a condition value.
    private func isLoaded(_ place: RecordPlace) -> Bool {
        if case .model(let slug) = place,
            read[RecordPlace.conditionValue(condition: Condition.model, slug: slug).path] != nil
        {
            return true
        }
        return read[place.path] != nil
    }

    private mutating func load(_ place: RecordPlace, _ ledger: some ChangedLedger) throws {
        guard named.insert(place).inserted else { return }
        for path in try ledger.paths(of: place) { try load(path: path, ledger) }
    }

    private mutating func load(path: String, _ ledger: some ChangedLedger) throws {
        if read[path] == nil, let file = try ledger.file(at: path) { read[path] = file }
    }

    /// Loads what a record depends on without a reference.
    private mutating func loadImpliedPlaces(of record: Record, _ ledger: some ChangedLedger) throws {
        switch record {
        case .conditionValue(let value) where value.condition == Condition.model:
            try load(.model(slug: value.slug), ledger)
        case .model(let model):
            try load(.conditionValue(condition: Condition.model, slug: model.slug), ledger)
        default: break
        }
        for side in record.boxes.flatMap(\.sides) {
            let (condition, attribute) = Vocabulary.split(side.condition.value)
            // Any value declares a condition without a file.
            let isDeclared = read[RecordPlace.condition(slug: condition).path] != nil
            guard attribute != nil || !isDeclared else { continue }
            let values = try ledger.valuePaths(of: condition)
            for path in attribute == nil ? values.prefix(1) : values[...] { try load(path: path, ledger) }
        }
    }

    /// Loads whole chains of findings, which could close a cycle.
    private mutating func followChains(_ ledger: some ChangedLedger) throws {
        var open = read.values.compactMap(\.record)
        var seen: Set<RecordPlace> = []
        while let record = open.popLast() {
            guard case .finding(let finding) = record else { continue }
            for name in finding.buildsOn + finding.supersedes {
                let place = RecordPlace.finding(slug: name.value)
                guard seen.insert(place).inserted else { continue }
                try load(place, ledger)
                open += try ledger.paths(of: place).compactMap { read[$0]?.record }
            }
        }
    }
}
