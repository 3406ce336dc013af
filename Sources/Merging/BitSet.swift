/// A set of small whole numbers, one bit each; sets that are combined have one capacity.
struct BitSet: Hashable, Sendable {
    /// 64 elements each, the smallest first.
    private(set) var words: [UInt64]

    init(capacity: Int) {
        words = [UInt64](repeating: 0, count: (capacity + 63) / 64)
    }

    init(_ elements: some Sequence<Int>, capacity: Int) {
        self.init(capacity: capacity)
        for element in elements { insert(element) }
    }

    /// 0..<count.
    init(filledTo count: Int) {
        self.init(0..<count, capacity: count)
    }

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// In ascending order.
    var elements: [Int] {
        var elements: [Int] = []
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                elements.append(index * 64 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return elements
    }

    func contains(_ element: Int) -> Bool { words[element / 64] >> UInt64(element % 64) & 1 == 1 }
    mutating func insert(_ element: Int) { words[element / 64] |= 1 << UInt64(element % 64) }
    mutating func remove(_ element: Int) { words[element / 64] &= ~(1 << UInt64(element % 64)) }

    func union(_ other: BitSet) -> BitSet { combined(other, |) }
    func intersection(_ other: BitSet) -> BitSet { combined(other, &) }
    func subtracting(_ other: BitSet) -> BitSet { combined(other) { $0 & ~$1 } }
    func symmetricDifference(_ other: BitSet) -> BitSet { combined(other, ^) }

    func isDisjoint(with other: BitSet) -> Bool {
        for index in words.indices where words[index] & other.words[index] != 0 { return false }
        return true
    }

    func isSubset(of other: BitSet) -> Bool {
        for index in words.indices where words[index] & ~other.words[index] != 0 { return false }
        return true
    }

    func intersectionCount(_ other: BitSet) -> Int {
        var count = 0
        for index in words.indices { count += (words[index] & other.words[index]).nonzeroBitCount }
        return count
    }

    private func combined(_ other: BitSet, _ operation: (UInt64, UInt64) -> UInt64) -> BitSet {
        var result = self
        for index in words.indices { result.words[index] = operation(words[index], other.words[index]) }
        return result
    }
}
