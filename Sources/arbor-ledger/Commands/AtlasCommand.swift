import ArgumentParser
import Atlas
import Records
import Words

struct AtlasCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atlas",
        abstract: "Write the ledger as a folder of web pages.",
        discussion: """
            The atlas shows what is known, who disagrees, and what has not been studied yet. Open index.html from \
            disk, or host the folder on any web server: it loads nothing from other servers and works without scripts.

            It shows a commit: HEAD, or the one of --at. The same commit and history give the same bytes on every machine; \
            `sha256sum -c atlas.sums` in the folder compares them. A folder that contains other files is refused.

            --train adds pictures of trained networks to the pages of toy models. It trains one network for each \
            training setting, with the first seed of its audit, unless that network is cached. This can take minutes. \
            The pictures are the same on all machines of one architecture.

            If a person or a model has begun to label a text, the text has a page for labelling. --annotate adds such \
            pages for all texts.

            Examples (replace LEDGER and CODEBOOK):
              arbor-ledger atlas site
              arbor-ledger atlas site --at HEAD
              arbor-ledger atlas site --with LEDGER
              arbor-ledger atlas site --annotate CODEBOOK
              arbor-ledger atlas site --train
            """)

    @OptionGroup var options: AtlasOptions

    @Flag(name: .customLong("train"), help: "Train and draw the networks of toy models.")
    var trains = false

    @Option(
        name: .customLong("annotate"),
        help: ArgumentHelp("Add pages for labelling every text with a codebook.", valueName: "codebook"),
        completion: .names(\.codebooks))
    var codebooks: [String] = []

    @Argument(help: "The folder to write.", completion: .directory)
    var folder: String

    func run() async throws {
        try await withWorkspace { workspace in
            var state = try workspace.atlasState(options)
            let known = state.merge.state.codebooks
            if let unknown = codebooks.first(where: { known[$0] == nil }) {
                throw Refusal(
                    message: "no codebook is named \"\(unknown)\"", remedy: didYouMean(unknown, known.keys),
                    exitCode: 64)
            }
            state.annotatedCodebooks = Set(codebooks)
            if trains { state.networks = try await workspace.atlasNetworks(state.merge) }
            let files = retainedUntilExit(atlasFiles(state))
            let written = try AtlasFolder(path: workspace.absolutePath(folder)).write(files)
            writeOutput(Array("\(written.sentence)\n".utf8))
            return .success
        }
    }
}
