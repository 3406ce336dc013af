internal import CLibgit2

extension Repository {
    /// Returns the commits that are reachable from `tip` but not from any commit in `hidden`, children before parents.
    ///
    /// Throws `missingObject` if a commit is missing; the history of a shallow clone ends at its boundary.
    package func commits(from tip: ObjectID, hiding hidden: [ObjectID]) throws(GitError) -> [ObjectID] {
        if isShallow { return try shallowCommits(from: tip, hiding: hidden) }
        let walk = try acquire("walk the history") { git_revwalk_new(&$0, handle) }
        defer { git_revwalk_free(walk) }
        git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL.rawValue)
        var raw = tip.raw
        try check(git_revwalk_push(walk, &raw), "walk the history of \(tip)")
        for commit in hidden {
            var raw = commit.raw
            try check(git_revwalk_hide(walk, &raw), "walk the history of \(commit)")
        }
        var found: [ObjectID] = []
        var id = git_oid()
        while true {
            let code = git_revwalk_next(&id, walk)
            if code == GIT_ITEROVER.rawValue { return found }
            try check(code, "walk the history of \(tip)")
            found.append(ObjectID(id))
        }
    }

    /// Returns whether `ancestor` is `commit` or in its history.
    package func isAncestor(_ ancestor: ObjectID, of commit: ObjectID) throws(GitError) -> Bool {
        if ancestor == commit { return true }
        if isShallow { return try shallowCommits(from: commit, hiding: []).contains(ancestor) }
        var (commitRaw, ancestorRaw) = (commit.raw, ancestor.raw)
        return try check(
            git_graph_descendant_of(handle, &commitRaw, &ancestorRaw), "look for \(ancestor) in a history") == 1
    }

    /// Returns the parents of a commit that exist in this clone; a shallow clone may lack some of them.
    package func presentParents(of commit: Commit) -> [ObjectID] {
        isShallow ? commit.parents.filter(contains) : commit.parents
    }

    /// Walks the history without libgit2's own walker, because libgit2 1.5 fails at the missing parents of a shallow
    /// clone.
    private func shallowCommits(from tip: ObjectID, hiding hidden: [ObjectID]) throws(GitError) -> [ObjectID] {
        var seen: Set<ObjectID> = []
        for commit in hidden { _ = try collectHistory(of: commit, seen: &seen) }
        return try collectHistory(of: tip, seen: &seen).reversed()
    }

    /// Returns the commits of a history that are not yet in `seen`, parents before children, and adds them to `seen`.
    private func collectHistory(of tip: ObjectID, seen: inout Set<ObjectID>) throws(GitError) -> [ObjectID] {
        var found: [ObjectID] = []
        var open: [(id: ObjectID, parents: [ObjectID])] = []
        func enter(_ id: ObjectID) throws(GitError) {
            guard seen.insert(id).inserted else { return }
            open.append((id, try presentParents(of: commit(id))))
        }
        try enter(tip)
        while let last = open.indices.last {
            if let parent = open[last].parents.popLast() {
                try enter(parent)
            } else {
                found.append(open.removeLast().id)
            }
        }
        return found
    }
}
