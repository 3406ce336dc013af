import Words

extension Placing {
    private mutating func count(_ label: PlacedLabel, isExact: Bool) {
        if label.distance > 0 {
            imported.shifted += 1
            imported.largestShift = max(imported.largestShift, label.distance)
        } else if isExact {
            imported.placed += 1
        } else {
            imported.fitted += 1
        }
    }

    mutating func take(_ label: PlacedLabel) {
        count(label, isExact: true)
        let range = label.ranges[0]
        imported.marks.append(
            Annotation.Mark(range, label.label, value: label.value, quote: rules.text[range]))
    }

    /// Puts labels on segments. A segment has a label if the spans with this label and value cover more than half of it.
    mutating func fit(_ labels: [PlacedLabel]) {
        struct Key: Hashable {
            var segment: Int
            var label: String
            var value: Double?
        }
        var covered: [Key: Int] = [:]
        for label in labels {
            for range in label.ranges {
                for segment in overlapped(range) {
                    covered[Key(segment: segment, label: label.label, value: label.value), default: 0] +=
                        rules.segments[segment].clamped(to: range).count
                }
            }
        }
        let marked = covered.filter { rules.segments[$0.segment].count < 2 * $1 }
        for label in labels {
            let touched = label.ranges.flatMap { range in overlapped(range).map { ($0, range) } }
            let kept = touched.filter {
                marked[Key(segment: $0.0, label: label.label, value: label.value)] != nil
            }
            guard !kept.isEmpty else {
                refuse(label.foreign, label.ranges, "it covers no more than half of a segment")
                continue
            }
            let isExact =
                kept.count == touched.count
                && kept.allSatisfy { rules.segments[$0.0].clamped(to: $0.1) == rules.segments[$0.0] }
            count(label, isExact: isExact)
        }
        for key in marked.keys {
            let range = rules.segments[key.segment]
            imported.marks.append(Annotation.Mark(range, key.label, value: key.value, quote: rules.text[range]))
        }
    }

    /// Returns the numbers of the segments that overlap a range.
    private func overlapped(_ range: Range<Int>) -> Range<Int> {
        let first = rules.segments.firstIndex(inSorted: { $0.upperBound > range.lowerBound })
        let end = rules.segments.firstIndex(inSorted: { $0.lowerBound >= range.upperBound })
        return first..<max(first, end)
    }

    /// Returns the only segment that a label covers by more than half, or that contains the label.
    private func segment(of id: String) -> Int? {
        guard let ranges = located[id] else { return nil }
        // A range that overlaps more than three segments covers two of them completely.
        guard ranges.allSatisfy({ overlapped($0).count <= 3 }) else { return nil }
        let touched = ranges.flatMap { range in overlapped(range).map { ($0, range) } }
        let covered = Set(
            touched.filter { segment, range in
                rules.segments[segment].count < 2 * rules.segments[segment].clamped(to: range).count
            }.map(\.0))
        let candidates = covered.isEmpty ? Set(touched.map(\.0)) : covered
        return candidates.count == 1 ? candidates.first : nil
    }

    mutating func link(_ link: ForeignLink) {
        let name = rules.meanings.first { $0.name.hasSameBytes(as: link.name) }?.label ?? link.name
        let reason: String
        if !foldedName(name).hasSameBytes(as: Annotation.Link.dependsOn) {
            reason = "the only relation that an annotation can have is \(Annotation.Link.dependsOn)"
        } else if let from = segment(of: link.from), let to = segment(of: link.to) {
            let found = Annotation.Link(from: from, to: to, relation: Annotation.Link.dependsOn)
            if from == to {
                reason = "it links a segment with itself"
            } else if !seenLinks.insert([from, to]).inserted {
                reason = "it repeats another link"
            } else {
                imported.links.append(found)
                return
            }
        } else {
            reason = "an end of the link is not one segment"
        }
        imported.refused.append(RefusedLabel(link.name, quote: "", reason))
    }

    /// Returns what the annotator looked at: everything except the segments whose only labels were refused. If the file
    /// has no offsets, its labels cover all that the annotator looked at.
    func coverage(of labels: [PlacedLabel]) -> Annotation.Coverage {
        guard rules.unit != .trace else { return .all }
        let isMarked = isOverlapped(imported.marks.map(\.range))
        let isRefused = isOverlapped(unknown)
        let isTiled = document.labels.contains { $0.position == .next }
        let isPlaced = isOverlapped(labels.flatMap(\.ranges))
        let isKnown = rules.segments.indices.map { isMarked[$0] || !isRefused[$0] && (isPlaced[$0] || !isTiled) }
        if isKnown.allSatisfy(\.self) { return .all }
        var ranges: [Range<Int>] = []
        var wasKnown = false
        for (range, isKnown) in zip(rules.segments, isKnown) {
            if isKnown, wasKnown {
                ranges[ranges.count - 1] = ranges[ranges.count - 1].lowerBound..<range.upperBound
            } else if isKnown {
                ranges.append(range)
            }
            wasKnown = isKnown
        }
        return .ranges(union(ranges + imported.marks.map(\.range)))
    }

    /// Returns for each segment whether a range overlaps it.
    private func isOverlapped(_ ranges: [Range<Int>]) -> [Bool] {
        var isOverlapped = Array(repeating: false, count: rules.segments.count)
        for range in union(ranges) {
            for segment in overlapped(range) { isOverlapped[segment] = true }
        }
        return isOverlapped
    }
}

/// Returns the same offsets as disjoint ranges in ascending order.
private func union(_ ranges: [Range<Int>]) -> [Range<Int>] {
    var union: [Range<Int>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
        if let last = union.last, range.lowerBound <= last.upperBound {
            union[union.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
        } else {
            union.append(range)
        }
    }
    return union
}

extension Array {
    /// Returns the first index whose element fulfils a condition that all later elements fulfil, too.
    fileprivate func firstIndex(inSorted fulfils: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if fulfils(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
