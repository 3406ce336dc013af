import Words

/// Returns the address of a contributor such as `Ada <ada@example.org>` or `ada@example.org`, folded for comparison.
/// Returns nil if the contributor has no address.
package func contributorAddress(_ contributor: String) -> String? {
    let scalars = Array(contributor.unicodeScalars)
    if scalars.last == ">", let start = scalars.lastIndex(of: "<") {
        let address = scalars[(start + 1)..<(scalars.count - 1)]
        return address.contains("@") ? foldedAddress(String(String.UnicodeScalarView(address))) : nil
    }
    return scalars.contains("@") && !scalars.contains(" ") ? foldedAddress(contributor) : nil
}

/// Returns the address of a contributor, for comparisons; the name if there is no address.
package func contributorKey(_ contributor: String) -> String { contributorAddress(contributor) ?? contributor }

/// Returns an address in the form in which addresses are compared.
package func foldedAddress(_ address: String) -> String { address.lowercased() }
