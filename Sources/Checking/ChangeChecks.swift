import KernelInterface
import Records

/// One file that a change of a ledger adds, replaces or removes.
package struct FileChange: Sendable {
    package var before: DecodedFile?
    package var after: DecodedFile?

    package init(before: DecodedFile?, after: DecodedFile?) {
        self.before = before
        self.after = after
    }
}

/// The ledger that a change leads to, asked for single files.
package protocol ChangedLedger {
    /// nil where nothing stands at the path.
    func file(at path: String) throws -> DecodedFile?
    /// Paths of records whose names are the same or look alike, a few too many at worst.
    func paths(namedLike place: RecordPlace) throws -> [String]
    /// Paths of the values of an open condition.
    func valuePaths(of condition: String) throws -> [String]
}

/// Whether a change surely brings no error that the ledger did not have; false where only a look at all of it can tell.
///
/// Records that only come in, and findings that keep the claims which others may name, cannot make an unchanged record
/// wrong. They are checked beside those that they name; what those name in turn is taken to be there.
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
    /// Where a record stands: a finding's folder is free.
    fileprivate func paths(of place: RecordPlace) throws -> [String] {
        guard case .finding = place else { return [place.path] }
        return try paths(namedLike: place).filter { RecordPlace(path: $0) == place }
    }
}

extension FileChange {
    /// A notebook, which is only warned of.
    fileprivate var isIgnorable: Bool {
        guard let after, after.place == nil else { return false }
        return after.diagnostics.allSatisfy { $0.severity != .error }
    }

    fileprivate func cannotBreakOthers(_ ledger: some ChangedLedger) throws -> Bool {
        guard let after, let place = after.place else { return false }
        switch (place, before?.record, after.record) {
        case (.finding, .finding(let old)?, .finding(let new)?):
            // A second claim makes the bare slug ambiguous where others name it.
            return old.claims.count <= new.claims.count && (old.claims.count > 1 || new.claims.count == 1)
        case (.condition(let slug), nil, _):
            // A folder of values is a condition already, and a file beside it may refuse some of them.
            return try before == nil && ledger.valuePaths(of: slug).isEmpty
        case (_, nil, _):
            return before == nil
        default:
            return false
        }
    }
}

/// What changed records are checked beside.
private struct ReferencedRecords {
    private var read: [String: DecodedFile] = [:]
    /// What the changed records name, there or not.
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

    /// Sorted by path, so that what is checked does not hang on a table's order.
    var files: [DecodedFile] {
        let beyond = Set(read.values.flatMap { $0.record?.namedPlaces ?? [] }).subtracting(named)
        return read.values.sorted { $0.path < $1.path }
            + beyond.filter { !isLoaded($0) }.map(\.path).sorted().map(DecodedFile.placeholder)
    }

    /// Read itself, or, named as a model, read as the value that it is.
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

    /// What a record depends on without naming it.
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
            // A condition without a file of its own is declared by any of its values.
            let isDeclared = read[RecordPlace.condition(slug: condition).path] != nil
            guard attribute != nil || !isDeclared else { continue }
            let values = try ledger.valuePaths(of: condition)
            for path in attribute == nil ? values.prefix(1) : values[...] { try load(path: path, ledger) }
        }
    }

    /// Everything that a chain of findings leads on to, in which a cycle could close.
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
