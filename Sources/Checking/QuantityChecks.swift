import Records
import Words

/// Checks that the range of a share or percentage fits, and that the margin is smaller than the range.
func checkScale(_ quantity: Quantity, path: String) -> [Diagnostic] {
    guard case .interval(let range) = quantity.range else { return [] }
    var diagnostics: [Diagnostic] = []
    if quantity.isShare || quantity.isPercent {
        let highest = Number(quantity.isPercent ? 100 : 1)
        let lowest = quantity.differenceOf == nil ? Number(0) : Number(quantity.isPercent ? -100 : -1)
        let isInside = range.lower.map { $0 >= lowest } ?? false && range.upper.map { $0 <= highest } ?? false
        if !isInside {
            let subject =
                (quantity.differenceOf == nil ? "" : "differences of ")
                + (quantity.isPercent ? "percentages" : "shares")
            diagnostics.append(
                Diagnostic(
                    .outOfRange, path: path, mark: quantity.mark(of: "range"),
                    message:
                        "\"range\" is \(quantity.range.phrase), but \(subject) lie between \(lowest) and \(highest)",
                    fix: "write `range: [\(lowest), \(highest)]` or a part of it"))
        }
    }
    if let margin = quantity.margin,
        margin.value <= Number(0) || quantity.width.map({ margin.value.doubleValue >= $0 }) ?? false
    {
        diagnostics.append(
            Diagnostic(
                .outOfRange, path: path, mark: margin.mark,
                message: "\"margin\" must be above 0 and smaller than the width of \"range\", not \(margin.value)",
                fix: "give the smallest difference that matters"))
    }
    return diagnostics
}

/// Checks that a quantity of differences subtracts values of a number that is no difference itself.
func checkDifference(_ quantity: Quantity, path: String, _ context: CheckContext) -> [Diagnostic] {
    guard let name = quantity.differenceOf else { return [] }
    guard let minuend = context.state.quantities[name.value] else {
        return checkQuantityName(name, path: path, context)
    }
    func report(_ message: String, fix: String) -> [Diagnostic] {
        [Diagnostic(.wrongDifference, path: path, mark: name.mark, message: message, fix: fix)]
    }
    if case .labels(let labels) = minuend.range, !labels.isEmpty {
        return report("\"\(name.value)\" has labels, which cannot be subtracted", fix: "name a number")
    }
    guard minuend.differenceOf == nil, minuend.slug != quantity.slug else {
        return report(
            "\"\(name.value)\" is a quantity of differences itself", fix: "name the quantity that was measured")
    }
    return []
}

extension Diagnostic.Code {
    package static let wrongDifference = Self(
        "wrong-difference", .error, "A quantity cannot be the difference of the quantity that it names.")

    package static let ofQuantities = [wrongDifference]
}
