import Checking
import Evidence
import Records
import Words

/// The results of a few runs of a measurement that were made before there is a claim.
package struct TrialReport: Report {
    package struct Cell: Sendable {
        package var cell: [String: String]
        package var runs: [Statement.Run]
        package var summaries: [Summary]
    }

    /// The finite values of one number at one cell.
    package struct Summary: Sendable {
        package var quantity: String
        /// In ascending order.
        package var values: [Double]
        /// The range that contains every value, with rounded ends.
        package var range: ValueSet
        /// The numbers of runs with each label that derives from the number.
        package var labels: [(quantity: String, counts: [(label: String, runs: Int)])]
    }

    package var measurement: Measurement
    package var cells: [Cell]
    /// Sentences about the conditions for which no value was chosen.
    package var notes: [String]
    package var failures: [FailedRun]

    package static let name = "try"
    package static let renderers = [
        Renderer("text", "values by setting, for the terminal", trialText), Renderer("json", "every run", json),
        Renderer("csv", "one row per run and quantity", trialCSV),
    ]

    /// `runs` holds the finished runs of each of the trial's cells.
    package init(_ trial: Trial, _ runs: [[Statement.Run]], failures: [FailedRun], in ledger: CheckedLedger) {
        measurement = trial.verification.measurement
        self.failures = failures
        notes = trial.unset.map { condition, values in
            values.count == 1
                ? "\(condition) is \(values[0]), because --set \(condition)=VALUE chose no other value."
                : "\(condition) has \(values.count) values, which were all tried; --set \(condition)=VALUE chooses one: "
                    + "\(listed(values, "or"))."
        }
        cells = zip(trial.verification.cells, runs).map { [measurement] studied, runs in
            Cell(
                cell: studied.cell, runs: runs,
                summaries: measurement.numbers.compactMap { Summary($0, of: runs, measurement, in: ledger.state) })
        }
    }

    /// Says that the runs are no evidence, and why.
    var caution: String {
        var sentences = [
            "These runs are no evidence: anyone can choose such seeds, but no one can choose those of an audit."
        ]
        // This holds for independent values of one continuous distribution.
        if let summary = cells.flatMap(\.summaries).first(where: { !$0.isConstant }) {
            let count = summary.values.count
            let share = fixed(100 * Double(count - 1) / Double(count + 1), digits: 0)
            sentences.append(
                "A further run lies between the smallest and the largest of \(count) values in about \(share) % of cases."
            )
        }
        return sentences.joined(separator: " ")
    }
}

extension TrialReport.Summary {
    fileprivate init?(_ quantity: String, of runs: [Statement.Run], _ measurement: Measurement, in state: LedgerState) {
        let values = runs.compactMap { $0.values?[quantity]?.double }.filter(\.isFinite).sorted()
        guard !values.isEmpty else { return nil }
        self.quantity = quantity
        self.values = values
        range = roundedRange(values, within: state.quantities[quantity]?.range)
        labels = measurement.labels.filter { $0.number.value == quantity }.map { reading in
            let counts = reading.ranges.map { label, range in
                (label: label.value, runs: values.count { range.value.contains($0) })
            }
            return (reading.name.value, counts)
        }
    }

    var mean: Double { values.reduce(0, +) / Double(values.count) }

    var median: Double {
        let middle = values.count / 2
        return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
    }

    var isConstant: Bool { values.first == values.last }
}

/// Returns the range of the values. The ends are rounded outwards to two digits of the width of the range, but not beyond
/// the range of the quantity.
func roundedRange(_ sorted: [Double], within whole: ValueSet?) -> ValueSet {
    guard let least = sorted.first, let most = sorted.last else { return .labels([]) }
    var interval = Interval(lower: Number("\(least)"), upper: Number("\(most)"))
    var (scale, places) = (1.0, 0)
    while (most - least) * scale < 10, places < 15 { (scale, places) = (scale * 10, places + 1) }
    if least < most,
        let lower = Number(fixed((least * scale).rounded(.down) / scale, digits: places)),
        let upper = Number(fixed((most * scale).rounded(.up) / scale, digits: places)),
        lower.doubleValue <= least, upper.doubleValue >= most
    {
        interval = Interval(lower: lower, upper: upper)
    }
    guard let whole else { return .interval(interval) }
    let possible = ValueSet.interval(interval).intersection(whole)
    return possible.isEmpty ? .interval(interval) : possible
}
