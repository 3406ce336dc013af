/// A set of small whole numbers, one bit each; sets that are combined have one capacity.
struct BitSet {
    private var words: [UInt64]

    init(capacity: Int) {
        words = [UInt64](repeating: 0, count: (capacity + 63) / 64)
    }

    /// 0..<count.
    init(filledTo count: Int) {
        self.init(capacity: count)
        for element in 0..<count { insert(element) }
    }

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

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

    mutating func insert(_ element: Int) { words[element / 64] |= 1 << UInt64(element % 64) }
    mutating func remove(_ element: Int) { words[element / 64] &= ~(1 << UInt64(element % 64)) }

    func union(_ other: BitSet) -> BitSet { combined(other, |) }
    func intersection(_ other: BitSet) -> BitSet { combined(other, &) }
    func subtracting(_ other: BitSet) -> BitSet { combined(other) { $0 & ~$1 } }

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
