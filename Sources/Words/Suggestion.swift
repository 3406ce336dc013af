/// Returns the known name that is most similar to a wrong name; nil if no known name is so similar that a typing error
/// is likely.
package func nearestName(to name: String, among known: some Sequence<String>) -> String? {
    let wrong = Array(name.lowercased().utf8)
    // Up to a third of the letters may be wrong. The limit on the length bounds the cost, which grows quadratically.
    guard !wrong.isEmpty, wrong.count <= 64 else { return nil }
    let allowed = max(1, wrong.count / 3)
    var best: (distance: Int, name: String)?
    for candidate in known {
        let letters = Array(candidate.lowercased().utf8)
        guard abs(letters.count - wrong.count) <= allowed else { continue }
        let distance = editDistance(wrong, letters)
        guard distance <= allowed else { continue }
        if best.map({ (distance, candidate) < ($0.distance, $0.name) }) ?? true { best = (distance, candidate) }
    }
    return best?.name
}

package func didYouMean(_ name: String, _ known: some Sequence<String>) -> String? {
    nearestName(to: name, among: known).map { "did you mean \"\($0)\"?" }
}

/// Returns the Damerau-Levenshtein distance (optimal string alignment), which counts insertions, deletions,
/// substitutions and swaps of neighbours.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforePrevious = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    for i in 1...a.count {
        var current = [Int](repeating: i, count: b.count + 1)
        for j in b.indices.map({ $0 + 1 }) {
            let substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
            current[j] = min(previous[j] + 1, current[j - 1] + 1, substitution)
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                current[j] = min(current[j], beforePrevious[j - 2] + 1)
            }
        }
        (beforePrevious, previous) = (previous, current)
    }
    return previous[b.count]
}
