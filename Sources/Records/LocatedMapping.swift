import YAML

/// A mapping of a file as a value: a check can point at any of its keys.
package protocol LocatedMapping {
    static var shape: Shape { get }
    var keyMarks: KeyMarks { get }
}

extension LocatedMapping {
    /// Where the mapping begins.
    package var mark: Mark { keyMarks.marks[0] }

    /// Where the value of a key stands; the mapping's own place if it has none.
    package func mark(of key: String) -> Mark {
        guard let index = Self.shape.keyNames.firstIndex(of: key), index + 1 < keyMarks.marks.count else {
            assert(Self.shape.keyNames.contains(key), "\(Self.shape.subject) has no key \(key)")
            return mark
        }
        return keyMarks.marks[index + 1]
    }
}

/// Where a mapping and the values of its keys stand.
package struct KeyMarks: Sendable {
    /// The place of the mapping, then one for each key in the order of its shape.
    fileprivate let marks: [Mark]

    /// For a value that no file holds.
    static let none = KeyMarks(marks: [.fileStart])
}

extension Fields {
    var keyMarks: KeyMarks {
        var marks = [Mark](repeating: mark, count: shape.keyNames.count + 1)
        var next = 0
        for entry in allEntries where !entry.value.isAbsent {
            // Most files write their keys in the order of the shape.
            guard
                let index = shape.keyNames[next...].firstIndex(of: entry.key)
                    ?? shape.keyNames.firstIndex(of: entry.key)
            else { continue }
            next = index + 1
            marks[next] = entry.value.mark
        }
        return KeyMarks(marks: marks)
    }
}
