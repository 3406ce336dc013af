import ArgumentParser
import Editing
import Records

struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Create a ledger in this repository: a worked example, settings, hooks, CI and editor files.",
        discussion: """
            Never overwrites a file. The example can be checked, merged and re-run at once; replace it with your own \
            questions.

            Example: git init my-ledger && arbor-ledger -C my-ledger init
            """)

    @Flag(name: .customLong("no-hook"), help: "Do not install the hooks.")
    var noHook = false

    func run() async throws {
        try await withWorkspace { workspace in
            try workspace.requireWorkTree()
            try workspace.requireWholeWorkTree()
            let branch = try workspace.repository().headBranch() ?? LedgerSettings.defaultAuditBranch
            let whole = ledgerTemplate(
                auditBranch: branch, contributor: workspace.contributor().map(yamlText) ?? "your name")
            // A ledger that already has records gets no example. The exception is a ledger with only records of the
            // example, which an interrupted `init` wrote.
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
                    writeOutput("exists \(item.path)\n")
                } else {
                    try writeFile(path, Array(item.text.utf8))
                    writeOutput("wrote  \(item.path)\n")
                }
            }
            if hasBegun { writeOutput("This ledger has records already, so no example was added.\n") }
            if branch != "main" && branch != "master" {
                writeOutput(
                    "The audit branch is \(branch): run `git config arbor-ledger.auditBranch \(branch)`\n")
            }
            if !noHook { writeOutput(try HookFolder(workspace).install(HookName.allCases, in: workspace)) }
            writeOutput(
                "For CI, replace OWNER in .github/workflows/ledger.yml, atlas.yml and atlas-comment.yml, or in .gitlab-ci.yml.\n"
            )
            writeOutput("Next: git add -A && git commit -m 'Begin the ledger', then arbor-ledger verify\n")
            return .success
        }
    }
}
