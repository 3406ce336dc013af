import Foundation
import Testing

/// Tests what the figures of the atlas say about conflicts, sides and depths.
@Suite struct AtlasTruthTests {
    private func claim(_ quantity: String, _ value: String, _ tested: String, _ more: String = "") -> String {
        "  - {quantity: \(quantity), value: \(value), tested: {\(tested)}\(more)}"
    }

    private func site(_ findings: String...) -> AtlasSite {
        AtlasSite(baseLedger + TestLedger(findings.joined(separator: "\n")))
    }

    /// The classes of the links from a page to an address.
    private func classes(_ site: AtlasSite, _ page: String, _ address: String) -> [String] {
        site.tags[page, default: []].filter { tag in
            tag.attributes.contains { $0.name == "href" && $0.value == address }
        }.flatMap(\.attributes).filter { $0.name == "class" }.map(\.value)
    }

    @Test func onlySharedSettingsAreHatched() {
        let site = site(
            finding("low", claim("accuracy", "{below: 0.5}", "model: [cd3b, r1], task: countdown, layer: [4, 5]")))
        #expect(classes(site, "index.html", "q/skill/countdown.html#m-cd3b") == ["cell x"])
        #expect(classes(site, "index.html", "q/skill/countdown.html#m-r1") == ["cell e1"])
        let page = site.text(of: "q/skill/countdown.html")
        #expect(page.contains("low#1 layer 4: reported, in a conflict layer 5: reported"))
    }

    @Test func aConflictOfADifferenceIsNoneOfItsClaims() {
        let vocabulary = """
            --- Claims/skill/gain/question.yaml
            question: Is a maze easier?
            why: It matters.
            quantity: gain
            yes: {above: 0}
            --- Claims/vocabulary/quantities/gain.yaml
            title: Gain
            definition: Share of tasks solved in one setting minus that in another.
            range: [-1, 1]
            difference_of: accuracy
            conditions: [model, task]

            """
        let arms =
            "  - {quantity: accuracy, tested: {model: r1, task: maze}, reported: {value: 0.9, se: 0.01}, contrast: {against: trial#2, se: 0.01}}\n"
            + "  - {quantity: accuracy, tested: {model: r1, task: countdown}, reported: {value: 0.4, se: 0.01}}"
        let site = site(
            vocabulary + finding("trial", arms), finding("other", claim("gain", "[-1, -0.5]", "model: r1, task: maze")))
        #expect(site.text(of: "f/other.html").contains("Disagrees with trial#1 conflict"))
        #expect(!site.text(of: "f/trial.html").contains("other#1"))
        #expect(classes(site, "index.html", "q/skill/gain.html#m-r1") == ["cell x"])
        #expect(classes(site, "index.html", "q/skill/countdown.html#m-r1") == ["cell e1"])
    }

    @Test(arguments: [
        (["[0.5, 0.5]", "[0.9, 1]"], "same side"), (["[0.9, 1]", "[0.5, 0.5]"], "opposite sides"),
        (["[0.4, 0.6]", "[0.4, 0.6]"], "no question on which both take a side"),
    ])
    func pairsCompareTheNearestClaims(values: [String], phrase: String) {
        // The toy's claim is about density 0.3 and says yes.
        let claims = zip(values, ["0.3", "0.9"]).map { claim("dims", $0, "model: r1, density: \($1)") }
        let page = site(finding("general", claims.joined(separator: "\n"))).text(of: "pair.html")
        for other in ["same side", "opposite sides", "no question on which both take a side"] {
            // The note above the table explains the lines.
            let rows = page.components(separatedBy: "Other model").last ?? ""
            #expect(rows.contains(other) == (other == phrase), "\(other)")
        }
    }

    @Test func layersOfToysStandAtTheirBlocks() {
        let site = site(
            finding(
                "depth",
                ["0", "2"].map { claim("accuracy", "[0.6, 0.7]", "model: toy, task: countdown, layer: \($0)") }.joined(
                    separator: "\n")))
        let page = site.text(of: "q/skill/countdown.html")
        #expect(page.contains("depth#1 layer embedding: reported"))
        #expect(page.contains("depth#2 layer 1: reported"))
        #expect(page.contains("layer n is the output of block n − 1"))
        #expect(page.contains("solved#1 layer 4: reported"))
        #expect(site.text(of: "m/toy.html").contains("layer n is the output of block n − 1"))
        #expect(!site.text(of: "m/cd3b.html").contains("layer n is the output of block n − 1"))
    }

    @Test func anUnlimitedScopeIsOutlined() {
        let site = site(
            finding(
                "wide",
                claim(
                    "accuracy", "[0.6, 0.7]", "model: cd3b, task: countdown, layer: 7",
                    ", holds_for: {model: cd3b, task: countdown}")))
        let page = site.text(of: "q/skill/countdown.html")
        #expect(page.contains("wide#1 layer 4: claimed, not tested layer 7: reported"))
        let outlines = site.tags["m/cd3b.html", default: []].filter { tag in
            tag.name == "rect" && tag.attributes.contains { $0.name == "class" && $0.value == "dash" }
        }
        // Blocks 0 to 6 are one outline; the claim of the base ledger has none.
        #expect(outlines.count == 1)
    }

    @Test func workOfTheSameAuthorsAndYearIsTogether() {
        let site = site(finding("b", claim("accuracy", "[0.6, 0.7]", "model: r1, task: countdown, layer: 5")))
        let page = site.text(of: "q/skill/countdown.html")
        #expect(page.contains("Pan et al., 2025"))
        #expect(!page.contains("B. Handle"))
    }
}
