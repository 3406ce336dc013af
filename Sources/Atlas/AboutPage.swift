import Words

extension Atlas {
    /// How the atlas was made, so that anybody can make it again and compare.
    var aboutPage: AtlasFile {
        page(PageFrame(Place.about, "About this atlas", in: .about)) { html in
            html.section("Rebuild it", "The same commit gives the same bytes on every machine.") { html in
                html.tag("pre", text: "git checkout \(state.commit)\narbor-ledger atlas DIR --at \(state.commit)")
                html.tag("p") { html in
                    html.text("Compare the digests of all files with ")
                    html.tag("code", text: "sha256sum -c atlas.sums")
                    html.text(" in the folder of the atlas.")
                }
            }
        }
    }
}
