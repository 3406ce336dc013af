import Checking
import KernelInterface
import Records
import Testing

/// Tests which changes of records are changes of what conclusions rest on.
@Suite struct BasisChangeTests {
    @Test(arguments: [
        ("Ada", true), ("ADA", true), ("Ada <ada@example.org>", true), ("Somebody <ADA@EXAMPLE.ORG>", true),
        ("ada@example.org", true), ("Ada <ada@example.com>", false), ("<ada@example.org>", true), ("Ad", false),
        ("ada@example.org>", false), ("Ada <", false), ("Ada <>", false), (">", false), ("", false), ("Bob", false),
        ("Bob <", false),
    ])
    func contributorIsAnAuthorByAddressOrElseByName(contributor: String, isAuthor: Bool) {
        let authors = RangeAuthors([("aDa", "Ada@Example.org"), ("Carol", "carol@example.org")])
        #expect(authors.contains(contributor) == isAuthor)
        #expect(!RangeAuthors([]).contains(contributor))
    }

    /// Runs of an earlier version of the kernel are runs of the same toy model, so a new version of the tool does not
    /// make a toy model editable.
    @Test func runsOfAnEarlierKernelVersionStillRestOnTheToyModel() throws {
        var before = baseLedger
        try before.addRuns(of: "half", [0.5, 0.6])
        let model = "Verifiers/toy/model.yaml"
        let text = try #require(
            before.files.first { $0.path == model }.map { String(decoding: $0.bytes, as: UTF8.self) })
        var kernels = testKernels
        kernels[0].version += 1
        for (kernels, changed) in [(testKernels, true), (kernels, true), (kernels, false)] {
            let features =
                changed
                ? text.replacing("features: ", with: "features: 1") : text.replacing("title: ", with: "title: A ")
            let after = before + TestLedger(files: [SourceFile(path: model, bytes: Array(features.utf8))])
            let (old, new) = (before.check(kernels), after.check(kernels))
            let place = RecordPlace.model(slug: "toy")
            let changes = basisChanges(
                from: try #require(old.state.basisRecord(at: place)), to: new.state.basisRecord(at: place), in: new)
            #expect(features != text)
            #expect(changes.map(\.kind) == (changed ? [.verifier] : []))
            func codes(_ receipts: [String]) -> [String] {
                let runs = CountedRuns(old, claims: [:], receipts: Set(receipts))
                return checkBasisChanges(changes, counted: runs, authors: RangeAuthors([])).map(\.code.name)
            }
            #expect(codes(old.state.receipts.map(\.name)) == (changed ? ["changed-verifier"] : []))
            // Receipts that are only offered do not count.
            #expect(codes([]) == [])
        }
    }

    /// The margin of a quantity and whether a model is general decide what claims mean. Only models that claims name
    /// matter.
    @Test(arguments: [
        ("Claims/vocabulary/quantities/dims.yaml", "range:", "margin: 0.1\nrange:", ["margin 0.1 absent"]),
        ("Claims/vocabulary/conditions/model/cd3b.yaml", "family:", "general: true\nfamily:", ["general true false"]),
        ("Claims/vocabulary/conditions/model/cd3b.yaml", "title: Q", "title: A q", []),
        ("Claims/vocabulary/conditions/model/r1.yaml", "general: true\n", "", []),
        ("Claims/vocabulary/conditions/task.yaml", "title: ", "title: A ", []),
    ])
    func marginsAndGeneralityAreMeaning(path: String, old: String, new: String, expected: [String]) throws {
        let cover = finding(
            "cover",
            """
              - quantity: dims
                value: [0.45, 0.55]
                tested: {model: toy, density: 0.3}
                holds_for: {model: [toy, cd3b], density: 0.3}
            """)
        let before = baseLedger + TestLedger(cover)
        let text = try #require(
            before.files.first { $0.path == path }.map { String(decoding: $0.bytes, as: UTF8.self) })
        #expect(text.contains(old))
        let edited = SourceFile(path: path, bytes: Array(text.replacing(old, with: new).utf8))
        let (was, now) = (before.check(), (before + TestLedger(files: [edited])).check())
        let place = try #require(RecordPlace(path: path))
        let changes =
            was.state.basisRecord(at: place).map {
                basisChanges(from: $0, to: now.state.basisRecord(at: place), in: now)
            } ?? []
        #expect(
            changes.map(\.change)
                == expected.map { words in
                    let words = words.split(separator: " ")
                    return "its \"\(words[0])\" is \(words[1]) instead of \(words[2])"
                })
        #expect(changes.allSatisfy { $0.kind == .meaning && $0.path == path })
        let runs = CountedRuns(
            was, claims: [ClaimID(slug: "cover", number: 1, isOnly: true): (runs: 8, settings: 1)], receipts: [])
        let found = checkBasisChanges(changes, counted: runs, authors: RangeAuthors([]))
        #expect(found.map(\.code.name) == expected.map { _ in "changed-meaning" })
        let unaudited = CountedRuns(was, claims: [:], receipts: [])
        #expect(checkBasisChanges(changes, counted: unaudited, authors: RangeAuthors([])).isEmpty)
    }

    /// Only a contributor of the old finding accepts that another one supersedes it, or narrows its caveats.
    @Test(arguments: [("A. Handle", []), ("B. Handle", ["strangers-edit", "strangers-edit"])])
    func onlyAContributorAcceptsASuccessor(author: String, codes: [String]) throws {
        func ledger(_ end: String, caveat: String) -> CheckedLedger {
            func text(_ slug: String, _ more: String) -> String {
                finding(slug, by: "A. Handle", accuracyClaim("[0.6, 0.7]"), more)
            }
            let caveats = "caveats: [{text: It reads noise., against: {assumption: probe-is-faithful\(caveat)}}]"
            return
                (baseLedger + TestLedger(text("old", end + caveats))
                + TestLedger(text("young", "supersedes: [old]"))).check()
        }
        let old = ledger("", caveat: "")
        let new = ledger("superseded_by: [young]\n", caveat: ", where: {task: maze}")
        #expect(!old.hasErrors && !new.hasErrors)
        let place = RecordPlace.finding(slug: "old")
        let changes = basisChanges(
            from: try #require(old.state.basisRecord(at: place)), to: new.state.basisRecord(at: place), in: new)
        #expect(
            changes.map(\.change) == [
                "its caveat \"It reads noise.\" was edited", "it now says to be superseded by young",
            ])
        let runs = CountedRuns(old, claims: [:], receipts: [])
        let authors = RangeAuthors([(author, "x@example.org")])
        #expect(checkBasisChanges(changes, counted: runs, authors: authors).map(\.code.name) == codes)
    }

    /// An author without a name and an address matches no contributor.
    @Test func emptyNamesAndAddressesMatchNobody() {
        let authors = RangeAuthors([("", "")])
        for contributor in ["", "Ada <>", "<>", " ", "@"] { #expect(!authors.contains(contributor), "\(contributor)") }
    }
}
