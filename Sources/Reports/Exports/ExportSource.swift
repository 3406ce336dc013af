import Checking
import Evidence
import Records
import Words

/// A file of an export, with its path below the export's folder.
package struct ExportedFile: Sendable {
    package var path: String
    package var bytes: [UInt8]

    package init(_ path: String, _ bytes: [UInt8]) { (self.path, self.bytes) = (path, bytes) }
}

/// One commit of a ledger, as exports describe it. Equal sources give equal bytes.
package struct ExportSource: Sendable {
    package var ledger: CheckedLedger
    package var evidence: Evidence
    package var name: String
    package var commit: String
    /// The date of the commit, such as `2026-11-30`.
    package var date: String
    /// The address of the ledger on the web, such as `https://github.com/lab/ledger`.
    package var address: String?
    /// The licence of the records, as an address.
    package var licence: String?

    package init(
        ledger: CheckedLedger, evidence: Evidence, name: String, commit: String, date: String, address: String?,
        licence: String?
    ) {
        (self.ledger, self.evidence, self.name) = (ledger, evidence, name)
        (self.commit, self.date, self.address) = (commit, date, address)
        self.licence = licence
    }

    var state: LedgerState { ledger.state }

    /// The findings that are published and not retracted, in the order of their slugs.
    var findings: [Finding] {
        state.findings.values.filter { !$0.isPlanned && $0.retracted == nil }.sorted { $0.slug < $1.slug }
    }

    /// All contributors of findings, toy models and kernels, without repeats.
    var contributors: [String] {
        var people = Set(state.findings.values.flatMap(\.contributors))
        people.formUnion(state.models.values.flatMap(\.contributors))
        people.formUnion(state.kernels.values.flatMap(\.contributors))
        return people.sorted()
    }

    var title: String { "\(name): a ledger of claims about reasoning models" }

    var summary: String {
        let claims = state.findings.values.reduce(0) { $0 + $1.claims.count }
        return
            "\(counted(state.findings.count, "finding")) with \(counted(claims, "claim")) and \(counted(state.receipts.count, "receipt")) of runs, at commit \(commit)"
    }

    /// The address of a file at the exported commit. nil if the ledger has no address.
    func address(ofFile path: String) -> String? {
        address.map { "\($0)/blob/\(commit)/\(percentEncoded(path, keeping: UInt8(ascii: "/")))" }
    }

    /// A claim in one sentence, such as `board-linearity is linear; model: othello-gpt`.
    func sentence(_ claim: Claim) -> String {
        let settings = claim.testedPhrases.joined(separator: "; ")
        return "\(claim.quantity.value) is \(state.valueText(claim))" + (settings.isEmpty ? "" : " at \(settings)")
    }
}

/// The formats in which a ledger can be exported.
package enum LedgerExport: String, Sendable, CaseIterable {
    case csv, citation, croissant, nanopublications
    case inToto = "in-toto"
    case roCrate = "ro-crate"

    package var summary: String {
        switch self {
        case .csv: "tables of claims, runs and sources"
        case .citation: "CITATION.cff, and BibTeX entries of the findings"
        case .croissant: "all runs as a dataset with Croissant metadata"
        case .nanopublications: "one nanopublication for each claim"
        case .inToto: "all receipts as in-toto statements"
        case .roCrate: "a research object with the records, and a process run for each receipt"
        }
    }

    /// Whether the format has to name the licence of what it contains.
    package var needsLicence: Bool { [.croissant, .nanopublications, .roCrate].contains(self) }
    /// Whether the format names its content by addresses on the web.
    package var needsAddress: Bool { [.croissant, .nanopublications].contains(self) }

    /// Returns the files of the export. `records` are the ledger's own files.
    package func files(of source: ExportSource, records: [ExportedFile]) throws -> [ExportedFile] {
        switch self {
        case .csv: source.tables
        case .citation: source.citations
        case .croissant: source.croissant
        case .nanopublications: source.nanopublications
        case .inToto: try source.statements
        case .roCrate: source.crate(records)
        }
    }
}

/// A value of JSON. The members of objects are written in the order of their names.
indirect enum JSONTree: JSONWritable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    case text(String)
    case number(Int)
    case flag(Bool)
    case list([JSONTree])
    case object([String: JSONTree])

    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .number(value) }
    init(booleanLiteral value: Bool) { self = .flag(value) }
    init(arrayLiteral elements: JSONTree...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, JSONTree)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { first, _ in first }))
    }

    func write(to json: inout JSONWriter) {
        switch self {
        case .text(let text): json.text(text)
        case .number(let number): json.number("\(number)")
        case .flag(let flag): json.number("\(flag)")
        case .list(let values): values.write(to: &json)
        case .object(let members): members.write(to: &json)
        }
    }

    /// A reference to a node of JSON-LD.
    static func node(_ id: String) -> JSONTree { ["@id": .text(id)] }

    /// References to nodes of JSON-LD: a list, or the reference itself if there is only one.
    static func nodes(_ ids: [String]) -> JSONTree {
        ids.count == 1 ? .node(ids[0]) : .list(ids.map(JSONTree.node))
    }

    /// Adds a member if there is a value.
    mutating func add(_ name: String, _ value: String?) {
        guard case .object(var members) = self, let value else { return }
        members[name] = .text(value)
        self = .object(members)
    }
}

/// Splits `Ada <ada@example.org>` into the name and the address.
func nameAndAddress(_ person: String) -> (name: String, address: String?) {
    guard let open = person.utf8.lastIndex(of: UInt8(ascii: "<")), person.utf8.last == UInt8(ascii: ">") else {
        return (person, nil)
    }
    let name = person[..<open].split(separator: " ").joined(separator: " ")
    let address = String(person[person.utf8.index(after: open)...].dropLast())
    return (name.isEmpty ? address : name, address)
}
