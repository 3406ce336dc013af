import Words

/// Random titles, names and sentences of synthetic records.
enum Prose {
    static let areas = [
        "search", "verification", "faithfulness", "superposition", "steering", "memory", "planning", "arithmetic",
        "induction", "transfer",
    ]
    static let nouns = [
        "head", "probe", "residual", "feature", "direction", "circuit", "layer", "token", "verdict", "trace", "board",
        "path", "answer", "hint", "attempt", "subspace", "gate", "neuron", "logit", "state",
    ]
    static let qualities = [
        "early", "late", "linear", "sparse", "shared", "causal", "hidden", "robust", "partial", "local", "global",
        "stable", "written", "silent", "copied", "pooled",
    ]
    private static let sentenceWords = [
        "the", "model", "keeps", "a", "trace", "of", "what", "it", "tried", "before", "and", "reads", "this", "from",
        "residual", "stream", "at", "later", "positions", "while", "probes", "trained", "on", "one", "task", "carry",
        "over", "to", "another", "when", "prompts", "are", "short", "heads", "that", "attend", "previous", "attempts",
        "disagree", "with", "answer", "in", "few", "cases", "which", "is", "why", "we", "must", "look", "further",
    ]

    static func name(_ random: inout SplitMix64) -> String {
        "\(random.pick(qualities))-\(random.pick(nouns))"
    }

    static func sentence(_ random: inout SplitMix64, words: Int) -> String {
        var words = (0..<words).map { _ in random.pick(sentenceWords) }
        words[0] = words[0].prefix(1).uppercased() + words[0].dropFirst()
        return words.joined(separator: " ")
    }

    /// Returns a folded YAML block of prose.
    static func folded(_ random: inout SplitMix64, words: Int, indent: Int) -> String {
        var lines = [">-"]
        for start in stride(from: 0, to: words, by: 16) {
            let line = sentence(&random, words: min(16, words - start))
            lines.append(String(repeating: " ", count: indent) + line + ".")
        }
        return lines.joined(separator: "\n")
    }
}
