import Dispatch
import Synchronization

extension Array {
    /// Splits the array into slices of `length` elements; the last slice may be shorter.
    package func chunks(of length: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: length).map { self[$0..<Swift.min($0 + length, count)] }
    }
}

extension Sequence where Element: Sendable {
    /// Transforms all elements as `map` does, but in parallel on all cores. The results are in the order of the
    /// elements.
    package func concurrentMap<Result: Sendable>(_ transform: @Sendable (Element) -> Result) -> [Result] {
        let elements = Array(self)
        let chunkCount = Swift.min(elements.count, 64)
        let chunks = Mutex([[Result]](repeating: [], count: chunkCount))
        DispatchQueue.concurrentPerform(iterations: chunkCount) { index in
            let range = elements.count * index / chunkCount..<elements.count * (index + 1) / chunkCount
            let results = elements[range].map(transform)
            chunks.withLock { $0[index] = results }
        }
        return chunks.withLock { $0.flatMap(\.self) }
    }
}
