import Records
import YAML

/// Returns the diagnostics of a file. A number with a percent sign is mended if the quantity says what it means.
func withPercentagesSettled(_ file: DecodedFile, _ context: CheckContext) -> [Diagnostic] {
    guard file.diagnostics.contains(where: { !$0.percentages.isEmpty }) else { return file.diagnostics }
    return file.diagnostics.map { found in
        guard !found.percentages.isEmpty, let quantity = quantity(at: found.mark, in: file.partialRecord, context),
            quantity.holdsShares || quantity.holdsPercentages
        else { return found }
        var settled = found
        let limit = quantity.holdsShares ? 1 : 100
        if let number = found.percentages.first, number.mark.length == 0 {
            guard quantity.holdsShares, number.value > Number(1), number.value <= Number(100) else { return found }
            settled.fix =
                (found.fix.map { "\($0); " } ?? "")
                + "\"\(quantity.slug)\" lies between 0 and 1, so \(number.value) % is \(number.value.hundredth)"
            return settled
        }
        let numbers = found.percentages.map { quantity.holdsShares ? $0.value.hundredth : $0.value }
        settled.edits = zip(found.percentages, numbers).flatMap { Edit.replacing($0.mark, with: $1.text) }
        let written = numbers.count == 1 ? numbers[0].text : "[\(numbers.map(\.text).joined(separator: ", "))]"
        settled.fix = "write \(written): \"\(quantity.slug)\" lies between 0 and \(limit)"
        return settled
    }
}

/// Returns the quantity whose values a place of a record is about.
private func quantity(at mark: Mark, in record: Record?, _ context: CheckContext) -> Quantity? {
    switch record {
    case .finding(let finding):
        let claim = finding.claims.last { $0.mark <= mark }
        return claim.flatMap { context.state.quantities[$0.quantity.value] }
    case .question(let question): return question.quantity.flatMap { context.state.quantities[$0.value] }
    case .quantity(let quantity): return quantity
    case .vote, .condition, .conditionValue, .assumption, .constraint, .model, .measurement, .receipt, .signature,
        .trace, .traceText, .annotation, .codebook, .resource, .kernel, .kernelFile, nil:
        return nil
    }
}

extension Quantity {
    /// Whether the values are shares from 0 to 1.
    var holdsShares: Bool {
        isShare && differenceOf == nil || range == .interval(Interval(lower: Number(0), upper: Number(1)))
    }

    /// Whether the values are percentages from 0 to 100.
    fileprivate var holdsPercentages: Bool {
        isPercent && differenceOf == nil || range == .interval(Interval(lower: Number(0), upper: Number(100)))
    }
}
