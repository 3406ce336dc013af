import Foundation
import Testing

/// A combination of options either has an effect or is refused.
@Suite struct NoEffectTests {
    /// A command line, and a part of the message about it.
    private static let refused: [(arguments: String, message: String)] = [
        // If a single-valued option is given twice, the first value would be lost.
        ("check --at HEAD --at main", "--at is given twice"),
        ("check --format json --format=text", "--format is given twice"),
        ("verify --jobs 1 --jobs 2", "--jobs is given twice"),
        ("list claims --by A --by B", "--by is given twice"),
        ("submit -m A --message B Findings/half-a-dimension.yaml", "--message is given twice"),
        ("new vote superposition --weight 3 --weight 4 --reason r", "--weight is given twice"),
        ("serve --port 1 --port 2", "--port is given twice"),
        // check
        ("check --staged --at HEAD", "--staged and --at exclude each other"),
        ("check --staged HEAD~..HEAD", "a range excludes --staged and --at"),
        ("check --ref refs/heads/main", "--ref needs a range"),
        ("check Findings HEAD~..HEAD", "give one range, before any path"),
        // verify
        ("verify --verbose --format json", "--verbose changes only text"),
        ("verify --verbose --repeat", "--repeat and --sample reach none"),
        ("verify --record", "--record needs --repeat or --sample"),
        ("verify --again --repeat", "--again makes runs with your seeds"),
        ("verify --sign --jobs 2", "--sign signs all unsigned receipts"),
        ("verify --sign --budget 2", "--sign signs all unsigned receipts"),
        ("verify --sign --format json", "--sign signs all unsigned receipts"),
        ("verify --sign --at HEAD", "--sign signs all unsigned receipts"),
        ("verify --sign half-a-dimension", "--sign signs all unsigned receipts"),
        ("verify --sign --verbose", "--sign signs all unsigned receipts"),
        ("verify --sign --repeat", "--sign signs all unsigned receipts"),
        ("verify --on slurm --plan p", "--on, --plan, --shard and --collect exclude each other"),
        ("verify --plan p --collect p", "--on, --plan, --shard and --collect exclude each other"),
        ("verify --shard 1/2", "--shard and --into need each other"),
        ("verify --into p", "--shard and --into need each other"),
        ("verify --detach", "--detach, --status and --cancel need --on"),
        ("verify --on slurm --detach --status", "--detach, --status and --cancel exclude each other"),
        ("verify --on slurm --repeat", "--repeat, --sample, --record and --sign work only on this machine"),
        ("verify --plan p --sample 3", "--repeat, --sample, --record and --sign work only on this machine"),
        ("verify --on slurm --budget 3", "--budget limits the runs of this machine"),
        ("verify --collect p --jobs 3", "--jobs is for runs on this machine"),
        ("verify --on slurm --at HEAD", "planned from the work tree"),
        ("verify --shard 1/2 --into p half-a-dimension", "--shard makes the runs of its plan"),
        ("verify --shard 3/2 --into p", "'--shard <k/n>'"),
        ("verify --plan p --format json", "--plan, --shard, --detach and --cancel have no --format"),
        ("verify --on slurm --status --format csv", "verify --status has no format \"csv\""),
        // show
        ("show half-a-dimension --verbose --format json", "--verbose changes only text"),
        ("show density --verbose", "only a finding or a claim has E values"),
        ("show half-a-dimension --train", "only a toy model can be trained or exported"),
        ("show half-a-dimension --export out", "only a toy model can be trained or exported"),
        // merge
        ("merge --brief --all", "--brief prints one screen"),
        ("merge --brief --write", "--brief cannot be combined"),
        ("merge --brief superposition", "--brief cannot be combined"),
        ("merge --write --all", "--write prints no report"),
        ("merge --write --fail-on conflict", "--write prints no report"),
        ("merge --write --at HEAD", "--write and --at exclude each other"),
        ("merge --write superposition", "exclude each other"),
        ("merge --without toy-superposition-is-r1s superposition", "exclude each other"),
        ("merge --all HEAD", "--all and a branch to preview exclude each other"),
        ("merge --at HEAD HEAD", "--at and a branch to preview exclude each other"),
        // list, schema, resources, fetch and traces
        ("list kernels --by Ada", "--by cannot select kernels"),
        ("list kernels --where density=0.1", "--where cannot select kernels"),
        ("schema --list finding", "--list takes no other argument"),
        ("schema --here", "--here needs a kind, or --write"),
        ("schema --write finding", "--write writes the schemas of all kinds"),
        ("resources --timeout 5", "--timeout needs --links"),
        ("fetch a --from b --timeout 5", "--timeout has no effect with --from"),
        ("fetch a b --from c", "--from needs one resource"),
        ("traces coin --seed 0000000000000000 --run 1", "give --seed or --run, not both"),
        ("annotate a --next b", "name a trace, or give --next"),
        ("annotate --next b --codebook c", "name a trace, or give --next"),
        ("new value density 0.2 --title T", "has no properties"),
        ("new vote superposition --draft --weight 11", "a whole number from 0 to 10"),
    ]

    @Test func optionsWithoutEffectAreRefused() throws {
        let ledger = try TemporaryLedger.example()
        for (line, message) in Self.refused {
            let printed = try ledger.run(line.split(separator: " ").map(String.init))
            let said = printed.errors.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(printed.status == (line.contains("--weight 11") ? 1 : 64), "\(line): \(printed)")
            #expect(said.contains(message), "\(line): \(printed)")
            #expect(printed.output.isEmpty, "\(line): \(printed)")
        }
        #expect(try ledger.git("status", "--short") == "")
    }

    /// Every command refuses an extra argument and an unknown option.
    @Test(arguments: [
        "init", "check --unknown", "verify --unknown", "submit a b", "try a b", "merge a b", "diff a b c",
        "conflicts a b", "show a b", "list claims b", "overview", "tasks list a b", "tasks take a b", "tasks run a b",
        "traces a b", "annotations export a b --to csv", "agreement a b", "annotate a b", "atlas a b", "serve",
        "new finding a b", "new value a b c", "resources", "schema finding b", "signers list", "signers add a b c",
        "demo", "doctor", "hook uninstall x",
    ]) func argumentsTooManyAreRefused(line: String) throws {
        let ledger = try TemporaryLedger.example()
        let arguments = line.split(separator: " ").map(String.init)
        let printed = try ledger.run(arguments + (arguments.count == 1 || arguments.last == "list" ? ["x"] : []))
        #expect(printed.status == 64, "\(line): \(printed)")
        #expect(
            printed.errors.contains("Unexpected argument") || printed.errors.contains("Unknown option"), "\(printed)")
    }

    @Test func blankNameSelectsNobody() throws {
        let ledger = try TemporaryLedger.example()
        let printed = try ledger.run("list", "claims", "--by", " ")
        #expect(printed.status == 64 && printed.errors.contains("--by takes a name"), "\(printed)")
    }

    /// Options that repeat the default are accepted, and so are repeated flags and lists.
    @Test(arguments: [
        "check --all --all", "merge --without toy-superposition-is-r1s --without toy-superposition-is-r1s",
        "tasks --kind deciding-run --kind untested-cell --minutes 5 --runnable",
        "conflicts --fail-on unexplained --fail-on refuted", "merge --all --format json",
    ]) func repeatedRequestsAreGranted(line: String) throws {
        let printed = try TemporaryLedger.example().run(line.split(separator: " ").map(String.init))
        #expect(printed.status == 0 && printed.errors.isEmpty, "\(printed)")
    }
}
