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

/// Access to individual files of a ledger after a change.
package protocol ChangedLedger {
    /// Returns nil if there is no file at the path.
    func file(at path: String) throws -> DecodedFile?
    /// Returns the paths of all records with an equal or similar name. The result may include paths of other records.
    func paths(namedLike place: RecordPlace) throws -> [String]
    /// Returns the paths of the files in a folder.
    func paths(in folder: String) throws -> [String]
}

/// Returns true if the changes cannot add an error. Returns false if only a check of the whole ledger can decide this.
///
/// An added record cannot break unchanged records, and neither can a changed finding if all references to its claims
/// remain valid. The changed records are checked together with the records that they reference, and changed findings
/// also with all constraints. References inside the referenced records are assumed to be valid.
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
    /// Returns the paths of an open condition's values.
    fileprivate func valuePaths(of condition: String) throws -> [String] {
        try paths(in: "Claims/vocabulary/conditions/\(condition)")
    }

    /// Returns the paths of a record. A finding may be in any folder.
    fileprivate func paths(of place: RecordPlace) throws -> [String] {
        guard case .finding = place else { return [place.path] }
        return try paths(namedLike: place).filter { RecordPlace(path: $0) == place }
    }
}

extension FileChange {
    /// Whether the file is a notebook, which causes no error.
    fileprivate var isIgnorable: Bool {
        guard let after, after.place == nil else { return false }
        return after.diagnostics.allSatisfy { $0.severity != .error }
    }

    fileprivate func cannotBreakOthers(_ ledger: some ChangedLedger) throws -> Bool {
        guard let after, let place = after.place else { return false }
        switch (place, before?.record, after.record) {
        case (.finding, .finding(let old)?, .finding(let new)?):
            // If a second claim is added, other records can no longer reference the first claim by the slug alone.
            return old.claims.count <= new.claims.count && (old.claims.count > 1 || new.claims.count == 1)
                && new.keepsPromises(of: old)
        case (.constraint, _, _):
            // Any claim could have been tested at a cell that the constraint excludes.
            return false
        case (.condition(let slug), nil, _):
            // A folder of values defines a condition even without a condition file. A new condition file could reject
            // some of these values.
            return try before == nil && ledger.valuePaths(of: slug).isEmpty
        case (_, nil, _):
            return before == nil
        default:
            return false
        }
    }
}

extension Finding {
    /// Whether the references of other findings stay valid: this finding still supersedes these findings, and its
    /// claims have no further assumption and no other verifier.
    fileprivate func keepsPromises(of old: Finding) -> Bool {
        Set(old.supersedes.map(\.value)).isSubset(of: supersedes.map(\.value))
            && zip(old.claims, claims).allSatisfy { old, new in
                Set(new.assumes.map(\.value)).isSubset(of: old.assumes.map(\.value))
                    && (new.verify == nil || new.verify?.value == old.verify?.value)
            }
    }
}

/// The records that changed records reference.
private struct ReferencedRecords {
    private var read: [String: DecodedFile] = [:]
    /// The places that the changed records reference, whether or not a record exists there.
    private var named: Set<RecordPlace> = []

    init(of changed: [DecodedFile], in ledger: some ChangedLedger) throws {
        for file in changed { read[file.path] = file }
        var records = changed.compactMap(\.record)
        let hasFinding = records.contains { if case .finding = $0 { true } else { false } }
        for path in hasFinding ? try ledger.paths(in: "Claims/vocabulary/constraints") : [] {
            try load(path: path, ledger)
            if let constraint = read[path]?.record { records.append(constraint) }
        }
        for record in records {
            for place in record.namedPlaces { try load(place, ledger) }
            try loadImpliedPlaces(of: record, ledger)
        }
        try followChains(ledger)
        for file in changed { read[file.path] = nil }
    }

    /// The records that have been read, sorted by path so that results are reproducible. They are followed by
    /// placeholders for the records that only they reference.
    var files: [DecodedFile] {
        let beyond = Set(read.values.flatMap { $0.record?.namedPlaces ?? [] }).subtracting(named)
        return read.values.sorted { $0.path < $1.path }
            + beyond.filter { !isLoaded($0) }.map(\.path).sorted().map(DecodedFile.placeholder)
    }

    /// Whether a record has been read. A model may have been read as a condition value.
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

    /// Loads the records on which a record depends without a reference to them.
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
            // A single value is enough to declare a condition that has no file.
            let isDeclared = read[RecordPlace.condition(slug: condition).path] != nil
            guard attribute != nil || !isDeclared else { continue }
            let values = try ledger.valuePaths(of: condition)
            for path in attribute == nil ? values.prefix(1) : values[...] { try load(path: path, ledger) }
        }
    }

    /// Loads complete chains of findings, because a changed finding could close a cycle in a chain.
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
