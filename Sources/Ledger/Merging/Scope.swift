/// A box in the space of settings: the values that a claim covers per condition; what it does not name is unrestricted.
public struct Scope: Hashable, Sendable {
    /// Sorted by condition; `unknown` ones are left out, since they may be anything.
    package var sides: [Side]

    package struct Side: Hashable, Sendable {
        package var condition: String
        package var values: [String]
    }

    init(_ box: Box, vocabulary: Vocabulary) {
        sides = []
        var hasAttributes = false
        for side in box.sides {
            guard case .values(var values) = side.selection else { continue }
            let (condition, attribute) = Vocabulary.split(side.condition.value)
            if let attribute {
                values = vocabulary.values(of: condition, having: attribute, in: values)
                hasAttributes = true
            }
            if let index = sides.firstIndex(where: { $0.condition == condition }) {
                sides[index].values.removeAll { !values.contains($0) }
            } else {
                sides.append(Side(condition: condition, values: values))
            }
        }
        // The box is sorted; only an attribute's condition may stand elsewhere.
        if hasAttributes { sides.sort { $0.condition < $1.condition } }
    }

    private var isEmpty: Bool { sides.contains(where: \.values.isEmpty) }

    /// Whether some cell is in both.
    func overlaps(_ other: Scope) -> Bool {
        // Attributes that no one value has together leave no cell at all.
        guard !isEmpty && !other.isEmpty else { return false }
        var (i, j) = (0, 0)
        while i < sides.count && j < other.sides.count {
            let (mine, theirs) = (sides[i], other.sides[j])
            if mine.condition == theirs.condition {
                guard mine.values.contains(where: theirs.values.contains) else { return false }
                (i, j) = (i + 1, j + 1)
            } else if mine.condition < theirs.condition {
                i += 1
            } else {
                j += 1
            }
        }
        return true
    }
}

extension Claim {
    /// What it holds for; what was tested where it does not say.
    var scope: Box { holdsFor ?? tested }
}
