import KernelInterface

/// Trained parameters as bytes: the header as one line of text, the parameters as little-endian 32-bit floats, and an
/// eight-byte FNV-1a hash.
enum Checkpoint {
    static func encode(_ header: String, _ floats: [Float]) -> [UInt8] {
        var bytes = Array("\(header)\n".utf8)
        bytes.reserveCapacity(bytes.count + 4 * floats.count + 8)
        for float in floats { append(float.bitPattern, to: &bytes) }
        append(fnv1a(bytes), to: &bytes)
        return bytes
    }

    /// Decodes what `encode` wrote with this header; throws for anything else.
    static func decode(_ bytes: [UInt8], _ header: String, count: Int) throws(KernelFailure) -> [Float] {
        let header = Array("\(header)\n".utf8)
        guard bytes.starts(with: header) else {
            throw KernelFailure(reason: "the checkpoint is not of this config")
        }
        guard bytes.count == header.count + 4 * count + 8 else {
            throw KernelFailure(reason: "the checkpoint has the wrong length")
        }
        return try floats(bytes, after: header.count)
    }

    private static func floats(_ bytes: [UInt8], after start: Int) throws(KernelFailure) -> [Float] {
        guard fnv1a(bytes.dropLast(8)) == littleEndian(bytes.suffix(8)) else {
            throw KernelFailure(reason: "the checkpoint is damaged: its hash does not match")
        }
        let floats = stride(from: start, to: bytes.count - 8, by: 4).map { place in
            Float(bitPattern: UInt32(littleEndian(bytes[place..<(place + 4)])))
        }
        guard floats.allSatisfy(\.isFinite) else {
            throw KernelFailure(reason: "the checkpoint contains numbers that are not finite")
        }
        return floats
    }
}

private func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
}

private func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}
