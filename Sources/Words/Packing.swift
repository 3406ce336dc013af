/// Writes values as bytes, for files that only this build of the tool reads.
package struct Packer {
    @usableFromInline package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Adds a number with seven bits in each byte, lowest bits first.
    package mutating func add(_ number: Int) {
        var rest = UInt64(bitPattern: Int64(number))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    package mutating func add(_ text: String) {
        add(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    package mutating func add(_ piece: some Collection<UInt8>) {
        add(piece.count)
        bytes.append(contentsOf: piece)
    }
}

/// The error that is thrown if the bytes to unpack end too early or are invalid.
package struct UnpackingError: Error {
    package init() {}
}

/// Reads the values that a `Packer` wrote, in the same order. Reading arbitrary bytes is safe.
package struct Unpacker {
    private let bytes: ArraySlice<UInt8>
    package private(set) var position: Int

    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    package var isAtEnd: Bool { position == bytes.endIndex }

    package mutating func number() throws(UnpackingError) -> Int {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < bytes.endIndex else { throw UnpackingError() }
            let byte = bytes[position]
            position += 1
            number |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return Int(Int64(bitPattern: number)) }
        }
        throw UnpackingError()
    }

    /// Reads the number of elements that follow. Each element must have at least one byte.
    package mutating func count() throws(UnpackingError) -> Int {
        let count = try number()
        guard count >= 0, count <= bytes.endIndex - position else { throw UnpackingError() }
        return count
    }

    package mutating func text() throws(UnpackingError) -> String { String(decoding: try piece(), as: UTF8.self) }

    package mutating func piece() throws(UnpackingError) -> ArraySlice<UInt8> {
        let count = try count()
        defer { position += count }
        return bytes[position..<position + count]
    }
}
