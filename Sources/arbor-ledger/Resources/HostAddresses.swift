import Glibc
import Words

/// The address of a machine: 4 bytes of IPv4 or 16 bytes of IPv6.
struct MachineAddress: Hashable {
    var bytes: [UInt8]

    /// The address as curl's `--resolve` takes it.
    var text: String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        let groups = stride(from: 0, to: bytes.count, by: 2).map { place in
            String(UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1]), radix: 16)
        }
        return "[\(groups.joined(separator: ":"))]"
    }

    /// Whether the address is one of the public internet, and not of this machine, its networks or its cloud.
    var isPublic: Bool {
        if bytes.count == 4 { return !privateBlocks.contains { isIn($0) } }
        // NAT64 (RFC 6052) reaches an IPv4 address.
        if isIn(([0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0], 96)) {
            return MachineAddress(bytes: Array(bytes[12...])).isPublic
        }
        return isIn(([0x20], 3)) && !privateBlocksOfIPv6.contains { isIn($0) }
    }

    var isLoopback: Bool { isIn(([127], 8)) || bytes == [UInt8](repeating: 0, count: 15) + [1] }

    private func isIn(_ block: (prefix: [UInt8], bits: Int)) -> Bool {
        (0..<block.bits).allSatisfy { bit in
            let mask = UInt8(0x80) >> UInt8(bit % 8)
            return bytes[bit / 8] & mask == block.prefix[bit / 8] & mask
        }
    }
}

/// The blocks that are not globally reachable (https://www.iana.org/assignments/iana-ipv4-special-registry), multicast,
/// and the metadata server of Azure, which has a public address.
private let privateBlocks: [(prefix: [UInt8], bits: Int)] = [
    ([0], 8), ([10], 8), ([100, 64], 10), ([127], 8), ([169, 254], 16), ([172, 16], 12), ([192, 0, 0], 24),
    ([192, 0, 2], 24), ([192, 88, 99], 24), ([192, 168], 16), ([198, 18], 15), ([198, 51, 100], 24),
    ([203, 0, 113], 24), ([224], 3), ([168, 63, 129, 16], 32),
]

/// The blocks of 2000::/3 that are not globally reachable, or that reach IPv4 addresses
/// (https://www.iana.org/assignments/iana-ipv6-special-registry): protocol assignments with Teredo, documentation and
/// 6to4.
private let privateBlocksOfIPv6: [(prefix: [UInt8], bits: Int)] = [
    ([0x20, 0x01, 0x00], 23), ([0x20, 0x01, 0x0D, 0xB8], 32), ([0x20, 0x02], 16), ([0x3F, 0xFF, 0x00], 20),
]

/// Returns the addresses of a host, as the system's resolver gives them. The list is empty if the host is not known.
func machineAddresses(of host: String) -> [MachineAddress] {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard unsafe getaddrinfo(host, nil, &hints, &found) == 0 else { return [] }
    defer { unsafe freeaddrinfo(found) }
    var addresses: [MachineAddress] = []
    var next = unsafe found
    while let entry = unsafe next {
        if let address = unsafe machineAddress(entry.pointee.ai_addr), !addresses.contains(address) {
            addresses.append(address)
        }
        unsafe next = entry.pointee.ai_next
    }
    return addresses
}

private func machineAddress(_ address: UnsafeMutablePointer<sockaddr>?) -> MachineAddress? {
    guard let address = unsafe address else { return nil }
    switch unsafe Int32(address.pointee.sa_family) {
    case AF_INET:
        return unsafe UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self).machineAddress
    case AF_INET6:
        return unsafe UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self).machineAddress
    default: return nil
    }
}

extension sockaddr_in {
    fileprivate var machineAddress: MachineAddress {
        var value = sin_addr
        return unsafe MachineAddress(bytes: withUnsafeBytes(of: &value) { unsafe Array($0) })
    }
}

extension sockaddr_in6 {
    fileprivate var machineAddress: MachineAddress {
        var value = sin6_addr
        let bytes = unsafe withUnsafeBytes(of: &value) { unsafe Array($0) }
        // An IPv4 address that is written as an IPv6 address (RFC 4291, section 2.5.5.2).
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        return MachineAddress(bytes: bytes.starts(with: mapped) ? Array(bytes[12...]) : bytes)
    }
}
