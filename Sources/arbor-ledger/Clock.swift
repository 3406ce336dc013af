import Foundation

/// The date where this runs, as `2025-03-18`.
func today() -> String {
    Date.now.formatted(Date.ISO8601FormatStyle(timeZone: .current).year().month().day())
}
