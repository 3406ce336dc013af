import Words

func recordCSV(_ view: RecordView) -> [UInt8] {
    csv(["side"] + ClaimRow.header, view.claims.map { [.text($0.side?.rawValue)] + $0.cells })
}
