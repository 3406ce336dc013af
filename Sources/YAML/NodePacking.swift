import Words

/// Serialises nodes, so that unchanged files are not parsed again.
extension Node {
    package func pack(into packer: inout Packer) {
        mark.pack(into: &packer)
        switch content {
        case .scalar(let text, let isPlain):
            packer.add(isPlain ? PackedKind.plain.rawValue : PackedKind.quoted.rawValue)
            packer.add(text)
        case .sequence(let elements):
            packer.add(PackedKind.sequence.rawValue)
            packer.add(elements.count)
            for element in elements { element.pack(into: &packer) }
        case .mapping(let entries):
            packer.add(PackedKind.mapping.rawValue)
            packer.add(entries.count)
            for entry in entries {
                packer.add(entry.key)
                entry.keyMark.pack(into: &packer)
                entry.value.pack(into: &packer)
            }
        }
    }

    /// Reads a node that `pack` wrote. `depth` limits the nesting, which damaged bytes could make arbitrarily deep.
    package init(_ unpacker: inout Unpacker, depth: Int = Limits().depth) throws(UnpackingError) {
        guard depth >= 0 else { throw UnpackingError() }
        mark = try Mark(&unpacker)
        switch PackedKind(rawValue: try unpacker.number()) {
        case .plain: content = .scalar(try unpacker.text(), isPlain: true)
        case .quoted: content = .scalar(try unpacker.text(), isPlain: false)
        case .sequence:
            let count = try unpacker.count()
            var elements: [Node] = []
            elements.reserveCapacity(count)
            for _ in 0..<count { elements.append(try Node(&unpacker, depth: depth - 1)) }
            content = .sequence(elements)
        case .mapping:
            let count = try unpacker.count()
            var entries: [Entry] = []
            entries.reserveCapacity(count)
            for _ in 0..<count {
                let key = try unpacker.text()
                let keyMark = try Mark(&unpacker)
                entries.append(Entry(key: key, keyMark: keyMark, value: try Node(&unpacker, depth: depth - 1)))
            }
            content = .mapping(entries)
        case nil: throw UnpackingError()
        }
    }

    private enum PackedKind: Int {
        case plain, quoted, sequence, mapping
    }
}

extension Mark {
    fileprivate func pack(into packer: inout Packer) {
        packer.add(line)
        packer.add(column)
        packer.add(length)
    }

    fileprivate init(_ unpacker: inout Unpacker) throws(UnpackingError) {
        let (line, column) = (try unpacker.number(), try unpacker.number())
        self.init(line: line, column: column, length: try unpacker.number())
    }
}
