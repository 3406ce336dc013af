import Foundation
import Testing

/// A ledger with a kernel of its own: a Python program whose argument chooses how it behaves.
struct KernelLedger {
    let ledger: TemporaryLedger

    static let kernelFile = "Kernels/plain/kernel.yaml"
    static let modelFile = "Verifiers/plain-model/model.yaml"
    static let measurement = "plain-model/mean"

    /// Answers with values near 0.95. `behave` replaces the answer to a run; it gets the message `m`, the number `n` of the
    /// run in this process, and the function `say`.
    init(behave: String = "", describe: String = "", sameSeed: String = "bytes", minutes: String = "1") throws {
        ledger = try TemporaryLedger.example()
        let program = """
            import hashlib, json, os, signal, sys, time

            def say(**answer):
                print(json.dumps(answer), flush=True)

            n = 0
            for line in sys.stdin:
                m = json.loads(line)
                if m["do"] == "describe":
                    about = {"arbor": 1, "kernel": "plain", "version": 1, "same_seed": "\(sameSeed)",
                             "measurements": {"mean": {"quantities": ["accuracy"], "settings": ["size"]}},
                             "platform": {"python": "3"}, "unknown": [1]}
                    \(describe.isEmpty ? "pass" : describe.indented(by: 8))
                    say(**about)
                elif m["do"] == "write":
                    for number in range(m["count"]):
                        say(id=m["id"], text={"prompt": f"Problem {number}", "text": f"Seed {m['seed']}.\\nDone.\\n"})
                    say(id=m["id"], values={})
                elif m["do"] == "run":
                    n += 1
                    drawn = hashlib.sha256(f"{m['seed']} {m['settings']['size'] + m['config']['shift']}".encode())
                    value = (0.9 + drawn.digest()[0] / 2550).hex()
                    sample = drawn.hexdigest()
                    say(id=m["id"], progress=0.5, unknown="ignored")
                    \(behave.isEmpty ? "pass" : behave.indented(by: 8))
                    say(id=m["id"], values={"accuracy": value}, sample=sample)
                elif m["do"] == "end":
                    break

            """
        try ledger.write("Kernels/plain/plain.py", program)
        try ledger.write(
            Self.kernelFile,
            """
            title: A plain kernel
            contributors: [Ada <ada@example.org>]
            version: 1
            command: [python3, plain.py]
            files: {plain.py: \(String(repeating: "0", count: 64))}
            same_seed: \(sameSeed)
            config:
              shift: {integers: [0, 9], default: 0, summary: Added to the size.}
            measurements:
              mean:
                quantities: [accuracy]
                seconds: 0.1
                settings:
                  size: {integers: [1, 100], default: 10, summary: The number of samples.}
            writing: {task: countdown, temperature: 0}

            """)
        try ledger.write(
            Self.modelFile,
            """
            title: A plain model
            contributors: [Ada <ada@example.org>]
            abstracts: superposition
            kernel: plain
            budget: {minutes: \(minutes), memory_gib: 0.5, start_seconds: 20}

            """)
        try ledger.write("Verifiers/plain-model/mean.yaml", "measurement: mean\nmeasures: [accuracy]\n")
        try ledger.write(
            "Claims/vocabulary/quantities/accuracy.yaml",
            "title: Accuracy\ndefinition: The share of right answers.\nrange: [0, 1]\nconditions: [model]\n")
        try ledger.write(
            "Findings/plain.yaml",
            """
            title: The plain model is accurate
            authors: [Bo]
            contributors: [Bo <bo@example.org>]
            date: 2023-01-01
            source: https://example.org/plain
            north_star: It tests the ledger.
            claims:
              - quantity: accuracy
                value: [0.89, 1]
                tested: {model: plain-model}
                verify: plain-model/mean

            """)
        let fixed = try ledger.run("fix", "--yes")
        guard fixed.status == 0 else { throw Failure(description: fixed.description) }
        try ledger.commit("Add a kernel")
    }

    var digest: String {
        get throws {
            let shown = try ledger.run("allow", "plain")
            return String(try #require(shown.output.firstMatch(of: /digest +([0-9a-f]{64})/)).1)
        }
    }

    func allow() throws {
        let allowed = try ledger.run("allow", "plain", "--digest", digest)
        guard allowed.status == 0 else { throw Failure(description: allowed.description) }
    }

    /// Runs a measurement with a few seeds.
    func tried(_ options: String...) throws -> ProcessResult {
        try ledger.run(["try", Self.measurement, "--seeds", "3"] + options)
    }
}

extension String {
    /// Indents all lines but the first.
    func indented(by count: Int) -> String {
        replacingOccurrences(of: "\n", with: "\n" + String(repeating: " ", count: count))
    }
}
