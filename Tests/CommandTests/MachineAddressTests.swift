import Testing

@testable import arbor_ledger

/// Which addresses `fetch` may contact.
@Suite struct MachineAddressTests {
    private static let hidden = [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.7",
        "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255", "168.63.129.16", "::", "::1", "fe80::1", "fc00::1",
        "fd00:ec2::254", "ff02::1", "2001:db8::1", "2001::1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b:1::1",
        "100::1",
        "::ffff:127.0.0.1", "::127.0.0.1", "3fff::1", "5f00::1",
    ]
    private static let open = [
        "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "223.255.255.255",
        "2606:4700::1111", "2a00:1450:4001:800::200e", "64:ff9b::101:101", "::ffff:1.1.1.1",
    ]

    /// The resolver reads addresses as it reads names.
    @Test(arguments: hidden) func refusesHiddenAddresses(_ text: String) {
        #expect(machineAddresses(of: text).map(\.isPublic) == [false])
    }

    @Test(arguments: open) func acceptsPublicAddresses(_ text: String) {
        #expect(machineAddresses(of: text).map(\.isPublic) == [true])
    }

    @Test func writesAddressesForCurl() {
        #expect(machineAddresses(of: "1.2.3.4").map(\.text) == ["1.2.3.4"])
        #expect(machineAddresses(of: "2606:4700::1111").map(\.text) == ["[2606:4700:0:0:0:0:0:1111]"])
        #expect(machineAddresses(of: "127.0.0.2").map(\.isLoopback) == [true])
    }
}
