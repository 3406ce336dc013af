import Evidence
import Records
import Words

/// The jobs that a scheduler has for the claims of a ledger.
package struct ClusterStatus: Report {
    /// The runs of one claim at one cell.
    package struct Row: Sendable {
        package var claim: ClaimID
        package var cell: [String: String]
        package var isControl: Bool
        /// Runs with a result or in a receipt.
        package var finished: Int
        package var hits: Int
        package var running: Int
        package var queued: Int
        /// Runs that are needed next and not submitted.
        package var planned: Int
        package var isDecided: Bool

        package init(
            claim: ClaimID, cell: [String: String], isControl: Bool, finished: Int, hits: Int, running: Int,
            queued: Int, planned: Int, isDecided: Bool
        ) {
            (self.claim, self.cell, self.isControl) = (claim, cell, isControl)
            (self.finished, self.hits, self.running, self.queued) = (finished, hits, running, queued)
            (self.planned, self.isDecided) = (planned, isDecided)
        }
    }

    /// One job of the scheduler.
    package struct Job: Sendable {
        package var id: String?
        package var folder: String
        package var runs: Int
        package var finished: Int
        package var shards: Int
        package var runningTasks: Int
        package var waitingTasks: Int
        /// Why tasks wait, with what can be done.
        package var reasons: [String]
        package var secondsLeft: Double?
        /// Why the job gives no more results; nil while it may.
        package var ended: String?
        package var sentence: String

        package init(
            id: String?, folder: String, runs: Int, finished: Int, shards: Int, runningTasks: Int, waitingTasks: Int,
            reasons: [String], secondsLeft: Double?, ended: String?, sentence: String
        ) {
            (self.id, self.folder, self.runs, self.finished, self.shards) = (id, folder, runs, finished, shards)
            (self.runningTasks, self.waitingTasks) = (runningTasks, waitingTasks)
            (self.reasons, self.secondsLeft) = (reasons, secondsLeft)
            (self.ended, self.sentence) = (ended, sentence)
        }
    }

    package var profile: String
    package var rows: [Row]
    package var jobs: [Job]

    package init(profile: String, _ rows: [Row], _ jobs: [Job]) {
        (self.profile, self.rows, self.jobs) = (profile, rows, jobs)
    }

    package static let name = "verify --status"
    package static let renderers = [
        Renderer("text", "a table, for the terminal", clusterText), Renderer("json", "every field", json),
    ]
}

private func clusterText(_ report: ClusterStatus, style: TextStyle) -> String {
    var text = ""
    for job in report.jobs where job.ended == nil { text += style.wrapped(job.sentence, indent: 2, first: 0) + "\n" }
    if report.jobs.allSatisfy({ $0.ended != nil }) { text += "No job of \(report.profile) is active.\n" }
    let open = report.rows.filter { !$0.isDecided || $0.running + $0.queued > 0 }
    let decided = Set(report.rows.map(\.claim)).subtracting(open.map(\.claim)).count
    if !open.isEmpty { text += "\n" }
    for row in open {
        let name = "\(row.claim)\(cellSuffix(row.cell))\(row.isControl ? ", control" : "")"
        var parts = ["\(row.hits) of \(row.finished) hit"]
        if row.running > 0 { parts.append("\(row.running) running") }
        if row.queued > 0 { parts.append("\(row.queued) queued") }
        if row.planned > 0 { parts.append("\(row.planned) planned") }
        text += style.wrapped("\(escapeHidden(name)): \(parts.joined(separator: ", "))", indent: 2, first: 0) + "\n"
    }
    if decided > 0 { text += "\(counted(decided, "claim")) decided.\n" }
    return text
}

extension ClusterStatus: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("claims", rows)
        json.add("jobs", jobs)
        json.add("profile", profile)
    }
}

extension ClusterStatus.Row: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("cell", cell)
        json.add("claim", claim.description)
        json.add("decided", isDecided)
        json.add("finished", finished)
        json.add("hits", hits)
        json.add("is_control", isControl)
        json.add("planned", planned)
        json.add("queued", queued)
        json.add("running", running)
    }
}

extension ClusterStatus.Job: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("ended", ended)
        json.add("finished", finished)
        json.add("folder", folder)
        json.add("id", id)
        json.add("reasons", reasons)
        json.add("running_tasks", runningTasks)
        json.add("runs", runs)
        json.add("seconds_left", secondsLeft)
        json.add("shards", shards)
        json.add("waiting_tasks", waitingTasks)
    }
}
