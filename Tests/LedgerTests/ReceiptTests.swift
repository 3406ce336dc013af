import Evidence
import Records
import Testing

@Suite struct ReceiptTests {
    @Test func seedsMatchTheTestVector() {
        // The expected seed comes from this command: printf 'arbor-seed/1\nabc\ndef\n7' | sha256sum
        let first = SeedSource(.first, salt: "def")
        #expect(first.seedText(modelDigest: "abc", index: 7) == "4acbbf6059f4d6c4")
        #expect(String(first.seed(modelDigest: "abc", index: 7), radix: 16) == "4acbbf6059f4d6c4")
        // printf 'arbor-seed/2\nabc\ndef\n%s\n7' TOKEN | sha256sum
        #expect(SeedSource(salt: "def").seedText(modelDigest: "abc", index: 7) == "5c49f01916a60c07")
        #expect(SeedSource(salt: "def", token: "0123").seedText(modelDigest: "abc", index: 7) == "3fea5e6a226638f8")
    }

    @Test func receiptsRoundTrip() throws {
        var ledger = baseLedger
        try ledger.addRuns(of: "half", [0.1, -0.0, .leastNonzeroMagnitude, .nan, nil, 1 / 3])
        let receipts = ledger.check().state.receipts
        #expect(receipts.count == 1)
        let (name, bytes) = try Receipt.encode(receipts[0].statement)
        #expect(name == receipts[0].name)
        #expect(bytes == ledger.files.last?.bytes)
        #expect(receipts[0].path == ledger.files.last?.path)
    }

    /// A receipt is rejected if any byte was changed.
    @Test func refusesAReceiptWithAChangedByte() throws {
        var ledger = baseLedger
        try ledger.addRuns(of: "half", [0.5])
        let receipt = ledger.files.removeLast()
        for index in stride(from: 0, to: receipt.bytes.count, by: 7) {
            var altered = receipt
            altered.bytes[index] ^= 1
            let codes = decode(altered).diagnostics.map(\.code)
            #expect(codes == [.badReceipt])
        }
    }
}
