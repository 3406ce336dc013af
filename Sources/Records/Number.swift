/// An exact decimal number: `0.30`, `0.3` and `3e-1` are equal, and 0.1 is not rounded.
package struct Number: Hashable, Sendable, Codable {
    /// The significant digits as an integer, without trailing zeros; at most 18 digits.
    let significand: Int64
    /// The power of ten by which the significand is multiplied; 0 for the number zero.
    package let exponent: Int

    /// Parses a number such as `-12`, `0.45` or `3e-3`. Returns nil for other texts, for more than 18 digits, and for
    /// powers of ten beyond ±300.
    package init?(_ text: String) {
        // Most texts are words, which this test rejects quickly.
        guard let first = text.utf8.first, first <= UInt8(ascii: "9") else { return nil }
        var significand: Int64 = 0
        var exponent = 0
        var digits = 0
        var hasPoint = false
        let isNegative = first == UInt8(ascii: "-")
        let bytes = text.utf8.dropFirst(isNegative || first == UInt8(ascii: "+") ? 1 : 0)
        let mantissa = bytes.prefix { $0 != UInt8(ascii: "e") && $0 != UInt8(ascii: "E") }
        guard !mantissa.isEmpty else { return nil }
        for byte in mantissa {
            if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
                continue
            }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            if significand != 0 || byte != UInt8(ascii: "0") { digits += 1 }
            guard digits <= 18 else { return nil }
            significand = significand * 10 + Int64(byte - UInt8(ascii: "0"))
            if hasPoint { exponent -= 1 }
        }
        guard text.utf8.contains(where: { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else { return nil }
        if mantissa.endIndex != bytes.endIndex {
            guard let power = Int(Substring(bytes[mantissa.endIndex...].dropFirst())), power.magnitude <= 1000 else {
                return nil
            }
            exponent += power
        }
        self.init(significand: isNegative ? -significand : significand, exponent: exponent)
        // Within these bounds, the canonical spelling can be parsed, and the nearest double is finite.
        guard self.exponent >= -300, magnitudeOrder <= 300 else { return nil }
    }

    package init(_ value: Int) {
        self.init(significand: Int64(value), exponent: 0)
    }

    private init(significand: Int64, exponent: Int) {
        var significand = significand
        var exponent = significand == 0 ? 0 : exponent
        while significand != 0 && significand % 10 == 0 {
            significand /= 10
            exponent += 1
        }
        self.significand = significand
        self.exponent = exponent
    }

    /// A hundredth of the number: its value if it is a percentage.
    package var hundredth: Number { Number(significand: significand, exponent: exponent - 2) }

    private var negated: Number { Number(significand: -significand, exponent: exponent) }

    /// Returns the exact sum of two numbers, or nil if it has more than 18 digits.
    func adding(_ other: Number) -> Number? {
        let shared = min(exponent, other.exponent)
        guard max(exponent, other.exponent) - shared <= 18 else { return nil }
        let sum = scaled(to: shared) + other.scaled(to: shared)
        guard sum.magnitude < 1_000_000_000_000_000_000 else { return nil }
        return Number(significand: Int64(sum), exponent: shared)
    }

    func subtracting(_ other: Number) -> Number? { adding(other.negated) }

    /// The nearest double.
    package var doubleValue: Double {
        roundedOnce ?? Double("\(significand)e\(exponent)") ?? .nan
    }

    /// The nearest double if one operation on two exact doubles yields it (Clinger 1990); nil otherwise.
    private var roundedOnce: Double? {
        guard significand.magnitude <= 1 << 53, abs(exponent) < powersOfTen.count else { return nil }
        let power = powersOfTen[abs(exponent)]
        return exponent < 0 ? Double(significand) / power : Double(significand) * power
    }

    /// The value of one unit in the last written digit, such as 0.01 for 0.45.
    package var unit: Number { Number(significand: 1, exponent: exponent) }

    /// The canonical spelling of the number.
    package var text: String {
        let sign = significand < 0 ? "-" : ""
        let digits = String(significand.magnitude)
        if exponent >= 0 {
            if digits.count + exponent > 18 { return "\(sign)\(digits)e\(exponent)" }
            return sign + digits + String(repeating: "0", count: exponent)
        }
        let wholeDigits = digits.count + exponent
        if wholeDigits > 0 {
            return "\(sign)\(digits.prefix(wholeDigits)).\(digits.dropFirst(wholeDigits))"
        }
        if wholeDigits < -6 { return "\(sign)\(digits)e\(exponent)" }
        return "\(sign)0." + String(repeating: "0", count: -wholeDigits) + digits
    }
}

extension Number: Comparable {
    package static func < (a: Number, b: Number) -> Bool {
        guard a.exponent != b.exponent, a.significand.signum() == b.significand.signum() else {
            return a.significand < b.significand
        }
        // Rounding preserves the order but may make two different numbers equal.
        if let x = a.roundedOnce, let y = b.roundedOnce, x != y { return x < y }
        let (left, right) = (a.magnitudeOrder, b.magnitudeOrder)
        if left != right { return (left < right) == (a.significand > 0) }
        // The leading powers of ten are equal, so the exponents differ by less than 18, and the scaled numbers fit into
        // 128 bits.
        let shared = min(a.exponent, b.exponent)
        return a.scaled(to: shared) < b.scaled(to: shared)
    }

    private var magnitudeOrder: Int {
        var digits = 0
        var rest = significand.magnitude
        while rest > 0 { (digits, rest) = (digits + 1, rest / 10) }
        return digits + exponent
    }

    private func scaled(to exponent: Int) -> Int128 {
        (exponent..<self.exponent).reduce(Int128(significand)) { value, _ in value * 10 }
    }
}

extension Number: CustomStringConvertible {
    package var description: String { text }
}

/// The powers of ten that a double represents exactly.
private let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
]
