import Foundation
import Synchronization
import Testing
import Words

@testable import arbor_ledger

@Suite struct DemoTests {
    /// Runs the demo in a folder that is no repository, without a home folder, and returns the files that remain.
    private func demo(_ arguments: [String] = []) throws -> (RunningProcess, folders: DemoFolders) {
        let folders = try DemoFolders()
        let running = try RunningProcess(binary, ["demo"] + arguments, in: folders.work, folders.environment)
        return (running, folders)
    }

    @Test func showsHowAConflictIsSettled() throws {
        let (running, folders) = try demo()
        let printed = try running.wait()
        #expect(printed.status == 0, "\(printed)")
        #expect(printed.errors == "")
        let story = [
            // The conflict, in the output of `conflicts` and in the narration.
            "Conflict: 1 pair of claims that cannot both be true: five-share-one#1 and two-share-one#1",
            "five-share-one#1 and two-share-one#1 cannot both be true: both claim to hold at a setting that they share.",
            "Each of these explains the conflict: density or model. One run would decide: repeat five-share-one#1 with model "
                + "small-toy.",
            // The deciding run.
            "bo$ arbor-ledger tasks run deciding-run:dimensions-per-feature",
            "8 of 8 on the side of five-share-one#1", "That rules out model. What is left is density.",
            // The audits of each other's claims.
            "two-share-one#1: 8 of 8 runs hit, verified (controlled).",
            "five-share-one#1: 8 of 8 runs hit, verified (controlled).",
            // The answer.
            "on density: yes by two-share-one#1 (controlled), no by deciding-run-dimensions-per-feature#1 and "
                + "five-share-one#1 (controlled)", "It is settled:",
        ]
        let words = printed.output.replacing("\n# ", with: " ").words
        var rest = Substring(words)
        for part in story {
            guard let range = rest.range(of: part) else {
                Issue.record("\(part) is missing or out of order in\n\(printed)")
                return
            }
            rest = rest[range.upperBound...]
        }
        for line in printed.output.split(separator: "\n") where !line.contains("$ ") {
            #expect(line.count <= 80, "\(line)")
        }
        #expect(try folders.leftovers() == [])
    }

    /// The narration is computed: if the findings do not contradict each other, it says so.
    @Test func narratesWhatTheFindingsSay() async throws {
        let folders = try DemoFolders()
        var story = DemoStory.standard
        story.bosFinding.text.replace("value: [0.15, 0.3]", with: "value: [0.15, 0.5]")
        let text = Transcript()
        let stage = try DemoStage(
            folder: "\(folders.work)/demo", tool: binary, environment: folders.environment, processes: DemoProcesses(),
            style: TextStyle(width: 80, hasColour: false), write: { text.append($0) })
        try FileManager.default.createDirectory(atPath: "\(folders.work)/demo", withIntermediateDirectories: false)
        try await Demo(stage: stage, story: story).play()
        let words = text.all.replacing("\n# ", with: " ").words
        #expect(
            words.contains("No two claims conflict, so there is nothing to explain and no run to make."), "\(text.all)")
        #expect(!words.contains("cannot both be true") && !words.contains("tasks run"))
        #expect(words.contains("The answer to the question superposition: supported"))
        #expect(words.contains("It is settled."))
    }

    /// An interrupted demo removes its folder and ends all processes that it started.
    @Test(arguments: [SIGINT, SIGTERM], ["shared.git", "ada/Findings/two-share-one.yaml"])
    func leavesNothingWhenInterrupted(_ number: Int32, _ sign: String) throws {
        let (running, folders) = try demo()
        let deadline = Date.now.addingTimeInterval(60)
        while !folders.hasFile(sign) && running.isRunning && Date.now < deadline { usleep(1000) }
        #expect(running.isRunning)
        kill(running.id, number)
        let printed = try running.wait()
        #expect(printed.status == 128 + number)
        #expect(printed.errors == "\narbor-ledger: stopped\n", "\(printed)")
        #expect(try folders.leftovers() == [])
    }

    /// The next demo removes the folder of a killed one after a minute. It needs no git for this.
    @Test func removesTheFoldersOfKilledDemos() throws {
        let (killed, folders) = try demo()
        let deadline = Date.now.addingTimeInterval(60)
        while !folders.hasFile("shared.git") && killed.isRunning && Date.now < deadline { usleep(1000) }
        kill(killed.id, SIGKILL)
        #expect(try killed.wait().status == 128 + SIGKILL)
        let left = try folders.leftovers()
        #expect(left.count == 1 && left[0].hasPrefix("arbor-ledger-demo-"), "\(left)")
        let other = try RunningProcess(binary, ["demo"], in: folders.work, folders.environment)
        while try folders.leftovers().count < 2 && other.isRunning && Date.now < deadline { usleep(1000) }
        for name in try folders.leftovers() { try folders.makeOld(name) }
        func start() throws {
            let environment = folders.environment.merging(["PATH": folders.work]) { $1 }
            #expect(try RunningProcess(binary, ["demo"], in: folders.work, environment).wait().status == 2)
        }
        try start()
        // The folder of the running demo stays.
        #expect(try !folders.leftovers().contains(left[0]) && other.isRunning)
        kill(other.id, SIGTERM)
        _ = try other.wait()
        #expect(try folders.leftovers() == [])
    }

    @Test func keepsTheRepositoriesOnRequest() throws {
        let (running, folders) = try demo(["--keep", "ours"])
        let printed = try running.wait()
        #expect(printed.status == 0, "\(printed)")
        #expect(printed.output.hasSuffix("\narbor-ledger -C \(folders.work)/ours/bo show superposition\n"))
        let arguments = ["-C", "\(folders.work)/ours/bo", "merge", "--format", "json"]
        let conflicts = try RunningProcess(binary, arguments, in: folders.work, folders.environment).wait().json()
        #expect(conflicts["questions"].first("id", "superposition")["status"].text == "depends")
        let again = try RunningProcess(binary, ["demo", "--keep", "ours"], in: folders.work, folders.environment).wait()
        expect(
            again,
            says: """
                ! arbor-ledger: \(folders.work)/ours is not empty
                !   -> name a new folder for the demo
                exit 64

                """)
    }

    @Test func saysWhichProgramIsMissing() throws {
        let folders = try DemoFolders()
        let printed = try RunningProcess(
            binary, ["demo"], in: folders.work, folders.environment.merging(["PATH": folders.work]) { $1 }
        ).wait()
        #expect(printed.status == 2)
        #expect(printed.errors.contains("the demo needs git, which is not in PATH"))
        #expect(try folders.leftovers() == [])
    }
}

/// An empty work folder, and an empty folder for temporary files, which are removed at the end.
private final class DemoFolders: Sendable {
    private let root: String
    var work: String { "\(root)/work" }
    private var temporary: String { "\(root)/temporary" }

    init() throws {
        root = "\(temporaryFolder)/demo-tests-\(UUID().uuidString)"
        for folder in [work, temporary] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// There is no home folder, and git has no identity.
    var environment: [String: String] {
        ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "HOME": "\(root)/nobody", "TMPDIR": temporary]
    }

    /// Returns the names of all files that the demo left.
    func leftovers() throws -> [String] {
        try [root, work, temporary].flatMap { try FileManager.default.contentsOfDirectory(atPath: $0) }
            .filter { !["work", "temporary"].contains($0) }
    }

    /// Makes a leftover two minutes old.
    func makeOld(_ name: String) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date.now.addingTimeInterval(-120)], ofItemAtPath: "\(temporary)/\(name)")
    }

    /// Whether the demo has written a file, given by its path in the demo's folder.
    func hasFile(_ path: String) -> Bool {
        let demos = (try? FileManager.default.contentsOfDirectory(atPath: temporary)) ?? []
        return demos.contains { FileManager.default.fileExists(atPath: "\(temporary)/\($0)/\(path)") }
    }
}

/// What the demo writes, from any thread.
private final class Transcript: Sendable {
    private let text = Mutex("")

    var all: String { text.withLock(\.self) }

    func append(_ part: String) { text.withLock { $0 += part } }
}
