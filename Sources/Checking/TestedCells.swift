import KernelInterface
import Records

/// The most cells that one verified claim may name.
package let testedCellLimit = 1000

extension Claim {
    /// The tested cells in order; nil where the claim does not say a condition of the measurement, says another one, or
    /// names more than can be run.
    package func cells(of measurement: Measurement) -> [[String: String]]? {
        var cells: [[String: String]] = [[:]]
        let conditions = measurement.conditions.map(\.value).sorted()
        guard
            tested.sides.allSatisfy({ $0.condition.value == Condition.model || conditions.contains($0.condition.value) }
            )
        else { return nil }
        for condition in conditions {
            guard case .values(let values)? = tested[condition], cells.count * values.count <= testedCellLimit
            else { return nil }
            cells = cells.flatMap { cell in values.map { cell.merging([condition: $0]) { _, new in new } } }
        }
        return cells
    }
}

extension Settings {
    /// Whether every name is a parameter's and every value in its range, and, unless `partially`, none is missing.
    package func fit(_ parameters: [Parameter], partially: Bool = false) -> Bool {
        values.allSatisfy { name, value in
            parameters.first { $0.name == name }.map { $0.mistake(in: value) == nil } ?? false
        } && (partially || parameters.allSatisfy { values[$0.name] != nil })
    }
}
