import Checking
import Evidence
import Git
import Glibc
import Incremental
import Records
import Words

extension Workspace {
    /// Everything that is wrong with a state of the ledger: as an earlier run found it, or found anew where findings have
    /// changed since, or by reading all of it.
    func finishedCheck(_ snapshot: Snapshot, withNotes: Bool) async throws -> FinishedCheck {
        guard let cache = ReportCache(self), let state = try CheckedState(snapshot, in: self) else {
            return try await fullCheck(snapshot).check
        }
        if let kept = cache.pieces(state.cacheName).flatMap(KeptCheck.init), kept.head.stamp == state.stamp {
            if kept.head.state == state.identity, let check = kept.finished(withNotes: withNotes) { return check }
            // What keeps a part from being looked at is met again where all is read.
            if let check = try? changedCheck(since: kept, state, withNotes: withNotes) { return check }
        }
        let made = try await fullCheck(snapshot)
        if state.canBeKept {
            let rows = made.hasErrors ? [] : checkRows(of: made.files)
            let pieces = try KeptCheck.packed(
                made.check, stamp: state.stamp, state: state.identity, hasReadmes: made.hasReadmes, rows: rows,
                folders: state.folders)
            cache.write(pieces, as: state.cacheName)
        }
        return made.check
    }

    private struct FullCheck {
        var check: FinishedCheck
        var files: [DecodedFile]
        var hasErrors: Bool
        var hasReadmes: Bool
    }

    private func fullCheck(_ snapshot: Snapshot) async throws -> FullCheck {
        let files = keptToTheEnd(try await files(snapshot))
        let loaded = try await load(files, from: standpoint(of: snapshot), depth: .everything).ledger
        let readmes = try readmeNotes(snapshot, loaded)
        let ledger = readmes.map(loaded.adding) ?? loaded
        return FullCheck(
            check: FinishedCheck(ledger), files: files, hasErrors: ledger.hasErrors, hasReadmes: readmes != nil)
    }

    /// nil where only a look at everything can tell.
    private func changedCheck(
        since kept: KeptCheck, _ state: CheckedState, withNotes: Bool
    ) throws -> FinishedCheck? {
        let repository = try repository()
        guard kept.hasRows, !kept.head.hasReadmes,
            let changed = try state.changedFindings(since: kept, in: repository),
            var check = kept.finished(withNotes: withNotes)
        else { return nil }
        let reader = StateReader(state: state, repository: repository, workTree: isBare ? nil : try WorkTree(root))
        let folders = Set(changed.map(folder))
        let wasCrowded = check.problems.contains { $0.code == .crowdedFolder && folders.contains($0.path) }
        guard !wasCrowded, try folders.allSatisfy({ try reader.fileCount(of: $0) <= crowdedFolderLimit }) else {
            return nil
        }
        let now = Dictionary(
            zip(changed, try reader.files(at: changed)), uniquingKeysWith: { first, _ in first })
        let part = try partialCheck(
            of: now, told: check.problems, vocabulary: reader.vocabulary(), kernels: kernelDescriptions,
            today: today(),
            rows: kept.row, files: reader.files)
        guard let part, !(state.hasReceipts && part.canBeRun(Set(changed))) else { return nil }
        try check.replace(part, changed: Set(changed), kept)
        return check
    }
}

extension PartialCheck {
    /// Whether runs may tell of a claim in one of these files.
    fileprivate func canBeRun(_ paths: Set<String>) -> Bool {
        ledger.state.findings.values.contains { finding in
            paths.contains(finding.path) && finding.claims.contains { ledger.verification(of: $0) != nil }
        }
    }

    /// What is told of claims that no run tells of.
    fileprivate func notesWithoutRuns(on paths: Set<String>) -> [Diagnostic] {
        evidenceNotes(ledger, weigh(ledger, trail: AuditTrail(), settings: LedgerSettings())).filter {
            paths.contains($0.path)
        }
    }
}

extension FinishedCheck {
    /// Puts what a part tells anew in place of what was told before.
    fileprivate mutating func replace(_ part: PartialCheck, changed: Set<String>, _ kept: KeptCheck) throws {
        let old = try kept.notes(on: part.paths).filter(part.replaces)
        let told = part.diagnostics
        let new = told.filter { $0.severity == .note } + part.notesWithoutRuns(on: changed)
        problems.removeAll(where: part.replaces)
        problems += told.filter { $0.severity != .note }
        problems.sort()
        notes = notes.map { notes in (notes.filter { !part.replaces($0) } + new).sorted() }
        summary.noteCount += new.count - old.count
        summary.counts.findings += part.moreFindings
        summary.counts.claims += part.moreClaims
        summary.counts.warnings = problems.count { $0.severity == .warning }
    }
}

/// Single files of a state.
private struct StateReader {
    let state: CheckedState
    let repository: Repository
    /// nil in a bare repository, of which only commits are read.
    let workTree: WorkTree?

    /// nil where nothing stands. They are read one after the other and decoded on all cores.
    func files(at paths: [String]) throws -> [DecodedFile?] {
        try paths.map(sourceFile).mapSideBySide { $0.map(decode) }
    }

    private func sourceFile(at path: String) throws -> SourceFile? {
        switch state.files {
        case .tree(let tree): return try repository.entry(at: path, inTree: tree).map(repository.sourceFile)
        case .workTree:
            do throws(FileError) {
                return try workTree.map { tree throws(FileError) in
                    try tree.read(WorkTreeEntry(path: path, kind: .file))
                }
            } catch {
                guard error.code == ENOENT else { throw error }
                return nil
            }
        }
    }

    func fileCount(of folder: String) throws -> Int {
        switch state.files {
        case .tree(let tree):
            guard let entry = try repository.entry(at: folder, inTree: tree), entry.mode == .tree else { return 0 }
            return try repository.entries(ofTree: entry.id).count
        case .workTree(let stamp): return stamp.folders.first { $0.path == folder }?.fileCount ?? 0
        }
    }

    /// Conditions, values, assumptions, toy models and measurements.
    func vocabulary() throws -> [DecodedFile] {
        switch state.files {
        case .tree(let tree):
            return try repository.vocabularyEntries(inTree: tree).filter { !$0.path.contains("/receipts/") }
                .map(repository.sourceFile).mapSideBySide(decode)
        case .workTree(let stamp):
            let paths = stamp.folders.filter { isVocabulary($0.path) }.flatMap { folder in
                statsByName(folder.files).keys.sorted().map { "\(folder.path)/\($0)" }.filter(isLedgerPath)
            }
            return try files(at: paths).compactMap(\.self)
        }
    }

    private func isVocabulary(_ folder: String) -> Bool {
        let parts = pathParts(folder)
        return parts[0] == "Verifiers" && parts.last != "receipts"
            || parts.starts(with: ["Claims", "vocabulary", "conditions"])
            || parts.starts(with: ["Claims", "vocabulary", "assumptions"])
    }
}
