import Words

/// One thing that was looked at on this machine, with a remedy where it does not work.
package struct HealthCheck: Encodable, Sendable, Equatable {
    package enum State: String, Encodable, Sendable, CaseIterable {
        case ok, warning
        /// A command needs it.
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

    enum CodingKeys: String, CodingKey {
        case name, state, message, remedy
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(state, forKey: .state)
        try container.encode(visible(message), forKey: .message)
        try container.encode(OrNull(remedy.map(visible)), forKey: .remedy)
    }
}

/// `doctor` for programs.
package struct DoctorJSON: Encodable {
    var checks: [HealthCheck]
    var broken: Int
    var warnings: Int

    package init(_ checks: [HealthCheck]) {
        self.checks = checks
        broken = checks.count { $0.state == .broken }
        warnings = checks.count { $0.state == .warning }
    }
}

/// `doctor` for eyes: a line for each check, and its remedy.
package func doctorText(_ checks: [HealthCheck], style: TextStyle) -> String {
    let width = checks.map(\.name.count).max() ?? 0
    let lines = checks.flatMap { check -> [String] in
        let word = padded(check.state.rawValue, 7)
        let painted =
            switch check.state {
            case .ok: style.green(word)
            case .warning: style.yellow(word)
            case .broken: style.red(word)
            }
        let indent = 7 + 2 + width + 2
        let message = style.wrapped(visible(check.message), indent: indent).dropFirst(indent)
        let line = "\(painted)  \(padded(check.name, width))  \(message)"
        return [line]
            + (check.remedy.map { [style.wrapped("-> \(visible($0))", indent: indent + 3, first: indent)] } ?? [])
    }
    return lines.map { $0 + "\n" }.joined()
}
