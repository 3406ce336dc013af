/// A report with all that its command says and returns.
public struct FinishedReport: Sendable, Equatable {
    public var bytes: [UInt8]
    /// What goes to standard error beside it.
    public var notes: String
    public var totals: DiscordTotals
    public var hasRefuted: Bool

    public init(bytes: [UInt8], notes: String, totals: DiscordTotals, hasRefuted: Bool) {
        self.bytes = bytes
        self.notes = notes
        self.totals = totals
        self.hasRefuted = hasRefuted
    }

    /// nil where the bytes are not those of a report.
    public init?(packed: [UInt8]) {
        do throws(UnpackingError) {
            var unpacker = Unpacker(packed)
            notes = try unpacker.text()
            totals = try unpacker.totals()
            hasRefuted = try unpacker.flag()
            bytes = try unpacker.piece()
        } catch {
            return nil
        }
    }

    public var packed: [UInt8] {
        Packer.packed { packer in
            packer.add(notes)
            packer.add(totals)
            packer.add(hasRefuted)
            packer.add(bytes)
        }
    }
}
