/// What a check of the whole ledger tells anew after some findings have changed.
public struct PartialCheck: Sendable {
    /// Of the files that are told of anew; what was told of others stands.
    public var paths: Set<String>
    /// Without what only runs tell.
    public var diagnostics: [Diagnostic]
    /// How many more findings and claims there are.
    public var moreFindings: Int
    public var moreClaims: Int
    /// A look at the part, for what depends on its runs.
    public var ledger: CheckedLedger
}

/// Checks changed findings beside all that they can concern; nil where that is too much, where anything else changed, or
/// where something is wrong: then only a look at everything knows which name was meant.
///
/// `changes` are the files as they are now by path, nil where one is gone. `rows` are those of the ledger before, which had
/// no error. `file` tells what stands at another path, and `vocabulary` is all conditions, values, assumptions, toy models
/// and measurements.
public func partialCheck(
    of changes: [String: DecodedFile?], vocabulary: [DecodedFile], kernels: [KernelDescription], today: String,
    rows: @escaping (CheckRow) throws -> [String], file: @escaping (String) throws -> DecodedFile?
) throws -> PartialCheck? {
    for (path, file) in changes {
        guard case .finding? = RecordPlace(path: path) else { return nil }
        if let file, file.finding == nil || file.diagnostics.contains(where: { $0.severity == .error }) { return nil }
    }
    let before = try changes.keys.compactMap { path in try SaidBefore(rows(.said(path: path))) }
    var reach = CheckReach(changes: changes, vocabulary: vocabulary, rows: rows, file: file)
    guard let told = try reach.close(before) else { return nil }
    let ledger = check(reach.files(telling: told), kernels: kernels, today: today)
    guard !ledger.hasErrors else { return nil }
    let after = changes.values.compactMap { $0?.finding }
    return PartialCheck(
        paths: told, diagnostics: ledger.diagnostics.filter { told.contains($0.path) },
        moreFindings: after.count - before.count,
        moreClaims: after.reduce(0) { $0 + $1.claims.count } - before.reduce(0) { $0 + $1.claimCount }, ledger: ledger)
}

extension Finding {
    fileprivate var quantities: [String] { claims.map(\.quantity.value) }
}

extension DecodedFile {
    fileprivate var finding: Finding? {
        if case .finding(let finding)? = record { finding } else { nil }
    }
}

private struct CheckReach {
    /// More is not worth looking at in part.
    private static let fileLimit = 5_000

    private let rows: (CheckRow) throws -> [String]
    private let file: (String) throws -> DecodedFile?
    private let changes: [String: DecodedFile?]
    /// By path; nil where nothing stands there now.
    private var read: [String: DecodedFile?]

    init(
        changes: [String: DecodedFile?], vocabulary: [DecodedFile], rows: @escaping (CheckRow) throws -> [String],
        file: @escaping (String) throws -> DecodedFile?
    ) {
        (self.changes, self.rows, self.file) = (changes, rows, file)
        read = Dictionary(vocabulary.map { ($0.path, .some($0)) }, uniquingKeysWith: { first, _ in first })
        read.merge(changes) { $1 }
    }

    /// Everything that was read, and by name what that names besides. What the findings told of name has been looked for.
    func files(telling told: Set<String>) -> [DecodedFile] {
        let found = read.values.compactMap(\.self)
        func named(_ files: [DecodedFile]) -> Set<RecordPlace> { Set(files.flatMap { $0.record?.namedPlaces ?? [] }) }
        let beyond = named(found.filter { !told.contains($0.path) })
            .subtracting(named(found.filter { told.contains($0.path) })).subtracting(found.compactMap(\.place))
        return found + beyond.map { DecodedFile.named($0.path) }
    }

    private var findings: [Finding] { read.values.compactMap { $0?.finding } }

    /// Reads all that the changed findings can concern; the paths of those to be told of anew, nil where it is too much.
    mutating func close(_ before: [SaidBefore]) throws -> Set<String>? {
        let slugs = Set(changes.keys.compactMap { RecordPlace(path: $0)?.name })
        let now = changes.values.compactMap { $0?.finding }
        let relatives = try before.flatMap(\.relatives).flatMap { try findingsNamed($0) }
        let family = try families(of: now + relatives)
        var told = Set(changes.keys)
        for slug in slugs {
            told.formUnion(try load(rows(.naming(slug: slug))).map(\.path))
            guard let key = RecordPlace.finding(slug: slug).nameKey else { continue }
            told.formUnion(try load(rows(.named(key))).map(\.path))
        }
        let quantities = Set(before.flatMap(\.quantities)).union(family.flatMap(\.quantities))
        told.formUnion(try findings(on: quantities).map(\.path))
        guard read.count <= Self.fileLimit else { return nil }
        // Those to be told of are held against all others on their quantities.
        let again = findings.filter { told.contains($0.path) }
        _ = try families(of: findings(on: Set(again.flatMap(\.quantities))))
        try loadNamed(by: again)
        return read.count <= Self.fileLimit ? told : nil
    }

    private mutating func findings(on quantities: Set<String>) throws -> [Finding] {
        var found: [Finding] = []
        for quantity in quantities.sorted() {
            found += try load(rows(.claiming(quantity: quantity)))
            try load(path: RecordPlace.quantity(slug: quantity).path)
            for path in try rows(.asking(quantity: quantity)) { try load(path: path) }
        }
        return found
    }

    /// All that `same_as` and `supersedes` connect with some findings, themselves included.
    private mutating func families(of findings: [Finding]) throws -> [Finding] {
        var family = findings
        var seen = Set(findings.map(\.slug))
        var open = findings
        while let finding = open.popLast(), read.count <= Self.fileLimit {
            let related =
                try (finding.sameAs + finding.supersedes).map(\.value).flatMap { try findingsNamed($0) }
                + load(rows(.naming(slug: finding.slug))).filter { other in
                    (other.sameAs + other.supersedes).contains { $0.value == finding.slug }
                }
            for other in related where seen.insert(other.slug).inserted {
                family.append(other)
                open.append(other)
            }
        }
        return family
    }

    private mutating func findingsNamed(_ slug: String) throws -> [Finding] {
        guard let key = RecordPlace.finding(slug: slug).nameKey else { return [] }
        // One that has come only now is in no row.
        let new = changes.values.compactMap { $0?.finding }.filter { $0.slug == slug }
        return try load(rows(.named(key))).filter { $0.slug == slug } + new
    }

    /// What findings name, and what leads on from there, in which a cycle could close.
    private mutating func loadNamed(by findings: [Finding]) throws {
        for finding in findings {
            for slug in finding.namedFindings { _ = try findingsNamed(slug) }
        }
        var open = findings.flatMap { ($0.buildsOn + $0.supersedes).map(\.value) }
        var seen: Set<String> = []
        while let slug = open.popLast(), read.count <= Self.fileLimit {
            guard seen.insert(slug).inserted else { continue }
            open += try findingsNamed(slug).flatMap { ($0.buildsOn + $0.supersedes).map(\.value) }
        }
    }

    private mutating func load(_ paths: [String]) throws -> [Finding] {
        for path in paths { try load(path: path) }
        return paths.compactMap { read[$0]??.finding }
    }

    private mutating func load(path: String) throws {
        if read[path] == nil { read[path] = .some(try file(path)) }
    }
}
