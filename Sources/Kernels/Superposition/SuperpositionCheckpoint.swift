internal import Ledger

/// Trained networks as bytes: a line of text that says what follows, then W and b of each network as little-endian
/// 32-bit floats, then the FNV-1a hash of all that in eight bytes.
struct SuperpositionCheckpoint {
    var networks: [SuperpositionNetwork]

    init(networks: [SuperpositionNetwork]) {
        self.networks = networks
    }

    var bytes: [UInt8] {
        var bytes = Self.header(networks.count, networks[0].features, networks[0].dimensions)
        for network in networks {
            for value in network.weights + network.biases {
                append(value.bitPattern, to: &bytes)
            }
        }
        append(fnv1a(bytes), to: &bytes)
        return bytes
    }

    /// Reads what `bytes` wrote for networks of this config; refuses anything else.
    init(_ bytes: [UInt8], config: SuperpositionConfig) throws(KernelFailure) {
        let header = Self.header(config.networkCount, config.features, config.dimensions)
        let weightCount = config.features * config.dimensions
        let floatCount = config.networkCount * (weightCount + config.features)
        guard bytes.starts(with: header) else {
            throw KernelFailure(reason: "the checkpoint does not hold the networks of this config")
        }
        guard bytes.count == header.count + 4 * floatCount + 8 else {
            throw KernelFailure(reason: "the checkpoint is cut short or too long")
        }
        guard fnv1a(bytes.dropLast(8)) == littleEndian(bytes.suffix(8)) else {
            throw KernelFailure(reason: "the checkpoint is damaged: its hash does not match")
        }
        var rest = bytes[header.count...]
        func nextFloats(_ count: Int) -> [Float] {
            defer { rest = rest.dropFirst(4 * count) }
            return (0..<count).map { index in
                let start = rest.startIndex + 4 * index
                return Float(bitPattern: UInt32(littleEndian(rest[start..<(start + 4)])))
            }
        }
        networks = (0..<config.networkCount).map { _ in
            SuperpositionNetwork(
                features: config.features, dimensions: config.dimensions,
                weights: nextFloats(weightCount), biases: nextFloats(config.features))
        }
        guard networks.allSatisfy(\.isFinite) else {
            throw KernelFailure(reason: "the checkpoint holds weights that are not finite")
        }
    }

    private static func header(_ networks: Int, _ features: Int, _ dimensions: Int) -> [UInt8] {
        Array("superposition 1: \(networks) networks of \(features) features in \(dimensions) dimensions\n".utf8)
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
