import Git

/// The commits for which a range is responsible, and the base states of the range.
struct RangeHistory {
    var tip: ObjectID
    /// The commits, newest first, without those that the audit branch already has.
    var commits: [Commit]
    /// The start of the range, and the state of the audit branch that the range merged.
    var bases: [ObjectID]
    /// The state against which the range is judged: BASE itself, even if it has commits that TIP lacks. For a new
    /// branch, this is the audit branch; nil if the branch has nothing in common with it.
    var judge: ObjectID?
    private var start: ObjectID?

    init(
        _ range: CommitRange, auditTips: [ObjectID], updatesAuditBranch: Bool, in repository: Repository
    ) throws(GitError) {
        tip = range.tip
        start = range.start
        judge = range.base
        bases = [range.start].compactMap(\.self)
        var hidden = [range.base].compactMap(\.self)
        for audit in auditTips {
            let isOnAudit = try repository.isAncestor(tip, of: audit)
            // The only base of a range on the audit branch is its start. Any other range also has the state of the
            // audit branch that it merged.
            guard !isOnAudit || range.base == nil && !updatesAuditBranch else { continue }
            hidden.append(audit)
            let taken = try isOnAudit ? tip : repository.mergeBases(tip, audit).first
            guard let taken else { continue }
            if !bases.contains(taken) { bases.append(taken) }
            judge = judge ?? audit
        }
        commits = try repository.commits(from: tip, hiding: hidden).map { id throws(GitError) in
            try repository.commit(id)
        }
    }

    /// Returns the commits on the first-parent line of TIP, newest first.
    func firstParentLine(in repository: Repository) -> [Commit] {
        let known = Dictionary(uniqueKeysWithValues: commits.map { ($0.id, $0) })
        var line: [Commit] = []
        var next = known[tip]
        while let commit = next {
            line.append(commit)
            next = repository.presentParents(of: commit).first.flatMap { known[$0] }
        }
        return line
    }

    /// Returns the state whose receipts count against changes since a base state. BASE has all receipts that the range
    /// had at its start.
    func receipts(countedAt base: ObjectID) -> ObjectID { base == start ? judge ?? base : base }
}
