import Foundation
import Testing

/// Runs the tests in Python that need no packages: the attacks on the sandbox and on the protocol, and the module that serves
/// kernels.
@Suite struct HostileKernelTests {
    private static let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    private func unittest(_ module: String) throws -> ProcessResult {
        var environment = ProcessInfo.processInfo.environment
        environment["ARBOR_LEDGER"] = binary
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        return try RunningProcess(
            "/usr/bin/env", ["python3", "-m", "unittest", module], in: "\(Self.top)/Tests/external", environment
        ).wait()
    }

    /// `make test-external` also runs the attacks as an unprivileged user.
    @Test(arguments: ["full", "partial"]) func containsEveryAttackOnTheSandbox(level: String) throws {
        let printed = try unittest("test_sandbox.SandboxTest.test_\(level)_sandbox")
        #expect(printed.status == 0, "\(printed)")
    }

    /// `make test-external` also runs the attacks in a partial sandbox, without a sandbox, and as an unprivileged user.
    @Test func withstandsEveryAttackOnTheProtocol() throws {
        for test in ["the_tables_name_every_attack_once", "full_sandbox"] {
            let printed = try unittest("test_protocol.ProtocolTest.test_\(test)")
            #expect(printed.status == 0, "\(printed)")
        }
    }

    @Test func servesKernels() throws {
        let printed = try unittest("test_arbor_kernel")
        #expect(printed.status == 0, "\(printed)")
    }

    /// `new kernel` writes the module that the shipped kernels use.
    @Test func kernelsShareOneModule() throws {
        func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: "\(Self.top)/\(path)")) }
        let written = try bytes("Sources/arbor-ledger/Scaffold/arbor_kernel.py")
        for kernel in try FileManager.default.contentsOfDirectory(atPath: "\(Self.top)/Kernels") {
            #expect(try bytes("Kernels/\(kernel)/arbor_kernel.py") == written, "\(kernel)")
        }
    }
}
