import Atlas
import Foundation
import KernelInterface
import Merging
import Records
import Reports
import Testing

/// Tests what pages of records show, and that no text of a record becomes markup.
@Suite struct AtlasPageTests {
    @Test func aFindingShowsEachRun() throws {
        let site = try AtlasRecordTests.site.get()
        let circles = site.tags["f/half.html", default: []].filter { tag in
            tag.name == "circle" && tag.attributes.contains { $0.name == "class" && $0.value == "run" }
        }
        #expect(circles.count == 16)
        let text = site.text(of: "f/half.html", "1")
        #expect(text.contains("8 of 8 deciding runs agree with the claim"))
        #expect(text.contains("0.5, 0.51, 0.49, 0.5, 0.5, 0.52, 0.5, 0.503125"))
        #expect(text.contains("1, 1, 1.25, 1, 1, 1, 1, 0.96875"), "\(text.suffix(600))")
        #expect(site.text(of: "f/half.html").contains("arbor-ledger verify half"))
    }

    @Test func aFindingShowsWhatItClaimsBeyondItsTests() throws {
        let site = try AtlasRecordTests.site.get()
        #expect(site.text(of: "f/unsolved.html", "1").contains("Claimed beyond what was tested"))
        let dashed = site.tags["f/unsolved.html", default: []].filter { tag in
            tag.attributes.contains { $0.name == "class" && $0.value == "dash" }
        }
        #expect(dashed.count == 1)
        #expect(!site.text(of: "f/solved.html", "1").contains("Claimed beyond"))
    }

    @Test func aFindingNamesConflictsCaveatsAndBuilders() throws {
        let site = try AtlasRecordTests.site.get()
        let solved = site.text(of: "f/solved.html")
        #expect(solved.contains("unsolved#1 conflict, differing in assume:probe-is-faithful"))
        #expect(solved.contains("Only one seed was run. (unsolved, shown by unsolved#1)"))
        #expect(solved.contains("Built on by A small model solves little"))
        #expect(site.links(of: "f/unsolved.html").contains("https://example.org/a"))
        #expect(site.links(of: "f/unsolved.html").contains("https://example.org/data"))
    }

    @Test func aFindingThatTakesNoPartSaysSo() throws {
        let site = try AtlasRecordTests.site.get()
        #expect(site.text(of: "f/withdrawn.html").contains("Retracted. The code had a fault."))
        #expect(site.text(of: "f/later.html").contains("Planned until 2027-01-01."))
        let list = site.text(of: "findings.html")
        #expect(list.contains("What was withdrawn Ada 2025-03-01 1 retracted"))
        #expect(list.contains("What will be measured Ada 2026-03-01 1 planned"))
    }

    @Test func assumptionsSayWhatFallsWithoutThem() throws {
        let ledger =
            baseLedger
            + TestLedger(
                """
                --- Findings/deep.yaml
                title: It searches depth first
                authors: [Ada]
                contributors: [Ada <ada@example.org>]
                date: 2025-02-01
                source: https://example.org/deep
                north_star: It answers the question.
                claims:
                  - quantity: order
                    value: {any_of: [dfs]}
                    tested: {model: r1}
                    assumes: [probe-is-faithful]
                """)
        let site = AtlasSite(ledger)
        let text = site.text(of: "a/probe-is-faithful.html")
        #expect(text.contains("lost: every set contains it"))
        #expect(text.contains("+ supported Do they search depth first?"))
        #expect(text.contains("deep#1"))
        #expect(
            site.text(of: "a/toy-is-r1.html").contains("Nothing yet: a toy's result never answers for a general model.")
        )
    }

    @Test func tasksAreGroupedByKind() throws {
        let site = try AtlasRecordTests.site.get()
        let anchors = site.anchors(of: "tasks.html")
        #expect(anchors.isSuperset(of: ["deciding-run", "test-caveat"]), "\(anchors.sorted())")
        #expect(site.text(of: "tasks.html").contains("Make deciding runs: 1"))
        #expect(!site.text(of: "tasks.html").contains("this machine"))
        #expect(site.text(of: "conflicts.html").contains("All disagreements"))
        #expect(site.text(of: "f/many.html").contains("All were tested at layer 8; model r1; task maze."))
    }

    @Test func quantitiesShowTheirClaimsAndPools() throws {
        let site = try AtlasRecordTests.site.get()
        let text = site.text(of: "k/accuracy.html")
        #expect(text.contains("solved#1") && text.contains("0.7 to 0.9"))
        #expect(text.contains("many#30"))
        #expect(site.links(of: "k/accuracy.html").contains("../f/many/3.html#30"))
        #expect(site.links(of: "k/accuracy.html").contains("../conflicts.html#accuracy"))
    }

    @Test func toyModelsShowPicturesOnlyIfTheyWereTrained() throws {
        let merge = try AtlasRecordTests.ledger.get().merge()
        var state = AtlasState(commit: TestLedger.auditCommit, date: TestLedger.today, merge: merge)
        let without = AtlasSite(state).text(of: "toy/toy.html")
        #expect(without.contains("arbor-ledger atlas DIR --train"))
        #expect(without.contains("range 0.490 to 0.520; control 1.03 0.503"), "\(without.suffix(2000))")
        let pictures: [Picture] = [
            Picture("loss", .curve(values: [3, 2, 1.5])),
            Picture("shares", .bars(items: [.init("first", 0.25, note: "of 4")], from: 0, to: 1)),
            Picture("plane", .points(items: [.init("a", x: 0.5, y: -0.25)])),
            Picture("board", .grids(items: [.init("as read", ["x.", ".o"])])),
            Picture("chain", .table(columns: ["step", "state"], rows: [["1", "<b>"]])),
        ]
        state.networks["toy"] = NetworkViews(
            networks: [
                .init(
                    cell: ["density": "0.3"], seed: "00000000000000ff", isCached: false, failure: nil,
                    exportFolder: nil, pictures: pictures)
            ], missing: [], missingSeconds: 0, failures: [])
        let site = AtlasSite(state)
        let text = site.text(of: "toy/toy.html", "networks")
        for part in [
            "Network at density 0.3", "00000000000000ff", "3, 2, 1.50", "of 4", "0.250", "0.500", "as read x . . o",
            "<b>",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(!text.contains("--train"))
        #expect(!site.tags["toy/toy.html", default: []].contains { $0.name == "b" })
    }

    @Test func textsOfRecordsStayTexts() throws {
        let hostile = #"</script><svg onload=\"alert(1)\">"#
        let ledger =
            baseLedger
            + TestLedger(
                """
                --- Findings/hostile.yaml
                title: "\(hostile)"
                authors: ["<img src=x onerror=alert(1)>"]
                contributors: ["<b>Ada</b>"]
                date: 2025-02-01
                source: "javascript:alert(1); data:text/html,x; https://example.org/\\"onclick=1"
                north_star: "\(hostile) שלום & &lt;"
                claims:
                  - quantity: accuracy
                    value: {above: 0.9}
                    tested: {model: r1, task: maze, layer: 4}
                caveats:
                  - text: "\(hostile)"
                    against: {claim: hostile#1}
                resources:
                  - {kind: code, url: "https://example.org/1.0/'onload=alert(1)'"}
                """)
        #expect(ledger.check().state.findings["hostile"] != nil)
        let site = AtlasSite(ledger)
        let known: Set = [
            "html", "head", "meta", "title", "link", "script", "body", "a", "header", "nav", "div", "input", "fieldset",
            "legend", "label", "main", "h1", "h2", "h3", "p", "section", "dl", "dt", "dd", "ul", "li", "bdi", "code",
            "pre",
            "strong", "span", "svg", "defs", "pattern", "line", "rect", "circle", "text", "figure", "table", "thead",
            "tbody", "tr", "th", "td", "i", "details", "summary", "footer", "small", "caption", "colgroup", "col",
            "button",
            "polyline", "path", "noscript", "g", "select", "option", "form", "output", "ol",
        ]
        for (path, tags) in site.tags {
            for tag in tags {
                #expect(known.contains(tag.name), "\(path): <\(tag.name)>")
                #expect(!tag.attributes.contains { $0.name.hasPrefix("on") || $0.name == "style" }, "\(path)")
                #expect(tag.name != "script" || tag.attributes.contains { $0.name == "src" }, "\(path)")
            }
            let links = site.links(of: path)
            #expect(!links.contains { $0.contains("javascript:") || $0.contains("data:") }, "\(path)")
        }
        let page = site.text(of: "f/hostile.html")
        #expect(page.contains("</script><svg onload=\"alert(1)\"> שלום & &lt;"))
        #expect(site.pages["f/hostile.html"]?.contains("<bdi>") == true)
        #expect(site.links(of: "f/hostile.html").contains("https://example.org/&quot;onclick=1"))
    }
}
