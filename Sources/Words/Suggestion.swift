/// Returns the known name that is most similar to a wrong name; nil if no known name is so similar that a typing error
/// is likely.
package func nearestName(to name: String, among known: some Sequence<String>) -> String? {
    nearest(to: name, among: known)?.name
}

/// Returns the known name that is most similar to a wrong name, if no other known name is as similar.
package func onlyNearestName(to name: String, among known: some Sequence<String>) -> String? {
    nearest(to: name, among: known).flatMap { $0.isOnly ? $0.name : nil }
}

private func nearest(to name: String, among known: some Sequence<String>) -> (name: String, isOnly: Bool)? {
    let wrong = Array(name.lowercased().utf8)
    // Up to a third of the letters may be wrong. The limit on the length bounds the cost, which grows quadratically.
    guard !wrong.isEmpty, wrong.count <= 64 else { return nil }
    let allowed = max(1, wrong.count / 3)
    var best: (distance: Int, name: String)?
    var isOnly = true
    for candidate in known {
        let letters = Array(candidate.lowercased().utf8)
        guard abs(letters.count - wrong.count) <= allowed else { continue }
        let distance = editDistance(wrong, letters)
        guard distance <= allowed else { continue }
        isOnly = best.map { $0.distance != distance && (isOnly || distance < $0.distance) } ?? true
        if best.map({ (distance, candidate) < ($0.distance, $0.name) }) ?? true { best = (distance, candidate) }
    }
    return best.map { ($0.name, isOnly) }
}

/// Returns the only known name that a wrong name can mean: a name with the same letters and digits, or a long word from
/// which the wrong name differs by an extra or missing letter or by two swapped letters. A replaced letter or digit may
/// give the name of another thing, so such a name is never chosen.
package func meantName(by name: String, among known: some Sequence<String>) -> String? {
    let wrong = foldedName(name)
    guard !wrong.isEmpty, wrong.count <= 64 else { return nil }
    let digits = wrong.filter(isDigit)
    var same: [String] = []
    var similar: [String] = []
    for candidate in known {
        let letters = foldedName(candidate)
        if letters == wrong {
            same.append(candidate)
        } else if min(letters.count, wrong.count) >= 6, letters.filter(isDigit) == digits,
            letters.count != wrong.count || letters.sorted() == wrong.sorted(), abs(letters.count - wrong.count) <= 1,
            editDistance(wrong, letters) == 1
        {
            similar.append(candidate)
        }
    }
    if same.count == 1 { return same[0] }
    return same.isEmpty && similar.count == 1 ? similar[0] : nil
}

/// Returns the letters and digits of a name, without distinction of case.
package func foldedName(_ name: String) -> [UInt8] {
    let kept = name.lowercased().unicodeScalars.filter { $0.properties.isAlphabetic || "0"..."9" ~= $0 }
    return Array(String(String.UnicodeScalarView(kept)).utf8)
}

private func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

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
