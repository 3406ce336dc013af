/// A set of small whole numbers, one bit each; sets that are combined have one capacity.
struct BitSet: Hashable, Sendable {
    /// The elements below 64: sets that hold no others need no memory of their own.
    private var low: UInt64 = 0
    /// 64 elements each, from 64 on.
    private var high: [UInt64]

    init(capacity: Int) {
        high = capacity > 64 ? [UInt64](repeating: 0, count: (capacity - 1) / 64) : []
    }

    init(_ elements: some Sequence<Int>, capacity: Int) {
        self.init(capacity: capacity)
        for element in elements { insert(element) }
    }

    /// 0..<count, as a set of the capacity, or of no more.
    init(filledTo count: Int, capacity: Int? = nil) {
        self.init(0..<count, capacity: capacity ?? count)
    }

    var isEmpty: Bool { low == 0 && high.allSatisfy { $0 == 0 } }
    var count: Int { high.reduce(low.nonzeroBitCount) { $0 + $1.nonzeroBitCount } }

    /// In ascending order.
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
        // Plain x86-64 has no instruction that counts bits.
        var count = low & other.low == 0 ? 0 : (low & other.low).nonzeroBitCount
        for index in high.indices where high[index] & other.high[index] != 0 {
            count += (high[index] & other.high[index]).nonzeroBitCount
        }
        return count
    }

    /// How many elements are below one.
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
        /// Of the words in `high`, the next one.
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

    /// In ascending order.
    func makeIterator() -> Iterator { Iterator(rest: low, high: high) }
}
