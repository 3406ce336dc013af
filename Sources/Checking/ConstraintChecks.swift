import Records
import Words

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
        let claims = context.findings.filter(\.isActive).flatMap(\.claims).filter { claim in
            claim.tested.isComplete && constraint.excludesACell(of: claim.tested, context.state.vocabulary)
        }.map(\.id.description).sorted()
        guard !claims.isEmpty else { return [] }
        return [
            Diagnostic(
                .impossibleCell, path: path, mark: constraint.mark(of: "only"),
                message: "this constraint excludes a cell at which \(listed(shortList(claims))) "
                    + "\(claims.count == 1 ? "was" : "were") tested",
                fix: "add the tested values to `only`, or correct `tested`")
        ]
    }
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
    /// Whether a box has a cell that satisfies `when` and has a value that `only` does not list.
    fileprivate func excludesACell(of tested: Box, _ vocabulary: Vocabulary) -> Bool {
        let (when, only) = (Scope(when, vocabulary: vocabulary), Scope(only, vocabulary: vocabulary))
        /// Returns the tested values of a condition that satisfy `when`.
        func matching(_ condition: String) -> [String]? {
            guard case .values(let values)? = tested[condition] else { return nil }
            guard let wanted = when.values(of: condition) else { return values }
            return values.filter(wanted.contains)
        }
        return when.sides.allSatisfy { !(matching($0.condition) ?? []).isEmpty }
            && only.sides.contains { side in
                matching(side.condition)?.contains { !side.values.contains($0) } ?? false
            }
    }
}

extension Diagnostic.Code {
    package static let impossibleCell = Self(
        "impossible-cell", .error, "A constraint excludes a cell at which a claim was tested.")

    package static let ofConstraints = [impossibleCell]
}
