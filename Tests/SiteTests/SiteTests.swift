import Atlas
import Foundation
import Testing

@testable import arbor_ledger_docs

@Suite struct SiteTests {
    /// No link of a page of this repository is broken, and every page is listed on the front page.
    @Test func pagesOfThisRepositoryHaveNoProblems() throws {
        let site = try site(of: repository)
        #expect(site.problems == [])
        #expect(site.files.contains { $0.path == "tutorial/1-a-first-finding.html" })
    }

    @Test func rendersAPage() throws {
        let folder = try TemporaryRepository([
            "docs/index.md": "# Site\n\nA site.\n\n## Pages\n\n- [One](one.md): first.\n",
            "docs/one.md": """
            # One

            <!-- for tools -->
            Text with *emphasis*, `code` & <b>HTML</b>, [a link](index.md#pages), [index.md](index.md) and
            [a script](../run.sh), but no mail to ada@example.org.

            ## A `part`

            1. one
            2. two

            | a | b |
            |---|--:|
            | 1 | 2 |

            ```sh
            run   # a comment
            ```

            """, "run.sh": "",
        ])
        let site = try site(of: folder.path, files: "https://example.org/blob/main/")
        #expect(site.problems == [])
        let page = try #require(site.files.first { $0.path == "one.html" })
        let html = String(decoding: page.render(), as: UTF8.self)
        let start = try #require(html.range(of: "<main")).lowerBound
        let end = try #require(html.range(of: "</main>")).upperBound
        #expect(
            html[start..<end] == """
                <main id="_main"><h1 id="one">One</h1><div class="prose">\
                <p>Text with <em>emphasis</em>, <code>code</code> &amp; &lt;b&gt;HTML&lt;/b&gt;, \
                <a href="index.html#pages">a link</a>, <a href="index.html">Site</a> and
                <a href="https://example.org/blob/main/run.sh">a script</a>, but no mail to ada@example.org.</p>\
                <h2 id="a-part">A <code>part</code>\
                <a class="here" href="one.html#a-part" aria-label="Link to A part">#</a></h2>\
                <ol><li>one</li><li>two</li></ol>\
                <div class="scroll" role="group" aria-label="Table" tabindex="0"><table>\
                <thead><tr><th scope="col">a</th><th scope="col" class="end">b</th></tr></thead>\
                <tbody><tr><td>1</td><td class="end">2</td></tr></tbody></table></div>\
                <pre class="commands" tabindex="0"><code>run   <i># a comment</i></code></pre></div></main>
                """)
    }

    @Test func reportsEveryMistakeWithItsPlaceAndARemedy() throws {
        let folder = try TemporaryRepository([
            "docs/index.md": "# Site\n\n## Pages\n\n- [Gate](gate.md)\n- [Again](gate.md)\n",
            "docs/gate.md": """
            # The gate

            Text, and in the next line
            [a page](gates.md) and [a heading](#what-is-chekced).

            ## What is checked

            - [Outside](../../secret.md)
            - [Script](javascript:alert) and ![a picture](missing.png)

            # The end

            """, "docs/lost.md": "No title.\n", "GATE.md": "# Another gate\n",
        ])
        let problems = try site(of: folder.path).problems.map(\.description).joined(separator: "\n")
        #expect(
            problems == """
                docs/gate.md:11: "The end" is a second title
                  -> write it as a section: `## The end`
                docs/lost.md:1: the page does not begin with its title
                  -> begin the page with a line such as `# Title`
                docs/gate.md:1: GATE.md and docs/gate.md become the same page
                  -> rename one of them
                docs/index.md:1: "GATE.md" is listed twice
                  -> begin one item of one list with a link to it
                docs/index.md:1: "docs/gate.md" is listed twice
                  -> begin one item of one list with a link to it
                docs/index.md:1: "docs/lost.md" is listed nowhere
                  -> begin one item of one list with a link to it
                docs/gate.md:4: no file "docs/gates.md"
                  -> did you mean "docs/gate.md"?
                docs/gate.md:4: "docs/gate.md" has no heading with the anchor "#what-is-chekced"
                  -> did you mean "#what-is-checked"?
                docs/gate.md:8: "../../secret.md" leaves the repository
                  -> link to a file in the repository
                docs/gate.md:9: "javascript:alert" is neither an address on the web nor a relative path
                  -> write an address with https, or the path from the folder of this page
                docs/gate.md:9: no picture "missing.png" below docs
                  -> correct the path or add the picture
                """)
    }

    /// The anchors are those that GitHub gives these headings.
    @Test func anchorsAreThoseOfGitHub() throws {
        let page = try SitePage(
            source: "docs/x.md",
            text: """
                # `verify`, from claim to receipt
                ## A range of values (`value` of a claim)
                ## Claims/…/question.yaml
                ## 2026-11-24: Treat too much as a mistake
                ## Über_uns & co
                ## Same
                ## Same
                ## [A link](y.md) and *emphasis*
                """)
        #expect(
            page.headings.map(\.anchor) == [
                "verify-from-claim-to-receipt", "a-range-of-values-value-of-a-claim", "claimsquestionyaml",
                "2026-11-24-treat-too-much-as-a-mistake", "über_uns--co", "same", "same-1", "a-link-and-emphasis",
            ])
    }

    @Test func pathsOfPages() throws {
        let paths = try ["README.md", "docs/index.md", "docs/gate.md", "docs/tutorial/1-a.md"].map {
            try SitePage(source: $0, text: "").path
        }
        #expect(paths == ["readme.html", "index.html", "gate.html", "tutorial/1-a.html"])
    }

    @Test func marksCommandsCommentsAndKeys() {
        let session = CodeKind("", "$ a \\\n  b\nprinted\n")
        #expect(session == .session)
        #expect(
            session.parts(of: "$ a \\\n  b\nprinted\n").map { "\($0.role): \($0.text)" } == [
                "prompt: $ ", "command: a \\", "plain: \n", "command:   b", "plain: \n", "plain: printed",
            ])
        #expect(
            CodeKind("yaml", "").parts(of: "- key: value  # why").map { "\($0.role): \($0.text)" } == [
                "key: - key:", "plain:  value  ", "comment: # why",
            ])
        #expect(CodeKind("", "").parts(of: "").map(\.text) == [""])
    }

    @Test func readsArrowsOfFlowcharts() {
        let arrow = Arrow("  finding -- contains --> claim & caveat")
        #expect(arrow.map { [$0.from, $0.label, $0.to] } == ["finding", "contains", "claim and caveat"])
        let bridge = Arrow(#"  assumption -- "bridge: carries to" --> model[general model]"#)
        #expect(bridge.map { [$0.from, $0.label, $0.to] } == ["assumption", "bridge: carries to", "general model"])
        #expect(Arrow("flowchart LR") == nil)
    }

    @Test func showsHowACommandIsCalled() throws {
        let json = """
            {"abstract": "Take.", "commandName": "take", "shouldDisplay": true, "superCommands": ["arbor-ledger", "tasks"],
             "arguments": [
               {"kind": "positional", "valueName": "id", "isOptional": false, "isRepeating": true, "shouldDisplay": true},
               {"kind": "option", "valueName": "n", "isOptional": true, "isRepeating": false, "shouldDisplay": true,
                "names": [{"kind": "long", "name": "count"}, {"kind": "short", "name": "c"}],
                "preferredName": {"kind": "long", "name": "count"}}]}
            """
        let command = try JSONDecoder().decode(CommandDescription.self, from: Data(json.utf8))
        #expect(command.usage == "arbor-ledger tasks take <id> ... [--count <n>]")
        #expect(command.shownArguments.map(\.term) == ["<id>", "-c, --count <n>"])
    }
}

private let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").path

private func site(of root: String, files: String? = nil) throws -> Site {
    try Site(of: Repository(root: root), tool: nil, files: files, atlas: nil)
}

/// A folder with these files, which is removed at the end.
private final class TemporaryRepository {
    let path = FileManager.default.temporaryDirectory.appending(path: "site-tests-\(UUID().uuidString)").path

    init(_ files: [String: String]) throws {
        for (name, text) in files {
            let file = URL(filePath: "\(path)/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
