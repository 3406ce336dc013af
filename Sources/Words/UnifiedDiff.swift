/// Returns the differences of two texts in git's unified format, with three lines around each change. Returns an empty
/// text if the texts are equal.
package func unifiedDiff(_ old: [UInt8], _ new: [UInt8], path: String) -> String {
    guard old != new else { return "" }
    let (before, after) = (lines(old), lines(new))
    let steps = steps(from: before, to: after)
    var hunks = ""
    var index = 0
    while let change = steps[index...].firstIndex(where: { $0.kind != .same }) {
        let start = max(change - contextCount, index)
        var end = change
        while let next = steps[end...].firstIndex(where: { $0.kind != .same }), next - end <= 2 * contextCount {
            end = steps[next...].firstIndex { $0.kind == .same } ?? steps.count
        }
        end = min(end + contextCount, steps.count)
        hunks += hunk(steps[start..<end])
        index = end
    }
    return "--- a/\(path)\n+++ b/\(path)\n" + hunks
}

private let contextCount = 3

private struct Step {
    enum Kind { case same, removed, added }

    var kind: Kind
    var line: ArraySlice<UInt8>
    /// The numbers of the lines of both texts at this step, from 0.
    var old: Int
    var new: Int
}

private func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty ?? false { lines.removeLast() }
    return lines
}

/// Lists the lines of both texts, those of the old one first where they differ.
private func steps(from old: [ArraySlice<UInt8>], to new: [ArraySlice<UInt8>]) -> [Step] {
    let shared = zip(old, new).prefix { $0 == $1 }.count
    let rest = min(old.count, new.count) - shared
    let ending = zip(old.reversed(), new.reversed()).prefix { $0 == $1 }.prefix(rest).count
    let (oldEnd, newEnd) = (old.count - ending, new.count - ending)
    var steps: [Step] = []
    var (i, j) = (0, 0)
    func add(_ kind: Step.Kind) {
        steps.append(Step(kind: kind, line: kind == .added ? new[j] : old[i], old: i, new: j))
        if kind != .added { i += 1 }
        if kind != .removed { j += 1 }
    }
    while i < shared { add(.same) }
    let pairs = matches(old[shared..<oldEnd], new[shared..<newEnd]) + [(oldEnd, newEnd)]
    for (nextOld, nextNew) in pairs {
        while i < nextOld { add(.removed) }
        while j < nextNew { add(.added) }
        if i < oldEnd, j < newEnd { add(.same) }
    }
    while i < old.count { add(.same) }
    return steps
}

/// The number of pairs of lines that are compared. A larger change is shown as a single block.
private let comparisonLimit = 4_000_000

/// Returns a longest common subsequence as pairs of places.
private func matches(_ old: ArraySlice<ArraySlice<UInt8>>, _ new: ArraySlice<ArraySlice<UInt8>>) -> [(Int, Int)] {
    guard !old.isEmpty, !new.isEmpty, old.count * new.count <= comparisonLimit else { return [] }
    let width = new.count + 1
    var longest = [Int32](repeating: 0, count: (old.count + 1) * width)
    for i in (0..<old.count).reversed() {
        for j in (0..<new.count).reversed() {
            let isSame = old[old.startIndex + i] == new[new.startIndex + j]
            longest[i * width + j] =
                isSame
                ? longest[(i + 1) * width + j + 1] + 1 : max(longest[(i + 1) * width + j], longest[i * width + j + 1])
        }
    }
    var pairs: [(Int, Int)] = []
    var (i, j) = (0, 0)
    while i < old.count, j < new.count {
        if old[old.startIndex + i] == new[new.startIndex + j] {
            pairs.append((old.startIndex + i, new.startIndex + j))
            (i, j) = (i + 1, j + 1)
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1
        } else {
            j += 1
        }
    }
    return pairs
}

private func hunk(_ steps: ArraySlice<Step>) -> String {
    let oldCount = steps.count { $0.kind != .added }
    let newCount = steps.count { $0.kind != .removed }
    guard let first = steps.first else { return "" }
    // The position of an empty side is the line before it.
    let (oldStart, newStart) = (first.old + (oldCount == 0 ? 0 : 1), first.new + (newCount == 0 ? 0 : 1))
    func place(_ start: Int, _ count: Int) -> String { count == 1 ? "\(start)" : "\(start),\(count)" }
    var text = "@@ -\(place(oldStart, oldCount)) +\(place(newStart, newCount)) @@\n"
    for step in steps {
        switch step.kind {
        case .same: text += " "
        case .removed: text += "-"
        case .added: text += "+"
        }
        text += String(decoding: step.line, as: UTF8.self) + "\n"
    }
    return text
}
