/// Two claims on one quantity whose ranges do not meet.
public struct Pair: Sendable {
    /// Why they differ, as far as the records tell.
    public enum Class: String, Sendable, Codable {
        /// A recorded condition differs.
        case scope
        /// They rest on different assumptions.
        case assumption
        /// Something is unknown on one side: ask its author.
        case unrecorded
        /// Nothing differs.
        case contradiction
    }

    /// At a shared cell, which sides were verified there.
    public enum Grade: String, Sendable, Codable {
        case both, one, neither
    }

    public var a: ClaimID
    public var b: ClaimID
    /// Some cell is in both scopes and the assumptions can hold together; otherwise they touched different parts.
    public var isConflict: Bool
    public var kind: Class
    public var grade: Grade
    /// Conditions, attributes and `assume:` names without a common value, sorted.
    public var differs: [String]
}

/// A chain of claims, each one's range inside the one before, where their scopes overlap.
public struct Refinement: Sendable, Equatable {
    /// Widest first.
    public var chain: [ClaimID]
    public var tightest: ClaimID { chain[chain.count - 1] }
}

/// What is compared of one quantity.
public struct Disagreement: Sendable {
    public var quantity: String
    /// The lowest question above all leaves that the claims involved bear on; nil where no question asks.
    public var home: String?
    public var members: [Member]
    public var pairs: [Pair]
    /// Maximal sets of claims whose ranges pairwise meet, scopes ignored.
    public var sides: [[ClaimID]]
    /// Maximal sets of claims without a conflict.
    public var camps: [[ClaimID]]
    public var explanations: [Explanation]
    /// Conditions in every explanation.
    public var core: [String]
    public var refinements: [Refinement]
    /// Estimates whose 95 % intervals do not meet.
    public var estimates: [(a: ClaimID, b: ClaimID)]
    /// Sides or camps beyond what is listed exist.
    public var isTruncated: Bool

    public var conflicts: [Pair] { pairs.filter(\.isConflict) }
    public var nearMisses: [Pair] { pairs.filter { !$0.isConflict } }
    /// Pairs in which nothing differs.
    public var unexplained: [Pair] { pairs.filter { $0.differs.isEmpty } }
}

extension Merge {
    /// Everything worth telling of the quantities, sorted by name: disagreements, refinements, estimates that do not meet.
    public func disagreements() -> [Disagreement] {
        membersByQuantity.keys.sorted().mapSideBySide(disagreement).compactMap(\.self)
    }

    /// nil where the claims on a quantity neither disagree nor refine each other.
    public func disagreement(on quantity: String) -> Disagreement? {
        let all = members(of: quantity)
        let members = all.filter(\.isComparable)
        let (pairs, explanations) = discord(on: quantity)
        let refinements = findRefinements(members)
        let estimates = disjointEstimates(all)
        guard !pairs.isEmpty || !refinements.isEmpty || !estimates.isEmpty else { return nil }

        let involved = Set(pairs.flatMap { [$0.a, $0.b] })
        let sides = pairs.isEmpty ? ([], false) : findSides(members)
        let camps = pairs.isEmpty ? ([], false) : findCamps(members, pairs)
        let named = involved.union(refinements.flatMap(\.chain)).union(estimates.flatMap { [$0.a, $0.b] })
        return Disagreement(
            quantity: quantity, home: home(of: all.filter { named.contains($0.id) }), members: all, pairs: pairs,
            sides: sides.0, camps: camps.0, explanations: explanations, core: core(of: explanations),
            refinements: refinements, estimates: estimates, isTruncated: sides.1 || camps.1)
    }

    /// The pairs of claims on a quantity whose ranges do not meet, sorted, and what separates them.
    func discord(on quantity: String) -> (pairs: [Pair], explanations: [Explanation]) {
        let members = members(of: quantity).filter(\.isComparable)
        let pairs = disjointPairs(members).map(pair)
        let differences = pairs.map(\.differs).filter { !$0.isEmpty }
        let involved = Set(pairs.flatMap { [$0.a, $0.b] })
        return (pairs, findExplanations(differences, among: members.filter { involved.contains($0.id) }))
    }

    private func pair(_ a: Member, _ b: Member) -> Pair {
        let differs = differences(a, b)
        // Bridges never explain, but one that cannot hold beside another assumption keeps two claims apart.
        let isExclusive = state.areExclusive(a.claim.assumes.map(\.value), b.claim.assumes.map(\.value))
        let kind: Pair.Class =
            if differs.contains(where: { !$0.hasPrefix(assumptionPrefix) }) { .scope } else if !differs.isEmpty {
                .assumption
            } else if leavesSomethingUnknown(a) || leavesSomethingUnknown(b) { .unrecorded } else { .contradiction }
        let verified = [isVerified(a, within: b.scope), isVerified(b, within: a.scope)].count(where: \.self)
        return Pair(
            a: a.id, b: b.id, isConflict: a.scope.overlaps(b.scope) && !isExclusive, kind: kind,
            grade: verified == 2 ? .both : verified == 1 ? .one : .neither, differs: differs)
    }

    private func leavesSomethingUnknown(_ member: Member) -> Bool {
        guard let quantity = state.quantities[member.claim.quantity.value] else { return false }
        return (quantity.conditions + quantity.laterConditions).contains { condition in
            guard case .values? = member.claim.tested[condition.value] else { return true }
            return false
        }
    }

    /// Whether its runs verified it at a cell of the other's scope.
    private func isVerified(_ member: Member, within scope: Scope) -> Bool {
        member.evidence.verdict == .verified
            && Scope(member.claim.tested, vocabulary: state.vocabulary).overlaps(scope)
    }

    /// The lowest question above all leaves that the claims bear on.
    private func home(of members: [Member]) -> String? {
        let leaves = Set(members.flatMap(\.leaves))
        guard var common = leaves.first.map(ancestry) else { return nil }
        for leaf in leaves {
            let path = ancestry(of: leaf)
            common = Array(zip(common, path).prefix { $0 == $1 }.map(\.0))
        }
        return common.last
    }

    /// From the north star down to the question itself.
    private func ancestry(of id: String) -> [String] {
        var path = [id]
        while let parent = Question.parent(of: path[0]) { path.insert(parent, at: 0) }
        return path
    }
}

/// How explanations name an assumption that only one side makes.
let assumptionPrefix = "assume:"

/// What is recorded on both sides without a common value, and the assumptions that only one side makes.
func differences(_ a: Member, _ b: Member) -> [String] {
    var names: [String] = []
    var (i, j) = (0, 0)
    while i < a.recorded.count && j < b.recorded.count {
        let (mine, theirs) = (a.recorded[i], b.recorded[j])
        if mine.name == theirs.name {
            if !mine.values.contains(where: theirs.values.contains) { names.append(mine.name) }
            (i, j) = (i + 1, j + 1)
        } else if mine.name < theirs.name {
            i += 1
        } else {
            j += 1
        }
    }
    let onlyOne = Set(a.assumptions).symmetricDifference(b.assumptions)
    return (names + onlyOne.map { assumptionPrefix + $0 }).sorted()
}

private func disjointEstimates(_ members: [Member]) -> [(a: ClaimID, b: ClaimID)] {
    disjointPairs(members.filter(\.isEstimate)).filter { $0.scope.overlaps($1.scope) }.map { ($0.id, $1.id) }
}

/// Members that say things which do not meet, each pair once, sorted by id.
///
/// They come in the order of the merge, ranges by their lower end: where one meets an earlier one, so do all between them.
private func disjointPairs(_ members: [Member]) -> [(Member, Member)] {
    // An estimate's interval may lie outside what the quantity can be: clipped to nothing, it says nothing.
    let members = members.filter { $0.values.map { !$0.isEmpty } ?? false }
    var pairs: [(Member, Member)] = []
    for (i, a) in members.enumerated() {
        guard let values = a.values else { continue }
        for b in members[(i + 1)...].reversed() {
            guard let other = b.values else { continue }
            if values.isDisjoint(from: other) {
                pairs.append(a.id < b.id ? (a, b) : (b, a))
            } else if case .interval = values {
                break
            }
        }
    }
    return pairs.sorted { ($0.0.id, $0.1.id) < ($1.0.id, $1.1.id) }
}
