import Checking
import Evidence
import KernelInterface
import Records
import Words

/// The values that recorded runs measured at one cell, either with the control or without it.
package struct MeasuredCell: Sendable {
    /// The mean and the range of one quantity over all runs that have a value.
    package struct Spread: Sendable {
        package var mean: Double
        package var least: Double
        package var most: Double
    }

    package var cell: [String: String]
    package var control: Bool
    package var runs: Int
    /// The number of runs in which the kernel failed.
    package var failed: Int
    /// The mean and the range of each quantity, by its name.
    package var values: [String: Spread]
}

extension CheckedLedger {
    /// Summarises the recorded runs that match the current digests of a measurement and its toy model. Each seed counts
    /// once. The result is in the order of the cells.
    func measuredCells(_ measurement: Measurement) -> [MeasuredCell] {
        guard let model = state.models[measurement.model],
            let kernel = kernels.first(where: { $0.name == model.kernel.value }),
            let description = kernel.measurement(named: measurement.measurement.value)
        else { return [] }
        struct Key: Hashable {
            var cell: [String: String]
            var isControl: Bool
        }
        let digest = model.digest(kernel)
        let conditions = measurement.conditions.map(\.value)
        var runs: [Key: [String: Statement.Run]] = [:]
        for receipt in state.receipts
        where receipt.folder == model.slug && receipt.modelDigest == digest
            && receipt.measurementDigest == measurement.digest
        {
            let cell = receipt.predicate.settings.filter { conditions.contains($0.key) }
            // Settings in receipts are untrusted, so only valid ones are printed.
            guard cell.count == conditions.count, Settings(cell).fit(description.settings, partially: true) else {
                continue
            }
            let key = Key(cell: cell, isControl: receipt.predicate.isControl)
            for run in receipt.predicate.runs { runs[key, default: [:]][run.seed] = runs[key]?[run.seed] ?? run }
        }
        let cells = runs.map { key, runs in
            let all = runs.sorted { $0.key < $1.key }.map(\.value)
            let spreads = measurement.numbers.compactMap { quantity in
                MeasuredCell.Spread(all.compactMap { $0.values?[quantity]?.double }).map { (quantity, $0) }
            }
            return MeasuredCell(
                cell: key.cell, control: key.isControl, runs: all.count, failed: all.count { $0.values == nil },
                values: Dictionary(spreads) { first, _ in first })
        }
        return cells.sorted { a, b in
            a.cell == b.cell ? !a.control && b.control : state.vocabulary.comesBefore(a.cell, b.cell)
        }
    }

    /// Returns one picture per quantity. It shows the mean, the range and the control at each cell.
    func pictures(_ measurement: Measurement, _ cells: [MeasuredCell]) -> [Picture] {
        // The title states the conditions that are the same in every cell.
        let all = state.vocabulary.inReadingOrder(measurement.conditions.map(\.value))
        let conditions = all.filter { name in Set(cells.map { $0.cell[name] }).count > 1 }
        let fixed = (cells.first?.cell ?? [:]).filter { !conditions.contains($0.key) }
        return measurement.numbers.compactMap { quantity in
            var bars: [Picture.Bar] = []
            for cell in cells where !cell.control {
                guard let spread = cell.values[quantity] else { continue }
                let control = cells.first { $0.control && $0.cell == cell.cell }?.values[quantity]
                let (least, most) = (short(spread.least), short(spread.most))
                let notes = [least == most ? nil : "\(least) to \(most)", control.map { "control \(short($0.mean))" }]
                    .compactMap(\.self)
                bars.append(
                    Picture.Bar(
                        conditions.compactMap { cell.cell[$0] }.joined(separator: ", "), spread.mean,
                        note: notes.isEmpty ? nil : notes.joined(separator: "; ")))
            }
            guard !bars.isEmpty else { return nil }
            let scale = scale(of: quantity, bars.map(\.value))
            let by = (conditions.isEmpty ? "" : " by \(listed(conditions))") + cellSuffix(fixed)
            return Picture(quantity + by, .bars(items: bars, from: scale.lowerBound, to: scale.upperBound))
        }
    }

    /// Returns the quantity's own range if the values reach a tenth of its bounds. If they do not, returns the range
    /// that covers the values and 0.
    private func scale(of quantity: String, _ values: [Double]) -> ClosedRange<Double> {
        let reach = (values + [0]).reduce((0.0, 0.0)) { (min($0.0, $1), max($0.1, $1)) }
        guard case .interval(let range)? = state.quantities[quantity]?.range, let lower = range.lower?.doubleValue,
            let upper = range.upper?.doubleValue, max(-reach.0, reach.1) >= max(abs(lower), abs(upper)) / 10
        else { return reach.0...reach.1 }
        return lower...upper
    }
}

extension MeasuredCell.Spread {
    /// Returns nil if no value is finite.
    init?(_ values: [Double]) {
        let values = values.filter(\.isFinite)
        guard let least = values.min(), let most = values.max() else { return nil }
        self.init(mean: values.reduce(0, +) / Double(values.count), least: least, most: most)
    }
}
