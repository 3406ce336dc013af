internal import CLibgit2

/// The SHA-1 id of a git object: 20 bytes, which are printed and ordered as a hexadecimal number.
package struct ObjectID: Hashable, Sendable, Comparable, CustomStringConvertible {
    // The 20 bytes as big-endian words of 64, 64 and 32 bits, so that comparing the words compares the bytes.
    private var high: UInt64
    private var middle: UInt64
    private var low: UInt32

    /// Returns nil unless there are exactly 20 bytes.
    package init?(bytes: some Sequence<UInt8>) {
        (high, middle, low) = (0, 0, 0)
        var count = 0
        for byte in bytes {
            guard count < 20 else { return nil }
            append(byte)
            count += 1
        }
        guard count == 20 else { return nil }
    }

    /// Returns nil unless `hex` consists of 40 hexadecimal digits.
    package init?(hex: String) {
        let digits = hex.utf8.map(Self.value(ofDigit:))
        guard digits.count == 40, !digits.contains(nil) else { return nil }
        self.init(bytes: stride(from: 0, to: 40, by: 2).map { (digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0) })
    }

    package var bytes: [UInt8] {
        (0..<20).map { index in
            switch index {
            case 0..<8: UInt8(truncatingIfNeeded: high >> (56 - 8 * index))
            case 8..<16: UInt8(truncatingIfNeeded: middle >> (56 - 8 * (index - 8)))
            default: UInt8(truncatingIfNeeded: low >> (24 - 8 * (index - 16)))
            }
        }
    }

    package var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.high, left.middle, left.low) < (right.high, right.middle, right.low)
    }

    private mutating func append(_ byte: UInt8) {
        high = high << 8 | middle >> 56
        middle = middle << 8 | UInt64(low >> 24)
        low = low << 8 | UInt32(byte)
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension ObjectID {
    init(_ raw: git_oid) {
        var raw = raw
        self = withUnsafeBytes(of: &raw) { bytes in
            ObjectID(
                high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                middle: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                low: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)))
        }
    }

    private init(high: UInt64, middle: UInt64, low: UInt32) {
        (self.high, self.middle, self.low) = (high, middle, low)
    }

    var raw: git_oid {
        var raw = git_oid()
        withUnsafeMutableBytes(of: &raw) { bytes in
            bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
            bytes.storeBytes(of: middle.bigEndian, toByteOffset: 8, as: UInt64.self)
            bytes.storeBytes(of: low.bigEndian, toByteOffset: 16, as: UInt32.self)
        }
        return raw
    }
}
