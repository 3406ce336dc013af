import Words

extension SplitMix64 {
    mutating func integer(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

    mutating func happens(_ probability: Double) -> Bool { unit() < probability }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// Picks `count` different elements, in the order of the list.
    mutating func pick(_ count: Int, of elements: [String]) -> [String] {
        var chosen: Set<String> = []
        while chosen.count < min(count, elements.count) { chosen.insert(pick(elements)) }
        return elements.filter(chosen.contains)
    }
}
