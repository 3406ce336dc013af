import Foundation
import Testing

/// Runs the commands of docs/add-a-kernel.md in a new repository.
@Suite struct KernelPageTests {
    @Test func commandsGiveTheVerdictOfThePage() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/add-a-kernel.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let script = try #require(text.firstMatch(of: /```sh\n(arbor-ledger init\n[^`]*)```/)?.1)
        let verdict = try #require(text.firstMatch(of: /```\n(seven-of-ten#1\n[^`]*)```/)?.1)
        let refusal = try #require(text.firstMatch(of: /`(--config bias=2)` is refused with `([^`]*)`/))

        let ledger = try TemporaryLedger()
        let folder = URL(filePath: binary).deletingLastPathComponent().path
        let path = ["PATH": "\(folder):\(ledger.environment["PATH"] ?? "")"]
        func shell(_ script: some StringProtocol) throws -> ProcessResult {
            try RunningProcess(
                "/bin/sh", ["-e", "-c", String(script)], in: ledger.path, ledger.environment.merging(path) { $1 }
            ).wait()
        }
        let printed = try shell(script)
        #expect(printed.status == 0 && printed.output.contains(verdict), "\(printed)")
        let refused = try shell(
            "arbor-ledger new model other --title Coin --abstracts superposition --kernel coin \(refusal.1)")
        #expect(refused.status != 0 && refused.errors.contains(refusal.2), "\(refused)")
    }
}
