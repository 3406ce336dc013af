import Records
import Words
import YAML

/// Checks the settings of constraints, and that no tested cell is one that a constraint excludes.
func checkConstraints(_ context: CheckContext) -> [Diagnostic] {
    context.state.constraints.values.flatMap { constraint -> [Diagnostic] in
        let path = RecordPlace.constraint(slug: constraint.slug).path
        var diagnostics = [constraint.when, constraint.only].flatMap {
            checkKnownSettings($0, of: "a constraint", path: path, context)
        }
        if constraint.only.isComplete, constraint.only.sides.isEmpty {
            diagnostics.append(
                Diagnostic(
                    .missingKey, path: path, mark: constraint.mark(of: "only"), message: "\"only\" names no condition",
                    fix: "name the only values, such as {task: [countdown]}"))
        }
        guard diagnostics.isEmpty, constraint.when.isComplete, constraint.only.isComplete else { return diagnostics }
        return checkTestedCells(constraint, path: path, context)
    }
}

/// Reports a constraint that excludes cells at which claims were tested: as an error at the constraint, because the
/// cells exist, and as a warning at each claim, because the mistake may be in the claim.
private func checkTestedCells(_ constraint: Constraint, path: String, _ context: CheckContext) -> [Diagnostic] {
    var claims: [String] = []
    var warnings: [Diagnostic] = []
    for finding in context.findings where finding.isActive {
        for claim in finding.claims where claim.tested.isComplete {
            guard let excluded = constraint.excludedValue(of: claim.tested, context.state.vocabulary) else { continue }
            claims.append(claim.id.description)
            warnings.append(
                Diagnostic(
                    .excludedCell, path: finding.path, mark: excluded.mark,
                    message:
                        "\"\(constraint.slug)\" says that \(excluded.condition) \"\(excluded.value)\" is impossible "
                        + "at these settings",
                    fix: "correct `tested`, or \(path)"))
        }
    }
    guard !claims.isEmpty else { return [] }
    return [
        Diagnostic(
            .impossibleCell, path: path, mark: constraint.mark(of: "only"),
            message: "this constraint excludes a cell at which \(listed(shortList(claims.sorted()))) "
                + "\(claims.count == 1 ? "was" : "were") tested",
            fix: "add the tested values to `only`, or correct `tested`")
    ] + warnings
}

/// Checks settings that must be known, such as those that a question asks about.
func checkKnownSettings(_ box: Box, of subject: String, path: String, _ context: CheckContext) -> [Diagnostic] {
    box.sides.flatMap { side -> [Diagnostic] in
        guard side.selection == .unknown, !side.isUnreadable else { return checkSide(side, path: path, context) }
        return checkSide(side, path: path, context) + [
            Diagnostic(
                .outOfRange, path: path, mark: side.condition.mark,
                message: "\(subject) cannot name an unknown \"\(side.condition.value)\"", fix: "remove it")
        ]
    }
}

extension Constraint {
    /// Returns the first value in a box that `only` does not list, in a cell that satisfies `when`; nil if there is no
    /// such cell.
    fileprivate func excludedValue(
        of tested: Box, _ vocabulary: Vocabulary
    ) -> (condition: String, value: String, mark: Mark)? {
        let (when, only) = (Scope(when, vocabulary: vocabulary), Scope(only, vocabulary: vocabulary))
        /// Returns the tested values of a condition that satisfy `when`, with their places.
        func matching(_ condition: String) -> [(value: String, mark: Mark)] {
            guard let side = tested.sides.first(where: { $0.condition.value == condition }),
                case .values(let values) = side.selection
            else { return [] }
            let wanted = when.values(of: condition)
            return zip(values, side.marks).filter { wanted?.contains($0.0) ?? true }.map { ($0, $1) }
        }
        guard when.sides.allSatisfy({ !matching($0.condition).isEmpty }) else { return nil }
        for side in only.sides {
            if let (value, mark) = matching(side.condition).first(where: { !side.values.contains($0.value) }) {
                return (side.condition, value, mark)
            }
        }
        return nil
    }
}

extension Diagnostic.Code {
    package static let impossibleCell = Self(
        "impossible-cell", .error, "A constraint excludes a cell at which a claim was tested.")

    package static let excludedCell = Self(
        "excluded-cell", .warning, "A claim was tested at a cell that a constraint excludes.")

    package static let ofConstraints = [impossibleCell, excludedCell]
}
