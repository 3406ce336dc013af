import Checking
import Foundation
import Kernels
import Records
import Testing
import YAML

/// Makes the mistakes of `Mistakes` in the shipped ledger.
@Suite struct MistakeTests {
    /// The decoded files of the shipped ledger, and the texts of the files into which mistakes are put.
    private struct Shipped {
        var files: [DecodedFile] = []
        var texts: [String: String] = [:]
        /// The messages that the ledger gives without any mistake.
        var known: [String: [String]] = [:]
    }

    private static let shipped = Result {
        var shipped = Shipped()
        let root = ShippedRecords.root
        let wanted = Set(Mistake.all.map(\.path))
        var paths = [settingsPath]
        for folder in ["Claims", "Codebooks", "Findings", "Resources", "Verifiers"] {
            let names = FileManager.default.enumerator(atPath: "\(root)/\(folder)")?.compactMap { $0 as? String } ?? []
            paths += names.filter { $0.hasSuffix(".yaml") }.sorted().map { "\(folder)/\($0)" }
        }
        for path in paths {
            let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(root)/\(path)")))
            shipped.files.append(decode(SourceFile(path: path, bytes: bytes)))
            if wanted.contains(path) { shipped.texts[path] = String(decoding: bytes, as: UTF8.self) }
        }
        for found in checked(shipped.files).diagnostics where found.severity != .note {
            shipped.known[found.path, default: []].append(sentence(found))
        }
        return shipped
    }

    private static func checked(_ files: [DecodedFile]) -> CheckedLedger {
        check(files, kernels: kernels.map(\.description), today: "2026-12-01", depth: .errors)
    }

    private static func sentence(_ found: Diagnostic) -> String { "\(found.code.name) \(found.message)" }

    /// Sets of mistakes in different files, which one check covers. A mistake in the vocabulary can hide one in a
    /// claim, so each part of the ledger has its own sets.
    static let sets: [[Mistake]] = {
        func part(_ path: String) -> String {
            path.hasPrefix("Claims/vocabulary/") ? "vocabulary" : path.hasPrefix("Findings/") ? "findings" : "others"
        }
        var sets: [(part: String, mistakes: [Mistake])] = []
        for mistake in Mistake.all {
            let place = sets.firstIndex { set in
                set.part == part(mistake.path) && !set.mistakes.contains { $0.path == mistake.path }
            }
            if let place {
                sets[place].mistakes.append(mistake)
            } else {
                sets.append((part(mistake.path), [mistake]))
            }
        }
        return sets.map(\.mistakes)
    }()

    @Test(arguments: sets.indices) func mistakesAreExplainedAndMended(index: Int) throws {
        let (set, shipped) = (Self.sets[index], try Self.shipped.get())
        var broken: [String: [UInt8]] = [:]
        for mistake in set { broken[mistake.path] = try mistake.broken(try #require(shipped.texts[mistake.path])) }
        let files = shipped.files.map { file in
            broken[file.path].map { decode(SourceFile(path: file.path, bytes: $0)) } ?? file
        }
        let ledger = Self.checked(files)
        let mending = mended(files, read: { broken[$0] }, check: Self.checked)
        for mistake in set {
            let known = shipped.known[mistake.path] ?? []
            let found = ledger.diagnostics.filter {
                $0.path == mistake.path && $0.severity != .note && !known.contains(Self.sentence($0))
            }
            let said = found.map { "\($0.mark.line) \(Self.sentence($0))\n\($0.fix ?? "")" }
            #expect(said == mistake.says, "\(mistake.testDescription)")
            let after = mending.changes.first { $0.path == mistake.path }?.after
            let wanted = try mistake.mended(try #require(shipped.texts[mistake.path]))
            #expect(
                after.map { String(decoding: $0, as: UTF8.self) } == wanted.map { String(decoding: $0, as: UTF8.self) },
                "\(mistake.testDescription)")
            let left = mending.ledger.diagnostics.filter { $0.path == mistake.path && $0.severity != .note }
            if wanted != nil {
                #expect(left.filter { !known.contains(Self.sentence($0)) } == [], "\(mistake.testDescription)")
            }
            #expect(left.allSatisfy { $0.edits.isEmpty }, "\(mistake.testDescription)")
        }
    }

    @Test func everyKindOfMistakeHasExamples() {
        let rows = Dictionary(grouping: Mistake.all, by: \.row)
        #expect(
            rows.keys.sorted() == [
                "authors", "colons-and-quotes", "conflict", "dates", "decimal-comma", "keys-and-names", "line-ends",
                "model-names", "percent", "quotes", "ranges", "spaces", "tab",
            ])
        #expect(rows.values.allSatisfy { $0.count >= 5 })
        #expect(Mistake.all.count >= 150)
        #expect(Mistake.all.count { $0.mend != nil } >= 125)
        #expect(Set(Mistake.all.map(\.path)).count >= 40)
    }

    /// The shipped ledger has nothing to mend.
    @Test func correctFilesAreNotMended() throws {
        #expect(Self.checked(try Self.shipped.get().files).diagnostics.filter { !$0.edits.isEmpty } == [])
    }
}
