import FoundationEssentials
import KernelInterface

extension ExportedNetwork {
    /// Writes `model.safetensors`, `config.json`, `example.json` and `load.py` to a folder.
    func write(to folder: String, kernel: KernelDescription, _ job: KernelJob, seed: String) throws {
        var config = properties
        config["kernel"] = .word(kernel.name)
        config["kernel_version"] = .integer(kernel.version)
        config["seed"] = .word(seed)
        for (name, value) in job.config.values { config["toy_model.\(name)"] = .word(value) }
        for (name, value) in job.settings.values { config["setting.\(name)"] = .word(value) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try writeFile("\(folder)/config.json", Array(encoder.encode(config)) + [0x0A])
        try writeFile("\(folder)/model.safetensors", safetensors)
        try writeFile("\(folder)/example.json", Array(JSONEncoder().encode(example)) + [0x0A])
        try writeFile("\(folder)/load.py", Array(loader.utf8))
    }

    /// The tensors in the safetensors format (https://github.com/huggingface/safetensors): the length of the header in
    /// eight bytes, the header as JSON, padded with spaces to a multiple of eight bytes, and the little-endian floats.
    private var safetensors: [UInt8] {
        get throws {
            struct Entry: Encodable {
                var dtype = "F32"
                var shape: [Int]
                var dataOffsets: [Int]

                enum CodingKeys: String, CodingKey {
                    case dtype, shape
                    case dataOffsets = "data_offsets"
                }
            }
            var entries: [String: Entry] = [:]
            var floats: [UInt8] = []
            for tensor in tensors {
                let start = floats.count
                for value in tensor.values { append(value.bitPattern, to: &floats) }
                entries[tensor.name] = Entry(shape: tensor.shape, dataOffsets: [start, floats.count])
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            var header = Array(try encoder.encode(entries))
            header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
            var bytes: [UInt8] = []
            append(UInt64(header.count), to: &bytes)
            return bytes + header + floats
        }
    }
}

/// Appends an integer in little-endian order.
private func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
}
