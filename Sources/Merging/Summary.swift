import Records

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
    /// Discordant pairs of comparable members, the one lower on the scale first, sorted; nil where there are more than
    /// `pairLimit`, which then holds of every sum with this one too.
    package private(set) var pairs: [MemberPair]?

    package static let pairLimit = 2_000

    init(_ member: Member) {
        members = [member]
        pairs = []
    }

    /// The sum of halves, down to single claims.
    init(_ members: some RandomAccessCollection<Member>) {
        guard members.count > 1 else {
            self.members = Array(members)
            pairs = []
            return
        }
        let half = members.count / 2
        self = QuantitySummary(members.prefix(half)) + QuantitySummary(members.dropFirst(half))
    }

    package static func + (a: QuantitySummary, b: QuantitySummary) -> QuantitySummary {
        var sum = a
        var (onlyA, onlyB): ([Member], [Member]) = ([], [])
        sum.members = merged(a.members, b.members, onlyA: &onlyA, onlyB: &onlyB)
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

/// By kind and lower end of what is said, then by id.
func comesBefore(_ a: Member, _ b: Member) -> Bool {
    func lower(_ member: Member) -> (rank: Int, end: Number?, open: Bool) {
        guard case .interval(let interval)? = member.values else { return (2, nil, false) }
        return (interval.lower == nil ? 0 : 1, interval.lower, !interval.includesLower)
    }
    let (left, right) = (lower(a), lower(b))
    if left.rank != right.rank { return left.rank < right.rank }
    if let x = left.end, let y = right.end, x != y { return x < y }
    if left.open != right.open { return right.open }
    return a.id < b.id
}
