import YAML

/// A value decoded from a mapping, with the place of each key for diagnostics.
package protocol LocatedMapping {
    static var shape: Shape { get }
    var keyMarks: KeyMarks { get }
}

extension LocatedMapping {
    /// The start of the mapping.
    package var mark: Mark { keyMarks.marks[0] }

    /// The place of a key's value; the start of the mapping if the key is absent.
    package func mark(of key: String) -> Mark {
        guard let index = Self.shape.keyNames.firstIndex(of: key), index + 1 < keyMarks.marks.count else {
            assert(Self.shape.keyNames.contains(key), "\(Self.shape.subject) has no key \(key)")
            return mark
        }
        return keyMarks.marks[index + 1]
    }
}

/// The places of a mapping and of the values of its keys.
package struct KeyMarks: Sendable {
    /// The start of the mapping, then one mark for each key, in the order of the shape.
    fileprivate let marks: [Mark]

    /// The marks of a value that was not read from a file.
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
