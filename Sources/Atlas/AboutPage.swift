import Words

/// The words that pages use without an explanation.
private let words = [
    ("north star", "The question at the top of the tree."),
    ("finding", "A report of one result: claims, the settings at which they were tested, caveats and assumptions."),
    ("claim", "One statement of a finding about one quantity; `name#2` is the second claim of a finding."),
    ("bridge", "An assumption that a result on a toy holds for a general model."),
    ("kernel", "A program in the tool that trains a toy model and measures it."),
    ("control", "A run that should not show the effect, such as one with an untrained network."),
    ("cell", "One combination of settings."),
    ("different parts", "Claims that disagree, but share no setting: each may be right at its own settings."),
    ("leans", "Numbers without an uncertainty point to an answer, but do not count."),
]

extension Atlas {
    private var rebuildOptions: String {
        (state.networks.isEmpty ? "" : " --train") + String(repeating: " --with GUEST", count: state.guests.count)
    }

    /// How the atlas was made, so that readers can make it again and compare.
    var aboutPage: AtlasFile {
        page(PageFrame(Place.about, "About this atlas", in: .about)) { [self] html in
            html.hatching()
            if !state.guests.isEmpty {
                html.section("Guests", "Other ledgers, whose claims change no answer here.") { html in
                    html.list(state.guests) { html, guest in
                        html.recordText(guest.name)
                        html.text(", commit ")
                        html.tag("code", text: guest.commit)
                    }
                }
            }
            html.section("The data", "For programs; the same values as --format json.") { html in
                html.tag("p") { html in
                    html.link(.page("data/claims-1.json"), "data/claims-1.json")
                    html.text(
                        " holds the claims by column: the n-th element of each list belongs to the n-th claim. Its member “files” gives the number of these files. The files with the ending .js hold the same values for pages that are opened from disk."
                    )
                }
            }
            html.section("How to read it", "") { html in
                html.ramp()
                html.tag("p") { html in
                    html.text(
                        "Reported: a source says so. Own run: a contributor's own runs decided the claim. Re-run: runs of an independent person decided it. Controlled: they also refuted the control. Replicated: others confirmed it with another kernel. Hatched: the claim cannot be true together with another claim at a shared setting."
                    )
                }
                html.tag("p") { html in
                    html.text("An answer counts the claims on the models about which the question asks. ")
                    html.text(
                        "A claim on a toy never counts for a general model. A bridge, which must be tested, says that it carries over."
                    )
                }
            }
            html.section("Words", "docs/terms.md of the tool defines all words.") { html in
                html.facts { html in
                    for (word, meaning) in words { html.fact(word, meaning) }
                }
            }
            html.section(
                "Rebuild it",
                "The same commit and the same history of the audit branch give the same bytes on every machine."
            ) { html in
                let options = rebuildOptions
                html.lines("arbor-ledger atlas DIR --at \(state.commit)\(options)")
                html.tag("p") { html in
                    html.text("in a clone of the ledger with its history. Compare the digests of all files with ")
                    html.tag("code", text: "sha256sum -c atlas.sums")
                    html.text(" in the folder of the atlas.")
                }
            }
        }
    }
}
