/// The words of a text: runs of letters and digits in lower case, as the atlas splits a search. In scripts without
/// blanks, each character is a word.
package func searchWords(_ text: String) -> [String] {
    if let words = asciiSearchWords(text) { return words }
    var words: [String] = []
    var word = ""
    func end() {
        if !word.isEmpty { words.append(word) }
        word = ""
    }
    for scalar in composed(text).unicodeScalars {
        let lower = scalar.properties.lowercaseMapping
        switch scalar.value {
        case 0xE00...0xE7F, 0x3040...0x30FF, 0x3400...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF:
            end()
            words.append(lower)
            continue
        default: break
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            word += lower
        default: end()
        }
    }
    end()
    return words
}

/// Splits a text as `searchWords` does, without a look at the properties of characters. Returns nil if the text is not
/// ASCII.
private func asciiSearchWords(_ text: String) -> [String]? {
    var words: [String] = []
    var word: [UInt8] = []
    func end() {
        if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
        word.removeAll(keepingCapacity: true)
    }
    for byte in text.utf8 {
        switch byte {
        case 0x80...: return nil
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): word.append(byte)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.append(byte | 0x20)
        default: end()
        }
    }
    end()
    return words
}
