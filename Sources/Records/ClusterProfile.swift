import YAML

/// The scheduler that `verify --on NAME` uses and how it is called, from a file in the user's folder of settings.
package struct ClusterProfile: Sendable {
    package enum SchedulerName: String, Sendable, CaseIterable {
        case slurm, pbs, lsf, sge, other
    }

    package enum JobIDForm: String, Sendable, CaseIterable {
        /// The first digits that the scheduler prints.
        case digits
        /// The first word that the scheduler prints.
        case word
    }

    package var scheduler: SchedulerName
    /// Arguments that are added to the command that submits.
    package var options: [String] = []
    /// Lines of shell at the start of the job's script.
    package var setup: [String] = []
    package var slots = 32
    package var cpus = 1
    package var folder: String?
    package var tool: String?
    package var submit: [String] = []
    package var status: [String] = []
    package var cancel: [String] = []
    package var index: String?
    package var jobID: JobIDForm = .digits
    package var waiting: [String] = []
    package var running: [String] = []

    package init(scheduler: SchedulerName) { self.scheduler = scheduler }

    package static let shape = Shape(
        subject: "a cluster profile",
        keys: [
            .required(
                "scheduler", .choice(SchedulerName.allCases.map(\.rawValue)), "The scheduler of the cluster.",
                example: "slurm"),
            .optional(
                "options", .names(.anything), "Arguments for the command that submits: account, partition, devices.",
                example: "[--account=physics, --partition=gpu, --gres=gpu:1]"),
            .optional(
                "setup", .names(.anything), "Lines of shell that run before each shard.",
                example: "[module load python]"),
            .optional(
                "slots", .integer(1...1000), "The largest number of shards at the same time (32).", example: "32"),
            .optional("cpus", .integer(1...1024), "The number of runs side by side in a shard (1).", example: "4"),
            .optional(
                "folder", .text, "A folder that all nodes share, if the clone is not in one.",
                example: "/scratch/ada/arbor-ledger"),
            .optional(
                "tool", .text, "The path of arbor-ledger on the nodes, if it is another one than here.",
                example: "/home/ada/bin/arbor-ledger"),
            .optional(
                "submit", .names(.anything),
                "For `scheduler: other`: the command that submits an array, with {n}, {name}, {script} and {logs}.",
                example: "[my-submit, \"--tasks={n}\", \"{script}\"]"),
            .optional(
                "status", .names(.anything), "For `scheduler: other`: the command that lists the tasks of {id}.",
                example: "[my-status, \"{id}\"]"),
            .optional(
                "cancel", .names(.anything), "For `scheduler: other`: the command that cancels {id}.",
                example: "[my-cancel, \"{id}\"]"),
            .optional(
                "index", .text, "For `scheduler: other`: the variable with the number of a task, from 1.",
                example: "TASK_NUMBER"),
            .optional(
                "job_id", .choice(JobIDForm.allCases.map(\.rawValue)),
                "For `scheduler: other`: what names the job in the output of `submit` (digits).", example: "word"),
            .optional(
                "waiting", .names(.anything), "For `scheduler: other`: words for a task that waits.",
                example: "[QUEUED]"),
            .optional(
                "running", .names(.anything), "For `scheduler: other`: words for a task that runs.",
                example: "[RUNNING]"),
        ])
}

/// Reads a cluster profile. Returns nil if it has mistakes.
package func decodeClusterProfile(
    _ bytes: [UInt8], path: String
) -> (profile: ClusterProfile?, diagnostics: [Diagnostic]) {
    let log = FileLog(path: path)
    let (node, problems) = readYAML(bytes)
    for problem in problems { log.report(problem) }
    guard let node, let fields = Fields(node, ClusterProfile.shape, log: log) else { return (nil, log.diagnostics) }
    let scheduler = fields.choice("scheduler", ClusterProfile.SchedulerName.self)
    var profile = ClusterProfile(scheduler: scheduler ?? .slurm)
    profile.options = fields.names("options").map(\.value)
    profile.setup = fields.names("setup").map(\.value)
    profile.slots = fields.integer("slots") ?? profile.slots
    profile.cpus = fields.integer("cpus") ?? profile.cpus
    profile.folder = fields.text("folder")
    profile.tool = fields.text("tool")
    profile.submit = fields.names("submit").map(\.value)
    profile.status = fields.names("status").map(\.value)
    profile.cancel = fields.names("cancel").map(\.value)
    profile.index = fields.text("index")
    profile.jobID = fields.choice("job_id", ClusterProfile.JobIDForm.self) ?? profile.jobID
    profile.waiting = fields.names("waiting").map(\.value)
    profile.running = fields.names("running").map(\.value)
    if scheduler == .slurm {
        for option in fields.names("options") {
            guard let reason = reservedOption(option.value) else { continue }
            log.report(.outOfRange, option.mark, "\(option.value) cannot be an option: \(reason)", fix: "delete it")
        }
    }
    let own = ["submit", "status", "cancel", "index", "job_id", "waiting", "running"]
    if scheduler == .other {
        for key in ["submit", "status", "index", "running"] where fields.node(key) == nil {
            log.report(
                .missingKey, node.mark, "a cluster profile with `scheduler: other` needs \"\(key)\"",
                fix: "add `\(key):`; docs/clusters.md has an example")
        }
    } else if scheduler != nil {
        for key in own {
            guard let given = fields.node(key) else { continue }
            log.report(
                .unknownKey, given.mark, "\"\(key)\" is only for `scheduler: other`",
                fix: "delete the line, or write `scheduler: other`")
        }
    }
    if let index = profile.index, let given = fields.node("index"),
        index.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) == nil
    {
        log.report(.outOfRange, given.mark, "\"index\" must be the name of a variable, not \(index)")
    }
    for (key, path) in [("folder", profile.folder), ("tool", profile.tool)] {
        guard let path, !path.utf8.starts(with: "/".utf8), let given = fields.node(key) else { continue }
        log.report(
            .outOfRange, given.mark, "\"\(key)\" must be an absolute path, not \(path)")
    }
    let isUsable = scheduler != nil && log.diagnostics.allSatisfy { $0.severity != .error }
    return (isUsable ? profile : nil, log.diagnostics)
}

/// Why an option of sbatch cannot be in a profile; nil if it can.
private func reservedOption(_ option: String) -> String? {
    func isOne(_ long: [String], _ short: String) -> Bool {
        let name = option.prefix { $0 != "=" }
        return long.contains { name == $0 } || option.startsWithBytes(short) && !option.startsWithBytes("--")
    }
    if isOne(["--clusters", "--cluster"], "-M") {
        return "the jobs of another cluster cannot be followed from here; work on a machine of that cluster"
    }
    if isOne(["--array"], "-a") || isOne(["--job-name"], "-J") {
        return "the tool sets it"
    }
    return isOne(["--wait"], "-W") ? "the tool waits for the job by itself" : nil
}
