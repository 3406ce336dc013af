/// A box in the space of settings. Each side lists the covered values of one condition; a condition without a side is
/// unrestricted.
package struct Scope: Hashable, Sendable {
    /// The sides, sorted by condition. Conditions that are `unknown` have no side, because they may have any value.
    package var sides: [Side]

    package struct Side: Hashable, Sendable {
        package var condition: String
        package var values: [String]
        /// Whether the claim is about one average over the values instead of each of them. An average over unknown
        /// values has no values.
        package var isAverage: Bool

        package init(condition: String, values: [String], isAverage: Bool = false) {
            (self.condition, self.values, self.isAverage) = (condition, values, isAverage)
        }

        fileprivate var isEmpty: Bool { values.isEmpty && !isAverage }

        /// An average has no setting in common with its parts, only with averages over the same values.
        fileprivate func overlaps(_ other: Side) -> Bool {
            guard isAverage || other.isAverage else { return values.contains(where: other.values.contains) }
            return isAverage && other.isAverage
                && (values == other.values || values.isEmpty || other.values.isEmpty)
        }
    }

    /// `sides` must be sorted by condition.
    package init(sides: [Side]) {
        self.sides = sides
    }

    /// Returns nil if the box may name attributes or ranges, or covers conditions that it does not name. Only a
    /// vocabulary can resolve these.
    package init?(withoutVocabulary box: Box) {
        guard !box.needsVocabulary, box.quantity == nil else { return nil }
        sides = box.sides.compactMap { side in
            guard case .values(let values) = side.selection else { return nil }
            return Side(condition: side.condition.value, values: values)
        }
    }

    package init(_ box: Box, vocabulary: borrowing Vocabulary) {
        sides = []
        var hasAttributes = false
        for side in box.sides {
            guard case .values(var values) = side.selection else { continue }
            let (condition, attribute) = Vocabulary.split(side.condition.value)
            if let range = side.range, vocabulary.conditions[condition]?.isNumber ?? false {
                values = vocabulary.numbers(of: condition, in: range).sorted()
            }
            if let attribute {
                values = vocabulary.values(of: condition, having: attribute, in: values)
                hasAttributes = true
            }
            // The sides are sorted, so equal conditions are adjacent if there are no attributes.
            let same =
                hasAttributes
                ? sides.firstIndex { $0.condition == condition }
                : sides.last?.condition == condition ? sides.count - 1 : nil
            if let index = same {
                sides[index].values.removeAll { !values.contains($0) }
            } else {
                sides.append(Side(condition: condition, values: values))
            }
        }
        // The box is sorted, so only the condition of an attribute may be out of order.
        if hasAttributes { sides.sort { $0.condition < $1.condition } }
        if let quantity = box.quantity { coverEveryValue(of: box, quantity, vocabulary) }
    }

    /// Adds the conditions of a quantity that a box leaves out and that do not apply to some recorded settings or over
    /// which some claims are averages. Other conditions need no side, because each of their values is covered.
    private mutating func coverEveryValue(of box: Box, _ quantity: String, _ vocabulary: borrowing Vocabulary) {
        let others = vocabulary.partlyCoveredConditions(of: quantity).filter { condition, _ in
            !box.mentions(condition) && !sides.contains { $0.condition == condition }
        }
        guard !others.isEmpty else { return }
        sides += others.map { Side(condition: $0.condition, values: $0.values) }
        sides.sort { $0.condition < $1.condition }
    }

    /// Creates the scope of one tested cell. `cell` contains the conditions passed to the measurement; `model` selects
    /// the tested models.
    package init(cell: [String: String], model: Selection?) {
        sides = cell.map { Side(condition: $0.key, values: [$0.value]) }
        if case .values(let models)? = model { sides.append(Side(condition: Condition.model, values: models)) }
        sides.sort { $0.condition < $1.condition }
    }

    /// Returns the covered values of a condition; nil if the condition is unrestricted.
    package func values(of condition: String) -> [String]? { sides.first { $0.condition == condition }?.values }

    /// Returns the scope with the same settings but with other models.
    package func moved(to models: [String]) -> Scope {
        var moved = self
        moved.sides.removeAll { $0.condition == Condition.model }
        moved.sides.append(Side(condition: Condition.model, values: models))
        moved.sides.sort { $0.condition < $1.condition }
        return moved
    }

    /// Creates the scope of a claim.
    package init(of claim: Claim, vocabulary: borrowing Vocabulary) {
        self = Scope(withoutVocabulary: claim.scope) ?? Scope(claim.scope, vocabulary: vocabulary)
        guard !claim.averagedOver.isEmpty else { return }
        for condition in claim.averagedOver.map(\.value) {
            sides.removeAll { $0.condition == condition }
            let values: [String] = if case .values(let values)? = claim.tested[condition] { values } else { [] }
            sides.append(Side(condition: condition, values: values, isAverage: true))
        }
        sides.sort { $0.condition < $1.condition }
    }

    /// Returns the conditions in which two scopes have no common value because one scope is about an average, sorted.
    package func conditionsHiddenByAverages(from other: Scope) -> [String] {
        sides.compactMap { side in
            guard let theirs = other.sides.first(where: { $0.condition == side.condition }),
                side.isAverage || theirs.isAverage, !side.overlaps(theirs)
            else { return nil }
            return side.condition
        }
    }

    /// Whether the scope has no cell.
    package var isEmpty: Bool { sides.contains(where: \.isEmpty) }

    /// Whether at least one cell is in both scopes.
    package func overlaps(_ other: Scope) -> Bool {
        // A scope without any cell overlaps nothing. A scope has no cell if no value has all the attributes that the
        // scope names.
        guard !isEmpty && !other.isEmpty else { return false }
        var (i, j) = (0, 0)
        while i < sides.count && j < other.sides.count {
            if sides[i].condition == other.sides[j].condition {
                guard sides[i].overlaps(other.sides[j]) else { return false }
                (i, j) = (i + 1, j + 1)
            } else if sides[i].condition < other.sides[j].condition {
                i += 1
            } else {
                j += 1
            }
        }
        return true
    }
}

extension Box {
    /// Whether the box may name attributes instead of conditions, or ranges instead of values.
    fileprivate var needsVocabulary: Bool {
        sides.contains { $0.isRange || $0.condition.value.utf8.contains(UInt8(ascii: ".")) }
    }
}

extension Scope {
    /// Whether at least one cell is in both the scope and the box.
    package func overlaps(_ box: Box, _ vocabulary: Vocabulary) -> Bool {
        let hasOthers = box.quantity.map { !vocabulary.partlyCoveredConditions(of: $0).isEmpty } ?? false
        guard !isEmpty, !box.needsVocabulary, !hasOthers else {
            return overlaps(Scope(box, vocabulary: vocabulary))
        }
        var rest = sides[...]
        for side in box.sides {
            guard case .values(let values) = side.selection else { continue }
            rest = rest.drop { $0.condition < side.condition.value }
            guard let mine = rest.first, mine.condition == side.condition.value else { continue }
            guard mine.values.contains(where: values.contains) else { return false }
        }
        return true
    }
}

extension Claim {
    /// The settings to which the claim applies; by default, the tested settings.
    package var scope: Box { holdsFor ?? tested }
}
