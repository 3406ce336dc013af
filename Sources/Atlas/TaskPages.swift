import Merging
import Words

/// The maximum number of tasks on a page.
private let taskLimit = 250

extension Atlas {
    /// All tasks by rank.
    var taskPages: [AtlasFile] {
        let tasks = state.tasks.filter { !$0.isMinor } + state.tasks.filter(\.isMinor)
        return pagedList(tasks, limit: taskLimit, at: Place.tasks) { frame, tasks in
            page(frame) { html in
                guard !tasks.isEmpty else {
                    return html.tag("p", text: "No task: every question is answered, as far as the ledger shows.")
                }
                html.section("By rank", "Importance, then effort. Caveats that name no test come last.") { html in
                    html.addTasks(tasks, self)
                }
            }
        } title: {
            "What to do next"
        }
    }
}
