import ArgumentParser
import Editing
import Records

struct NewQuestion: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "question", abstract: "Write a question; one with a quantity is a leaf.",
        discussion: """
            Example:
              arbor-ledger new question sharing \\
                --question "Do features share dimensions?" \\
                --why "Shared dimensions hide features from single neurons." \\
                --quantity dimensions-per-feature --yes "{below: 1}"
            """)
    static let kind = RecordKind.question
    static let nameAbout = "The question's folder below Claims, such as search/depth; . is the north star."

    @OptionGroup var options: NewOptions
    @Argument(help: Self.nameHelp) var name: String?
    @OptionGroup var flags: RecordFlags<NewQuestion>

    func place(_ name: String, by contributor: String?) -> RecordPlace { .question(id: name) }
}

struct NewVote: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "vote", abstract: "Vote on how important a question is.",
        discussion: """
            Example:
              arbor-ledger new vote superposition --weight 8 \\
                --reason "Everything else rests on it."
            """)
    static let kind = RecordKind.vote
    static let nameAbout = "The question's folder below Claims, such as search/depth."

    @OptionGroup var options: NewOptions
    @Argument(help: Self.nameHelp, completion: .names(\.questions)) var name: String?
    @Option(help: "Your short name (default: from git's user.name).") var handle: String?
    @OptionGroup var flags: RecordFlags<NewVote>

    func place(_ name: String, by contributor: String?) throws -> RecordPlace {
        guard let handle = handle ?? contributor.map(usualHandle) else {
            throw Refusal(message: "missing --handle", remedy: "give it, or set user.name in git", exitCode: 64)
        }
        return .vote(question: name, handle: handle)
    }
}

/// Returns the short name of a person who has not chosen one.
func usualHandle(_ name: String) -> String {
    String(name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
}

struct NewFinding: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "finding", abstract: "Write a finding with one claim; add more claims in the file.",
        discussion: """
            Example:
              arbor-ledger new finding dense-features --folder superposition \\
                --title "Dense features get a dimension each" --authors "A. Author" \\
                --date 2025-03 --source arXiv:2503.00001 \\
                --north-star "Dense features need no disentangling." \\
                --quantity dimensions-per-feature --value "[0.9, 1.1]" \\
                --tested "{model: superposition-geometry, density: 1}"
            """)
    static let kind = RecordKind.finding
    static let nameAbout = "The finding's permanent slug, such as half-a-dimension."

    @OptionGroup var options: NewOptions
    @Argument(help: Self.nameHelp) var name: String?
    @Option(help: "A folder below Findings.") var folder: String?
    @OptionGroup var flags: RecordFlags<NewFinding>

    func place(_ name: String, by contributor: String?) -> RecordPlace { .finding(slug: name) }
}

struct NewAssumption: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "assumption",
        abstract: "Write an assumption; with `from` and `to` models it is a bridge.",
        discussion: """
            Example:
              arbor-ledger new assumption probes-are-faithful \\
                --statement "A probe reads what the model uses."
            """)
    static let kind = RecordKind.assumption
    static let nameAbout = "The assumption's name, such as probes-are-faithful."

    @OptionGroup var options: NewOptions
    @Argument(help: Self.nameHelp) var name: String?
    @OptionGroup var flags: RecordFlags<NewAssumption>

    func place(_ name: String, by contributor: String?) -> RecordPlace { .assumption(slug: name) }
}
