import Checking
import KernelInterface
import Records
import YAML

/// What a check of the whole ledger tells anew after some findings have changed.
package struct PartialCheck: Sendable {
    /// A look at the part of the ledger that the change can concern.
    package var ledger: CheckedLedger
    /// How many more findings and claims there are.
    package var moreFindings: Int
    package var moreClaims: Int
    let reach: ToldAnew

    /// Whether it is told anew, so that what was told before no longer stands.
    package func replaces(_ diagnostic: Diagnostic) -> Bool { reach.contains(diagnostic) }

    /// All that is told anew, without what only runs tell.
    package var diagnostics: [Diagnostic] { ledger.diagnostics.filter(replaces) }

    /// Of every file that something is told of anew.
    package var paths: Set<String> { reach.files.union(reach.sources).union(reach.claims.map(\.path)) }
}

/// Which diagnostics a change of findings can concern.
struct ToldAnew: Sendable {
    struct ClaimPlace: Hashable {
        var path: String
        var mark: Mark
    }

    /// The changed files: everything on them.
    var files: Set<String>
    /// Claims on the quantities of the change: whether others say the same.
    var claims: Set<ClaimPlace> = []
    /// Findings with such claims: whether others have their source.
    var sources: Set<String> = []

    func contains(_ diagnostic: Diagnostic) -> Bool {
        if files.contains(diagnostic.path) { return true }
        switch diagnostic.code {
        case .likelyDuplicate, .sameClaim, .plannedTwice, .alreadyDone:
            return claims.contains(ClaimPlace(path: diagnostic.path, mark: diagnostic.mark))
        case .sourceTwice: return sources.contains(diagnostic.path)
        // All others are of a file by itself and of what it names.
        default: return false
        }
    }
}

/// Checks changed findings beside all that they can concern; nil where that is too much, where anything else changed, or
/// where something is wrong: then only a look at everything knows which name was meant.
///
/// `changes` are the files as they are now by path, nil where one is gone. `rows` are those of the ledger before, which had
/// no error, and `told` what was told of it. `files` says what stands at each of some other paths, in their order, nil where
/// nothing does, and `vocabulary` is all conditions, values, assumptions, toy models and measurements.
package func partialCheck(
    of changes: [String: DecodedFile?], told: [Diagnostic], vocabulary: [DecodedFile], kernels: [KernelDescription],
    today: String, rows: @escaping (CheckRow) throws -> [String], files: @escaping ([String]) throws -> [DecodedFile?]
) throws -> PartialCheck? {
    for (path, file) in changes {
        guard case .finding? = RecordPlace(path: path) else { return nil }
        if let file, file.finding == nil || file.diagnostics.contains(where: { $0.severity == .error }) { return nil }
    }
    let before = try changes.keys.compactMap { path in try rows(.said(path: path)).first.flatMap(SaidBefore.init) }
    var reach = CheckReach(changes: changes, vocabulary: vocabulary, rows: rows, files: files)
    let withSources = Set(told.filter { $0.code == .sourceTwice }.map(\.path))
    guard let anew = try reach.close(before, toldOfSources: withSources) else { return nil }
    let ledger = check(reach.files, kernels: kernels, today: today)
    guard !ledger.hasErrors else { return nil }
    let after = changes.values.compactMap { $0?.finding }
    return PartialCheck(
        ledger: ledger, moreFindings: after.count - before.count,
        moreClaims: after.reduce(0) { $0 + $1.claims.count } - before.reduce(0) { $0 + $1.claimCount }, reach: anew)
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
    private let filesAt: ([String]) throws -> [DecodedFile?]
    private let changes: [String: DecodedFile?]
    /// By path; nil where nothing stands there now.
    private var read: [String: DecodedFile?]
    /// Those that name a changed finding: what they name of it must still be there.
    private var namers: Set<String> = []

    init(
        changes: [String: DecodedFile?], vocabulary: [DecodedFile], rows: @escaping (CheckRow) throws -> [String],
        files: @escaping ([String]) throws -> [DecodedFile?]
    ) {
        (self.changes, self.rows, filesAt) = (changes, rows, files)
        read = Dictionary(vocabulary.map { ($0.path, .some($0)) }, uniquingKeysWith: { first, _ in first })
        read.merge(changes) { $1 }
    }

    /// Everything that was read, and by name the findings, questions and quantities that it names besides: those that
    /// changed files and their namers name have been looked for, and all other kinds were read as a whole.
    var files: [DecodedFile] {
        let found = read.values.compactMap(\.self)
        let looked = namers.union(changes.keys)
        func named(_ files: [DecodedFile]) -> Set<RecordPlace> { Set(files.flatMap { $0.record?.namedPlaces ?? [] }) }
        let beyond = named(found.filter { !looked.contains($0.path) })
            .subtracting(named(found.filter { looked.contains($0.path) })).subtracting(found.compactMap(\.place))
            .filter { place in
                switch place {
                case .finding, .question, .quantity: true
                case .vote, .condition, .conditionValue, .assumption, .model, .measurement, .receipt: false
                }
            }
        return found + beyond.map { DecodedFile.named($0.path) }
    }

    /// Reads all that the changed findings can concern; nil where it is too much.
    mutating func close(_ before: [SaidBefore], toldOfSources: Set<String>) throws -> ToldAnew? {
        let now = changes.values.compactMap { $0?.finding }
        for slug in Set(changes.keys.compactMap { RecordPlace(path: $0)?.name }) {
            namers.formUnion(try load(rows(.naming(slug: slug))).map(\.path))
            if let key = RecordPlace.finding(slug: slug).nameKey { try load(rows(.named(key))) }
        }
        let relatives = try findings(named: before.flatMap(\.relatives))
        let family = try families(of: now + relatives)
        let quantities = Set(before.flatMap(\.quantities)).union(family.flatMap(\.quantities))
        let beside = try findings(on: quantities)
        // What is told of a source is told over all quantities of a finding.
        let others = beside.filter { toldOfSources.contains($0.path) }
        _ = try families(of: beside + findings(on: Set(others.flatMap(\.quantities))))
        try loadNamed(by: now + read.values.compactMap { $0?.finding }.filter { namers.contains($0.path) })
        guard read.count <= Self.fileLimit else { return nil }
        let claims = (beside + now).flatMap { finding in
            finding.claims.filter { quantities.contains($0.quantity.value) }.map {
                ToldAnew.ClaimPlace(path: finding.path, mark: $0.mark)
            }
        }
        return ToldAnew(files: Set(changes.keys), claims: Set(claims), sources: Set(beside.map(\.path)))
    }

    private mutating func findings(on quantities: Set<String>) throws -> [Finding] {
        var found: [Finding] = []
        for quantity in quantities.sorted() where read.count <= Self.fileLimit {
            found += try load(rows(.claiming(quantity: quantity)))
            try load([RecordPlace.quantity(slug: quantity).path] + rows(.asking(quantity: quantity)))
        }
        return found
    }

    /// All that `same_as` and `supersedes` connect with some findings, themselves included.
    private mutating func families(of findings: [Finding]) throws -> [Finding] {
        var family = findings
        var seen = Set(findings.map(\.slug))
        var open = findings
        while !open.isEmpty, read.count <= Self.fileLimit {
            let related = try load(open.flatMap { try rows(.related(slug: $0.slug)) })
            let named = try self.findings(named: open.flatMap { ($0.sameAs + $0.supersedes).map(\.value) })
            open = (related + named).filter { seen.insert($0.slug).inserted }
            family += open
        }
        return family
    }

    private mutating func findings(named slugs: [String]) throws -> [Finding] {
        let slugs = Set(slugs)
        let keys = Set(slugs.compactMap { RecordPlace.finding(slug: $0).nameKey })
        // One that has come only now is in no row.
        let new = changes.values.compactMap { $0?.finding }
        return (try load(keys.sorted().flatMap { try rows(.named($0)) }) + new).filter { slugs.contains($0.slug) }
    }

    /// What findings name, and what leads on from there, in which a cycle could close.
    private mutating func loadNamed(by findings: [Finding]) throws {
        try load(findings.flatMap(\.quantities).map { RecordPlace.quantity(slug: $0).path })
        _ = try self.findings(named: findings.flatMap(\.namedFindings))
        var seen: Set<String> = []
        var open = findings
        while !open.isEmpty, read.count <= Self.fileLimit {
            let next = open.flatMap { ($0.buildsOn + $0.supersedes).map(\.value) }.filter { seen.insert($0).inserted }
            open = try self.findings(named: next)
        }
    }

    /// Those that are findings; of too many only as many as show that.
    @discardableResult
    private mutating func load(_ paths: [String]) throws -> [Finding] {
        let missing = Set(paths.filter { read[$0] == nil }).sorted().prefix(max(0, Self.fileLimit + 1 - read.count))
        for (path, file) in zip(missing, try filesAt(Array(missing))) { read[path] = .some(file) }
        return paths.compactMap { read[$0]??.finding }
    }
}
