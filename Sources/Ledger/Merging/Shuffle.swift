/// How often findings whose values are dealt out anew are explained as well as those that were made.
public struct Shuffle: Sendable, Equatable {
    /// Of `total` ways to deal the values out, the ones as they are included.
    public var asGood: Int
    /// Ways that leave the same claims discordant, which any explanation explains as well.
    public var floor: Int
    public var total: Int
    public var findingCount: Int

    public var p: Double { Double(asGood) / Double(total) }
    public var floorP: Double { Double(floor) / Double(total) }
}

/// Fewer findings than this cannot be told from chance.
public let shuffleFindingMinimum = 4

/// Up to so many findings every way is tried.
private let exactLimit = 7

/// Drawn beyond that, from a seed that only the quantity decides.
private let drawCount = 5_000

/// More work than this is not worth a p.
private let workLimit = 400_000_000

extension Discord {
    /// A way counts as good where it leaves no more pairs unexplained, and a set no larger, nor with more blocks, than the
    /// best explanation separates all others. nil below four findings, without an explanation, and where there are too
    /// many claims to deal out.
    func shuffle(_ best: Explanation?, quantity: String) -> Shuffle? {
        let count = comparison.members.count
        guard count >= shuffleFindingMinimum, let best, !isTruncated, sets.isEmpty else { return nil }
        let candidates = comparison.setsAsSimple(as: best)
        guard candidates.count <= workLimit / (drawCount * max(1, pairs.count)), count <= 1_024 else { return nil }
        let discordant = comparison.discordantPairs
        let separated = candidates.map { comparison.separated(by: $0) }
        let indistinct = comparison.indistinct
        let allowed = unexplainedCount
        var isDiscordant = [Bool](repeating: false, count: count * count)
        for (i, j) in discordant {
            isDiscordant[i * count + j] = true
            isDiscordant[j * count + i] = true
        }
        /// `order[i]` is the setting that the values of claim i are dealt to.
        func isAsGood(_ order: [Int]) -> Bool {
            var unexplained = 0
            for (i, j) in discordant where indistinct[order[i] * count + order[j]] { unexplained += 1 }
            guard unexplained <= allowed else { return false }
            return separated.contains { isSeparated in
                discordant.allSatisfy { i, j in
                    let place = order[i] * count + order[j]
                    return isSeparated[place] || indistinct[place]
                }
            }
        }
        func isSame(_ order: [Int]) -> Bool {
            discordant.allSatisfy { i, j in isDiscordant[order[i] * count + order[j]] }
        }
        var shuffle = Shuffle(asGood: 0, floor: 0, total: 0, findingCount: count)
        func take(_ order: [Int]) {
            shuffle.total += 1
            shuffle.asGood += isAsGood(order) ? 1 : 0
            shuffle.floor += isSame(order) ? 1 : 0
        }
        if count <= exactLimit {
            forEachPermutation(count, take)
        } else {
            var random = SplitMix64(stream: "shuffle/\(quantity)", index: 0)
            take(Array(0..<count))
            for _ in 0..<drawCount {
                var order = Array(0..<count)
                for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, random.below(i + 1)) }
                take(order)
            }
        }
        return shuffle
    }
}

extension Comparison {
    fileprivate var discordantPairs: [(Int, Int)] {
        members.indices.flatMap { i in
            members.indices.dropFirst(i + 1).filter { isDisjoint(i, $0) }.map { (i, $0) }
        }
    }

    /// For each two claims, whether nothing recorded differs between them.
    fileprivate var indistinct: [Bool] {
        members.indices.flatMap { i in members.indices.map { differences(i, $0).isEmpty } }
    }

    fileprivate func separated(by set: BitSet) -> [Bool] {
        members.indices.flatMap { i in members.indices.map { !differences(i, $0).isDisjoint(with: set) } }
    }

    /// Sets of names with fewer members than an explanation, or as many and no more blocks.
    fileprivate func setsAsSimple(as best: Explanation) -> [BitSet] {
        let blocks = Blocks(self, Array(members.indices))
        let bestCount = blocks.count(best.conditions.compactMap(names.firstIndex))
        var sets: [BitSet] = []
        var seen: Set<[[Int]]> = []
        func extend(_ chosen: [Int], from first: Int) {
            guard sets.count <= workLimit / drawCount else { return }
            if !chosen.isEmpty, chosen.count < best.conditions.count || blocks.count(chosen) <= bestCount,
                // Names that split the claims alike separate the same pairs.
                seen.insert(blocks.groups(chosen)).inserted
            {
                sets.append(BitSet(chosen, capacity: names.count))
            }
            guard chosen.count < best.conditions.count else { return }
            for name in names.indices.dropFirst(first) { extend(chosen + [name], from: name + 1) }
        }
        extend([], from: 0)
        return sets
    }
}

/// Every order of 0..<count (Heap 1963).
private func forEachPermutation(_ count: Int, _ body: ([Int]) -> Void) {
    var order = Array(0..<count)
    func permute(_ length: Int) {
        guard length > 1 else { return body(order) }
        for i in 0..<length {
            permute(length - 1)
            if i < length - 1 { order.swapAt(length % 2 == 0 ? i : 0, length - 1) }
        }
    }
    permute(count)
}
