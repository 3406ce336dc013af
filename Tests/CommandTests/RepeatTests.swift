import Foundation
import Testing

/// A repeated run gives the same bits if this machine can run the code for the recorded core type.
@Suite struct RepeatTests {
    /// Whether this machine can run AVX-512 code, according to its kernel; nil on architectures other than x86-64.
    private static let hasAVX512: Bool? = {
        guard let data = FileManager.default.contents(atPath: "/proc/cpuinfo") else { return nil }
        let words = String(decoding: data, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("flags") }?
            .split(whereSeparator: \.isWhitespace)
        guard let words else { return nil }
        return ["avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512cd"].allSatisfy { words.contains(Substring($0)) }
    }()

    private static let ownCore = hasAVX512 == true ? "SkylakeX" : "Haswell"

    /// Returns an audited ledger whose receipts name the given core type.
    private func audited(on core: String) throws -> TemporaryLedger {
        let ledger = try TemporaryLedger.example()
        #expect(try ledger.run("verify").status == 0)
        for name in ledger.names(in: receiptsFolder) {
            let text = try ledger.read("\(receiptsFolder)/\(name)")
            #expect(text.contains("\"blasCore\" : \"\(Self.ownCore)\""))
            try FileManager.default.removeItem(atPath: ledger.place("\(receiptsFolder)/\(name)"))
            try ledger.write("renamed", text.replacingOccurrences(of: Self.ownCore, with: core))
            let digest = try RunningProcess("/usr/bin/sha256sum", ["renamed"], in: ledger.path, [:]).wait().output
                .prefix(64)
            try FileManager.default.moveItem(
                atPath: ledger.place("renamed"), toPath: ledger.place("\(receiptsFolder)/\(digest).json"))
        }
        try ledger.commit("Audit")
        return ledger
    }

    private func cores(_ printed: ProcessResult) throws -> Set<String> {
        Set(try printed.json()["repeats"].items.map { "\($0["recorded_core"].text) on \($0["repeated_core"].text)" })
    }

    @Test(.enabled(if: hasAVX512 != nil)) func repeatRunsOnTheRecordedCode() throws {
        let ledger = try audited(on: "Haswell")
        let repeated = try ledger.run("verify", "--repeat", "--format", "json")
        #expect(try cores(repeated) == ["Haswell on Haswell"])
        #expect(try repeated.json()["receipts"].items.isEmpty)
        #expect(try ledger.git("status", "--short") == "")
        // Repeating runs stores neither networks nor runs.
        #expect(ledger.names(in: networksFolder).count == 16)
        #expect(ledger.storedRuns() == [])
    }

    /// If this machine cannot run code for the recorded core type, runs are repeated on its own core type. This
    /// produces a remark. `--record` writes receipts of the repeats.
    @Test(.enabled(if: hasAVX512 != nil)) func reportsASubstituteForAnUnavailableCoreType() throws {
        let ledger = try audited(on: "NeoverseN1")
        let printed = try ledger.run("verify", "--repeat")
        #expect(
            printed.output.hasSuffix(
                """

                16 of 16 repeated values identical to the last bit (controls included); no hit
                flips.
                16 values recorded on NeoverseN1, which this machine cannot run: repeated on
                \(Self.ownCore).
                Next: arbor-ledger merge

                """))
        #expect(ledger.names(in: receiptsFolder).count == 2)
        let recorded = try ledger.run("verify", "--repeat", "--record", "--format", "json")
        #expect(recorded.status == 0)
        #expect(try recorded.json()["receipts"].items.count == 2)
        #expect(ledger.names(in: receiptsFolder).count == 4)
        #expect(try ledger.run("check").status == 0)
        // Receipts of repeats are not repeated.
        let again = try ledger.run("verify", "--repeat", "--format", "json")
        #expect(try cores(again) == ["NeoverseN1 on \(Self.ownCore)"])
        #expect(try again.json()["repeats"].items.count == 16)
    }

    /// A repeated run trains its network again, because a wrong stored network would give the same wrong value again.
    @Test func repeatUsesNoStoredNetwork() throws {
        let ledger = try TemporaryLedger.withTwoMeasurements()
        _ = try ledger.run("verify")
        let stored = ledger.networkFiles()
        let printed = try ledger.run("verify", "--repeat", "--format", "json")
        #expect(printed.errors.hasPrefix("24 runs of 3 studies, 8 trainings, "))
        #expect(
            try printed.json()["repeats"].items.allSatisfy { $0["recorded"].description == $0["repeated"].description })
        #expect(ledger.networkFiles() == stored)
    }
}
