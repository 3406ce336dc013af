import Words

func repeatCSV(_ report: RepeatReport) -> [UInt8] {
    csv(
        [
            "claim", "cell", "index", "control", "recorded", "repeated", "recorded_hit", "repeated_hit",
            "recorded_core",
            "repeated_core",
        ],
        report.repeats.map { line in
            [
                .text(line.claim), .text(settingsPhrase(line.cell)), .number(line.index), .flag(line.control),
                .number(line.recorded), .number(line.repeated), .flag(line.recordedHit), .flag(line.repeatedHit),
                .text(line.recordedCore), .text(line.repeatedCore),
            ]
        })
}
