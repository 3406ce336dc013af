import Records
import Words

/// What is known below one question, as a value that merges.
///
/// A commutative idempotent monoid: `empty` adds nothing, the order and grouping of sums leave no trace, and adding what
/// is known already changes nothing. So summary(X ∪ Y) = summary(X) + summary(Y) for any two sets of claims, which is the
/// merge step of merge-sort: what each side found within itself is kept, and only pairs across are looked at.
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

/// The claims on one quantity, with those pairs of them whose ranges do not meet.
package struct QuantitySummary: Sendable {
    /// In the order of the scale: by the lower end of what they say, then by id; each claim once.
    package private(set) var members: [Member]
    /// The same, by id.
    private(set) var membersByID: [Member]
    /// Discordant pairs of comparable members, the one lower on the scale first, sorted; nil where there are more than
    /// `pairLimit`, which then holds of every sum with this one too.
    package private(set) var pairs: [MemberPair]?

    package static let pairLimit = 2_000

    /// Equal to the sum of its claims one by one, from one sort and one sweep along the scale.
    init(_ members: [Member]) {
        let byID = Self.sorted(members)
        membersByID = byID
        let places = byID.enumerated().map { (place: ScalePlace($1), index: $0) }
        self.members = places.sorted { ($0.place, $0.index) < ($1.place, $1.index) }.map { byID[$0.index] }
        pairs = discordantPairs(of: self.members)
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

    /// nil where it is none of the members.
    func member(_ claim: ClaimID) -> Member? {
        let place = membersByID.firstPlace { $0.id >= claim }
        return place < membersByID.count && membersByID[place].id == claim ? membersByID[place] : nil
    }

    /// By id, each claim once.
    private static func sorted(_ members: [Member]) -> [Member] {
        let all = sortedByID(members)
        return all.indices.filter { $0 == 0 || all[$0 - 1].id != all[$0].id }.map { all[$0] }
    }

    /// Two sorted lists as one without repeats, and what only one of them has.
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

    /// Pairs of a lower and an upper claim whose ranges do not meet; false as soon as there are too many to keep.
    ///
    /// Both come by their lower ends: where an upper range meets a lower one, so do all upper ones before it. Labels have
    /// no scale, so each is compared with each, and in one direction only.
    private static func appendDiscordant(below: [Member], above: [Member], to pairs: inout [MemberPair]) -> Bool {
        let above = above.filter(\.canDisagree)
        for a in below where a.canDisagree {
            guard let values = a.values else { continue }
            for b in above.reversed() {
                guard let other = b.values, comesBefore(a, b) else { break }
                if values.isDisjoint(from: other) {
                    if pairs.count > pairLimit { return false }
                    pairs.append(MemberPair(a, b))
                } else if case .interval = values {
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

/// All pairs of claims, sorted by place on the scale, that can disagree and do; nil where there are too many to keep.
private func discordantPairs(of members: [Member]) -> [MemberPair]? {
    let members = members.filter(\.canDisagree)
    var pairs: [MemberPair] = []
    var groups: [[String]: [Member]] = [:]
    for (index, a) in members.enumerated() {
        guard case .interval? = a.values else {
            if case .labels(let labels)? = a.values { groups[labels, default: []].append(a) }
            continue
        }
        // Those with the highest lower ends come last: where one of them meets it, so do all before.
        for b in members[(index + 1)...].reversed() {
            guard let values = a.values, let other = b.values, values.isDisjoint(from: other) else { break }
            pairs.append(MemberPair(a, b))
            if pairs.count > QuantitySummary.pairLimit { return nil }
        }
    }
    guard !groups.isEmpty else { return pairs.sorted() }
    // Labels have no scale: each two different sets of them are held against each other, however many claims say them.
    let sayings = groups.sorted { $0.value[0].id < $1.value[0].id }
    let labels = Numbering(sayings.flatMap(\.key))
    let sets = sayings.map { labels.set(of: $0.key) }
    for i in sets.indices {
        for j in 0..<i where sets[i].isDisjoint(with: sets[j]) {
            guard pairs.count + sayings[i].value.count * sayings[j].value.count <= QuantitySummary.pairLimit else {
                return nil
            }
            for a in sayings[i].value {
                for b in sayings[j].value { pairs.append(a.id < b.id ? MemberPair(a, b) : MemberPair(b, a)) }
            }
        }
    }
    return pairs.sorted()
}

/// Where a claim stands on the scale: by kind and lower end of what is said.
private struct ScalePlace: Comparable {
    /// 0 without a lower end, 1 with one, 2 where no interval is said.
    private var rank = 2
    private var end = Number(0)
    private var isOpen = false

    init(_ member: Member) {
        guard case .interval(let interval)? = member.values else { return }
        rank = interval.lower == nil ? 0 : 1
        end = interval.lower ?? end
        isOpen = !interval.includesLower
    }

    static func < (a: ScalePlace, b: ScalePlace) -> Bool {
        if a.rank != b.rank { return a.rank < b.rank }
        return a.end == b.end ? b.isOpen && !a.isOpen : a.end < b.end
    }
}

/// By place on the scale, then by id.
func comesBefore(_ a: Member, _ b: Member) -> Bool {
    let (left, right) = (ScalePlace(a), ScalePlace(b))
    return left == right ? a.id < b.id : left < right
}

/// Compared by the first letters, which seldom are the same, and only then by the whole id.
func sortedByID(_ members: [Member]) -> [Member] {
    var starts: [(start: IDStart, place: Int)] = []
    starts.reserveCapacity(members.count)
    for (place, member) in members.enumerated() {
        guard let start = IDStart(member.id) else { return members.sorted { $0.id < $1.id } }
        starts.append((start, place))
    }
    return starts.sorted { a, b in
        a.start == b.start ? members[a.place].id < members[b.place].id : a.start < b.start
    }.map { members[$0.place] }
}

/// The first sixteen letters of an id, in the order of ids.
private struct IDStart: Comparable {
    private var first: UInt64 = 0
    private var second: UInt64 = 0

    /// nil for letters that are not ASCII, which have an order of their own.
    init?(_ id: ClaimID) {
        var shift: UInt64 = 64
        var isSecond = false
        for byte in id.slug.utf8.prefix(16) {
            guard byte < 0x80 else { return nil }
            if shift == 0 { (shift, isSecond) = (64, true) }
            shift -= 8
            if isSecond { second |= UInt64(byte) << shift } else { first |= UInt64(byte) << shift }
        }
    }

    static func < (a: IDStart, b: IDStart) -> Bool {
        a.first == b.first ? a.second < b.second : a.first < b.first
    }
}
