import Checking
import Merging
import Records
import Reports
import Words

/// One file of the atlas. Its content is made when it is needed, since a large atlas does not fit into memory.
package struct AtlasFile: Sendable {
    /// The path from the folder of the atlas.
    package let path: String
    package let render: @Sendable () -> [UInt8]

    package init(_ path: String, _ render: @escaping @Sendable () -> [UInt8]) {
        (self.path, self.render) = (path, render)
    }
}

/// The state of a ledger that an atlas shows.
package struct AtlasState: Sendable {
    /// The full id of the commit.
    package var commit: String
    /// The date of the commit, as in `2026-11-30`. Pages show no other time.
    package var date: String
    package let merge: Merge
    package let answers: [String: Answer]
    package let disagreements: [Disagreement]
    package var tasks: [LedgerTask]
    /// The answers at earlier commits of the audit branch, the oldest first.
    package var history: [BeliefPoint] = []
    /// The pictures of trained networks, by toy model. Empty unless they were trained for the atlas.
    package var networks: [String: NetworkViews] = [:]

    /// Other ledgers whose claims are shown beside those of this one. They change no answer.
    package var guests: [GuestLedger] = []

    /// The codebooks for which every text has a page for annotating; nil for all codebooks. Texts that a person or a
    /// model has begun to label have such a page in any case.
    package var annotatedCodebooks: Set<String>?

    /// The state whose traces, codebooks and annotations are shown, if it is not the state of the merge.
    package var traceState: LedgerState?

    package init(commit: String, date: String, merge: Merge) {
        (self.commit, self.date, self.merge) = (commit, date, merge)
        (answers, disagreements) = (merge.answers(), merge.disagreements())
        tasks = merge.tasks(today: date, answers: answers, disagreements: disagreements)
    }
}

/// Another ledger, whose claims are shown as guests.
package struct GuestLedger: Sendable {
    /// The name of its folder.
    package var name: String
    package var commit: String
    package var merge: Merge

    package init(name: String, commit: String, merge: Merge) {
        (self.name, self.commit, self.merge) = (name, commit, merge)
    }
}

/// The answers to all questions at one commit.
package struct BeliefPoint: Sendable {
    package struct Belief: Sendable, Equatable {
        package var status: QuestionStatus
        package var text: String

        package init(status: QuestionStatus, text: String) { (self.status, self.text) = (status, text) }
    }

    package var commit: String
    package var date: String
    /// By the question's id.
    package var beliefs: [String: Belief]

    package init(commit: String, date: String, beliefs: [String: Belief]) {
        (self.commit, self.date, self.beliefs) = (commit, date, beliefs)
    }
}

/// What all pages share: the reports on a ledger, and which record each page shows.
///
/// This is a class, so that pages that are written at the same time do not copy it.
final class Atlas: Sendable {
    let state: AtlasState
    let merge: Merge
    let ledger: LedgerState
    let answers: [String: Answer]
    /// The disagreements, in the order of `conflicts`.
    let conflicts: ConflictReport
    let coverage: CoverageMap
    let brief: BriefReport
    /// The questions in tree order.
    let places: [MergeReport.Place]
    let orderedAnswers: [Answer]
    /// The claims of the merge, by quantity and by model, sorted by id.
    let membersByQuantity: [String: [Member]]
    let membersByModel: [String: [Member]]
    let membersByAssumption: [String: [Member]]
    let members: [ClaimID: Member]
    /// The same claims, sorted by id.
    let sortedMembers: [Member]
    let conflictIndex: ConflictIndex
    /// The claims that cannot be true together with another claim, without differences of two claims.
    let inConflict: Set<ClaimID>
    let subjects: [String: ConflictReport.Subject]
    let conflictPageNumbers: [String: Int]
    let poolsByQuantity: [String: [QuantityPool]]
    /// The questions that are listed below others for reading only.
    let listedBelow: [String: [String]]
    /// The leaves that ask about each quantity, in tree order.
    let orderedLeaves: [String: [String]]
    let tasksByQuestion: [String: [LedgerTask]]
    /// Which records name a record.
    let records: RecordIndex
    /// The names of all models, sorted by title.
    let models: [String]
    /// The general model that the north star names.
    let northStarModel: String?
    /// The disagreements with claims that cannot both be true, without those that may only seem so because settings are
    /// unknown.
    let conflictingSubjects: [ConflictReport.Subject]
    /// The quantities of these disagreements, by each question above a leaf that asks about them.
    let conflictsBelow: [String: [String]]
    /// The traces and the codebooks, sorted by name.
    let traces: [TraceSheet]
    let codebooks: [Codebook]
    /// The bridges on each page of toys beside general models.
    let bridgePages: [[Assumption]]

    init(_ state: AtlasState) {
        self.state = state
        let merge = state.merge
        (self.merge, ledger, answers) = (merge, merge.state, state.answers)
        let report = MergeReport(merge, answers: state.answers)
        places = report.places
        orderedAnswers = report.answers
        conflicts = ConflictReport(merge, disagreements: state.disagreements)
        conflictPageNumbers = conflicts.pageNumbers
        subjects = Dictionary(uniqueKeysWithValues: conflicts.subjects.map { ($0.found.quantity, $0) })
        let known = subjects.mapValues(\.pools)
        let pools = merge.summary.quantities.keys.concurrentMap { ($0, known[$0] ?? merge.pools(of: $0)) }
        poolsByQuantity = Dictionary(uniqueKeysWithValues: pools)
        orderedLeaves = Dictionary(grouping: report.answers.filter { $0.question.quantity != nil }) {
            $0.question.quantity?.value ?? ""
        }.mapValues { $0.map(\.question.id) }
        listedBelow = listedQuestions(merge.state.questions)
        let conflictIndex = ConflictIndex(conflicts, merge)
        self.conflictIndex = conflictIndex
        coverage = CoverageMap(merge, state.answers, conflictIndex)
        brief = BriefReport(merge, state.answers, state.tasks)
        conflictingSubjects = conflicts.subjects.filter { subject in
            subject.found.hasConflict && subject.found.members.contains(where: conflictIndex.contains)
        }
        conflictsBelow = index(conflictingSubjects.map(\.found.quantity)) { [orderedLeaves] quantity in
            orderedLeaves[quantity, default: []].flatMap { leaf in
                sequence(first: leaf) { Question.parent(of: $0) }.dropFirst()
            }
        }
        records = RecordIndex(merge, report.answers, conflicts)
        let found = Dictionary(uniqueKeysWithValues: merge.members.map { ($0.id, $0) })
        let sorted = records.sortedFindings.flatMap { $0.claims.compactMap { found[$0.id] } }
        (members, sortedMembers) = (found, sorted)
        inConflict = Set(sorted.filter(conflictIndex.contains).map(\.id))
        membersByQuantity = Dictionary(grouping: sorted) { $0.claim.quantity.value }
        membersByModel = index(sorted) { $0.testedValues(of: Condition.model) }
        membersByAssumption = index(sorted) { $0.claim.assumes.map(\.value) }
        tasksByQuestion = Dictionary(grouping: state.tasks.filter { $0.question != nil }) { $0.question ?? "" }
        let vocabulary = merge.state.vocabulary
        models = vocabulary.values(of: Condition.model).filter { $0 != Condition.notApplicable }
            .sorted { a, b in (vocabulary.title(ofModel: a), a) < (vocabulary.title(ofModel: b), b) }
        let words = searchWords(merge.state.questions[RecordPlace.rootQuestion]?.text ?? "")
        northStarModel = models.first { vocabulary.isGeneral($0) && words.contains($0) }
        traces = TraceSheet.all(state.traceState ?? merge.state)
        codebooks = (state.traceState ?? merge.state).codebooks.sorted { $0.key < $1.key }.map(\.value)
        bridgePages = pagesOfBridges(
            merge.state.assumptions.values.filter { $0.bridge != nil }, membersByAssumption)
    }
}

private func index<Item>(_ items: [Item], _ keys: (Item) -> [String]) -> [String: [Item]] {
    var index: [String: [Item]] = [:]
    for item in items { for key in Set(keys(item)) { index[key, default: []].append(item) } }
    return index
}

/// Returns all files of an atlas except the list of digests, sorted by path.
package func atlasFiles(_ state: AtlasState) -> [AtlasFile] {
    let atlas = Atlas(state)
    let files: [[AtlasFile]] = [
        sharedFiles,
        [
            AtlasFile(Place.annotatingStyle) { Array(annotatingStyle.utf8) },
            AtlasFile("annotate.js") { Array(annotatingScript.utf8) },
            AtlasFile("compare.js") { Array(comparingScript.utf8) }, AtlasFile("spans.js") { Array(spanScript.utf8) },
            atlas.mapPage, atlas.timePage, atlas.aboutPage,
        ],
        atlas.questionPages, atlas.movedQuestionPages, atlas.conflictPages, atlas.taskPages, atlas.modelPages,
        atlas.pairPages, SearchIndex(atlas).files, atlas.claimData,
        atlas.findingPages, atlas.findingLists, atlas.quantityPages, atlas.assumptionPages, atlas.toyPages,
        atlas.conditionPages, [atlas.constraintsPage], atlas.vocabularyPages, atlas.tracePages, atlas.annotatingPages,
    ]
    return files.flatMap(\.self).sorted { $0.path < $1.path }
}
