import Evidence
import Records
import Testing

@Suite struct ReceiptTests {
    @Test func seedsMatchTheTestVector() {
        // The expected seed comes from this command: printf 'arbor-seed/1\nabc\ndef\n7' | sha256sum
        #expect(seedText(modelDigest: "abc", salt: "def", index: 7) == "4acbbf6059f4d6c4")
        #expect(
            String(runSeed(modelDigest: "abc", salt: "def", index: 7), radix: 16)
                == "4acbbf6059f4d6c4".drop { $0 == "0" })
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
