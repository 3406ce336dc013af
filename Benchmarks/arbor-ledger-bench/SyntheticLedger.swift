import Words

/// A deterministic ledger of any size, which resembles the ledger of a large collaboration after some years.
struct SyntheticLedger {
    let findingCount: Int
    let quantities: [SyntheticQuantity]

    static let toyModel = "toy-geometry"
    static let toyQuantity = "dimensions-per-feature"
    private static let modelCount = 40
    static let models = (0..<modelCount).map { "\(families[$0 % families.count])-\(sizes[$0 / families.count])" }
    private static let families = ["anteater", "badger", "caracal", "dormouse", "ermine", "falcon", "gecko", "heron"]
    private static let sizes = ["0.5b", "1.5b", "7b", "32b", "70b"]
    static let tasks = [
        "arithmetic", "chess", "countdown", "gsm8k", "logic", "maze", "mmlu", "modular-addition", "othello", "proofs",
        "sorting", "tree-path",
    ]
    static let probes = ["linear", "mlp", "none", "ridge", "sparse"]
    static let positions = ["after-answer", "answer", "first-attempt", "prompt", "separator"]
    static let densities = ["0.03", "0.1", "0.2", "0.25", "0.3", "0.4", "1"]
    static let assumptions = (0..<30).map { "assumption-\($0)" }
    /// All assumptions except the bridge; every tenth assumption excludes the one before it.
    static let plainAssumptions = Array(assumptions.dropFirst())
    /// Any two of these are allowed in one claim.
    static let compatibleAssumptions = plainAssumptions.filter { !$0.hasSuffix("8") }
    static let layerCount = 64

    init(findingCount: Int) {
        self.findingCount = findingCount
        quantities = (0..<max(10, findingCount / 20)).map(SyntheticQuantity.init)
    }

    /// Calls `body` with the path and the text of every file, in a fixed order.
    func forEachFile(_ body: (_ path: String, _ text: String) -> Void) {
        body(".arbor-ledger.yaml", "audit_branch: main\nalpha: 0.05\nsigners: []\n")
        vocabulary(body)
        toyVerifier(body)
        questions(body)
        for index in 0..<findingCount {
            let finding = SyntheticFinding(index: index, ledger: self)
            body(finding.path, finding.text)
        }
    }

    private func vocabulary(_ body: (String, String) -> Void) {
        let folder = "Claims/vocabulary"
        for quantity in quantities { body("\(folder)/quantities/\(quantity.slug).yaml", quantity.text) }
        body(
            "\(folder)/quantities/\(Self.toyQuantity).yaml",
            """
            title: Dimensions per feature
            definition: Dimensions over the squared norm of the trained weights.
            range: [0, 2]
            conditions: [model, density]

            """)
        func closed(_ name: String, _ values: String) {
            body("\(folder)/conditions/\(name).yaml", "title: The \(name) that was looked at\nvalues: \(values)\n")
        }
        closed("task", list(Self.tasks))
        closed("probe", list(Self.probes))
        closed("position", list(Self.positions))
        closed("layer", "{from: 0, to: \(Self.layerCount - 1)}")
        closed("density", list(Self.densities))
        body(
            "\(folder)/conditions/model.yaml",
            "title: The model that is examined\nattributes: [family, size, training]\n")
        for (index, model) in Self.models.enumerated() {
            body(
                "\(folder)/conditions/model/\(model).yaml",
                """
                title: The model \(model)
                general: \(index % 3 == 0)
                family: \(Self.families[index % Self.families.count])
                size: \(Self.sizes[index / Self.families.count])
                training: \(["base", "instruct", "rl", "unknown"][index % 4])

                """)
        }
        for (index, assumption) in Self.assumptions.enumerated() {
            var text = "statement: What is seen in the setting of \(assumption) is what happens elsewhere.\n"
            if index == 0 {
                text += "bridge: {from: [\(Self.toyModel)], to: \(list(Array(Self.models.prefix(8))))}\n"
            } else if index % 10 == 9 {
                text += "excludes: [\(Self.assumptions[index - 1])]\n"
            }
            body("\(folder)/assumptions/\(assumption).yaml", text)
        }
    }

    private func toyVerifier(_ body: (String, String) -> Void) {
        body(
            "Verifiers/\(Self.toyModel)/model.yaml",
            """
            title: A toy model of superposition
            contributors: [A. Handle]
            abstracts: .
            kernel: superposition
            config: {features: 200, dimensions: 20, batch: 512, steps: 2000}
            budget: {minutes: 2, memory_gib: 1}

            """)
        body(
            "Verifiers/\(Self.toyModel)/dimensionality.yaml",
            """
            measurement: dimensionality
            measures: [\(Self.toyQuantity)]
            conditions: [density]
            control: {network: untrained}

            """)
    }

    /// Writes the questions. Each of the lowest inner questions has six leaves, and every other inner question has four
    /// parts. Five thousand quantities give seven levels.
    private func questions(_ body: (String, String) -> Void) {
        body("Claims/question.yaml", "question: How do these models reason?\nwhy: Nobody can tell yet.\n")
        body(
            "Claims/toy/question.yaml",
            """
            question: Do sparse features settle into half a dimension each?
            why: Shared dimensions cannot be read one neuron at a time.
            quantity: \(Self.toyQuantity)
            yes: [0.45, 0.55]
            covers: {density: [0.3]}

            """)
        var written: Set<String> = []
        for (index, quantity) in quantities.enumerated() {
            let branch = branch(of: index / 6)
            for depth in branch.indices {
                let id = branch[...depth].joined(separator: "/")
                guard written.insert(id).inserted else { continue }
                let needs = depth == branch.count - 1 ? ["answers", "answers", "any", "all"][index / 6 % 4] : "answers"
                body(
                    "Claims/\(id)/question.yaml",
                    "question: What do the parts of \(branch[depth]) say together?\nwhy: They are one mechanism.\nneeds: \(needs)\n"
                )
            }
            body("Claims/\(branch.joined(separator: "/"))/\(quantity.slug)/question.yaml", quantity.question)
        }
    }

    private func branch(of number: Int) -> [String] {
        var digits: [Int] = []
        var rest = number
        for _ in 0..<depth {
            digits.insert(rest % 4, at: 0)
            rest /= 4
        }
        var branch = [Prose.areas[digits[0]]]
        for (level, digit) in digits.enumerated().dropFirst() { branch.append("\(Prose.nouns[level])-\(digit)") }
        return branch
    }

    private var depth: Int {
        var (depth, reach) = (1, 4)
        while reach * 6 < quantities.count { (depth, reach) = (depth + 1, reach * 4) }
        return depth
    }
}

/// A quantity with the value on which most findings agree.
struct SyntheticQuantity {
    var slug: String
    /// The centre in thousandths; for labels, the index of the most frequent label.
    var centre: Int
    var labels: [String]?
    var conditions: [String]
    var text: String
    var question: String

    init(_ index: Int) {
        var random = SplitMix64(stream: "quantity", index: index)
        slug = "\(Prose.name(&random))-\(index)"
        labels = random.happens(0.15) ? ["absent", "mixed", "present"] : nil
        centre = labels == nil ? random.integer(200...600) : random.below(2) * 2
        conditions = ["model"] + random.pick(random.integer(1...3), of: ["layer", "position", "probe", "task"])
        var lines = [
            "title: \(Prose.sentence(&random, words: 7))", "definition: \(Prose.folded(&random, words: 24, indent: 2))",
        ]
        if random.happens(0.1) { lines.append("construct: construct-\(index / 40)") }
        lines.append(labels.map { "labels: \(list($0))" } ?? "range: [0, 1]")
        lines.append("conditions: \(list(conditions))")
        text = lines.joined(separator: "\n") + "\n"

        lines = [
            "question: \(Prose.sentence(&random, words: 9))?", "why: \(Prose.folded(&random, words: 20, indent: 2))",
        ]
        lines.append("quantity: \(slug)")
        if let labels {
            lines.append("yes: {any_of: [\(labels[centre])]}")
        } else {
            lines.append("yes: {at_most: \(decimal(centre + 150))}")
        }
        if random.happens(0.3) { lines.append("covers: {model: \(list(random.pick(12, of: SyntheticLedger.models)))}") }
        question = lines.joined(separator: "\n") + "\n"
    }
}

/// Returns the list `[a, b]` as YAML in flow style.
func list(_ words: [String]) -> String { "[\(words.joined(separator: ", "))]" }

/// Returns a number of thousandths as a decimal number.
func decimal(_ thousandths: Int) -> String {
    let digits = String(thousandths.magnitude)
    let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return "\(thousandths < 0 ? "-" : "")\(padded.dropLast(3)).\(padded.suffix(3))"
}
