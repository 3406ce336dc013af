import ArgumentParser
import Checking
import Records
import Reports
import Words

struct AgreementCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agreement",
        abstract: "Report how well annotators agree on labels of traces.",
        discussion: """
            For each label of each codebook: Krippendorff's alpha with a 95 % interval over traces, raw agreement, Gwet's \
            AC1 and prevalence; alpha for each kind and pair of annotators; boundary similarity for labels of spans. Where \
            there is no number, a word says why. Segments that an annotator did not look at are missing, not absent.

            Examples:
              arbor-ledger agreement
              arbor-ledger agreement SLUG --format csv
            """)

    @OptionGroup var report: ReportOptions<AgreementReport>

    @Argument(help: "The codebook (default: all).", completion: .names(\.codebooks))
    var codebook: String?

    func run() async throws {
        try await withWorkspace { workspace in
            try workspace.report(of: report.snapshot) { source in
                let ledger = try workspace.load(source).ledger
                if let codebook, ledger.state.codebooks[codebook] == nil {
                    throw Refusal(
                        message: "the ledger has no codebook \"\(codebook)\" without errors",
                        remedy: didYouMean(codebook, ledger.state.codebooks.keys)
                            ?? "`arbor-ledger new codebook` writes one; `arbor-ledger check` lists errors",
                        exitCode: 64)
                }
                let output = try report.format.written(AgreementReport(ledger.state, codebook: codebook))
                return FinishedReport(output: output, notes: errorNote(ledger) ?? "")
            }.show()
        }
    }
}
