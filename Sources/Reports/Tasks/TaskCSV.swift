import Merging
import Words

func taskCSV(_ report: TaskReport) -> [UInt8] {
    csv(
        [
            "task", "kind", "phrase", "question", "quantity", "cell", "verifier", "importance", "cost_seconds", "votes",
            "rank", "low_hanging", "taken_by", "ancestors", "runnable", "command",
        ],
        report.tasks.map { task in
            [
                .text(task.id), .text(task.kind.rawValue), .text(task.phrase), .text(task.question),
                .text(task.quantity), .text(settingsPhrase(task.cell)), .text(task.verifier),
                .number(task.importance?.share), .number(task.costSeconds), .number(task.votes), .number(task.rank),
                .flag(task.isLowHanging), .list(task.takenBy), .number(task.importance?.ancestors),
                .flag(task.isRunnable), .text(task.command),
            ]
        })
}
