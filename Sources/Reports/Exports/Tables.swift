import Evidence
import Records
import Words

extension ExportSource {
    /// The tables claims.csv, runs.csv and sources.csv.
    var tables: [ExportedFile] {
        [
            ExportedFile("claims.csv", csv(Self.claimColumns, claimRows)),
            ExportedFile("runs.csv", csv(RunColumn.allCases.map(\.rawValue), runRows)),
            ExportedFile("sources.csv", csv(["finding", "title", "authors", "date", "source"], sourceRows)),
        ]
    }

    private static let claimColumns = ClaimRow.header + ["title", "file"]

    private var claimRows: [[CSVCell]] {
        state.findings.values.sorted { $0.slug < $1.slug }.flatMap { finding in
            finding.claims.map { claim in
                ClaimRow(claim, evidence.claims[claim.id] ?? ClaimEvidence(), in: state).cells
                    + [.text(finding.title), .text(finding.path)]
            }
        }
    }

    private var sourceRows: [[CSVCell]] {
        state.findings.values.sorted { $0.slug < $1.slug }.map {
            [.text($0.slug), .text($0.title), .list($0.authors), .text($0.date), .text($0.source.value)]
        }
    }

    /// The columns of runs.csv. Each row is one measured number, or a failed run.
    enum RunColumn: String, CaseIterable {
        case receipt, model, measurement, kernel
        case kernelVersion = "kernel_version"
        case settings
        case isControl = "is_control"
        case index, seed, quantity, value
        case hexadecimal = "hexadecimal_value"
        case failure, seconds
        case runBy = "run_by"
        case signed, platform, tool

        var summary: String {
            switch self {
            case .receipt: "The SHA-256 of the receipt that records the run."
            case .model: "The toy model or the model that was run."
            case .measurement: "The measurement of the model."
            case .kernel: "The program that made the run."
            case .kernelVersion: "The version of the program."
            case .settings: "The settings of the run, as `name value`, separated by semicolons."
            case .isControl: "Whether the run is one of a control."
            case .index: "The place of the run in its sequence, from 0."
            case .seed: "The seed, as 16 hexadecimal digits."
            case .quantity: "The measured quantity; empty for a failed run."
            case .value: "The measured number in decimal digits."
            case .hexadecimal: "The same number exactly, as C writes it with %a."
            case .failure: "Why the run gave no number."
            case .seconds: "The duration of the run in seconds."
            case .runBy: "The person who made the run, as the receipt says."
            case .signed: "Whether the key that the receipt names has signed it."
            case .platform: "The architecture and the library on which the bits of the number depend."
            case .tool: "The version of arbor-ledger."
            }
        }

        /// The type of the column in Croissant.
        var type: String {
            switch self {
            case .kernelVersion, .index: "sc:Integer"
            case .value, .seconds: "sc:Float"
            case .isControl, .signed: "sc:Boolean"
            default: "sc:Text"
            }
        }
    }

    var runRows: [[CSVCell]] {
        state.receipts.sorted { $0.name < $1.name }.flatMap { receipt in
            receipt.predicate.runs.sorted { $0.index < $1.index }.flatMap { run -> [[CSVCell]] in
                guard let values = run.values, !values.isEmpty else { return [row(receipt, run, nil)] }
                return values.sorted { $0.key < $1.key }.map { row(receipt, run, ($0.key, $0.value)) }
            }
        }
    }

    private func row(
        _ receipt: Receipt, _ run: Statement.Run, _ value: (quantity: String, number: Statement.Run.Value)?
    ) -> [CSVCell] {
        let predicate = receipt.predicate
        let settings = predicate.settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let measurement = receipt.statement.subject[1].name
        return RunColumn.allCases.map { column in
            switch column {
            case .receipt: .text(receipt.name)
            case .model: .text(receipt.folder)
            case .measurement: .text(measurement)
            case .kernel: .text(predicate.kernel.name)
            case .kernelVersion: .number(predicate.kernel.version)
            case .settings: .list(settings)
            case .isControl: .flag(predicate.isControl)
            case .index: .number(run.index)
            case .seed: .text(run.seed)
            case .quantity: .text(value?.quantity)
            case .value: .number(value?.number.double.map { "\($0)" } ?? "")
            case .hexadecimal: .number(value?.number.hex ?? "")
            case .failure: .text(run.failure)
            case .seconds: .number(run.seconds)
            case .runBy: .text(predicate.runBy)
            case .signed: .flag(receipt.isSigned)
            case .platform: .text("\(predicate.platform.architecture), \(PlatformKind(predicate.platform).phrase)")
            case .tool: .text(predicate.platform.tool)
            }
        }
    }

    /// All receipts as in-toto statements, one a line.
    var statements: [ExportedFile] {
        get throws {
            let lines = try state.receipts.sorted { $0.name < $1.name }.map { try Receipt.line($0.statement) }
            return [ExportedFile("receipts.intoto.jsonl", Array(lines.joined()))]
        }
    }
}
