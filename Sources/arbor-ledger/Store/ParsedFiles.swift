import Git
import Glibc
import Records
import Words
import YAML

extension Workspace {
    /// Reads and decodes files, in the order of `entries`, which are sorted by path. The YAML of a file comes from the
    /// store if an earlier run parsed the file. Decoding and checking always run.
    ///
    /// The store keeps the files of a whole state, so reading a part of one does not change it.
    func decodedFiles(of entries: [LedgerEntry], isWholeState: Bool = true) throws -> [DecodedFile] {
        let store = Store(self)
        let name = entries.contains { if case .workTree = $0.location { true } else { false } } ? "work tree" : "blobs"
        let parsed = ParsedFiles(store?.read(name), of: entries)
        let missing = entries.indices.filter { parsed.files[$0] == nil }
        let isWorthWriting = isWholeState && store != nil && missing.count > entries.count / 50
        let allowance = ReadingAllowance()
        let read = try missing.chunks(of: ParsedFiles.filesPerChunk).concurrentMap { run in
            Result { try chunk(of: run.map { ($0, entries[$0]) }, allowance, keepsBytes: isWorthWriting) }
        }.map { try $0.get() }
        var files = parsed.files
        for (index, file) in read.flatMap(\.files) { files[index] = file }
        if isWorthWriting { store?.write(parsed.chunksInUse() + read.map(\.bytes), as: name) }
        return files.compactMap(\.self)
    }

    /// Reads and decodes some files. Also returns their YAML, packed for the store.
    private func chunk(
        of entries: [(index: Int, entry: LedgerEntry)], _ allowance: ReadingAllowance, keepsBytes: Bool
    ) throws -> (files: [(Int, DecodedFile)], bytes: [UInt8]) {
        let reader = try EntryReader(self)
        var packer = Packer()
        let files = try entries.map { index, entry in
            let source = try allowance.take(reader.read(entry))
            let (file, node) = decodeWithYAML(source)
            if keepsBytes, !sawCarriageReturn.isOn, let node, let key = entry.key {
                ParsedFiles.add(entry.path, key, node, to: &packer)
            }
            return (index, file)
        }
        return (files, packer.bytes)
    }
}

/// Reads single files of any state. Each worker needs its own reader, because threads cannot share handles.
struct EntryReader {
    private let repository: Repository
    private let workTree: WorkTree?
    private let sawCarriageReturn: OneWaySwitch

    init(_ workspace: Workspace) throws {
        sawCarriageReturn = workspace.sawCarriageReturn
        repository = try workspace.repository()
        workTree = workspace.isBare ? nil : try WorkTree(workspace.root)
    }

    func read(_ entry: LedgerEntry) throws -> SourceFile {
        switch entry.location {
        case .blob(let blob): try repository.sourceFile(blob)
        case .workTree(let file): try read(file)
        }
    }

    /// Reads a file as git would store it. A checkout may convert line ends to CR LF, but receipts are named by the
    /// committed bytes.
    func read(_ entry: WorkTreeEntry, limit: Int = recordByteLimit) throws -> SourceFile {
        var file = try workTree!.read(entry, limit: limit)
        let hasCarriageReturn = unsafe file.bytes.withUnsafeBytes { bytes in
            unsafe bytes.baseAddress.map { unsafe memchr($0, 0x0D, bytes.count) != nil } ?? false
        }
        guard hasCarriageReturn else { return file }
        sawCarriageReturn.turnOn()
        file.bytes = try repository.stored(file.bytes, path: file.path)
        return file
    }
}

/// The YAML that earlier runs parsed, found by path and content.
private struct ParsedFiles {
    static let filesPerChunk = 256

    /// The files in the order of the entries. A file is nil if the store lacks that content at that path.
    let files: [DecodedFile?]
    private let stored: StoredFile?
    /// For each chunk, the byte ranges of the files in use.
    private let used: [[Range<Int>]]

    init(_ stored: StoredFile?, of entries: [LedgerEntry]) {
        let chunks = (0..<(stored?.count ?? 0)).concurrentMap { stored?[$0].map { Chunk($0, of: entries) } }
        var files = [DecodedFile?](repeating: nil, count: entries.count)
        for (index, file) in chunks.flatMap({ $0?.files ?? [] }) { files[index] = file }
        self.files = files
        self.stored = stored
        used = chunks.map { $0?.used ?? [] }
    }

    /// Returns the stored chunks without the files that have since been replaced.
    func chunksInUse() -> [[UInt8]] {
        zip(used.indices, used).compactMap { index, ranges in
            guard !ranges.isEmpty, let bytes = stored?[index] else { return nil }
            return ranges.flatMap { bytes[$0] }
        }
    }

    static func add(_ path: String, _ key: ContentKey, _ node: Node, to packer: inout Packer) {
        packer.add(path)
        packer.add(key.bytes)
        var packed = Packer()
        node.pack(into: &packed)
        packer.add(packed.bytes)
    }

    private struct Chunk: Sendable {
        var files: [(Int, DecodedFile)] = []
        var used: [Range<Int>] = []

        /// Reads a chunk. Damaged bytes end the chunk early. The remaining files are then parsed again.
        init(_ bytes: [UInt8], of entries: [LedgerEntry]) {
            var unpacker = Unpacker(bytes[...])
            var next = 0
            while !unpacker.isAtEnd {
                let start = unpacker.position
                guard let path = try? unpacker.text(), let key = try? unpacker.piece(), let yaml = try? unpacker.piece()
                else { return }
                // Files come in the order of the entries, except for removed and new ones.
                if next >= entries.count || !entries[next].path.hasSameBytes(as: path) {
                    next = entries.firstIndex(from: path)
                }
                guard next < entries.count, entries[next].path.hasSameBytes(as: path), let expected = entries[next].key,
                    ContentKey(key) == expected
                else { continue }
                var reader = Unpacker(yaml)
                guard let node = try? Node(&reader), reader.isAtEnd else { return }
                files.append((next, decode(path: path, yaml: node)))
                used.append(start..<unpacker.position)
                next += 1
            }
        }
    }
}

extension [LedgerEntry] {
    /// Returns the index of the first entry at or after a path.
    fileprivate func firstIndex(from path: String) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].path < path { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
