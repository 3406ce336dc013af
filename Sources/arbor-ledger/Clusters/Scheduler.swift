import FoundationEssentials
import Git
import Records
import Subprocess
import Synchronization
import SystemPackage
import Words

/// A job that a scheduler got, as its file in the plan's folder holds it.
struct ScheduledJob: Codable, Equatable, Sendable {
    /// The digest of the profile with which it was submitted.
    var setup: String
    /// The name of the job, by which it is found if its number was lost.
    var name: String
    var shards: Int
    /// The number that the scheduler gave; nil until that is known.
    var id: String?
    /// Why no task of the job will give a result any more; nil while some may.
    var ended: String?
}

/// The commands of a scheduler. The words in braces are replaced: `{n}` is the number of tasks, `{name}` the name of the
/// job, `{script}` its script, `{logs}` the folder of its logs and `{id}` its number.
struct Scheduler: Sendable {
    var profileName: String
    var profile: ClusterProfile
    private(set) var submit: [String]
    private(set) var status: [String]
    private(set) var cancel: [String]
    /// The environment variable with the number of a task, from 1.
    private(set) var index: String
    private(set) var jobID: ClusterProfile.JobIDForm
    /// The words for the states of tasks that wait, and of those that run.
    private(set) var waiting: Set<String>
    private(set) var running: Set<String>
    /// What can be done about tasks in a state that waits for a person, by its word. Slurm gives reasons instead.
    private(set) var remedies: [String: String] = [:]
    /// The smallest array that the scheduler accepts.
    private(set) var fewestTasks = 1

    init(_ name: String, _ profile: ClusterProfile) {
        (profileName, self.profile) = (name, profile)
        (submit, status, cancel) = (profile.submit, profile.status, profile.cancel)
        (index, jobID) = (profile.index ?? "", profile.jobID)
        (waiting, running) = (Set(profile.waiting), Set(profile.running))
        switch profile.scheduler {
        case .slurm:
            submit = [
                "sbatch", "--parsable", "--job-name={name}", "--array=1-{n}", "--output={logs}/%A_%a.log",
                "--open-mode=append", "--cpus-per-task=\(profile.cpus)",
            ]
            status = [
                "squeue", "--noheader", "--jobs={id}", "--array", "--states=all", "--format=%K|%T|%r",
            ]
            cancel = ["scancel", "{id}"]
            index = "SLURM_ARRAY_TASK_ID"
            waiting = [
                "PENDING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT", "RESV_DEL_HOLD", "CONFIGURING",
            ]
            running = ["RUNNING", "SUSPENDED", "COMPLETING", "STOPPED", "STAGE_OUT", "SIGNALING", "RESIZING"]
        case .pbs:
            submit = ["qsub", "-N", "{name}", "-J", "1-{n}", "-j", "oe", "-o", "{logs}"]
            status = ["qstat", "-t", "{id}"]
            cancel = ["qdel", "{id}"]
            index = "PBS_ARRAY_INDEX"
            jobID = .word
            waiting = ["Q", "H", "W", "T", "M"]
            running = ["R", "B", "E", "S", "U"]
            remedies = ["H": "it is held; qrls {id}"]
            fewestTasks = 2
        case .lsf:
            submit = ["bsub", "-J", "{name}[1-{n}]", "-o", "{logs}/%J_%I.log"]
            status = ["bjobs", "-noheader", "-o", "jobindex stat", "{id}"]
            cancel = ["bkill", "{id}"]
            index = "LSB_JOBINDEX"
            waiting = ["PEND", "PSUSP", "WAIT"]
            running = ["RUN", "USUSP", "SSUSP", "UNKWN", "PROV"]
            remedies = ["PSUSP": "it is held; bresume {id}"]
        case .sge:
            submit = ["qsub", "-terse", "-N", "{name}", "-t", "1-{n}", "-j", "y", "-o", "{logs}", "-S", "/bin/sh"]
            status = ["qstat"]
            cancel = ["qdel", "{id}"]
            index = "SGE_TASK_ID"
            waiting = ["qw", "hqw", "Eqw", "Rq", "hRwq"]
            running = ["r", "t", "Rr", "Rt", "s", "S", "T", "dr"]
            remedies = [
                "Eqw": "it failed to start; qstat -j {id} says why, and qmod -cj {id} tries again",
                "hqw": "it is held; qrls {id}",
            ]
        case .other: break
        }
    }

    /// A digest of what decides how a job runs. Jobs that were submitted with another profile say nothing about this one.
    var setup: String {
        sha256(
            [profile.options, profile.setup, submit, [profile.tool ?? "", "\(profile.cpus)"]].map { "\($0)" }.joined(
                separator: "\n"))
    }

    private var isSlurm: Bool { profile.scheduler == .slurm }

    /// The script of the job. Each task makes the runs of one shard.
    func script(_ folder: PlanFolder, shards: Int, tool: String, _ kernelOptions: [String]) -> String {
        let command = ["exec", shellQuoted(profile.tool ?? tool), "verify", "--into", shellQuoted(folder.path)]
        let options = ["--shard \"${\(index)}/\(shards)\"", "--jobs \(profile.cpus)"] + kernelOptions.map(shellQuoted)
        return (["#!/bin/sh"] + profile.setup + [(command + options).joined(separator: " ")])
            .joined(separator: "\n") + "\n"
    }

    /// Submits an array and returns its number. `memory` is the memory of a task in MiB.
    func submit(_ job: ScheduledJob, _ folder: PlanFolder, memory: Int) async throws(Refusal) -> String {
        var words = submit
        if isSlurm, !profile.options.contains(where: { $0.startsWithBytes("--mem") }) {
            words.append("--mem=\(memory)M")
        }
        if profile.scheduler != .other {
            words += profile.options + (profile.scheduler == .lsf ? ["sh", "{script}"] : ["{script}"])
        } else if let script = words.firstIndex(of: "{script}") {
            words.insert(contentsOf: profile.options, at: script)
        }
        let answer = await run(words, job, folder)
        let nothing = "nothing is lost: the same command tries again"
        switch answer {
        case .missing(let program): throw Refusal(message: "\(program) cannot be started", exitCode: 2)
        case .late(let program):
            throw Refusal(
                message: "\(program) did not answer within \(commandSeconds) s; whether it took the job is unknown",
                remedy: "\(nothing)\(isSlurm ? ", and looks for the job first" : "")", exitCode: 2)
        case .ended(let succeeded, let output, let errors):
            guard succeeded else {
                let reason = lastLines(errors.isEmpty ? output : errors)
                throw Refusal(message: "\(words[0]) refused the job: \(reason)", remedy: nothing, exitCode: 2)
            }
            guard let id = jobNumber(in: output) else {
                throw Refusal(
                    message: "\(words[0]) printed no number of a job: \(lastLines(output))",
                    remedy: "correct \"job_id\" in the profile \(profileName)", exitCode: 2)
            }
            return id
        }
    }

    /// Returns the number of a job that was submitted with this name. nil if the scheduler knows no such job, or if the
    /// scheduler is not Slurm and cannot be asked. Throws if Slurm does not answer.
    func find(_ job: ScheduledJob) async throws(Refusal) -> String? {
        guard isSlurm else { return nil }
        let words = ["squeue", "--noheader", "--name={name}", "--states=all", "--format=%F"]
        let reason: String
        switch await run(words, job, nil) {
        case .ended(true, let output, _): return output.split(whereSeparator: \.isWhitespace).first.map(String.init)
        case .ended(false, let output, let errors): reason = lastLines(errors.isEmpty ? output : errors)
        case .missing(let program): reason = "\(program) is not installed here"
        case .late(let program): reason = "\(program) did not answer within \(commandSeconds) s"
        }
        throw Refusal(
            message: "whether the job \(job.name) was submitted is unknown: \(reason)",
            remedy: "nothing is lost: the same command asks again", exitCode: 2)
    }

    /// Refuses if the command that submits is not installed.
    func requireSubmission() throws(Refusal) {
        let program = submit.first ?? "the command"
        guard pathOfProgram(program, in: "/", ProcessInfo.processInfo.environment) == nil else { return }
        throw Refusal(
            message: "\(program) is not installed here, so that no job can be submitted",
            remedy: "run this on a machine that submits jobs, or correct the profile \(profileName)", exitCode: 2)
    }

    /// The command that cancels a job, as a person types it; nil if the profile has none.
    func cancelLine(_ job: ScheduledJob) -> String? {
        cancel.isEmpty ? nil : cancel.map { $0.replacing("{id}", with: job.id ?? job.name) }.joined(separator: " ")
    }

    func cancel(_ job: ScheduledJob) async throws(Refusal) {
        guard !cancel.isEmpty else {
            throw Refusal(message: "the profile \(profileName) has no command \"cancel\"", remedy: "add one")
        }
        switch await run(cancel, job, nil) {
        case .missing(let program): throw Refusal(message: "\(program) is not installed here", exitCode: 2)
        case .late(let program):
            throw Refusal(message: "\(program) did not answer within \(commandSeconds) s", exitCode: 2)
        case .ended(true, _, _): return
        case .ended(false, let output, let errors):
            throw Refusal(
                message:
                    "\(cancel[0]) did not cancel \(job.id ?? job.name): \(lastLines(errors.isEmpty ? output : errors))",
                exitCode: 2)
        }
    }

    /// Asks for the tasks of a job.
    func tasks(of job: ScheduledJob) async -> JobTasks {
        guard let id = job.id else { return .unknown(reason: "its number is not known") }
        switch await run(status, job, nil) {
        case .missing(let program): return .unknown(reason: "\(program) is not installed here")
        case .late(let program): return .unknown(reason: "\(program) did not answer within \(commandSeconds) s")
        case .ended(let succeeded, let output, let errors):
            guard succeeded else {
                // If the message does not name the job, the scheduler could not be reached.
                let answersForJob = isSlurm ? errors.containsBytes("Invalid job id") : names(id, errors)
                return answersForJob ? .forgotten : .unknown(reason: lastLines(errors.isEmpty ? output : errors))
            }
            let lines = output.split(separator: "\n")
            return .listed(isSlurm ? lines.compactMap(slurmTask) : lines.compactMap { task($0, of: id) })
        }
    }

    /// Reads a line of squeue: the number of the task, its state and the reason why it waits.
    private func slurmTask(_ line: Substring) -> JobTask? {
        let fields = line.split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3 else { return nil }
        let reason = fields[2] == "None" ? "" : String(fields[2])
        return JobTask(number: Int(fields[0]), phase: phase(fields[1]), state: String(fields[1]), reason: reason)
    }

    /// Reads a line of another scheduler: the first word that is the name of a state. Lines about other jobs have none.
    private func task(_ line: Substring, of id: String) -> JobTask? {
        let words = line.split(whereSeparator: \.isWhitespace)
        let isOfJob =
            switch profile.scheduler {
            case .lsf: true
            case .slurm, .pbs, .sge: words.first.map { names(id, $0) } ?? false
            case .other: names(id, line)
            }
        guard isOfJob, let state = words.first(where: { phase($0) != .ended }) else { return nil }
        let word = String(state)
        let reason = remedies[word].map { "\(word): \($0.replacing("{id}", with: id))" }
        return JobTask(number: nil, phase: phase(state), state: word, reason: reason ?? "")
    }

    private func phase(_ state: Substring) -> JobTask.Phase {
        if waiting.contains(String(state)) { return .waiting }
        return running.contains(String(state)) ? .running : .ended
    }

    private func jobNumber(in output: String) -> String? {
        let words = output.split { $0.isWhitespace || $0 == ";" }
        switch jobID {
        case .word: return words.first.map(String.init)
        case .digits:
            let digits = output.drop { !("0"..."9").contains($0) }.prefix { ("0"..."9").contains($0) }
            return digits.isEmpty ? nil : String(digits)
        }
    }

    /// Whether a text has the number of a job, and not only as a part of another number.
    private func names(_ id: String, _ text: some StringProtocol) -> Bool {
        let digits = id.drop { !$0.isNumber }.prefix { $0.isNumber }
        return digits.isEmpty ? text.containsBytes(id) : text.split { !$0.isNumber }.contains { $0 == digits }
    }

    private enum Answer {
        case ended(Bool, output: String, errors: String)
        case missing(String)
        case late(String)
    }

    private func run(_ words: [String], _ job: ScheduledJob, _ folder: PlanFolder?) async -> Answer {
        // bsub joins its arguments to a line for the shell.
        let script = folder.map { profile.scheduler == .lsf ? shellQuoted($0.script) : $0.script }
        let values = [
            "n": "\(job.shards)", "name": job.name, "script": script ?? "", "logs": folder?.logs ?? "",
            "id": job.id ?? "",
        ]
        // Replaces all words in one pass, because a path can itself contain such a word.
        let filled = words.map { word in
            word.replacing(/{([a-z]+)}/) { match in values[String(match.1)] ?? String(match.0) }
        }
        let environment = ProcessInfo.processInfo.environment
        guard let program = filled.first, let path = pathOfProgram(program, in: "/", environment) else {
            return .missing(filled.first ?? "the command")
        }
        var options = PlatformOptions()
        // A wrapper's own processes would keep its output open.
        options.processGroupID = 0
        options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)]
        let answer = await withTaskGroup(of: Answer?.self) { [options] group in
            group.addTask {
                let result = try? await Subprocess.run(
                    .path(FilePath(path)), arguments: Arguments(Array(filled.dropFirst())), platformOptions: options,
                    output: .string(limit: 1 << 24), error: .string(limit: 1 << 20))
                return result.map {
                    .ended(
                        $0.terminationStatus.isSuccess, output: $0.standardOutput, errors: $0.standardError)
                }
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(commandSeconds))
                return .late(program)
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        return answer ?? .missing(program)
    }
}

/// The longest time that a command of a scheduler may take.
private let commandSeconds = 30

private func lastLines(_ text: String) -> String {
    let lines = text.split(separator: "\n").suffix(3).joined(separator: " / ")
    return lines.isEmpty ? "no reason given" : String(lines.suffix(300))
}

/// What a scheduler says of a job.
enum JobTasks: Sendable {
    case listed([JobTask])
    /// The scheduler answers, but does not know the job any more.
    case forgotten
    /// The scheduler does not answer. The job may be waiting, running or finished.
    case unknown(reason: String)
}

/// A task of an array.
struct JobTask: Sendable {
    enum Phase: Sendable { case waiting, running, ended }

    /// The number of the shard; nil if the scheduler's output does not tell.
    var number: Int?
    var phase: Phase
    /// The scheduler's word for the state.
    var state: String
    /// Why the task waits; empty if the scheduler gives no reason.
    var reason: String

    /// What can be done about a task that waits for something else than its turn; nil if waiting is right.
    func remedy(_ job: ScheduledJob) -> String? {
        let id = job.id ?? job.name
        let known: [(String, String)] = [
            ("launch failed requeued held", "a node failed when the task started; scontrol release \(id)"),
            ("JobHeldUser", "it is held; scontrol release \(id)"),
            ("JobHeldAdmin", "an administrator holds it; ask why"),
            ("DependencyNeverSatisfied", "its dependency failed; scancel \(id), and correct `options` of the profile"),
            ("QOSMax", "a limit of the quality of service; wait, or lower `slots` of the profile"),
            ("AssocMax", "a limit of the account; wait, or lower `slots` of the profile"),
            ("AssocGrp", "a limit of the account's group; wait, or use another account in `options` of the profile"),
            ("InvalidAccount", "the account is not valid; correct `options` of the profile"),
            ("InvalidQOS", "the quality of service is not valid; correct `options` of the profile"),
            ("PartitionTimeLimit", "the time limit is above the partition's; correct `options` of the profile"),
            ("PartitionNodeLimit", "the partition has too few such nodes; correct `options` of the profile"),
            ("BadConstraints", "no node fits; correct `options` of the profile"),
            ("ReqNodeNotAvail", "the nodes are down or reserved; wait, or choose another partition"),
            ("PartitionDown", "the partition is down; wait, or choose another one"),
        ]
        return known.first { reason.containsBytes($0.0) }?.1
    }
}
