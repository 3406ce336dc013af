import Evidence
import Merging
import Records
import Words

/// The disagreements between findings, the differences that separate their sides, and the missing evidence. The report
/// covers the whole ledger, or only the part below one question.
package struct ConflictReport: Report {
    /// One quantity on which claims disagree or refine each other.
    package struct Subject: Sendable {
        package var found: Disagreement
        /// The record that defines the quantity, or nil if there is none.
        package var quantity: Quantity?
        /// The studies of the quantity and their pooled results, by settings; empty if the quantity is not numeric.
        package var pools: [QuantityPool]
        package var standing: Standing
    }

    /// Disagreements of one kind. Quantities that no question asks about form a group of their own.
    struct Group {
        var heading: String
        /// The subjects that are shown in full, and those that take a single line.
        var shown: [Subject] = []
        var folded: [Subject] = []
    }

    /// One construct, with its quantities sorted by name. Each quantity has its sorted claims.
    package struct Construct: Sendable {
        package var name: String
        package var quantities: [(name: String, claims: [Member])]
    }

    /// A claim whose runs contradict each other.
    package struct DisputedClaim: Sendable {
        package var id: ClaimID
        package var cells: [CellEvidence]
    }

    /// Claims whose runs contradict each other, sorted.
    package var disputed: [DisputedClaim]
    /// The quantities on which a question asks, by standing and name, and then the others likewise.
    package var subjects: [Subject]
    package var constructs: [Construct]
    package var superseded: [Superseded]
    /// Claims that point to different sides but are in no disagreement, by question.
    package var uncompared: [Uncompared]
    package var totals: DiscordTotals
    /// The number of pairs of estimates that were compared with each other.
    package var comparedEstimates: Int
    var isSaltUnchecked: Bool

    package var disagreements: [Disagreement] { subjects.map(\.found) }

    /// The subjects in groups, in their order.
    var groups: [Group] {
        var groups: [Group] = []
        for subject in subjects {
            let heading = subject.found.home == nil ? "Asked by no question" : subject.standing.heading
            if groups.last?.heading != heading { groups.append(Group(heading: heading)) }
            if subject.standing == .dependence {
                groups[groups.count - 1].folded.append(subject)
            } else {
                groups[groups.count - 1].shown.append(subject)
            }
        }
        return groups
    }

    package static let name = "conflicts"
    package static let renderers = [
        Renderer("text", "the sides of each quantity, for the terminal", conflictText),
        Renderer("json", "every field", json), Renderer("markdown", "a comment on a pull request", conflictMarkdown),
        Renderer("csv", "one row per claim on a side", conflictCSV),
    ]

    /// `known` are all disagreements of the merge, if they were computed before.
    package init(_ merge: Merge, below question: String? = nil, disagreements known: [Disagreement]? = nil) {
        let isWhole = question == nil || question == RecordPlace.rootQuestion
        func isBelow(_ leaf: String) -> Bool { question.map { leaf == $0 || leaf.hasPrefix($0 + "/") } ?? true }
        func concerns(_ quantity: String) -> Bool {
            isWhole || merge.members(of: quantity).contains { $0.leaves.contains(where: isBelow) }
        }
        disputed = merge.evidence.claims.filter { id, evidence in
            evidence.isDisputed && (merge.state.claim(id).map { concerns($0.quantity.value) } ?? false)
        }.map { DisputedClaim(id: $0, cells: $1.cells) }.sorted { $0.id < $1.id }
        let found = known?.filter { concerns($0.quantity) } ?? merge.disagreements(on: concerns)
        subjects = found.concurrentMap { found in
            Subject(
                found: found, quantity: merge.state.quantities[found.quantity], pools: merge.pools(of: found.quantity),
                standing: Standing(found, toyModels: merge.state.models))
        }.sorted { a, b in
            if (a.found.home == nil) != (b.found.home == nil) { return b.found.home == nil }
            return a.standing == b.standing ? a.found.quantity < b.found.quantity : a.standing < b.standing
        }
        constructs = merge.constructs().filter { $0.quantities.contains(where: concerns) }.map { construct in
            Construct(
                name: construct.name,
                quantities: construct.quantities.map { ($0, merge.members(of: $0).sorted { $0.id < $1.id }) })
        }
        superseded = merge.supersessions.filter { item in
            isWhole || merge.state.claim(item.claim).map { concerns($0.quantity.value) } ?? false
        }
        uncompared = merge.uncompared().filter { isBelow($0.question) || isWhole }
        totals = merge.totals(of: found.map(\.quantity))
        comparedEstimates = merge.summary.quantities.keys.filter(concerns).reduce(0) {
            $0 + merge.comparedEstimatePairs(on: $1)
        }
        isSaltUnchecked = merge.evidence.isSaltUnchecked
    }
}
