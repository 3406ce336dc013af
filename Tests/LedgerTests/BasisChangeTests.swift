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

    /// An author without an address is nobody in particular.
    @Test func emptyNamesAndAddressesMatchNobody() {
        let authors = RangeAuthors([("", "")])
        for contributor in ["", "Ada <>", "<>", " ", "@"] { #expect(!authors.contains(contributor), "\(contributor)") }
    }
}
