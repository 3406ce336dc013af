import Records
import Words

/// Returns whether a path is that of a page for annotating.
package func isAnnotatingPage(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    return parts.count == 3 && parts[0] == "t" && parts[2].first != "_" && path.endsWithBytes(".html")
}

/// Returns the path of the page on which a trace is annotated with a codebook.
package func annotatingPage(trace: String, codebook: String) -> String {
    Place.annotating(trace, codebook).path ?? ""
}

/// The paths of pages. Each record has one page, or one place on a page.
enum Place {
    static let map = Link.page("index.html")
    static let conflicts = Link.page("conflicts.html")
    static let tasks = Link.page("tasks.html")
    static let models = Link.page("models.html")
    static let pairs = Link.page("pair.html")
    static let time = Link.page("time.html")
    static let findings = Link.page("findings.html")
    static let vocabulary = Link.page("vocabulary.html")
    static let about = Link.page("about.html")

    static func question(_ id: String) -> Link {
        // No name of a question is a single underscore.
        id == RecordPlace.rootQuestion ? .page("q/_.html") : page("q", id)
    }

    static let traces = Link.page("traces.html")
    static let annotatingStyle = "annotate.css"

    /// Long texts have several pages. No codebook's name begins with a low line.
    static func trace(_ slug: String, page: Int = 0) -> Link {
        .page(page == 0 ? "t/\(slug).html" : "t/\(folder(slug))/_\(page + 1).html")
    }

    static func annotating(_ trace: String, _ codebook: String) -> Link {
        .page("t/\(folder(trace))/\(codebook).html")
    }

    /// The folder with the labels of each annotator.
    static func labels(_ trace: String, _ codebook: String) -> String { "t/\(folder(trace))/\(folder(codebook))/" }

    static func codebook(_ slug: String) -> Link { .page("codebook/\(slug).html") }

    static func finding(_ slug: String) -> Link { .page("f/\(slug).html") }

    /// Findings with many claims have several pages.
    static func claim(_ id: ClaimID) -> Link {
        let page = (id.number - 1) / claimsPerPage + 1
        return .page(page == 1 ? "f/\(id.slug).html" : "f/\(folder(id.slug))/\(page).html", String(id.number))
    }

    static func model(_ slug: String) -> Link { .page("m/\(slug).html") }

    /// Points in names of folders are replaced, so that the folder of `x.html/y` is not the page of `x`.
    private static func folder(_ name: String) -> String {
        name.utf8.contains(UInt8(ascii: ".")) ? name.replacing(".", with: "+") : name
    }

    private static func page(_ folder: String, _ id: String) -> Link {
        guard let slash = id.utf8.lastIndex(of: UInt8(ascii: "/")) else { return .page("\(folder)/\(id).html") }
        return .page("\(folder)/\(self.folder(String(id[..<slash])))\(id[slash...]).html")
    }

    /// Quantities with many claims have several pages.
    static func quantity(_ slug: String, page: Int = 0) -> Link {
        .page(page == 0 ? "k/\(slug).html" : "k/\(folder(slug))/\(page + 1).html")
    }

    static func assumption(_ slug: String) -> Link { page("a", slug) }

    static func toy(_ slug: String) -> Link { .page("toy/\(slug).html") }

    /// `id` is `toy-model/measurement`.
    static func measurement(_ id: String) -> Link {
        let parts = id.split(separator: "/", maxSplits: 1).map(String.init)
        return .page("toy/\(parts[0]).html", parts.count > 1 ? parts[1] : nil)
    }

    static func condition(_ slug: String) -> Link { .page("c/\(slug).html") }

    static func constraint(_ slug: String) -> Link { .page("constraints.html", slug) }
}
