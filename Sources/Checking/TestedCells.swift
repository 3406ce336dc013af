import KernelInterface
import Records

/// The maximum number of tested cells of a claim with `verify`.
package let testedCellLimit = 1000

extension Claim {
    /// Returns the tested cells in order; nil if the claim lacks a condition of the measurement, has another one, or
    /// has too many cells.
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
    /// Whether all settings are valid parameters and, unless `partially`, none is missing.
    package func fit(_ parameters: [Parameter], partially: Bool = false) -> Bool {
        values.allSatisfy { name, value in
            parameters.first { $0.name == name }.map { $0.mistake(in: value) == nil } ?? false
        } && (partially || parameters.allSatisfy { values[$0.name] != nil })
    }
}
