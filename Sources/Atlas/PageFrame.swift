import Records
import Words

/// The parts of the atlas that the head of each page names.
enum Section: CaseIterable {
    case map, conflicts, tasks, models, pairs, time, findings, traces, about

    fileprivate var title: String {
        switch self {
        case .map: "Map"
        case .conflicts: "Disagreements"
        case .tasks: "Tasks"
        case .models: "Models"
        case .pairs: "Pairs"
        case .time: "Over time"
        case .findings: "Findings"
        case .traces: "Traces"
        case .about: "About"
        }
    }

    static func at(_ link: Link) -> Section? { allCases.first { $0.link == link } }

    fileprivate var link: Link {
        switch self {
        case .map: Place.map
        case .conflicts: Place.conflicts
        case .tasks: Place.tasks
        case .models: Place.models
        case .pairs: Place.pairs
        case .time: Place.time
        case .findings: Place.findings
        case .traces: Place.traces
        case .about: Place.about
        }
    }
}

/// A page before its content is made.
struct PageFrame: Sendable {
    var link: Link
    var title: String
    var section: Section?
    /// The pages above this one, the topmost first.
    var trail: [(text: String, link: Link)] = []

    /// A line below the title.
    var subtitle: String?

    /// The path of a style sheet beside that of the atlas.
    var style: String?

    /// The pages over which a long list is spread, and the index of this one.
    var pages: (links: [Link], current: Int)?

    init(_ link: Link, _ title: String, in section: Section?, trail: [(String, Link)] = [], subtitle: String? = nil) {
        (self.link, self.title, self.section, self.trail, self.subtitle) = (link, title, section, trail, subtitle)
    }
}

extension Atlas {
    /// Makes a page. `body` adds what follows the title.
    func page(_ frame: PageFrame, body: @escaping @Sendable (inout Markup) -> Void) -> AtlasFile {
        page(at: frame.link, { frame }, body: body)
    }

    /// Makes a page whose frame is made when it is needed.
    func page(
        at link: Link, _ frame: @escaping @Sendable () -> PageFrame,
        body: @escaping @Sendable (inout Markup) -> Void
    ) -> AtlasFile {
        let path = link.path ?? ""
        return AtlasFile(path) { [self] in
            let frame = frame()
            let shell = PageShell(
                path, title: frame.title.isEmpty ? northStarText : frame.title, styles: frame.style.map { [$0] } ?? [],
                searchLabel: "Search the atlas")
            return shell.render { html in
                addNavigation(&html, frame.section)
            } main: { html in
                if !frame.trail.isEmpty { addTrail(&html, frame.trail) }
                if frame.section != .map || !frame.title.isEmpty {
                    html.tag("h1") { $0.recordText(frame.title) }
                }
                if let subtitle = frame.subtitle {
                    html.tag("p", .class("sub")) { $0.recordText(subtitle) }
                }
                if let pages = frame.pages { addPageLinks(&html, pages) }
                body(&html)
                if let pages = frame.pages { addPageLinks(&html, pages) }
            } footer: { html in
                addFooter(&html, of: frame.link)
            }
        }
    }

    private func addNavigation(_ html: inout Markup, _ current: Section?) {
        html.link(Place.map, "Atlas", .class("mark"))
        html.tag("nav", .text(.ariaLabel, "Pages")) { html in
            if let model = northStarModel {
                html.link(Place.model(model), ledger.vocabulary.title(ofModel: model))
            }
            for section in Section.allCases {
                html.tag(
                    "a", .href(section.link), section == current ? .text(.ariaCurrent, "page") : nil,
                    text: section.title)
            }
        }
    }

    private func addTrail(_ html: inout Markup, _ trail: [(text: String, link: Link)]) {
        html.tag("nav", .class("trail"), .text(.ariaLabel, "Above this page")) { html in
            for (index, step) in trail.enumerated() {
                if index > 0 { html.text(" › ") }
                html.link(step.link, step.text)
            }
        }
    }

    private func addPageLinks(_ html: inout Markup, _ pages: (links: [Link], current: Int)) {
        html.tag("p", .class("s pages")) { html in
            html.text("Page \(pages.current + 1) of \(pages.links.count)")
            let neighbours = [
                ("first", 0), ("previous", pages.current - 1), ("next", pages.current + 1),
                ("last", pages.links.count - 1),
            ]
            for (title, index) in neighbours where pages.links.indices.contains(index) && index != pages.current {
                html.text(" · ")
                html.link(pages.links[index], title)
            }
        }
    }

    private func addFooter(_ html: inout Markup, of page: Link) {
        // Other pages stay the same if a commit does not concern them.
        if page == Place.map || page == Place.about {
            html.tag("span") { html in
                html.text("State of the ledger: \(state.date), commit ")
                html.tag("code", text: String(state.commit.prefix(12)))
            }
            html.tag("span") { html in
                html.text("\(counted(ledger.findings.count, "finding")), \(counted(members.count, "claim")), ")
                html.text("\(counted(ledger.questions.count, "question"))")
            }
        }
        html.link(Place.about, "The state of the ledger, and how to rebuild this page")
    }

    var northStarText: String { ledger.questions[RecordPlace.rootQuestion]?.text ?? "A ledger without a question" }
}

extension Markup {
    /// Adds one choice of a group. The name of the group is a key of the address.
    mutating func choice(_ group: String, _ value: String, _ title: String, isChecked: Bool) {
        // A slug never begins with a low line, so the ids of records differ from those of controls.
        let id = "_\(group)-\(value)"
        void(
            "input", .text(.type, "radio"), .text(.name, group), .id(id), .text(.value, value),
            isChecked ? .checked : nil)
        tag("label", .text(.for, id), text: title)
    }
}
