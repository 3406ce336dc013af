/// In an untrusted text, escapes every character that is invisible or that a terminal would interpret as a command.
package func escapeHidden(_ text: String) -> String {
    replaceHidden(text) { scalar, result in result += "\\u{\(String(scalar.value, radix: 16))}" }
}

/// Escapes a text as `escapeHidden` does, but leaves line feeds unchanged.
package func escapeHiddenInLines(_ text: String) -> String {
    replaceHidden(text, except: "\n") { scalar, result in result += "\\u{\(String(scalar.value, radix: 16))}" }
}

/// Replaces each control character and each invisible character, except `kept`, by the text that `escape` appends.
func replaceHidden(
    _ text: String, except kept: Unicode.Scalar? = nil, _ escape: (Unicode.Scalar, inout String) -> Void
) -> String {
    func mayBeHidden(_ scalar: Unicode.Scalar) -> Bool {
        scalar != kept && (isControl(scalar) || isInvisible(scalar, after: nil, before: nil))
    }
    guard text.unicodeScalars.contains(where: mayBeHidden) else { return text }
    var result = ""
    var previous: Unicode.Scalar?
    var iterator = text.unicodeScalars.makeIterator()
    var current = iterator.next()
    while let scalar = current {
        let next = iterator.next()
        if scalar != kept, isControl(scalar) || isInvisible(scalar, after: previous, before: next) {
            escape(scalar, &result)
        } else {
            result.unicodeScalars.append(scalar)
        }
        (previous, current) = (scalar, next)
    }
    return result
}
