@_spi(_Unicode) import Swift

/// A text in Unicode's composed form (NFC). The standard library's own function: Foundation's would bring in all of ICU.
package func composed(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: text._nfc)
    return String(scalars)
}
