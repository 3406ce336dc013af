import Merging
import Words

/// The maximum number of tasks on a page.
private let taskLimit = 60

/// A task in the list of all tasks.
private struct PlacedTask: Sendable {
    var index: Int
    var task: LedgerTask
}

extension Atlas {
    /// All tasks by kind; the kinds are in the order of their best task.
    var taskPages: [AtlasFile] {
        let ranked = state.tasks.filter { !$0.isMinor } + state.tasks.filter(\.isMinor)
        let byKind = Dictionary(grouping: ranked, by: \.kind)
        var kinds: [LedgerTask.Kind] = []
        for task in ranked where !kinds.contains(task.kind) { kinds.append(task.kind) }
        let tasks = kinds.flatMap { byKind[$0, default: []] }.enumerated().map(PlacedTask.init)
        var firsts: [LedgerTask.Kind: Int] = [:]
        for placed in tasks where firsts[placed.task.kind] == nil { firsts[placed.task.kind] = placed.index }
        let links = kinds.map { kind in
            let number = firsts[kind, default: 0] / taskLimit
            let path = number == 0 ? Place.tasks.path ?? "" : "tasks-\(number + 1).html"
            return ("\(kind.title): \(byKind[kind, default: []].count)", Link.page(path, kind.rawValue))
        }
        return pagedList(tasks, limit: taskLimit, at: Place.tasks) { [firsts] frame, tasks in
            page(frame) { [self] html in
                guard !tasks.isEmpty else {
                    return html.tag("p", text: "No task: every question is answered, as far as the ledger shows.")
                }
                html.section("Kinds", taskNote) { html in
                    html.list(links, isPlain: true) { html, item in html.link(item.1, item.0) }
                }
                for part in tasks.chunked(by: \.task.kind) {
                    let kind = part[0].task.kind
                    let isFirst = part[0].index == firsts[kind]
                    html.section(
                        kind.title + (isFirst ? "" : ", continued"), "", id: isFirst ? kind.rawValue : nil
                    ) { $0.addTasks(part.map(\.task), self) }
                }
            }
        } title: {
            "What to do next"
        }
    }

    private var taskNote: String {
        "By rank within each kind: importance, then effort. Cases are the possible outcomes; in a share of them the next question above is settled."
    }
}

extension LedgerTask.Kind {
    /// The heading of the tasks of this kind.
    fileprivate var title: String {
        switch self {
        case .settleRuns: "Settle runs that contradict each other"
        case .moreRuns: "Make more runs"
        case .independentRun: "Repeat runs independently"
        case .decidingRun: "Make deciding runs"
        case .untestedCell: "Measure at untested settings"
        case .needsToy: "Build toy models"
        case .needsGeneralRun: "Measure on general models"
        case .testCaveat: "Test caveats"
        case .nobodyHasLooked: "Measure what decides a question"
        case .testBridge: "Test bridges"
        case .testAssumption: "Test assumptions"
        case .whyDiffer: "Find out why claims differ"
        case .splitQuestion: "Split questions"
        case .resolveContradiction: "Resolve contradictions"
        case .askAuthor: "Ask authors"
        }
    }
}
