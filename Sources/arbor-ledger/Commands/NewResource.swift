import ArgumentParser
import Records

struct NewResource: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "resource", abstract: "Write a resource: a file outside the ledger on which records rest.",
        discussion: """
            --from computes the digest and the size from a local copy of the file; the file itself is not added.

            Example:
              arbor-ledger new resource toy --title "A trained toy" --kind checkpoint \\
                --made-by "{verifier: superposition-geometry, seed: 00000000000000ab}"
            """)
    static let kind = RecordKind.resource
    static let nameAbout = "The resource's permanent slug, such as countdown-problems."

    @OptionGroup var options: NewOptions
    @Argument(help: Self.nameHelp) var name: String?
    @Option(name: .customLong("from"), help: "A local copy of the file.", completion: .file())
    var localFile: String?
    @OptionGroup var flags: RecordFlags<NewResource>

    func place(_ name: String, by contributor: String?) -> RecordPlace { .resource(slug: name) }

    func companion(_ workspace: Workspace, _ place: RecordPlace) throws -> RecordCompanion {
        guard let localFile else { return RecordCompanion() }
        let content = try fileDigest(workspace.absolutePath(localFile))
        return RecordCompanion(answers: [
            FlagValue(key: "sha256", text: content.digest), FlagValue(key: "bytes", text: "\(content.byteCount)"),
        ])
    }
}
