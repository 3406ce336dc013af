import YAML

/// A mapping of a file as a value: a check can point at any of its keys.
package protocol Placed {
    static var shape: Shape { get }
    var places: Places { get }
}

extension Placed {
    /// Where the mapping begins.
    package var mark: Mark { places.marks[0] }

    /// Where the value of a key stands; the mapping's own place if it has none.
    package func place(of key: String) -> Mark {
        guard let index = Self.shape.known.firstIndex(of: key), index + 1 < places.marks.count else {
            assert(Self.shape.known.contains(key), "\(Self.shape.subject) has no key \(key)")
            return mark
        }
        return places.marks[index + 1]
    }
}

/// Where a mapping and the values of its keys stand.
package struct Places: Sendable {
    /// The place of the mapping, then one for each key in the order of its shape.
    fileprivate let marks: [Mark]

    /// For a value that no file holds.
    static let none = Places(marks: [.fileStart])
}

extension Fields {
    var places: Places {
        var marks = [Mark](repeating: mark, count: shape.known.count + 1)
        var next = 0
        for entry in allEntries where !entry.value.isAbsent {
            // Most files write their keys in the order of the shape.
            guard let index = shape.known[next...].firstIndex(of: entry.key) ?? shape.known.firstIndex(of: entry.key)
            else { continue }
            next = index + 1
            marks[next] = entry.value.mark
        }
        return Places(marks: marks)
    }
}
