import Words

typealias SeededGenerator = SplitMix64

extension SplitMix64 {
    init(_ seed: UInt64) { self.init(seed: seed) }

    mutating func chance(_ share: Double) -> Bool {
        Double.random(in: 0..<1, using: &self) < share
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &self)]
    }

    /// Returns a random non-empty subset of the elements in their original order.
    mutating func some<Element>(_ elements: [Element]) -> [Element] {
        let chosen = elements.filter { _ in chance(0.5) }
        return chosen.isEmpty ? [pick(elements)] : chosen
    }
}
