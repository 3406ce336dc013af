/// What the runs show about a claim, without regard to who made them. Reports show the `EvidenceLevel` instead; JSON
/// keeps both.
package enum Level: String, Sendable, Codable, Comparable, CaseIterable {
    case reported, verified, controlled, replicated

    package static func < (a: Level, b: Level) -> Bool {
        a.rank < b.rank
    }

    private var rank: Int {
        switch self {
        case .reported: 0
        case .verified: 1
        case .controlled: 2
        case .replicated: 3
        }
    }
}

/// The degree to which runs support a claim, with regard to who made them.
package enum EvidenceLevel: String, Sendable, Codable, Comparable, CaseIterable {
    /// No runs verified the claim.
    case reported
    /// A contributor's own runs verified the claim.
    case ownRun = "own-run"
    /// Runs of an independent runner verified the claim.
    case reRun = "re-run"
    /// The claim was re-run, and at every tested cell runs of an independent runner refuted the control.
    case controlled
    /// The claim is controlled, and other contributors confirmed it with another kernel.
    case replicated

    package static func < (a: EvidenceLevel, b: EvidenceLevel) -> Bool { a.order < b.order }

    private var order: Int {
        switch self {
        case .reported: 0
        case .ownRun: 1
        case .reRun: 2
        case .controlled: 3
        case .replicated: 4
        }
    }

    /// The rank in attacks. A claim does not attack a claim of a higher rank.
    package var rank: Int {
        switch self {
        case .reported, .ownRun: 0
        case .reRun: 1
        case .controlled, .replicated: 2
        }
    }

    package var phrase: String {
        switch self {
        case .ownRun: "own run"
        case .reported, .reRun, .controlled, .replicated: rawValue
        }
    }
}
