import Records
import Words

/// Checks the conditions over which a claim is an average, and its contrast with another claim.
func checkRelations(of claim: Claim, path: String, _ context: CheckContext) -> [Diagnostic] {
    checkAverage(claim, path: path, context)
        + (claim.contrast.map { checkContrast($0, of: claim, path: path, context) } ?? [])
}

/// Checks that an average is one over several tested values, and that the claim holds for these values only.
private func checkAverage(_ claim: Claim, path: String, _ context: CheckContext) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    func report(_ code: Diagnostic.Code, _ name: Located<String>, _ message: String, fix: String) {
        diagnostics.append(Diagnostic(code, path: path, mark: name.mark, message: message, fix: fix))
    }
    for (index, name) in claim.averagedOver.enumerated() where !name.isUnreadable {
        if let diagnostic = checkCondition(name, path: path, context) {
            diagnostics.append(diagnostic)
            continue
        }
        if claim.averagedOver[..<index].contains(where: { $0.value == name.value }) {
            report(.duplicateKey, name, "\"\(name.value)\" is given twice", fix: "keep one of them")
            continue
        }
        if let quantity = context.state.quantities[claim.quantity.value], !quantity.hasCondition(name.value) {
            report(
                .wrongAverage, name,
                "\"averaged_over\" names \"\(name.value)\", which is no condition of \"\(quantity.slug)\"",
                fix: "remove it here, or add it to `later_conditions` of \"\(quantity.slug)\"")
            continue
        }
        guard !claim.tested.isUnreadable(at: name.value) else { continue }
        switch claim.tested[name.value] {
        case nil:
            report(
                .wrongAverage, name, "\"averaged_over\" names \"\(name.value)\", which \"tested\" does not record",
                fix: "add the values that were averaged to `tested`, or `\(name.value): unknown`")
        case .values(let values) where values.count < 2:
            report(
                .wrongAverage, name, "\"averaged_over\" names \"\(name.value)\", of which \"tested\" has one value",
                fix: "list all values that were averaged in `tested`, or remove it here")
        case .unknown?, .values?:
            guard let holdsFor = claim.holdsFor, holdsFor.isComplete,
                holdsFor[name.value] != claim.tested[name.value]
            else { continue }
            report(
                .wrongAverage, name,
                "\"holds_for\" and \"tested\" differ in \"\(name.value)\", which was averaged over",
                fix: "give `holds_for` the same values as `tested`, because an average says nothing of others")
        }
    }
    return diagnostics
}

private func checkContrast(
    _ contrast: Contrast, of claim: Claim, path: String, _ context: CheckContext
) -> [Diagnostic] {
    let unknown = checkClaimName(contrast.against, path: path, context)
    guard unknown.isEmpty, let id = context.state.claimID(contrast.against.value) else { return unknown }
    func report(_ message: String, fix: String) -> [Diagnostic] {
        [Diagnostic(.wrongContrast, path: path, mark: contrast.against.mark, message: message, fix: fix)]
    }
    guard id.slug == claim.id.slug else {
        return report(
            "\"\(id)\" is a claim of another finding, and a contrast compares two claims of one finding",
            fix: "record both arms here, or remove the contrast")
    }
    guard id != claim.id, let other = context.state.claim(id) else {
        return report("a claim cannot be contrasted with itself", fix: "name the other arm")
    }
    guard !claim.quantity.isUnreadable, !other.quantity.isUnreadable, claim.tested.isComplete,
        other.tested.isComplete
    else { return [] }
    guard claim.quantity.value == other.quantity.value else {
        return report(
            "\"\(id)\" is about \"\(other.quantity.value)\", and this claim is about \"\(claim.quantity.value)\"",
            fix: "contrast two claims about one quantity")
    }
    let differs = claim.tested.sides.contains { side in
        guard let theirs = other.tested[side.condition.value] else { return false }
        return !side.selection.overlaps(theirs)
    }
    guard differs else {
        return report(
            "no condition separates this claim from \"\(id)\"",
            fix: "record in `tested` the conditions in which the two arms differ")
    }
    if case .labels? = context.state.quantities[claim.quantity.value]?.range {
        return report(
            "\"\(claim.quantity.value)\" has labels, and a contrast subtracts numbers", fix: "remove the contrast")
    }
    return checkUncertainty(contrast, of: claim, minus: other, path: path)
}

/// Checks that the source states how uncertain a paired difference is, and that the difference is in its interval.
private func checkUncertainty(
    _ contrast: Contrast, of claim: Claim, minus other: Claim, path: String
) -> [Diagnostic] {
    if contrast.hasUnknownUncertainty {
        return [
            Diagnostic(
                .uncertainContrast, path: path, mark: contrast.mark,
                message: "both arms measured the same items, and the uncertainty of their difference is unknown",
                fix:
                    "add the `se` or `interval` of the difference here if the source prints one; the difference takes no side"
                    + " without it")
        ]
    }
    guard let mine = claim.reported?.value?.doubleValue, let theirs = other.reported?.value?.doubleValue,
        let interval = contrast.interval
    else { return [] }
    let (lower, upper) = (interval.lower?.doubleValue ?? -.infinity, interval.upper?.doubleValue ?? .infinity)
    // The numbers are decimals, so their difference can miss an equal end by rounding.
    let rounding = 1e-12 * max(mine.magnitude, theirs.magnitude)
    guard mine - theirs < lower - rounding || mine - theirs > upper + rounding else { return [] }
    return [
        Diagnostic(
            .outOfRange, path: path, mark: contrast.mark(of: "interval"),
            message:
                "the 95 % interval, \(ValueSet.interval(interval).phrase), does not contain the difference of both numbers",
            fix: "check it in the source; the number of \"\(contrast.against.value)\" is subtracted from this one")
    ]
}

/// Checks that tested layers and heads exist in the tested models. Layers are blocks, counted from 0.
func checkLayers(_ claim: Claim, path: String, _ context: CheckContext) -> [Diagnostic] {
    guard case .values(let models)? = claim.tested[Condition.model] else { return [] }
    var diagnostics: [Diagnostic] = []
    for side in claim.tested.sides where ["layer", "head"].contains(side.condition.value) {
        guard case .values(let values) = side.selection else { continue }
        let isLayer = side.condition.value == "layer"
        for model in models {
            let record = context.state.vocabulary.value(model, of: Condition.model)
            guard let count = record?.partCount(of: side.condition.value) else { continue }
            for (value, mark) in zip(values, side.marks) {
                guard let number = Int(value), number >= count || number < 0 else { continue }
                let file = RecordPlace.conditionValue(condition: Condition.model, slug: model).path
                let parts = counted(count, isLayer ? "block" : "head") + (isLayer ? "" : " in each block")
                diagnostics.append(
                    Diagnostic(
                        .outOfRange, path: path, mark: mark,
                        message: "\"\(model)\" has no \(side.condition.value) \(value): \(file) says \(parts)",
                        fix: "count from 0, so that the last is \(count - 1), or correct that file"))
            }
        }
    }
    return diagnostics
}

extension Diagnostic.Code {
    package static let wrongAverage = Self(
        "wrong-average", .error, "A claim is no average over the conditions that it names.")
    package static let wrongContrast = Self(
        "wrong-contrast", .error, "A claim cannot be contrasted with the claim that it names.")

    package static let uncertainContrast = Self(
        "uncertain-contrast", .warning, "The uncertainty of the difference of a paired contrast is unknown.")

    package static let ofClaimRelations = [wrongAverage, wrongContrast, uncertainContrast]
}
