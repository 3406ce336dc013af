import Dispatch
import Synchronization

extension Array {
    /// In runs of so many: what is put together again afterwards should not come in too many parts.
    package func inRuns(of length: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: length).map { self[$0..<Swift.min($0 + length, count)] }
    }
}

extension Sequence where Element: Sendable {
    /// Like `map`, but on all cores; the result keeps the order.
    package func mapSideBySide<Result: Sendable>(_ transform: @Sendable (Element) -> Result) -> [Result] {
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

/// Two results at once, on two cores.
package func sideBySide<First: Sendable, Second: Sendable>(
    _ first: @Sendable () -> First, _ second: @Sendable () -> Second
) -> (First, Second) {
    let results = Mutex<(First?, Second?)>((nil, nil))
    DispatchQueue.concurrentPerform(iterations: 2) { index in
        if index == 0 {
            let result = first()
            results.withLock { $0.0 = result }
        } else {
            let result = second()
            results.withLock { $0.1 = result }
        }
    }
    return results.withLock { ($0.0!, $0.1!) }
}
