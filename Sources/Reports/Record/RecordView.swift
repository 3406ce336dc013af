import Evidence
import Merging
import Records
import Words

/// A record with everything related to it.
package struct RecordView: Report {
    /// The kinds of records, in the order in which a name is looked up.
    package enum Kind: String, Sendable, CaseIterable {
        case claim, finding, question, quantity
        case toyModel = "toy model"
        case trace, codebook
        case measurement, assumption, constraint, condition, resource, kernel, value, task

        /// The word that chooses this kind, as in `model:coin`.
        var prefix: String { self == .toyModel ? "model" : rawValue }
    }

    package struct Section: Sendable {
        package var title: String
        package var lines: [String]
        /// Whether the lines are preformatted.
        var isDrawn = false
    }

    package var id: String
    package var kind: Kind
    package var title: String
    package var path: String?
    package var sections: [Section] = []
    /// The record's claims, as data.
    package var claims: [ClaimRow] = []
    /// The E values of the record's cells; only for a finding or a claim. The text format shows them on request.
    package var scores: [CellScore] = []
    /// The votes on the record, as data; only for a question.
    package var votes: Votes?
    /// The models for which the record is answered, as data; only for a leaf question.
    package var models: QuestionModels?
    /// The properties of the record, as data; only for a toy model.
    package var toyModel: ToyModelReport?
    /// The pooled estimates of the record, by settings; only for a numeric quantity.
    package var pools: [QuantityPool] = []

    package static let name = "show"
    package static let renderers = [
        Renderer("text", "by heading, for the terminal", recordText), Renderer("json", "every field", json),
        Renderer("markdown", "a comment on a pull request", recordMarkdown), table,
    ]
    private static let table = Renderer<RecordView>("csv", "one row per claim, where there are any", recordCSV)

    package var subject: String { "\(kind.rawValue) \(id)" }

    package var renderers: [Renderer<RecordView>] {
        claims.isEmpty ? Self.renderers.filter { $0.name != Self.table.name } : Self.renderers
    }

    init(_ id: String, _ kind: Kind, _ title: String, _ path: String?) {
        (self.id, self.kind, self.title, self.path) = (id, kind, title, path)
    }

    init(_ id: String, _ kind: Kind, _ title: String, _ place: RecordPlace) {
        self.init(id, kind, title, place.path)
    }

    /// Adds runs that are not yet in any receipt, because `verify` was interrupted.
    package mutating func add(_ kept: [KeptRuns]) {
        add("Finished runs without a receipt", kept.map(\.sentence))
    }

    /// Adds how many receipts of the record are not committed.
    package mutating func add(uncommittedReceipts count: Int) {
        guard count > 0 else { return }
        let verb = count == 1 ? "is" : "are"
        add(
            "Receipts that are not committed",
            [
                "\(counted(count, "receipt")) \(verb) not committed; `git add Verifiers && git commit` keeps \(count == 1 ? "it" : "them")"
            ])
    }

    mutating func add(_ title: String, _ lines: [String], isDrawn: Bool = false) {
        if !lines.isEmpty { sections.append(Section(title: title, lines: lines, isDrawn: isDrawn)) }
    }
}

/// The runs of a claim that are kept on this machine and are in no receipt.
package struct KeptRuns: Sendable {
    package var claim: ClaimID
    package var runs = 0
    package var hits = 0
    package var controlRuns = 0

    package init(claim: ClaimID) { self.claim = claim }

    var sentence: String {
        let all = runs + controlRuns
        let control = controlRuns > 0 ? ", and \(controlRuns) of the control" : ""
        return
            "\(claim): \(counted(all, "run")) \(all == 1 ? "is" : "are") kept on this machine and in no receipt: \(hits) of "
            + "\(runs) hit\(control); `arbor-ledger verify \(claim)` continues"
    }
}
