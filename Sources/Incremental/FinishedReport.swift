import Reports

/// A report with all that its command says and returns.
package struct FinishedReport: Sendable, Equatable {
    package var bytes: ArraySlice<UInt8>
    /// What goes to standard error beside it.
    package var notes: String
    package var totals: DiscordTotals
    package var hasRefuted: Bool

    package init(bytes: ArraySlice<UInt8>, notes: String, totals: DiscordTotals, hasRefuted: Bool) {
        self.bytes = bytes
        self.notes = notes
        self.totals = totals
        self.hasRefuted = hasRefuted
    }

    /// nil where the bytes are not those of a report.
    package init?(packed: ArraySlice<UInt8>) {
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

    /// In pieces, since most of it is there already.
    package var packed: [ArraySlice<UInt8>] {
        let head = Packer.packed { packer in
            packer.add(notes)
            packer.add(totals)
            packer.add(hasRefuted)
            packer.add(bytes.count)
        }
        return [head[...], bytes]
    }
}
