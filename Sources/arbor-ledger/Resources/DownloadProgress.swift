import Records
import Reports
import Words

/// A line on the terminal with the size of a download so far.
struct DownloadProgress: Sendable {
    private let name: String
    private let byteCount: Int?
    private let isShown = Terminal.current.isErrorTerminal
    private static let step = 1 << 22

    init(_ resource: Resource) { (name, byteCount) = (resource.slug, resource.byteCount) }

    /// Updates the line when a further 4 MiB have arrived.
    func advance(from before: Int, to now: Int) {
        guard isShown, before / Self.step < now / Self.step else { return }
        let whole = byteCount.map { " of \(sizePhrase($0))" } ?? ""
        writeError("\r\(name): \(sizePhrase(now))\(whole)\u{1B}[K")
    }

    /// Removes the line.
    func end() {
        if isShown { writeError("\r\u{1B}[K") }
    }
}
