import Records
import Words

/// The diagnostics that a forge shows, most severe first, and what is left out.
///
/// GitHub annotates at most 10 errors, 10 warnings and 10 notices of a step (github.com/actions/toolkit/pull/734). Of a
/// SARIF file it keeps 5,000 results, and it refuses files of more than 10 MB after compression
/// (docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit). GitLab documents
/// only the size of an artefact, 100 MB by default (docs.gitlab.com/administration/settings/continuous_integration), so
/// its reports have SARIF's limits.
struct ForgeSelection: Sendable {
    private(set) var shown: [Diagnostic] = []
    /// A sentence that counts the diagnostics that are left out; nil if all are shown.
    private(set) var leftOut: String?

    private init(_ diagnostics: [Diagnostic], reason: String, _ fits: (Diagnostic) -> Bool) {
        var rest: [Severity: Int] = [:]
        for diagnostic in diagnostics.sorted(by: { ($0.severity, $0) < ($1.severity, $1) }) {
            if fits(diagnostic) { shown.append(diagnostic) } else { rest[diagnostic.severity, default: 0] += 1 }
        }
        guard !rest.isEmpty else { return }
        let counts = Severity.allCases.compactMap { severity in
            rest[severity].map { counted($0, severity.rawValue) }
        }
        let verb = rest.values.reduce(0, +) == 1 ? "is" : "are"
        leftOut = "\(listed(counts)) \(verb) left out, because \(reason); `check --format text` lists all errors."
    }

    /// Selects what GitHub shows at the lines of a pull request.
    static func annotations(_ diagnostics: [Diagnostic]) -> ForgeSelection {
        var counts: [Severity: Int] = [:]
        return ForgeSelection(
            diagnostics, reason: "GitHub shows at most \(annotationLimit) errors, warnings and notices of a step"
        ) { diagnostic in
            counts[diagnostic.severity, default: 0] += 1
            return counts[diagnostic.severity, default: 0] <= annotationLimit
        }
    }

    /// Selects what fits into a report that a forge reads.
    static func report(_ diagnostics: [Diagnostic]) -> ForgeSelection {
        var (count, bytes) = (0, 0)
        return ForgeSelection(
            diagnostics, reason: "forges accept at most \(resultLimit) results and 10 MB"
        ) { diagnostic in
            count += 1
            bytes += textBytes(diagnostic)
            return count <= resultLimit && bytes <= textByteLimit
        }
    }

    /// The shown diagnostics, each with a name that stays the same when its line moves.
    var fingerprinted: [(diagnostic: Diagnostic, fingerprint: String)] {
        var occurrences: [String: Int] = [:]
        return shown.map { diagnostic in
            let digest = sha256("\(diagnostic.code.name)\0\(diagnostic.path)\0\(diagnostic.message)").prefix(16)
            occurrences[String(digest), default: 0] += 1
            return (diagnostic, "\(digest):\(occurrences[String(digest), default: 0])")
        }
    }
}

extension Diagnostic {
    /// The message and what mends the mistake, with `separator` between them.
    func textWithFix(after separator: String) -> String {
        escapeHidden(message) + (fix.map { "\(separator)-> \(escapeHidden($0))" } ?? "")
    }
}

private let annotationLimit = 10
private let resultLimit = 5_000
/// What the rest of a report adds compresses well, so that the whole stays below 10 MB.
private let textByteLimit = 5_000_000

private func textBytes(_ diagnostic: Diagnostic) -> Int {
    // The fix is written twice: in the message, and as the description of the mend.
    diagnostic.path.utf8.count + diagnostic.message.utf8.count + 2 * (diagnostic.fix?.utf8.count ?? 0)
        + diagnostic.edits.reduce(0) { $0 + $1.text.utf8.count }
}
