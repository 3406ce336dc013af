/// A set of small non-negative integers, stored as one bit each. The operands of a set operation must have the same
/// capacity.
struct BitSet: Hashable, Sendable {
    /// The elements below 64. They are stored separately so that small sets need no heap memory.
    private var low: UInt64 = 0
    /// The elements from 64 on, 64 in each word.
    private var high: [UInt64]

    init(capacity: Int) {
        high = capacity > 64 ? [UInt64](repeating: 0, count: (capacity - 1) / 64) : []
    }

    init(_ elements: some Sequence<Int>, capacity: Int) {
        self.init(capacity: capacity)
        for element in elements { insert(element) }
    }

    /// Creates the set 0..<count.
    init(filledTo count: Int, capacity: Int? = nil) {
        self.init(0..<count, capacity: capacity ?? count)
    }

    var isEmpty: Bool { low == 0 && high.allSatisfy { $0 == 0 } }
    var count: Int { high.reduce(low.nonzeroBitCount) { $0 + $1.nonzeroBitCount } }

    /// The elements in ascending order.
    var elements: [Int] { Array(self) }

    func contains(_ element: Int) -> Bool {
        let word = element < 64 ? low : high[element / 64 - 1]
        return word >> UInt64(element % 64) & 1 == 1
    }

    mutating func insert(_ element: Int) {
        let bit: UInt64 = 1 << UInt64(element % 64)
        if element < 64 { low |= bit } else { high[element / 64 - 1] |= bit }
    }

    mutating func remove(_ element: Int) {
        let others: UInt64 = ~(1 << UInt64(element % 64))
        if element < 64 { low &= others } else { high[element / 64 - 1] &= others }
    }

    mutating func removeAll() {
        low = 0
        for index in high.indices { high[index] = 0 }
    }

    func union(_ other: BitSet) -> BitSet { combined(other, |) }
    func intersection(_ other: BitSet) -> BitSet { combined(other, &) }
    func subtracting(_ other: BitSet) -> BitSet { combined(other) { $0 & ~$1 } }
    func symmetricDifference(_ other: BitSet) -> BitSet { combined(other, ^) }

    func isDisjoint(with other: BitSet) -> Bool {
        guard low & other.low == 0 else { return false }
        for index in high.indices where high[index] & other.high[index] != 0 { return false }
        return true
    }

    func isSubset(of other: BitSet) -> Bool {
        guard low & ~other.low == 0 else { return false }
        for index in high.indices where high[index] & ~other.high[index] != 0 { return false }
        return true
    }

    func intersectionCount(_ other: BitSet) -> Int {
        // Words without common elements are skipped, because counting bits is slow: baseline x86-64 has no population
        // count instruction.
        var count = low & other.low == 0 ? 0 : (low & other.low).nonzeroBitCount
        for index in high.indices where high[index] & other.high[index] != 0 {
            count += (high[index] & other.high[index]).nonzeroBitCount
        }
        return count
    }

    /// Returns the number of elements below `end`.
    func count(below end: Int) -> Int {
        guard end >= 64 else { return (low & ((1 << UInt64(end)) - 1)).nonzeroBitCount }
        var count = low.nonzeroBitCount
        for index in 0..<(end / 64 - 1) { count += high[index].nonzeroBitCount }
        if end % 64 > 0 { count += (high[end / 64 - 1] & ((1 << UInt64(end % 64)) - 1)).nonzeroBitCount }
        return count
    }

    mutating func formUnion(_ other: BitSet) {
        low |= other.low
        for index in high.indices { high[index] |= other.high[index] }
    }

    mutating func formIntersection(_ other: BitSet) {
        low &= other.low
        for index in high.indices { high[index] &= other.high[index] }
    }

    mutating func subtract(_ other: BitSet) {
        low &= ~other.low
        for index in high.indices { high[index] &= ~other.high[index] }
    }

    private func combined(_ other: BitSet, _ operation: (UInt64, UInt64) -> UInt64) -> BitSet {
        var result = self
        result.low = operation(low, other.low)
        for index in high.indices { result.high[index] = operation(high[index], other.high[index]) }
        return result
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(low)
        for word in high { hasher.combine(word) }
    }
}

extension BitSet: Sequence {
    struct Iterator: IteratorProtocol {
        fileprivate var rest: UInt64
        fileprivate let high: [UInt64]
        /// The index of the next word in `high`.
        fileprivate var place = 0

        mutating func next() -> Int? {
            while rest == 0 {
                guard place < high.count else { return nil }
                rest = high[place]
                place += 1
            }
            defer { rest &= rest - 1 }
            return place * 64 + rest.trailingZeroBitCount
        }
    }

    /// The elements in ascending order.
    func makeIterator() -> Iterator { Iterator(rest: low, high: high) }
}
