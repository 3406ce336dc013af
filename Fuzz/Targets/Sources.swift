import Foundation
import Records

/// Checks that the address of a source is read in one way, here and by Foundation, and that redirects lead only to such
/// addresses. The first line is a source, the second one the address of a redirect.
func sourcesViolation(_ bytes: [UInt8]) -> String? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let address = (try? ResourceSource(lines[0]))?.address else { return nil }
    if let violation = addressViolation(address) { return violation }
    guard lines.count > 1, let next = try? address.redirected(to: lines[1]) else { return nil }
    return addressViolation(next)
}

private func addressViolation(_ address: WebAddress) -> String? {
    let text = address.text
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return "\(text) has a byte that is not printed" }
    guard (try? WebAddress(text)) == address else { return "\(text) is read as another address" }
    guard let components = URLComponents(string: text) else { return nil }
    let isSame =
        components.scheme == "https" && components.host == address.host && components.user == nil
        && components.password == nil && (components.port ?? 443) == address.port
    return isSame ? nil : "Foundation reads \(text) as an address of \(components.host ?? "no host")"
}
