import Foundation

/// The date where this runs, as `2025-03-18`, or that of some days later.
func today(plusDays days: Int = 0) -> String {
    Date.now.addingTimeInterval(Double(days) * 86_400)
        .formatted(Date.ISO8601FormatStyle(timeZone: .current).year().month().day())
}
