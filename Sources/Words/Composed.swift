@_spi(_Unicode) import Swift

/// Returns a text in Unicode's composed form (NFC), by the standard library: Foundation's function would link all of
/// ICU.
package func composed(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: text._nfc)
    return String(scalars)
}
