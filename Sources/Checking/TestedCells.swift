import KernelInterface
import Records

/// The maximum number of tested cells for a claim that can be re-run.
package let testedCellLimit = 1000

extension Claim {
    /// Returns the tested cells in order. Returns nil if the claim lacks a condition of the measurement, has a
    /// condition that the measurement does not take, is an average over a condition, or has too many cells.
    package func cells(of measurement: Measurement) -> [[String: String]]? {
        var cells: [[String: String]] = [[:]]
        let conditions = measurement.conditions.map(\.value).sorted()
        guard
            tested.sides.allSatisfy({
                $0.condition.value == Condition.model || conditions.contains($0.condition.value)
            }), averagedOver.isEmpty
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
    /// Returns whether every setting names a parameter and has a valid value. Unless `partially` is true, every
    /// parameter must also have a setting.
    package func fit(_ parameters: [Parameter], partially: Bool = false) -> Bool {
        values.allSatisfy { name, value in
            parameters.first { $0.name == name }.map { $0.mistake(in: value) == nil } ?? false
        } && (partially || parameters.allSatisfy { values[$0.name] != nil })
    }
}
