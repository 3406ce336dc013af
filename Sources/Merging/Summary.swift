import Records
import Words

/// A set of claims, as a value that can be merged.
///
/// Summaries form a commutative idempotent monoid: `empty` is the neutral element, and sums do not depend on order,
/// grouping or repeated claims. So summary(X ∪ Y) = summary(X) + summary(Y) for any sets of claims X and Y. A sum
/// reuses the pairs that its operands found, and compares only claims of one operand with claims of the other, as in
/// merge sort.
package struct Summary: Equatable, Sendable {
    package private(set) var quantities: [String: QuantitySummary] = [:]

    package static let empty = Summary()

    init(_ quantities: [String: QuantitySummary] = [:]) {
        self.quantities = quantities
    }

    package init(_ members: [Member]) {
        self.init(Dictionary(grouping: members, by: \.claim.quantity.value).mapValues { QuantitySummary($0) })
    }

    package static func + (a: Summary, b: Summary) -> Summary {
        var sum = a
        sum.quantities.merge(b.quantities, uniquingKeysWith: +)
        return sum
    }
}

/// The claims on one quantity, with the discordant pairs.
package struct QuantitySummary: Sendable {
    /// The claims without repeats, sorted by the lower ends of their spans, then by id.
    package private(set) var members: [Member]
    /// The same claims, sorted by id.
    private(set) var membersByID: [Member]
    /// The discordant pairs of comparable members, sorted. In each pair, the lower member comes first. nil if there are
    /// more than `pairLimit` pairs. The pairs of every sum that includes such a summary are nil too.
    package private(set) var pairs: [MemberPair]?

    package static let pairLimit = 2_000

    init(_ members: [Member]) {
        self.init(sortedByID: Self.sorted(members))
    }

    /// Creates the same summary as adding the claims one by one, but sorts and sweeps only once. `members` must not
    /// contain repeats.
    init(sortedByID members: [Member]) {
        membersByID = members
        let scale = members.enumerated().map { (place: ScalePosition($1), index: $0) }
            .sorted { ($0.place, $0.index) < ($1.place, $1.index) }.map(\.index)
        self.members = scale.map { members[$0] }
        pairs = discordantPairs(of: members, along: scale)
    }

    package static func + (a: QuantitySummary, b: QuantitySummary) -> QuantitySummary {
        var sum = a
        var (onlyA, onlyB): ([Member], [Member]) = ([], [])
        sum.members = merged(a.members, b.members, onlyA: &onlyA, onlyB: &onlyB)
        sum.membersByID = sorted(a.membersByID + b.membersByID)
        guard let ofA = a.pairs, let ofB = b.pairs else {
            sum.pairs = nil
            return sum
        }
        var pairs = ofA.isEmpty ? ofB : ofB.isEmpty ? ofA : Array(Set(ofA + ofB))
        let isComplete =
            appendDiscordant(below: onlyA, above: onlyB, to: &pairs)
            && appendDiscordant(below: onlyB, above: onlyA, to: &pairs)
        sum.pairs = isComplete && pairs.count <= pairLimit ? pairs.sorted() : nil
        return sum
    }

    /// Returns the member with this id, or nil if there is none.
    func member(_ claim: ClaimID) -> Member? {
        let place = membersByID.partitioningIndex { $0.id >= claim }
        return place < membersByID.count && membersByID[place].id == claim ? membersByID[place] : nil
    }

    /// Sorts members by id and removes repeats.
    private static func sorted(_ members: [Member]) -> [Member] {
        let all = sortedByID(members)
        return all.indices.filter { $0 == 0 || all[$0 - 1].id != all[$0].id }.map { all[$0] }
    }

    /// Merges two sorted lists without repeats. Also collects the members that only one of the lists contains.
    private static func merged(
        _ a: [Member], _ b: [Member], onlyA: inout [Member], onlyB: inout [Member]
    ) -> [Member] {
        var merged: [Member] = []
        merged.reserveCapacity(a.count + b.count)
        var (i, j) = (0, 0)
        while i < a.count || j < b.count {
            if i < a.count, j < b.count, a[i].id == b[j].id {
                merged.append(a[i])
                (i, j) = (i + 1, j + 1)
            } else if j == b.count || (i < a.count && comesBefore(a[i], b[j])) {
                merged.append(a[i])
                onlyA.append(a[i])
                i += 1
            } else {
                merged.append(b[j])
                onlyB.append(b[j])
                j += 1
            }
        }
        return merged
    }

    /// Appends the discordant pairs whose lower claim is in `below` and whose upper claim is in `above`. Returns false
    /// as soon as there are too many.
    ///
    /// Both lists are sorted by lower end. If a span in `above` overlaps a span in `below`, all earlier spans in `above`
    /// overlap it too. Labels have no numeric order, so every pair is compared, in one direction only.
    private static func appendDiscordant(below: [Member], above: [Member], to pairs: inout [MemberPair]) -> Bool {
        let above = above.filter(\.canDisagree)
        for a in below where a.canDisagree {
            guard let span = a.span else { continue }
            for b in above.reversed() {
                guard let other = b.span, comesBefore(a, b) else { break }
                if span.isDisjoint(from: other) {
                    guard a.exceedsUncertainty(from: b) else { continue }
                    if pairs.count > pairLimit { return false }
                    pairs.append(MemberPair(a, b))
                } else if case .interval = span {
                    break
                }
            }
        }
        return true
    }
}

extension QuantitySummary: Equatable {
    package static func == (a: QuantitySummary, b: QuantitySummary) -> Bool {
        a.members.map(\.id) == b.members.map(\.id) && a.pairs == b.pairs
    }
}

/// Two claims on one quantity.
package struct MemberPair: Hashable, Sendable, Comparable {
    package var lower: Member
    package var upper: Member

    init(_ lower: Member, _ upper: Member) {
        self.lower = lower
        self.upper = upper
    }

    package static func == (a: MemberPair, b: MemberPair) -> Bool {
        a.lower.id == b.lower.id && a.upper.id == b.upper.id
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(lower.id)
        hasher.combine(upper.id)
    }

    package static func < (a: MemberPair, b: MemberPair) -> Bool {
        (a.lower.id, a.upper.id) < (b.lower.id, b.upper.id)
    }
}

/// Returns all discordant pairs, or nil if there are too many. `members` are sorted by id. `scale` contains their
/// indices, sorted by lower end.
private func discordantPairs(of members: [Member], along scale: [Int]) -> [MemberPair]? {
    let scale = scale.filter { members[$0].canDisagree }
    let extents = members.contains(where: \.isEstimate) ? members.map { Extent($0) } : []
    var pairs: [(lower: Int, upper: Int)] = []
    var groups: [[String]: [Int]] = [:]
    for (place, a) in scale.enumerated() {
        guard case .interval? = members[a].span else {
            if case .labels(let labels)? = members[a].span { groups[labels, default: []].append(a) }
            continue
        }
        // The spans with the highest lower ends come last. If one of them overlaps the span of `a`, so do all spans
        // between them.
        for b in scale[(place + 1)...].reversed() {
            if !extents.isEmpty, let isDisjoint = extents[a].isBelow(extents[b]) {
                guard isDisjoint else { break }
                if extents[a].exceedsUncertainty(from: extents[b]) == false { continue }
            }
            guard let mine = members[a].span, let other = members[b].span, mine.isDisjoint(from: other) else { break }
            guard members[a].exceedsUncertainty(from: members[b]) else { continue }
            pairs.append((a, b))
            if pairs.count > QuantitySummary.pairLimit { return nil }
        }
    }
    // Labels have no numeric order, so every pair of distinct label sets is compared.
    let labelSets = groups.sorted { $0.value[0] < $1.value[0] }
    let labels = Numbering(labelSets.flatMap(\.key))
    let sets = labelSets.map { labels.set(of: $0.key) }
    for i in sets.indices {
        for j in 0..<i where sets[i].isDisjoint(with: sets[j]) {
            guard pairs.count + labelSets[i].value.count * labelSets[j].value.count <= QuantitySummary.pairLimit else {
                return nil
            }
            for a in labelSets[i].value {
                for b in labelSets[j].value { pairs.append((min(a, b), max(a, b))) }
            }
        }
    }
    return pairs.sorted(by: <).map { MemberPair(members[$0.lower], members[$0.upper]) }
}

/// The position of a claim in the order of kinds and lower ends of spans.
private struct ScalePosition: Comparable {
    /// 0 for a range without a lower end, 1 for a range with one, and 2 for labels or no values.
    private var rank = 2
    private var end = Number(0)
    private var isOpen = false

    init(_ member: Member) {
        guard case .interval(let interval)? = member.span else { return }
        rank = interval.lower == nil ? 0 : 1
        end = interval.lower ?? end
        isOpen = !interval.includesLower
    }

    static func < (a: ScalePosition, b: ScalePosition) -> Bool {
        if a.rank != b.rank { return a.rank < b.rank }
        return a.end == b.end ? b.isOpen && !a.isOpen : a.end < b.end
    }
}

/// Returns whether claim `a` comes before claim `b`, by position on the scale and then by id.
func comesBefore(_ a: Member, _ b: Member) -> Bool {
    let (left, right) = (ScalePosition(a), ScalePosition(b))
    return left == right ? a.id < b.id : left < right
}

func sortedByID(_ members: [Member]) -> [Member] {
    sortedIndices(members, by: { $0.id.slug }, then: { $0.id < $1.id }).map { members[$0] }
}

/// Returns the indices of the elements, sorted by name and then by `areInOrder`.
///
/// Compares the first bytes of the names first, because two names rarely share them.
func sortedIndices<Element>(
    _ elements: [Element], by name: (Element) -> String, then areInOrder: (Element, Element) -> Bool = { _, _ in false }
) -> [Int] {
    let starts = elements.enumerated().map { (start: NameStart(name($1)), place: $0) }
    // For names that are not ASCII, the order of bytes can differ from the order of strings.
    let isPlain = starts.allSatisfy { $0.start != nil }
    return starts.sorted { a, b in
        if isPlain, let x = a.start, let y = b.start, x != y { return x < y }
        let (x, y) = (name(elements[a.place]), name(elements[b.place]))
        if x != y { return x < y }
        if areInOrder(elements[a.place], elements[b.place]) { return true }
        return !areInOrder(elements[b.place], elements[a.place]) && a.place < b.place
    }.map(\.place)
}

/// The first 24 bytes of a name, which can be compared quickly.
private struct NameStart: Comparable {
    /// The bytes, eight in each word.
    private var words: (UInt64, UInt64, UInt64) = (0, 0, 0)

    /// Returns nil if one of these bytes is not ASCII.
    init?(_ name: String) {
        for (place, byte) in name.utf8.prefix(24).enumerated() {
            guard byte < 0x80 else { return nil }
            let letter = UInt64(byte) << UInt64(56 - 8 * (place % 8))
            switch place / 8 {
            case 0: words.0 |= letter
            case 1: words.1 |= letter
            default: words.2 |= letter
            }
        }
    }

    static func == (a: NameStart, b: NameStart) -> Bool { a.words == b.words }
    static func < (a: NameStart, b: NameStart) -> Bool { a.words < b.words }
}
