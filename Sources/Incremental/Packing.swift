/// Values as bytes, for files that only this version of the tool reads.
struct Packer {
    private(set) var bytes: [UInt8] = []

    /// Seven bits a byte, the lowest first.
    mutating func add(_ number: Int) {
        var rest = UInt64(bitPattern: Int64(number))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func add(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    mutating func add(_ text: String) {
        add(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func add(_ piece: some Collection<UInt8>) {
        add(piece.count)
        bytes.append(contentsOf: piece)
    }

    mutating func add<Element>(_ elements: [Element], _ add: (inout Packer, Element) -> Void) {
        self.add(elements.count)
        for element in elements { add(&self, element) }
    }

    mutating func add(_ texts: [String]) { add(texts) { $0.add($1) } }

    mutating func add(_ numbers: [Int]) { add(numbers) { $0.add($1) } }

    /// Pieces of which each can be read without the others.
    mutating func addPieces(_ pieces: [ArraySlice<UInt8>]) {
        addFixed(pieces.count)
        var end = 0
        addFixed(0)
        for piece in pieces {
            end += piece.count
            addFixed(end)
        }
        bytes.reserveCapacity(bytes.count + end)
        for piece in pieces { bytes += piece }
    }

    /// Values by key; the keys come sorted by their bytes.
    mutating func addTable(_ entries: [(key: String, value: [UInt8])]) {
        addPieces(entries.map { Array($0.key.utf8)[...] })
        addPieces(entries.map { $0.value[...] })
    }

    private mutating func addFixed(_ number: Int) {
        for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}

/// The bytes end early, or mean nothing.
struct UnpackingError: Error {}

/// Reads what a `Packer` wrote, in the same order.
struct Unpacker {
    let bytes: ArraySlice<UInt8>
    var position = 0
    let end: Int

    init(_ bytes: ArraySlice<UInt8>) { self.init(bytes, bytes.indices) }

    init(_ bytes: ArraySlice<UInt8>, _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    mutating func number() throws(UnpackingError) -> Int {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < end else { throw UnpackingError() }
            let byte = bytes[position]
            position += 1
            number |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return Int(Int64(bitPattern: number)) }
        }
        throw UnpackingError()
    }

    mutating func flag() throws(UnpackingError) -> Bool { try number() != 0 }

    mutating func text() throws(UnpackingError) -> String { String(decoding: bytes[try range()], as: UTF8.self) }

    mutating func piece() throws(UnpackingError) -> ArraySlice<UInt8> { bytes[try range()] }

    mutating func list<Element>(
        _ read: (inout Unpacker) throws(UnpackingError) -> Element
    ) throws(UnpackingError) -> [Element] {
        let count = try count()
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try read(&self)) }
        return elements
    }

    mutating func texts() throws(UnpackingError) -> [String] {
        try list { unpacker throws(UnpackingError) in try unpacker.text() }
    }

    mutating func numbers() throws(UnpackingError) -> [Int] {
        try list { unpacker throws(UnpackingError) in try unpacker.number() }
    }

    mutating func choice<Choice: RawRepresentable<String>>(
        _ type: Choice.Type
    ) throws(UnpackingError) -> Choice {
        guard let choice = Choice(rawValue: try text()) else { throw UnpackingError() }
        return choice
    }

    mutating func pieces() throws(UnpackingError) -> PackedPieces {
        guard let count = fixed(at: position), count < (end - position) / 4 else { throw UnpackingError() }
        let pieces = PackedPieces(unpacker: self, count: count, offsets: position + 4)
        guard let total = fixed(at: pieces.offsets + 4 * count), total <= end - pieces.start else {
            throw UnpackingError()
        }
        position = pieces.start + total
        return pieces
    }

    mutating func table() throws(UnpackingError) -> PackedTable {
        let table = PackedTable(keys: try pieces(), values: try pieces())
        guard table.keys.count == table.values.count else { throw UnpackingError() }
        return table
    }

    func fixed(at place: Int) -> Int? {
        guard place >= 0, place <= end - 4 else { return nil }
        return (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }

    private mutating func count() throws(UnpackingError) -> Int {
        let count = try number()
        // Every element takes a byte or more.
        guard count >= 0, count <= end - position else { throw UnpackingError() }
        return count
    }

    private mutating func range() throws(UnpackingError) -> Range<Int> {
        let count = try count()
        defer { position += count }
        return position..<position + count
    }
}

struct PackedPieces {
    let unpacker: Unpacker
    let count: Int
    let offsets: Int
    var start: Int { offsets + 4 * (count + 1) }

    subscript(index: Int) -> ArraySlice<UInt8> { unpacker.bytes[range(index)] }

    func range(_ index: Int) -> Range<Int> {
        guard index >= 0, index < count, let from = unpacker.fixed(at: offsets + 4 * index),
            let to = unpacker.fixed(at: offsets + 4 * (index + 1)), from <= to, to <= unpacker.end - start
        else { return start..<start }
        return start + from..<start + to
    }

    func reader(_ index: Int) -> Unpacker { Unpacker(unpacker.bytes, range(index)) }
}

struct PackedTable {
    let keys: PackedPieces
    let values: PackedPieces
    var count: Int { keys.count }

    func index(of key: String) -> Int? {
        let index = firstIndex(from: Array(key.utf8))
        return index < count && keys[index].elementsEqual(key.utf8) ? index : nil
    }

    /// The value of a key, to be read.
    func reader(of key: String) -> Unpacker? { index(of: key).map(values.reader) }

    /// All whose key begins so.
    func indices(withPrefix prefix: String) -> Range<Int> {
        let bytes = Array(prefix.utf8)
        let start = firstIndex(from: bytes)
        var end = start
        while end < count, keys[end].starts(with: bytes) { end += 1 }
        return start..<end
    }

    func key(_ index: Int) -> String { String(decoding: keys[index], as: UTF8.self) }

    /// The first whose key is not below.
    private func firstIndex(from key: [UInt8]) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle].lexicographicallyPrecedes(key) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
