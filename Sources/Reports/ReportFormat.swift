import Words

/// How a report is written.
package enum ReportFormat: Sendable {
    case text(TextStyle)
    case json
}
