import Checking
import Records
import Reports
import Testing

/// Compares a check of only the change with checks of the whole ledger before and after the change.
@Suite struct ChangeCheckTests {
    @Test(arguments: FixtureTests.names) func changeWithAnErrorDoesNotPass(name: String) throws {
        let text = try fixtureText(name).components(separatedBy: FixtureTests.separator)[0]
        let ledger = baseLedger + TestLedger(text + "\n")
        let hasError = ledger.check().hasErrors
        let passes = try passes(from: baseLedger, to: ledger)
        #expect(!(passes && hasError))
        // A change that only adds records passes without a full check, whether or not there are warnings and notes.
        let paths = Set(baseLedger.files.map(\.path))
        let onlyAdds =
            Set(ledger.files.map(\.path)).subtracting(paths).count + paths.count == ledger.files.count
            && ledger.files.allSatisfy { file in
                baseLedger.files.allSatisfy { $0.path != file.path || $0.bytes == file.bytes }
            }
        if !hasError && onlyAdds { #expect(passes) }
    }

    /// The ledgers before and after the change contain arbitrary errors.
    @Test(arguments: UInt64(1)...60) func passedChangeBringsNoNewError(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        for _ in 0..<20 {
            let before = mutated(baseLedger, &random)
            var after = before
            for _ in 0...Int.random(in: 0...2, using: &random) { change(&after, &random) }
            guard try passes(from: before, to: after) else { continue }
            let known = Set(before.check().diagnostics.filter { $0.severity == .error }.map(identity))
            let new = after.check().diagnostics.filter { $0.severity == .error && !known.contains(identity($0)) }
            #expect(new.isEmpty)
        }
    }

    /// A change can break an unchanged constraint, caveat or finding, so it needs a full check.
    @Test func changesThatBreakUnchangedRecordsDoNotPass() throws {
        func finding(_ slug: String, _ end: String, tested: String = "{model: cd3b, task: countdown, layer: 4}")
            -> String
        {
            """
            --- Findings/\(slug).yaml
            title: A finding
            authors: [New et al.]
            contributors: [A. Handle]
            date: 2026-01-05
            source: https://example.org/\(slug)
            north_star: Tells more of skill.
            claims:
              - quantity: accuracy
                value: [0.6, 0.7]
                tested: \(tested)
            \(end)

            """
        }
        let constraint = """
            --- Claims/vocabulary/constraints/cd3b-tasks.yaml
            when: {model: [cd3b]}
            only: {task: [countdown]}

            """
        let caveat = "caveats: [{text: No., against: {assumption: probe-is-faithful}, shown_by: shown}]"
        let maze = finding("maze", "", tested: "{model: cd3b, task: maze, layer: 4}")
        func toy(_ end: String) -> String {
            finding("shown", end, tested: "{model: toy, density: 0.3}").replacing("accuracy", with: "dims")
        }
        let changes = [
            (constraint, maze, "impossible-cell"), (maze, constraint, "impossible-cell"),
            (
                finding("old", "superseded_by: [young]") + finding("young", "supersedes: [old]"),
                finding("young", ""), "one-sided"
            ),
            (
                finding("doubt", caveat) + finding("shown", ""),
                finding("shown", "    assumes: [probe-is-faithful]"), "self-undercut"
            ),
            (
                finding("doubt", caveat.replacing("assumption: probe-is-faithful", with: "verifier: toy/dims"))
                    + toy(""),
                toy("    verify: toy/dims"), "self-undercut"
            ),
        ]
        for (start, change, code) in changes {
            let before = baseLedger + TestLedger(start)
            let after = before + TestLedger(change)
            #expect(!before.check().hasErrors, "\(code)")
            #expect(after.check().diagnostics.filter { $0.severity == .error }.map(\.code.name) == [code])
            #expect(try !passes(from: before, to: after), "\(code)")
        }
        let unrelated = (baseLedger + TestLedger(constraint), TestLedger(finding("new", "")))
        #expect(try passes(from: unrelated.0, to: unrelated.0 + unrelated.1))
    }

    private func identity(_ diagnostic: Diagnostic) -> String {
        "\(diagnostic.path) \(diagnostic.code.name) \(diagnostic.message)"
    }

    /// Returns the ledger. With a chance of 0.3, one line is first removed, doubled, or copied from elsewhere in the
    /// ledger.
    private func mutated(_ ledger: TestLedger, _ random: inout SeededGenerator) -> TestLedger {
        var ledger = ledger
        guard random.chance(0.3) else { return ledger }
        change(&ledger, &random)
        return ledger
    }

    private func change(_ ledger: inout TestLedger, _ random: inout SeededGenerator) {
        let index = Int.random(in: 0..<ledger.files.count, using: &random)
        let file = ledger.files[index]
        var lines = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        let line = Int.random(in: 0..<max(1, lines.count), using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            ledger.files.remove(at: index)
            return
        case 1 where lines.count > 1: lines.remove(at: line)
        case 2 where !lines.isEmpty:
            let words = ["half", "twin", "toy", "density", "0.5", "[0, 1]", "dims", "no-such-name", "model"]
            if let colon = lines[line].firstIndex(of: ":") {
                lines[line] = lines[line][...colon] + " " + random.pick(words)
            }
        default: break
        }
        let names = ["new-one", "ha1f", "half", "nevv", "votes", "toy2"]
        let slash = file.path.lastIndex(of: "/").map { file.path[...$0] } ?? ""
        let isMoved = random.chance(0.6)
        let path =
            isMoved
            ? (file.path.hasSuffix("question.yaml")
                ? "\(slash)\(random.pick(names))/question.yaml" : "\(slash)\(random.pick(names)).yaml") : file.path
        ledger.files.removeAll { $0.path == path }
        ledger.files.append(SourceFile(path: path, bytes: Array((lines.joined(separator: "\n") + "\n").utf8)))
    }

    private func passes(from before: TestLedger, to after: TestLedger) throws -> Bool {
        let (old, new) = (Files(before), Files(after))
        // READMEs are not records, so their changes are ignored.
        let changed = Set(old.byPath.keys).union(new.byPath.keys).sorted().filter {
            !isReadmePath($0)
                && (old.byPath[$0]?.bytes != new.byPath[$0]?.bytes || old.byPath[$0]?.kind != new.byPath[$0]?.kind)
        }
        let changes = changed.map {
            FileChange(before: old.byPath[$0].map(decode), after: new.byPath[$0].map(decode))
        }
        return try certainlyAddsNoError(changes, to: new, kernels: testKernels, today: TestLedger.today)
    }
}

private struct Files: ChangedLedger {
    let byPath: [String: SourceFile]

    init(_ ledger: TestLedger) {
        byPath = Dictionary(ledger.files.map { ($0.path, $0) }, uniquingKeysWith: { _, last in last })
    }

    func file(at path: String) -> DecodedFile? { byPath[path].map(decode) }

    func paths(namedLike place: RecordPlace) -> [String] {
        byPath.keys.filter { RecordPlace(path: $0)?.nameKey == place.nameKey && place.nameKey != nil }.sorted()
    }

    func paths(in folder: String) -> [String] {
        byPath.keys.filter { $0.hasPrefix("\(folder)/") }.sorted()
    }
}
