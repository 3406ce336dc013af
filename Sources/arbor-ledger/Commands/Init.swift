import ArgumentParser
import Records

struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Begin a ledger in this repository, with a worked example, settings, hook, CI and editor files.",
        discussion: """
            Writes nothing over a file that is there already. The example can be checked, merged and re-run at once; \
            replace it with your own questions.

            Example: git init my-ledger && arbor-ledger -C my-ledger init
            """)

    @Flag(name: .customLong("no-hook"), help: "Leave the repository's hooks alone.")
    var noHook = false

    func run() async throws {
        try await withWorkspace { workspace in
            try workspace.requireWorkTree()
            try workspace.requireWholeWorkTree()
            let branch = try workspace.repository().headBranch() ?? LedgerSettings.defaultAuditBranch
            let whole = ledgerTemplate(auditBranch: branch)
            // A ledger that has begun keeps its own records: an example beside them would only be in the way. A part of
            // the example is what a killed `init` left.
            let texts = Dictionary(uniqueKeysWithValues: whole.map { ($0.path, Array($0.text.utf8)) })
            let reader = try EntryReader(workspace)
            let hasBegun = try WorkTree(workspace.root).list().contains { entry in
                try !entry.isReadme && reader.read(entry).bytes != texts[entry.path]
            }
            let template =
                whole.filter { item in
                    !hasBegun || !ledgerFolders.contains { item.path.hasPrefix($0 + "/") }
                } + editorFiles()
            for item in template {
                let path = "\(workspace.root)/\(item.path)"
                removeAbandonedFiles(in: folder(of: path))
                if fileExists(path) {
                    writeOutput("kept   \(item.path)\n")
                } else {
                    try writeFile(path, Array(item.text.utf8))
                    writeOutput("wrote  \(item.path)\n")
                }
            }
            if hasBegun { writeOutput("This ledger has records already, so no example was added.\n") }
            if branch != "main" && branch != "master" {
                writeOutput(
                    "The audit branch is \(branch): tell git with `git config arbor-ledger.auditBranch \(branch)`\n")
            }
            if !noHook { writeOutput(try HookFolder(workspace).install(HookName.allCases, in: workspace)) }
            writeOutput("Say in .github/workflows/ledger.yml where CI gets arbor-ledger from.\n")
            writeOutput("Next: git add -A && git commit -m 'Begin the ledger', then arbor-ledger verify\n")
            return .success
        }
    }
}
