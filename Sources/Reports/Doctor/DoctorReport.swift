import Words

/// The result of one check of this machine, with a remedy if it fails.
package struct HealthCheck: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable {
        case ok, warning
        /// Something that a command needs does not work.
        case broken
    }

    package var name: String
    package var state: State
    package var message: String
    package var remedy: String?

    package init(_ name: String, _ state: State, _ message: String, remedy: String? = nil) {
        self.name = name
        self.state = state
        self.message = message
        self.remedy = remedy
    }
}

/// The state of this machine's set-up.
package struct DoctorReport: Report {
    package var checks: [HealthCheck]

    package init(_ checks: [HealthCheck]) { self.checks = checks }

    package static let name = "doctor"
    package static let renderers = [
        Renderer("text", "one line per check, for the terminal", doctorText), Renderer("json", "every field", json),
    ]
}
