import Records
import Words

func checkReported(_ reported: Reported, of quantity: Quantity?, path: String) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    if let quantity { diagnostics += checkShare(reported, of: quantity, path: path) }
    if let value = reported.value, let interval = reported.interval,
        interval.lower.map({ value < $0 }) ?? false || interval.upper.map({ value > $0 }) ?? false
    {
        diagnostics.append(
            Diagnostic(
                .outOfRange, path: path, mark: reported.mark(of: "interval"),
                message:
                    "the 95 % interval, \(ValueSet.interval(interval).phrase), does not contain the value, \(value)",
                fix: "check both in the source"))
    }
    switch reported.selected {
    case .best?, .handPicked?:
        diagnostics.append(
            Diagnostic(
                .bestOfSeveral, path: path, mark: reported.mark,
                message: "the number was selected as the best of several", fix: "report all of them if the source does")
        )
    case .mean?, nil: break
    }
    if reported.isFromSecondarySource {
        diagnostics.append(
            Diagnostic(
                .secondHand, path: path, mark: reported.mark,
                message: "the number is second-hand: its primary source was not read",
                fix: "check it in the primary source"))
    }
    return diagnostics
}

/// Checks that the share or percentage of n items is possible.
private func checkShare(_ reported: Reported, of quantity: Quantity, path: String) -> [Diagnostic] {
    guard reported.isCount, let share = reported.value else { return [] }
    let whole = quantity.isPercent ? 100 : 1
    guard (0...Double(whole)).contains(share.doubleValue) else {
        return [
            Diagnostic(
                .outOfRange, path: path, mark: reported.mark(of: "value"),
                message: quantity.isPercent
                    ? "a percentage of n items must lie between 0 and 100"
                    : "a share of n items must lie between 0 and 1",
                fix: quantity.isPercent
                    ? "correct it" : "write it as a fraction, or mark the quantity with `percent: true`")
        ]
    }
    guard let n = reported.itemCount, !isShare(share, of: n, whole: whole) else { return [] }
    return [
        Diagnostic(
            .impossibleShare, path: path, mark: reported.mark,
            message: "no whole number of \(n) items gives \(share)", fix: "check n and the share in the source")
    ]
}

/// Returns whether some fraction k/n of the whole, rounded to the digits that the source prints, equals the share.
private func isShare(_ share: Number, of n: Int, whole: Int) -> Bool {
    let halfUnit = 0.5 * (share.exponent < 0 ? share.unit : Number(1)).doubleValue
    let nearest = (share.doubleValue * Double(n) / Double(whole)).rounded() * Double(whole) / Double(n)
    return abs(nearest - share.doubleValue) <= halfUnit * (1 + 1e-9)
}
