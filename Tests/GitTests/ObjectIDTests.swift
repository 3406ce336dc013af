import Testing

@testable import Git

@Test func idsRoundTripAsHex() {
    let hex = "0123456789abcdef0123456789abcdef01234567"
    #expect(ObjectID(hex: hex)?.description == hex)
    #expect(ObjectID(hex: hex.uppercased())?.description == hex)
    #expect(ObjectID(hex: String(hex.dropLast())) == nil)
    #expect(ObjectID(hex: hex + "0") == nil)
    #expect(ObjectID(hex: hex.dropLast() + "g") == nil)
    #expect(ObjectID(hex: hex).flatMap { ObjectID($0.raw) }?.description == hex)
    #expect(ObjectID(hex: hex).map { ObjectID(bytes: $0.bytes)?.description } == hex)
}

@Test func idsSortLikeTheirHex() {
    let hex = (0..<20).flatMap { byte in
        ["01", "ff"].map { String(repeating: "00", count: byte) + $0 + String(repeating: "00", count: 19 - byte) }
    }
    let ids = hex.compactMap { ObjectID(hex: $0) }
    #expect(ids.sorted().map(\.description) == hex.sorted())
}

@Test func removesGitsVariables() {
    let environment = ["GIT_DIR": ".git", "GIT_INDEX_FILE": "x", "GITHUB_SHA": "1", "HOME": "/"]
    #expect(scrubbedEnvironment(environment) == ["GITHUB_SHA": "1", "HOME": "/"])
}
