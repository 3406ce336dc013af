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
    /// `ledger` is the state at `tip`. Its receipts include those of earlier commits.
    func beliefHistory(to tip: ObjectID, _ ledger: CheckedLedger) throws -> [BeliefPoint] {
        let repository = try repository()
        let line = Array(try repository.firstParentHistory(from: tip).reversed())
        let commits = spread(line, pointLimit)
        let store = Store(self)
        // What the evidence at an old commit depends on besides the commit.
        let audit = try audit(of: [ledger])
        let name = [
            storedName, audit.branch?.name ?? "", audit.branch.map { "\($0.settings)" } ?? "",
            "\(repository.isShallow)",
            "\(audit.trail.contains(commit: tip.description))",
        ].joined(separator: "\n")
        var known = store?.read(name).flatMap { $0[0] }.flatMap(unpackedPoints) ?? [:]
        var isComplete = true
        for commit in commits where known[commit.description] == nil {
            isComplete = false
            known[commit.description] = try belief(at: commit, audit, repository)
        }
        let points = commits.compactMap { known[$0.description] }
        if !isComplete { store?.write([packed(points)], as: name) }
        // Commits from before the ledger had a question say nothing.
        return Array(points.drop { $0.beliefs.isEmpty })
    }

    private func belief(at commit: ObjectID, _ audit: AuditState, _ repository: Repository) throws -> BeliefPoint {
        let source = try LedgerSource(.revision(commit.description), in: self)
        let ledger = check(try source.files())
        let loaded = weighed(ledger, audit, from: .commit(commit))
        let answers = Merge(loaded.ledger, loaded.evidence).answers()
        return BeliefPoint(
            commit: commit.description,
            date: utcDate(ofSeconds: try repository.commit(commit).committerTimeSeconds),
            beliefs: answers.filter { $0.value.question.status == .active }
                .mapValues { BeliefPoint.Belief(status: $0.status, text: $0.question.text) })
    }
}

/// Chooses elements at even distances, among them the first and the last.
private func spread<Element>(_ elements: [Element], _ limit: Int) -> [Element] {
    guard elements.count > limit else { return elements }
    return (0..<limit).map { elements[$0 * (elements.count - 1) / (limit - 1)] }
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
