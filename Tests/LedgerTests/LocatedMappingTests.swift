import Records
import Testing

/// Diagnostics can give the position of any key in any record.
@Suite struct PlaceTests {
    private static let files: [(path: String, text: String)] = [
        (
            "Findings/a.yaml",
            """
            # A comment.
            title: A
            authors: [A]
            contributors: [A]
            date: 2026-01-05
            source: nowhere
            north_star: It is new.
            claims: [{quantity: q, value: [0, 1], tested: {}}]
            caveats: [{text: No., against: {claim: b}}]
            builds_on: [b]
            supersedes: [c]
            same_as: [d]
            retracted: No.
            status: planned
            until: 2027
            resources: [{kind: code, url: "https://example.org/1.0/a"}]
            """
        ),
        (
            "Claims/a/question.yaml",
            """
            question: Is it?
            why: It matters.
            needs: all
            status: retired
            reason: It is known.
            also_under: [b]
            effort_hours: 3
            """
        ),
        ("Claims/votes/ada.yaml", "who: Ada\nweight: 3\nreason: It matters.\ndate: 2026"),
        (
            "Claims/vocabulary/quantities/q.yaml",
            "title: Q\ndefinition: How.\nconstruct: c\nunit: m\nrange: [0, 1]\nconditions: []\nlater_conditions: [a]"
        ),
        ("Claims/vocabulary/conditions/c.yaml", "title: C\nvalues: [a]\nordered: true"),
        ("Claims/vocabulary/conditions/model/r1.yaml", "family: r\ntitle: R\ngeneral: true"),
        (
            "Claims/vocabulary/assumptions/a.yaml",
            "statement: S\nbridge: {from: [a], to: [b]}\ntested_by: q\nexcludes: [b]"
        ),
        (
            "Verifiers/toy/model.yaml",
            "title: T\ncontributors: [A]\nabstracts: q\nkernel: toy\nconfig: {a: 1}\nbudget: {minutes: 2, memory_gib: 1}"
        ),
        (
            "Verifiers/toy/m.yaml",
            "title: M\nmeasurement: m\nmeasures: [q]\nlabels: {}\nconditions: [c]\ncontrol: {a: 1}"
        ),
        (
            "Resources/a.yaml",
            "title: A\nkind: data\nbytes: 1\nsources: [https://example.org/1.0/a]\nlicence: MIT\nmade_by: {description: D}"
        ),
        (
            "Kernels/a/kernel.yaml",
            "title: A\ncontributors: [A]\nversion: 1\ncommand: [python3, a.py]\nfiles: {a.py: \(zeros)}\n"
                + "measurements: {m: {quantities: [q], seconds: 1}}"
        ),
    ]

    private static let zeros = String(repeating: "0", count: 64)

    @Test(arguments: files) func keysHaveTheirPositions(path: String, text: String) throws {
        let file = decode(SourceFile(path: path, bytes: Array(text.utf8)))
        let record = try #require(file.partialRecord?.mapping)
        var written = 0
        for (index, line) in text.split(separator: "\n").enumerated() {
            guard let key = line.split(separator: ":").first.map(String.init),
                type(of: record).shape.key(key) != nil
            else { continue }
            written += 1
            #expect(record.mark(of: key).line == index + 1, "\(key)")
        }
        #expect(written > 1)
    }

    @Test func missingKeyHasThePositionOfItsMapping() throws {
        let text = "# A comment.\ntitle: Q\ndefinition: How.\nunit:\nrange: [0, 1]\nconditions: []\n"
        let file = decode(SourceFile(path: "Claims/vocabulary/quantities/q.yaml", bytes: Array(text.utf8)))
        let record = try #require(file.record?.mapping)
        #expect(record.mark(of: "construct") == record.mark)
        #expect(record.mark(of: "unit") == record.mark)
        #expect(record.mark.line == 2)
    }
}

extension Record {
    fileprivate var mapping: (any LocatedMapping)? {
        switch self {
        case .question(let record): record
        case .vote(let record): record
        case .quantity(let record): record
        case .condition(let record): record
        case .conditionValue(let record): record
        case .assumption(let record): record
        case .constraint(let record): record
        case .finding(let record): record
        case .model(let record): record
        case .measurement(let record): record
        case .trace(let record): record
        case .codebook(let record): record
        case .resource(let record): record
        case .kernel(let record): record
        case .receipt, .signature, .traceText, .annotation, .kernelFile: nil
        }
    }
}
