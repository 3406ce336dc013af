import ArgumentParser
import Editing
import Records

struct NewQuestion: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "question", abstract: "Write a question, a leaf where it names a quantity.",
        discussion: """
            Example: arbor-ledger new question search/depth --question "How deep do they search?" \
            --why "Depth tells search from guessing." --quantity depth --yes "{at_least: 3}"
            """)
    static let kind = RecordKind.question
    static let nameAbout = "Its folder below Claims, such as search/depth; . is the north star."

    @OptionGroup var options: NewOptions
    @Argument(help: Self.nameHelp) var name: String?
    @OptionGroup var flags: RecordFlags<NewQuestion>

    func place(_ name: String, by contributor: String?) -> RecordPlace { .question(id: name) }
}

struct NewVote: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "vote", abstract: "Vote on how much a question should be answered.",
        discussion: "Example: arbor-ledger new vote search/depth --weight 8 --reason \"Everything else rests on it.\"")
    static let kind = RecordKind.vote
    static let nameAbout = "The question, by its folder below Claims, such as search/depth."

    @OptionGroup var options: NewOptions
    @Argument(help: Self.nameHelp, completion: .names(\.questions)) var name: String?
    @Option(help: "Your short name (default: from your name in git).") var handle: String?
    @OptionGroup var flags: RecordFlags<NewVote>

    func place(_ name: String, by contributor: String?) throws -> RecordPlace {
        let usual = contributor.map { name in
            String(name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
        }
        guard let handle = handle ?? usual else {
            throw Refusal(message: "missing --handle", remedy: "git has no name for you", exitCode: 64)
        }
        return .vote(question: name, handle: handle)
    }
}

struct NewFinding: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "finding", abstract: "Write a finding with one claim; more are added in the file.",
        discussion: """
            Example: arbor-ledger new finding deep-search --folder search --title "They search three deep" \
            --authors "A. Body" --date 2025-03 --source arXiv:2503.00001 --north-star "Says that they plan." \
            --quantity depth --value "{at_least: 3}" --tested model=r1
            """)
    static let kind = RecordKind.finding
    static let nameAbout = "Its slug, which is permanent, such as half-a-dimension."

    @OptionGroup var options: NewOptions
    @Argument(help: Self.nameHelp) var name: String?
    @Option(help: "A folder below Findings.") var folder: String?
    @OptionGroup var flags: RecordFlags<NewFinding>

    func place(_ name: String, by contributor: String?) -> RecordPlace { .finding(slug: name) }
}

struct NewAssumption: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "assumption", abstract: "Write an assumption, a bridge where it names toy models and models.",
        discussion: """
            Example: arbor-ledger new assumption probes-are-faithful --statement "A probe reads what the model uses."
            """)
    static let kind = RecordKind.assumption
    static let nameAbout = "What it is called, such as probes-are-faithful."

    @OptionGroup var options: NewOptions
    @Argument(help: Self.nameHelp) var name: String?
    @OptionGroup var flags: RecordFlags<NewAssumption>

    func place(_ name: String, by contributor: String?) -> RecordPlace { .assumption(slug: name) }
}
