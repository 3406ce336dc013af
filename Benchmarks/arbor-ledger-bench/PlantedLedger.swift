import Checking
import Evidence
import Merging
import Records

/// A world's findings as the records of a ledger; runs can be added.
struct PlantedLedger {
    let world: PlantedWorld
    private(set) var findings: [PlantedWorld.Finding]
    private var files: [DecodedFile]

    static let quantity = "planted"
    private static let conditions = (0..<8).map { "condition-\($0)" }
    private static let values = ["a", "b", "c", "d"]

    /// The vocabulary is the same for every world; a quantity uses a part of it.
    private static let vocabulary = conditions.map { name in
        decode(
            SourceFile(
                path: "Claims/vocabulary/conditions/\(name).yaml",
                bytes: Array("title: The \(name)\nvalues: \(list(values))\n".utf8)))
    }

    init(_ world: PlantedWorld) throws(ChildFailure) {
        self.world = world
        findings = []
        let text = """
            title: A quantity with planted causes
            definition: What the planted causes make of it.
            range: [0, 1]
            conditions: \(list(Array(Self.conditions.prefix(world.valueCounts.count))))

            """
        let quantity = decode(
            SourceFile(path: "Claims/vocabulary/quantities/\(Self.quantity).yaml", bytes: Array(text.utf8)))
        files = Self.vocabulary + [quantity]
        for finding in world.findings { add(finding) }
        // The benchmark requires records without errors.
        if let mistake = check(files, kernels: [], today: "2026-01-01").diagnostics.first(where: {
            $0.severity == .error
        }) {
            throw ChildFailure(description: "\(mistake.path): \(mistake.message)")
        }
    }

    mutating func add(_ finding: PlantedWorld.Finding) {
        let number = findings.count
        findings.append(finding)
        let centre = 200 + 200 * finding.level + finding.offset
        let all = finding.recorded.enumerated()
        let tested = all.map { "\(Self.conditions[$0]): \($1.map { Self.values[$0] } ?? "unknown")" }
        let recorded = all.filter { !finding.wideOver.contains($0.offset) && $0.element != nil }
        let holdsFor = recorded.map { "\(Self.conditions[$0]): \($1.map { Self.values[$0] } ?? "")" }
        let text = """
            title: Finding \(number)
            authors: [A. Author]
            contributors: [Contributor \(number)]
            date: 2025-01-01
            source: report \(number)
            north_star: None.
            claims:
              - quantity: \(Self.quantity)
                value: [\(decimal(centre - 60)), \(decimal(centre + 60))]
                tested: {\(tested.joined(separator: ", "))}
            \(finding.wideOver.isEmpty ? "" : "    holds_for: {\(holdsFor.joined(separator: ", "))}\n")
            """
        files.append(decode(SourceFile(path: "Findings/finding-\(number).yaml", bytes: Array(text.utf8))))
    }

    /// Returns the disagreement of the findings; nil if they do not disagree.
    func disagreement(suggests: Bool) -> Disagreement? {
        let merge = Merge(check(files, kernels: [], today: "2026-01-01"), Evidence())
        return merge.disagreement(on: Self.quantity, shuffles: false, suggests: suggests).flatMap {
            $0.hasDiscord ? $0 : nil
        }
    }

    /// The names of the planted causes.
    var causes: [String] { world.causes.map { Self.conditions[$0] } }

    func condition(_ name: String) -> Int? { Self.conditions.firstIndex(of: name) }

    /// Returns the index of the run's value for each condition; nil if the run leaves the condition open.
    func places(_ cell: [String: String]) -> [Int?] {
        world.valueCounts.indices.map { cell[Self.conditions[$0]].flatMap(Self.values.firstIndex) }
    }

    /// The recorded values of each condition, ascending.
    var seen: [[Int]] {
        world.valueCounts.indices.map { condition in
            Set(findings.compactMap { $0.recorded[condition] }).sorted()
        }
    }
}
