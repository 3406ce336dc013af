import Records

/// Which files of a ledger a change of some findings can concern, and which must be at hand to look at those alone.
///
/// It asks for files by path as it finds that it needs them; a path leads to what stood there before and after.
package struct ReportReach {
    /// More is not worth looking at in part.
    private static let fileLimit = 5_000

    package private(set) var quantities: Set<String> = []
    /// Findings whose own lines among the superseded may change.
    package private(set) var findings: Set<String> = []

    private let base: ReportBase
    private let models: Set<String>
    private let read: (String) throws -> DecodedFile?
    private let before: [String: DecodedFile]
    private let after: [String: DecodedFile]
    /// By path, the same before and after.
    private var shared: [String: DecodedFile] = [:]
    private let changedSlugs: Set<String>
    private var named: Set<RecordPlace> = []

    /// `before` and `after` are the changed findings, `vocabulary` all conditions, values, assumptions, toy models and
    /// measurements; `read` gives any other file, nil where there is none. nil where the reach is too wide or cannot be
    /// told.
    package init?(
        before: [DecodedFile], after: [DecodedFile], vocabulary: [DecodedFile], of base: ReportBase,
        read: @escaping (String) throws -> DecodedFile?
    ) throws {
        self.base = base
        self.read = read
        self.before = Dictionary(before.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        self.after = Dictionary(after.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        models = Set(
            vocabulary.compactMap { file in
                if case .model(let slug)? = file.place { slug } else { nil }
            })
        let changed = (before + after).compactMap(\.finding)
        guard changed.count == before.count + after.count else { return nil }
        changedSlugs = Set(changed.map(\.slug))
        for file in vocabulary { shared[file.path] = file }

        for slug in changedSlugs { try loadFindings(named: slug) }
        try follow(changed)
        findings = changedSlugs.union(changed.flatMap { ($0.buildsOn + $0.supersedes).map(\.value) })
        for slug in findings { try loadNamers(of: slug) }
        let superseded = Set(changed.flatMap { $0.supersedes.map(\.value) })
        quantities = Set(
            (changed + all.filter { superseded.contains($0.slug) }).flatMap(\.claims).map(\.quantity.value))
        try linkCaveats(of: changedSlugs.union(superseded))
        guard try close() else { return nil }
        try loadNamedPlaces()
        guard shared.count <= Self.fileLimit else { return nil }
    }

    /// The files of the part before and after.
    package var files: (before: [DecodedFile], after: [DecodedFile]) {
        let rest = Array(shared.values) + named.map { DecodedFile.named($0.path) }
        return (Array(before.values) + rest, Array(after.values) + rest)
    }

    private var changed: [Finding] { (Array(before.values) + after.values).compactMap(\.finding) }
    private var all: [Finding] { changed + shared.values.compactMap(\.finding) }

    private mutating func load(_ path: String) throws {
        guard shared[path] == nil, before[path] == nil, after[path] == nil, let file = try read(path) else { return }
        shared[path] = file
    }

    /// Findings that are called so, or look as if they were.
    private mutating func loadFindings(named slug: String) throws {
        for index in base.findings.indices(withPrefix: findingKey(slug: slug)) { try loadFinding(index) }
    }

    private mutating func loadFinding(_ index: Int) throws {
        let key = base.findings.key(index)
        guard let end = key.utf8.firstIndex(of: UInt8(ascii: "\n")) else { throw UnpackingError() }
        try load(String(key[key.utf8.index(after: end)...]))
    }

    /// Everything that the findings name, and what leads on from there, in which a cycle could close.
    private mutating func follow(_ changed: [Finding]) throws {
        for finding in changed {
            for slug in finding.related + finding.supersedes.map(\.value) + finding.criticised {
                try loadFindings(named: slug)
            }
        }
        var seen: Set<String> = []
        var open = changed.flatMap { ($0.buildsOn + $0.supersedes).map(\.value) }
        while let slug = open.popLast(), shared.count <= Self.fileLimit {
            guard seen.insert(slug).inserted else { continue }
            try loadFindings(named: slug)
            open += all.filter { $0.slug == slug }.flatMap { ($0.buildsOn + $0.supersedes).map(\.value) }
        }
    }

    private mutating func loadNamers(of slug: String) throws {
        for index in base.findings.indices(withPrefix: findingKey(slug: slug)) {
            let row = try base.finding(index)
            for namer in row.superseders + row.critics + row.others { try loadFinding(namer) }
        }
    }

    /// Caveats in findings that come into force or lose it, and those on or shown by a changed one, may set claims against
    /// each other that did not meet before, or no longer do.
    private mutating func linkCaveats(of concerned: Set<String>) throws {
        for finding in all {
            for caveat in finding.caveats where caveat.shownBy != nil {
                guard case .claim = caveat.against,
                    concerned.contains(finding.slug) || !changedSlugs.isDisjoint(with: caveat.findings)
                else { continue }
                for slug in caveat.findings { try loadFindings(named: slug) }
                let claims = all.filter { caveat.findings.contains($0.slug) }.flatMap(\.claims)
                for (number, claim) in claims.enumerated() {
                    for other in claims[..<number]
                    where claim.quantity.value == other.quantity.value || mayLink(claim, other, models: models.contains)
                    {
                        quantities.formUnion([claim.quantity.value, other.quantity.value])
                    }
                }
            }
        }
    }

    /// Takes in all that hangs together with the quantities; false where that is too much.
    private mutating func close() throws -> Bool {
        var open = quantities
        var questions: [String] = []
        var isTesting = false
        while let quantity = open.popFirst() {
            guard shared.count <= Self.fileLimit, base.quantities.index(of: quantity) != nil else { return false }
            quantities.insert(quantity)
            let row = try base.quantity(quantity)
            if row.hasRuns { return false }
            try load(RecordPlace.quantity(slug: quantity).path)
            questions += row.leaves
            open.formUnion(Set(row.linked).subtracting(quantities))
            for index in row.findings {
                try loadFinding(index)
                let row = try base.finding(index)
                for superseder in row.superseders { try loadFinding(superseder) }
                for critic in row.critics {
                    try loadFinding(critic)
                    // A critic that is superseded is silent.
                    for superseder in try base.finding(critic).superseders { try loadFinding(superseder) }
                }
            }
            guard row.isTesting, !isTesting else { continue }
            isTesting = true
            questions += base.testingQuestions
            open.formUnion(try base.testingQuantities().subtracting(quantities))
        }
        var seen: Set<String> = []
        while let id = questions.popLast() {
            guard seen.insert(id).inserted else { continue }
            let path = RecordPlace.question(id: id).path
            try load(path)
            if case .question(let question)? = shared[path]?.record { questions += question.parents }
        }
        return true
    }

    /// What unchanged records name exists: their ledger had no error.
    private mutating func loadNamedPlaces() throws {
        let slugs = Set(all.map(\.slug))
        for record in shared.values.compactMap(\.record) {
            for place in record.namedPlaces {
                switch place {
                case .finding(let slug):
                    if !slugs.contains(slug), !changedSlugs.contains(slug) { named.insert(place) }
                case .question, .quantity: if shared[place.path] == nil { named.insert(place) }
                case .vote, .condition, .conditionValue, .assumption, .model, .measurement, .receipt: break
                }
            }
        }
    }
}

extension DecodedFile {
    fileprivate var finding: Finding? {
        if case .finding(let finding)? = record { finding } else { nil }
    }
}

extension ReportBase {
    /// Quantities on whose claims it hangs what becomes of the assumptions that questions test.
    func testingQuantities() throws(UnpackingError) -> Set<String> {
        var testing: Set<String> = []
        for index in 0..<quantities.count {
            var reader = quantities.values.reader(index)
            if try reader.quantityRow().isTesting { testing.insert(quantities.key(index)) }
        }
        return testing
    }
}
