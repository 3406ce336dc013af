import Atlas
import Checking
import Evidence
import Git
import Merging
import Records
import Words

/// The maximum number of commits in the history of belief.
private let pointLimit = 64

/// The name of the history in the store.
private let storedName = "belief history"

extension Workspace {
    /// Returns the answers at commits of the first-parent line that ends at `tip`, at most 64, spread evenly. Answers
    /// that an earlier build of the atlas computed come from the store.
    ///
    /// `files` and `answers` are those of `tip`. Its receipts, to which `audit` belongs, include those of earlier commits.
    func beliefHistory(
        to tip: ObjectID, _ files: [IdentifiedFile], _ answers: [String: Answer], _ audit: AuditState
    ) throws -> [BeliefPoint] {
        let repository = try repository()
        let line = Array(try repository.firstParentHistory(from: tip).reversed())
        let commits = spread(line, pointLimit)
        let store = Store(self)
        // The facts on which the evidence at an old commit depends besides the commit.
        let name = [
            storedName, audit.branch?.name ?? "", audit.branch.map { "\($0.settings)" } ?? "",
            "\(repository.isShallow)",
            "\(audit.trail.contains(commit: tip.description))",
        ].joined(separator: "\n")
        var known = store?.read(name).flatMap { $0[0] }.flatMap(unpackedPoints) ?? [:]
        let isComplete = commits.allSatisfy { known[$0.description] != nil }
        known[tip.description] = try point(at: tip, answers, repository)
        // From the newest to the oldest, because most files of a commit are also in the next one.
        var files = files
        for commit in commits.reversed() where known[commit.description] == nil {
            files = try identifiedFiles(at: commit.description, like: files)
            let loaded = weighed(check(files.map(\.file)), audit, from: .commit(commit))
            known[commit.description] = try point(
                at: commit, Merge(loaded.ledger, loaded.evidence).answers(), repository)
        }
        let points = commits.compactMap { known[$0.description] }
        if !isComplete { store?.write([packed(points)], as: name) }
        // Commits at which the ledger has no question are left out.
        return Array(points.drop { $0.beliefs.isEmpty })
    }

    private func point(
        at commit: ObjectID, _ answers: [String: Answer], _ repository: Repository
    ) throws(GitError) -> BeliefPoint {
        BeliefPoint(
            commit: commit.description,
            date: utcDate(ofSeconds: try repository.commit(commit).committerTimeSeconds),
            beliefs: answers.filter { $0.value.question.status == .active }
                .mapValues { BeliefPoint.Belief(status: $0.status, text: $0.question.text) })
    }
}

/// Chooses elements at even distances, and the last one. The distance is a power of two, so that a list chooses the
/// same elements again when it grows.
func spread<Element>(_ elements: [Element], _ limit: Int) -> [Element] {
    var distance = 1
    while (elements.count - 2) / distance + 2 > limit { distance *= 2 }
    return stride(from: 0, to: elements.count - 1, by: distance).map { elements[$0] } + elements.suffix(1)
}

private func packed(_ points: [BeliefPoint]) -> [UInt8] {
    var packer = Packer()
    packer.add(points.count)
    for point in points {
        packer.add(point.commit)
        packer.add(point.date)
        packer.add(point.beliefs.count)
        for (id, belief) in point.beliefs.sorted(by: { $0.key < $1.key }) {
            packer.add(id)
            packer.add(belief.status.rawValue)
            packer.add(belief.text)
        }
    }
    return packer.bytes
}

/// Returns the points by commit, or nil if the bytes are damaged.
private func unpackedPoints(_ bytes: [UInt8]) -> [String: BeliefPoint]? {
    do throws(UnpackingError) {
        var unpacker = Unpacker(bytes[...])
        var points: [String: BeliefPoint] = [:]
        for _ in 0..<(try unpacker.count()) {
            let (commit, date) = (try unpacker.text(), try unpacker.text())
            var beliefs: [String: BeliefPoint.Belief] = [:]
            for _ in 0..<(try unpacker.count()) {
                let id = try unpacker.text()
                guard let status = QuestionStatus(rawValue: try unpacker.text()) else { return nil }
                beliefs[id] = BeliefPoint.Belief(status: status, text: try unpacker.text())
            }
            points[commit] = BeliefPoint(commit: commit, date: date, beliefs: beliefs)
        }
        return points
    } catch {
        return nil
    }
}
