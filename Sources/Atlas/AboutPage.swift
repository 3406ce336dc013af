import Words

extension Atlas {
    /// How the atlas was made, so that anybody can make it again and compare.
    var aboutPage: AtlasFile {
        page(PageFrame(Place.about, "About this atlas", in: .about)) { html in
            if !state.guests.isEmpty {
                html.section("Guests", "Other ledgers, whose claims change no answer here.") { html in
                    html.tag("ul", .class("list")) { html in
                        for guest in state.guests {
                            html.tag("li") { html in
                                html.recordText(guest.name)
                                html.text(", commit ")
                                html.tag("code", text: guest.commit)
                            }
                        }
                    }
                }
            }
            html.section("Rebuild it", "The same commit gives the same bytes on every machine.") { html in
                html.tag(
                    "pre",
                    text:
                        "git checkout \(state.commit)\narbor-ledger atlas DIR --at \(state.commit)\(state.guests.map { " --with \($0.name)" }.joined())"
                )
                html.tag("p") { html in
                    html.text("Compare the digests of all files with ")
                    html.tag("code", text: "sha256sum -c atlas.sums")
                    html.text(" in the folder of the atlas.")
                }
            }
        }
    }
}
