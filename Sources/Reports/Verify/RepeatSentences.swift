import Words

extension RepeatReport.Line {
    var flips: Bool { recordedHit != repeatedHit }

    var outcome: String {
        isIdentical ? repeatsBytes ? "identical" : "same hit" : flips ? "flips" : "differs, same verdict"
    }
}

extension RepeatReport {
    var summary: String {
        let identical = repeats.count(where: \.isIdentical)
        let flips = repeats.count(where: \.flips)
        return
            "\(identical) of \(counted(repeats.count, "repeated value")) \(repeats.allSatisfy(\.repeatsBytes) ? "identical to the last bit" : "repeated as their kernels promise") (controls included); \(flips == 0 ? "no hit flips" : "\(counted(flips, "hit")) flipped")."
    }

    /// Sentences that name the core types missing on this machine and the types used instead.
    var foreignRuns: [String] {
        let foreign = repeats.filter { $0.recordedCore != $0.repeatedCore }
        return Dictionary(grouping: foreign) { [$0.recordedCore, $0.repeatedCore] }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { cores, lines in
                "\(counted(lines.count, "value")) recorded on \(cores[0]), which this machine cannot run: repeated on \(cores[1])."
            }
    }

    var closing: [String] {
        (left.runs > 0 ? ["Out of time: \(left.phrase) left."] : [])
            + (receipts.isEmpty
                ? []
                : [
                    "\(counted(receipts.count, "receipt")) of the repeats written under Verifiers/; they vote once they are committed on the audit branch."
                ])
            + [signatureProblem.map(unsignedSentence)].compactMap(\.self)
    }
}

func valueText(_ value: Double?) -> String {
    value.map { fixed($0, digits: 6) } ?? "no value"
}
