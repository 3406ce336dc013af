@_spi(_Unicode) import Swift

/// Returns a text in Unicode's composed form (NFC). Uses the standard library, because Foundation's function would link
/// all of ICU.
package func composed(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: text._nfc)
    return String(scalars)
}
