import Words

/// A mistake in the signers file. Its line does not count.
package struct SignersProblem: Sendable, Hashable {
    package var line: Int
    /// The place in the line, in characters from 1.
    package var column: Int
    package var message: String
    package var fix: String?
}

/// Reads the lines of a signers file. The format is that of `ALLOWED SIGNERS` in ssh-keygen(1), with four restrictions,
/// so that a line says exactly what it allows: `namespaces` is required, patterns and certificates are refused, and
/// times are in UTC.
package func parseSigners(_ bytes: [UInt8]) -> (signers: Signers, problems: [SignersProblem]) {
    var signers = Signers()
    var problems: [SignersProblem] = []
    var listing = Listing()
    for (index, bytes) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
        var line = LineReader(bytes, line: index + 1)
        do {
            guard let signer = try line.signer() else { continue }
            try listing.add(signer)
            signers.entries.append(signer)
        } catch {
            problems.append(error)
        }
    }
    return (signers, problems)
}

/// The purposes of every key.
private struct Listing {
    private struct Use: Hashable {
        var key: PublicKey
        var namespace: String
    }

    private struct Line: Hashable {
        var name: String
        var namespaces: [String]
        var validAfter: Int64?
        var validBefore: Int64?
        var key: PublicKey
    }

    private var users: [Use: (name: String, line: Int)] = [:]
    private var lines: [Line: Int] = [:]

    mutating func add(_ signer: Signer) throws(SignersProblem) {
        for namespace in signer.namespaces {
            if let first = users[Use(key: signer.key, namespace: namespace)], !first.name.hasSameBytes(as: signer.name)
            {
                throw SignersProblem(
                    line: signer.line, column: 1,
                    message:
                        "for \"\(namespace)\", the key already belongs to \"\(first.name)\" (line \(first.line)), "
                        + "so it cannot belong to \"\(signer.name)\"",
                    fix: "give each person a key of their own")
            }
        }
        let line = Line(
            name: signer.name, namespaces: signer.namespaces, validAfter: signer.validAfter,
            validBefore: signer.validBefore, key: signer.key)
        if let first = lines[line] {
            throw SignersProblem(
                line: signer.line, column: 1, message: "this line repeats line \(first)", fix: "delete it")
        }
        lines[line] = signer.line
        for namespace in signer.namespaces {
            let use = Use(key: signer.key, namespace: namespace)
            users[use] = users[use] ?? (signer.name, signer.line)
        }
    }
}

extension SignersProblem: Error {}

private let namespacesFix =
    "write namespaces=\"arbor-ledger,arbor-seed\" for a person who signs receipts, "
    + "or namespaces=\"git\" for a maintainer who signs commits"

/// Reads one line from left to right.
private struct LineReader {
    private let bytes: ArraySlice<UInt8>
    private var rest: ArraySlice<UInt8>
    private let line: Int

    init(_ bytes: ArraySlice<UInt8>, line: Int) {
        self.bytes = bytes
        rest = bytes
        self.line = line
    }

    /// Returns the signer; nil for an empty line and for a comment.
    mutating func signer() throws(SignersProblem) -> Signer? {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw problem(at: bytes.startIndex, "the line is not UTF-8", fix: "save the file as UTF-8")
        }
        skipSpaces()
        guard let first = rest.first, first != UInt8(ascii: "#") else { return nil }
        let principals = try self.principals()
        let optionsStart = rest.startIndex
        var options = Options()
        if !rest.isEmpty, !startsWithKey { options = try self.options() }
        let keyStart = rest.startIndex
        let type = word()
        let base64 = word()
        guard !type.isEmpty, !base64.isEmpty else {
            throw problem(
                at: keyStart, "the line has no key", fix: "append the key from the .pub file, such as ssh-ed25519 AAAA…"
            )
        }
        let key: PublicKey
        do {
            key = try PublicKey(type: type, base64: base64)
        } catch {
            throw problem(at: keyStart, error.message, fix: "copy the key from its .pub file")
        }
        guard let namespaces = options.namespaces else {
            throw problem(at: optionsStart, "the line does not say what the key may sign", fix: namespacesFix)
        }
        if let after = options.validAfter, let before = options.validBefore, after >= before {
            throw problem(at: optionsStart, "valid-after is not before valid-before", fix: "correct one of the times")
        }
        return Signer(
            principals: principals, namespaces: namespaces, validAfter: options.validAfter,
            validBefore: options.validBefore, key: key, line: line)
    }

    private mutating func principals() throws(SignersProblem) -> [String] {
        let start = rest.startIndex
        let text = rest.first == UInt8(ascii: "\"") ? try quoted() : String(decoding: word(), as: UTF8.self)
        skipSpaces()
        return try names(text, "principal", "name", at: start)
    }

    private struct Options {
        var namespaces: [String]?
        var validAfter: Int64?
        var validBefore: Int64?
    }

    private mutating func options() throws(SignersProblem) -> Options {
        var options = Options()
        repeat {
            let start = rest.startIndex
            let end = rest.firstIndex { Array("=, \t".utf8).contains($0) } ?? rest.endIndex
            let name = String(decoding: rest[..<end], as: UTF8.self).lowercased()
            rest = rest[end...]
            let isKnown = ["namespaces", "valid-after", "valid-before"].contains(where: name.hasSameBytes)
            guard isKnown else {
                throw name.hasSameBytes(as: "cert-authority")
                    ? problem(at: start, "certificates are not supported", fix: "list each person's own key")
                    : problem(
                        at: start, "\"\(name)\" is neither an option nor the type of a key",
                        fix: "the options are namespaces, valid-after and valid-before; the types are "
                            + listed(VerifyingKey.types))
            }
            guard rest.starts(with: Array("=\"".utf8)) else {
                throw problem(at: start, "the value of \(name) is not in quotes", fix: "write \(name)=\"…\"")
            }
            rest = rest.dropFirst()
            let value = try quoted()
            let isRepeated: Bool
            switch name {
            case "namespaces":
                isRepeated = options.namespaces != nil
                options.namespaces = try names(value, "namespace", "purpose", at: start)
            case "valid-after":
                isRepeated = options.validAfter != nil
                options.validAfter = try time(value, at: start)
            default:
                isRepeated = options.validBefore != nil
                options.validBefore = try time(value, at: start)
            }
            if isRepeated { throw problem(at: start, "\(name) is given twice", fix: "delete one of them") }
        } while takeComma()
        guard rest.first == UInt8(ascii: " ") || rest.first == UInt8(ascii: "\t") || rest.isEmpty else {
            throw problem(at: rest.startIndex, "an option is followed by other text", fix: "put a space before the key")
        }
        skipSpaces()
        return options
    }

    /// Reads a comma-separated list of names without patterns.
    private func names(
        _ text: String, _ noun: String, _ what: String, at start: Int
    ) throws(SignersProblem) -> [String] {
        let names = text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        for name in names {
            if name.isEmpty || name.utf8.contains(where: Array(" \t\"".utf8).contains) {
                throw problem(
                    at: start, "the \(noun) \"\(name)\" is empty or contains a space",
                    fix: "write a \(what) without spaces")
            }
            if name.utf8.contains(where: Array("*?!".utf8).contains) {
                throw problem(
                    at: start, "the \(noun) \"\(name)\" is a pattern, which could match anyone or anything",
                    fix: "write each \(what) in full")
            }
        }
        for (index, name) in names.enumerated() where names[..<index].contains(where: name.hasSameBytes) {
            throw problem(at: start, "the \(noun) \"\(name)\" is given twice", fix: "delete one of them")
        }
        return names
    }

    /// Reads `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`, followed by `Z`.
    private func time(_ text: String, at start: Int) throws(SignersProblem) -> Int64 {
        let digits = text.withoutEnding("Z") ?? text
        guard let seconds = secondsSince1970(digits) else {
            throw problem(
                at: start, "\"\(text)\" is not a time",
                fix: "write it as YYYYMMDDZ, YYYYMMDDHHMMZ or YYYYMMDDHHMMSSZ, after 1970")
        }
        guard text.endsWithBytes("Z") else {
            throw problem(
                at: start, "the time \"\(text)\" depends on the time zone of the computer that reads it",
                fix: "write \"\(text)Z\", in UTC")
        }
        return seconds
    }

    /// Whether a key begins here, not an option. As in OpenSSH, the word must be a type of key.
    private var startsWithKey: Bool {
        var reader = self
        let type = String(decoding: reader.word(), as: UTF8.self)
        return VerifyingKey.types.contains(where: type.hasSameBytes)
            || !type.utf8.contains(UInt8(ascii: "=")) && reader.word().starts(with: Array("AAAA".utf8))
    }

    /// Reads a text in quotes, in which `\"` is a quote.
    private mutating func quoted() throws(SignersProblem) -> String {
        let start = rest.startIndex
        rest = rest.dropFirst()
        var text: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "\"") {
                text.append(rest.removeFirst())
            } else {
                text.append(byte)
            }
        }
        throw problem(at: start, "the quote is not closed", fix: "write \" at its end")
    }

    /// Reads up to the next space, and skips the spaces.
    private mutating func word() -> [UInt8] {
        let word = rest.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        rest = rest[word.endIndex...]
        skipSpaces()
        return Array(word)
    }

    private mutating func takeComma() -> Bool {
        guard rest.first == UInt8(ascii: ",") else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func skipSpaces() {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    private func problem(at index: Int, _ message: String, fix: String) -> SignersProblem {
        let column = String(decoding: bytes[..<index], as: UTF8.self).unicodeScalars.count + 1
        return SignersProblem(line: line, column: column, message: message, fix: fix)
    }
}

/// Returns the seconds from 1970 to a time in UTC, which has 8, 12 or 14 digits; nil if there is no such time.
private func secondsSince1970(_ text: String) -> Int64? {
    let digits = text.utf8.map { Int64($0) - 48 }
    guard [8, 12, 14].contains(digits.count), digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
    func number(_ range: Range<Int>) -> Int64 {
        range.endIndex <= digits.count ? digits[range].reduce(0) { $0 * 10 + $1 } : 0
    }
    let (year, month, day) = (number(0..<4), number(4..<6), number(6..<8))
    let (hour, minute, second) = (number(8..<10), number(10..<12), number(12..<14))
    let isLeap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard year >= 1970, (1...12).contains(month), day >= 1, day <= lengths[Int(month) - 1], hour < 24, minute < 60,
        second < 60
    else { return nil }
    let leapDays = (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400)
    let days = (year - 1970) * 365 + leapDays + Int64(lengths[..<(Int(month) - 1)].reduce(0, +)) + day - 1
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second
    // OpenSSH uses 0 for "no limit".
    return seconds > 0 ? seconds : nil
}
