import Records
import Words

func trialCSV(_ report: TrialReport) -> [UInt8] {
    let rows = report.cells.flatMap { cell in
        cell.runs.flatMap { run in
            report.measurement.numbers.map { quantity -> [CSVCell] in
                [
                    .text(report.measurement.id), .text(settingsPhrase(cell.cell)), .number(run.index), .text(run.seed),
                    .text(quantity), .number(run.values?[quantity]?.double), .number(run.seconds), .text(run.failure),
                ]
            }
        }
    }
    return csv(["measurement", "cell", "index", "seed", "quantity", "value", "seconds", "failure"], rows)
}
