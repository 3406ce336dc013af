import Checking
import Records
import Words

extension KnownNames {
    /// Returns what editors show beside a name; nil if the record is not known or says nothing.
    func description(of name: String, in namespace: Shape.Namespace) -> String? {
        guard let state = ledger?.state else { return nil }
        switch namespace {
        case .anything, .kernel, .kernelMeasurement: return nil
        case .question: return state.questions[name]?.text
        case .quantity: return state.quantities[name].map(\.summary)
        case .condition: return state.vocabulary.conditions[name]?.title
        case .assumption: return state.assumptions[name]?.statement
        case .finding: return state.findings[name]?.title
        case .claim: return state.claimID(name).flatMap { state.claim($0) }.map { summary(of: $0, state) }
        case .toyModel: return state.models[name]?.title
        case .model: return description(ofValue: name, of: Condition.model)
        case .measurement: return state.measurements[name].map { summary(of: $0, state) }
        case .verifier: return state.models[name]?.title ?? state.measurements[name].map { summary(of: $0, state) }
        case .codebook: return state.codebooks[name]?.title
        case .resource: return state.resources[name]?.title
        }
    }

    /// Returns the title of a value of a condition.
    func description(ofValue value: String, of condition: String) -> String? {
        guard let state = ledger?.state else { return nil }
        return state.vocabulary.value(value, of: condition)?.title
            ?? (condition == Condition.model ? state.models[value]?.title : nil)
    }

    private func summary(of claim: Claim, _ state: LedgerState) -> String {
        let title = state.quantities[claim.quantity.value]?.title ?? claim.quantity.value
        let value = claim.value.map { ": \($0.value.phrase)" } ?? ""
        return "\(title)\(value) (\(state.findings[claim.id.slug]?.title ?? claim.id.slug))"
    }

    private func summary(of measurement: Measurement, _ state: LedgerState) -> String {
        let titles = measurement.measures.map { state.quantities[$0.value]?.title ?? $0.value }
        let conditions = measurement.conditions.map(\.value)
        let shown = titles.prefix(3) + (titles.count > 3 ? ["\(titles.count - 3) more"] : [])
        return "measures \(listed(Array(shown), "and"))"
            + (conditions.isEmpty ? "" : "; takes \(listed(conditions, "and"))")
    }
}

extension Quantity {
    /// The title, the range or the labels, and the unit, such as `Error of the probe: 0 to 1, share of squares`.
    fileprivate var summary: String { "\(title): \(range.phrase)\(unit.map { ", \($0)" } ?? "")" }
}
