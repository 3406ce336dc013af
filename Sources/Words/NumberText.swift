/// Formats a number with a fixed number of digits after the decimal point.
package func fixed(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 1e15 else { return "\(value)" }
    let whole = String(Int(scaled))
    let padding = String(repeating: "0", count: max(0, digits + 1 - whole.count)) + whole
    let text = digits == 0 ? padding : "\(padding.dropLast(digits)).\(padding.suffix(digits))"
    return value < 0 && scaled > 0 ? "-\(text)" : text
}

/// Formats a number with at most three digits after the decimal point, and with fewer for larger numbers.
package func short(_ value: Double) -> String {
    let size = value.magnitude
    if value == value.rounded() && size < 1e6 { return fixed(value, digits: 0) }
    return fixed(value, digits: size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
}

/// Formats a number with six significant digits and a power of ten.
package func sixDigits(_ value: Double) -> String {
    guard abs(value) > 1e-290, value.isFinite else { return "0" }
    var power = 0
    var scaled = abs(value)
    while scaled >= 1e6 { (scaled, power) = (scaled / 10, power + 1) }
    while scaled < 1e5 { (scaled, power) = (scaled * 10, power - 1) }
    return "\(value < 0 ? "-" : "")\(Int(scaled.rounded()))e\(power)"
}

/// Formats a duration, such as `8 s`, `3 min` or `2 h 10 min`.
package func duration(_ seconds: Double) -> String {
    let whole = Int(min(1e15, seconds).rounded(.up))
    if whole < 90 { return "\(max(1, whole)) s" }
    let minutes = (whole + 30) / 60
    return minutes < 90 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
}
