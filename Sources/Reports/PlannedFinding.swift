import Checking
import Evidence
import Merging
import Records
import Words

/// The file of a planned finding, which reserves a task for a contributor.
package struct PlannedFinding: Sendable {
    package var slug: String
    package var text: String

    package var path: String { "Findings/planned/\(slug).yaml" }
}

/// The result of a task's exploratory runs.
package struct Outcome: Sendable {
    /// The mean over all runs that have a value.
    var sample: SampleMean
    /// The value of the proposed claim: the value of the winning side, or the measured range if no side wins.
    var value: ValueSet
}

extension SampleMean {
    var standardError: Double? { variance?.squareRoot() }
}

extension LedgerTask {
    /// Returns the error in an expected value, such as a label for a numeric quantity; nil if the value is valid.
    package func mistake(expecting value: ValueSet, in state: LedgerState) -> Diagnostic? {
        quantity.flatMap { state.quantities[$0] }.flatMap {
            checkRange(Located(value, .fileStart), of: $0, "--expect", path: "").first
        }
    }

    /// Returns a planned finding for the task, or nil if the task is not about one quantity.
    ///
    /// The finding expects the first of these that exists: the value of `outcome`, which its author must sign off;
    /// `value`; the value of the base claim; the `yes` of the question; the quantity's whole range. `until` is an ISO
    /// date.
    package func planned(
        in merge: Merge, by contributor: String, today: String, until: String, expecting value: ValueSet? = nil,
        outcome: Outcome? = nil
    ) -> PlannedFinding? {
        let state = merge.state
        guard let slug = quantity, let quantity = state.quantities[slug] else { return nil }
        let base = base.flatMap(state.claim)
        let asked = question.flatMap { state.questions[$0] }
        let yes = asked?.quantity?.value == slug ? asked?.yes?.value : nil
        guard let value = outcome?.value ?? value ?? base?.value?.value ?? yes ?? .some(quantity.range) else {
            return nil
        }
        let tested =
            (quantity.conditions.map(\.value)
            + cell.keys.filter { name in
                !quantity.conditions.contains { $0.value == name }
            }.sorted()).map { condition -> String in
                if let value = cell[condition] { return "\(condition): \(yamlScalar(value))" }
                guard case .values(let values)? = base?.tested[condition] else { return "\(condition): unknown" }
                return "\(condition): [\(values.map(yamlScalar).joined(separator: ", "))]"
            }
        var lines = [
            "title: \(yamlText("Planned: \(phrase)"))", "authors: [\(yamlText(contributor))]",
            "contributors: [\(yamlText(contributor))]", "date: \(today)",
            "source: \(yamlText(taskSourcePrefix + id))", "status: planned", "until: \(until)", "north_star: >",
        ]
        lines += northStarLines(asked, outcome)
        switch kind {
        case .testCaveat, .resolveContradiction, .whyDiffer, .settleRuns, .moreRuns, .independentRun, .askAuthor,
            .testAssumption:
            // These tasks deliberately repeat the base claim.
            if let base { lines.append("builds_on: [\(base.id.slug)]") }
        case .decidingRun, .untestedCell, .needsToy, .needsGeneralRun, .splitQuestion, .nobodyHasLooked, .testBridge:
            break
        }
        lines += [
            "claims:", "  - quantity: \(slug)", "    value: \(value.yaml)",
            "    tested: {\(tested.joined(separator: ", "))}",
        ]
        if let assumes = base?.assumes, !assumes.isEmpty {
            lines.append("    assumes: [\(assumes.map(\.value).joined(separator: ", "))]")
        }
        // No number is reported if the quantity is a label, or if the number is outside the quantity's range.
        if let outcome, case .interval(let range) = quantity.range, range.contains(outcome.sample.mean) {
            let sample = outcome.sample
            let error = sample.standardError.map { ", se: \(plainNumber($0))" } ?? ""
            lines.append("    reported: {value: \(plainNumber(sample.mean))\(error), seeds: \(sample.count)}")
        }
        if let verifier { lines.append("    verify: \(verifier)") }
        let name = String(id.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }.prefix(80)).lowercased()
        return PlannedFinding(slug: uniqueSlug(name, state), text: lines.joined(separator: "\n") + "\n")
    }

    private func northStarLines(_ question: Question?, _ outcome: Outcome?) -> [String] {
        let asks = question.map { " Asked by \($0.id): \($0.text)" } ?? ""
        guard outcome != nil else {
            return ["  Taken from the list of tasks, before any run.\(escapeHidden(asks))"]
        }
        return [
            "  Measured by `arbor-ledger tasks run` with unsalted seeds, which is no audit.\(escapeHidden(asks))",
            "  To sign off: explain here what it contributes, remove `status` and `until`, and submit; an audit decides.",
        ]
    }

    private func uniqueSlug(_ name: String, _ state: LedgerState) -> String {
        guard state.findings[name] != nil else { return name }
        return (2...).lazy.map { "\(name)-\($0)" }.first { state.findings[$0] == nil } ?? name
    }
}

/// Returns a text as a double-quoted YAML scalar.
private func yamlText(_ text: String) -> String {
    var quoted = "\""
    for scalar in escapeHidden(text).unicodeScalars {
        switch scalar {
        case "\"", "\\": quoted += "\\\(scalar)"
        case "\n", "\t": quoted += " "
        default: quoted.unicodeScalars.append(scalar)
        }
    }
    return quoted + "\""
}

/// Returns a value of a condition as a YAML scalar; numbers and names stay unquoted.
private func yamlScalar(_ value: String) -> String {
    Number(value) != nil || (isName(value) && value != "null") ? value : yamlText(value)
}

/// Returns a number with six significant digits, in the notation that records use.
package func plainNumber(_ value: Double) -> String { Number(sixDigits(value))?.text ?? "0" }

extension ValueSet {
    /// The value in the notation that records use: `[0.45, 0.55]`, `{at_least: 3}`, `{any_of: [bfs, dfs]}`.
    var yaml: String {
        switch self {
        case .labels(let labels): return "{any_of: [\(labels.map(yamlScalar).joined(separator: ", "))]}"
        case .interval(let interval):
            if let lower = interval.lower, let upper = interval.upper, interval.includesLower, interval.includesUpper {
                return "[\(lower.text), \(upper.text)]"
            }
            let lower = interval.lower.map { "\(interval.includesLower ? "at_least" : "above"): \($0.text)" }
            let upper = interval.upper.map { "\(interval.includesUpper ? "at_most" : "below"): \($0.text)" }
            return "{\([lower, upper].compactMap(\.self).joined(separator: ", "))}"
        }
    }
}
