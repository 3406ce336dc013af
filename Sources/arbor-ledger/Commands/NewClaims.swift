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
    static let nameAbout = "Its folder below Claims, such as search/depth."

    @OptionGroup var options: NewOptions
    @Argument(help: "Its folder below Claims, such as search/depth; . is the north star.") var name: String?
    @Option(help: "What is asked.") var question: String?
    @Option(help: "How its answer takes us closer to that of the question above.") var why: String?
    @Option(help: "What a leaf asks about.", completion: .names(\.quantities)) var quantity: String?
    @Option(help: "Where the quantity lies if the answer is yes.") var yes: String?
    @Option(help: "Settings that it asks about; repeat for several.") var covers: [String] = []
    @Option(help: "How parts answer an inner question: answers, all or any.") var needs: String?
    @Option(help: "proposed or active.") var status: String?
    @Option(help: "Other questions that it is a part of.") var alsoUnder: String?
    @Option(help: "Hours that it takes where no kernel can.") var effortHours: String?

    var flags: [(key: String, text: String?)] {
        [
            ("question", question), ("why", why), ("quantity", quantity), ("yes", yes), ("needs", needs),
            ("status", status), ("also_under", alsoUnder), ("effort_hours", effortHours),
        ] + all("covers", covers)
    }

    func place(_ name: String, by contributor: String?) -> RecordPlace { .question(id: name) }
}

struct NewVote: NewRecord {
    static let configuration = CommandConfiguration(
        commandName: "vote", abstract: "Vote on how much a question should be answered.",
        discussion: "Example: arbor-ledger new vote search/depth --weight 8 --reason \"Everything else rests on it.\"")
    static let kind = RecordKind.vote
    static let nameAbout = "The question, by its folder below Claims, such as search/depth."

    @OptionGroup var options: NewOptions
    @Argument(help: "The question.", completion: .names(\.questions)) var name: String?
    @Option(help: "Your short name (default: from your name in git).") var handle: String?
    @Option(help: "From 0 to 10.") var weight: String?
    @Option(help: "Why it matters so much, or so little.") var reason: String?
    @Option(help: "Your full name.") var who: String?
    @Option(help: "When you said so (default: today).") var date: String?

    var flags: [(key: String, text: String?)] {
        [("who", who), ("weight", weight), ("reason", reason), ("date", date)]
    }

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
    @Argument(help: "Its slug, which is permanent.") var name: String?
    @Option(help: "A folder below Findings.") var folder: String?
    @Option(help: "What was found, in one line.") var title: String?
    @Option(help: "Of the work.") var authors: String?
    @Option(help: "Of this file (default: your name in git).") var contributors: String?
    @Option(help: "Of the work.") var date: String?
    @Option(help: "Where it was published.") var source: String?
    @Option(help: "What is new, and how it takes us closer to the parent question.") var northStar: String?
    @Option(help: "What was measured.", completion: .names(\.quantities)) var quantity: String?
    @Option(help: "The range or labels that the source commits to.") var value: String?
    @Option(help: "Where it was measured, such as model=r1; repeat for several.") var tested: [String] = []
    @Option(help: "Where it is said to hold; repeat for several.") var holdsFor: [String] = []
    @Option(help: "What it takes on trust.", completion: .names(\.assumptions)) var assumes: String?
    @Option(help: "What the source printed, such as {value: 0.5, n: 20}.") var reported: String?
    @Option(help: "What re-runs it.", completion: .names(\.measurements)) var verify: String?

    var flags: [(key: String, text: String?)] {
        [
            ("title", title), ("authors", authors), ("contributors", contributors), ("date", date), ("source", source),
            ("north_star", northStar), ("claims.quantity", quantity), ("claims.value", value),
            ("claims.assumes", assumes), ("claims.reported", reported), ("claims.verify", verify),
        ] + all("claims.tested", tested) + all("claims.holds_for", holdsFor)
    }

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
    @Argument(help: "What it is called.") var name: String?
    @Option(help: "What is taken on trust.") var statement: String?
    @Option(help: "Toy models whose results carry over.", completion: .names(\.toyModels)) var from: String?
    @Option(help: "Models that they carry over to.", completion: .names(\.models)) var to: String?
    @Option(help: "The question that decides whether it holds.", completion: .names(\.questions)) var testedBy: String?
    @Option(help: "Assumptions that cannot hold with it.", completion: .names(\.assumptions)) var excludes: String?

    var flags: [(key: String, text: String?)] {
        [
            ("statement", statement), ("bridge.from", from), ("bridge.to", to), ("tested_by", testedBy),
            ("excludes", excludes),
        ]
    }

    func place(_ name: String, by contributor: String?) -> RecordPlace { .assumption(slug: name) }
}
