/// Reads the types of RFC 4251, section 5. Each encoding must be the only one of its value.
struct WireReader {
    private var rest: ArraySlice<UInt8>
    /// The name of the data that is read, as the subject of error messages.
    let subject: String

    init(_ bytes: some Sequence<UInt8>, _ subject: String) {
        rest = ArraySlice(bytes)
        self.subject = subject
    }

    private var cutShort: SignatureError { SignatureError("\(subject) is cut short") }

    mutating func bytes(_ count: Int) throws(SignatureError) -> [UInt8] {
        guard count <= rest.count else { throw cutShort }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func byte() throws(SignatureError) -> UInt8 { try bytes(1)[0] }

    mutating func uint32() throws(SignatureError) -> UInt32 {
        try bytes(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func string() throws(SignatureError) -> [UInt8] {
        try bytes(Int(try uint32()))
    }

    mutating func text() throws(SignatureError) -> String {
        guard let text = String(validating: try string(), as: UTF8.self) else {
            throw SignatureError("\(subject) has a name that is not UTF-8")
        }
        return text
    }

    /// Reads a positive `mpint` and returns its digits, without the zero byte before a digit of 128 or more.
    mutating func positiveInteger() throws(SignatureError) -> [UInt8] {
        let digits = try string()
        guard let first = digits.first else { throw SignatureError("\(subject) has a number that is zero") }
        guard first < 0x80 else { throw SignatureError("\(subject) has a negative number") }
        guard first == 0 else { return digits }
        guard digits.count > 1, digits[1] >= 0x80 else {
            throw SignatureError("\(subject) has a number with needless zeros")
        }
        return Array(digits.dropFirst())
    }

    func end() throws(SignatureError) {
        guard rest.isEmpty else { throw SignatureError("\(subject) has bytes after its end") }
    }
}

/// Encodes a `string` of RFC 4251: its length in four bytes, and its bytes.
func wireString(_ bytes: some Collection<UInt8>) -> [UInt8] {
    wireInteger(UInt32(bytes.count)) + bytes
}

func wireInteger(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}
