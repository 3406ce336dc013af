import Merging
import Words

func mergeCSV(_ report: MergeReport) -> [UInt8] {
    csv(
        [
            "question", "text", "asked", "status", "verified", "general", "phrase", "reason", "answered_parts", "parts",
            "tested_cells", "cells", "pro", "con", "silent", "assumptions", "asks",
            "special",
        ],
        report.answers.map { answer in
            func count(_ side: Side) -> CSVCell { .number(answer.claims.count { $0.side == side }) }
            return [
                .text(answer.question.id), .text(answer.question.text), .text(answer.question.status.rawValue),
                .text(answer.status.rawValue), .text(answer.verified.rawValue), .text(answer.general.rawValue),
                .text(answer.phrase), .text(answer.reason), .number(answer.answeredParts), .number(answer.parts.count),
                .number(answer.testedCells), .number(answer.totalCells), count(.pro), count(.con), count(.silent),
                .list(assumptionPhrases(answer)), .text(answer.asks.rawValue), .text(answer.special.rawValue),
            ]
        })
}
