/// The records that the two contributors of the demo write.
struct DemoStory: Sendable {
    struct Record: Sendable {
        var path: String
        var text: String
    }

    /// Ada's question and toy models.
    var ledger: [Record]
    var adasFinding: Record
    var bosFinding: Record

    /// Features that are on in 30 % of the samples share a dimension in pairs, rarer ones about five to one. Ada studies the
    /// first kind in a small network, Bo the second kind in a larger one, and each claims too much.
    static let standard = DemoStory(
        ledger: [
            Record(
                path: "Claims/superposition/question.yaml",
                text: """
                    question: Does each feature take about half a dimension?
                    why: A signal that shares dimensions cannot be read one neuron at a time.
                    quantity: dimensions-per-feature
                    yes: [0.45, 0.55]
                    covers: {density: [0.3, 0.1]}

                    """),
            toy("small-toy", features: 60, dimensions: 10), measurement("small-toy"),
            toy("large-toy", features: 120, dimensions: 20), measurement("large-toy"),
        ],
        adasFinding: finding(
            "two-share-one", "Two features share each dimension", by: "Ada <ada@example.org>", on: "2025-11-03",
            """
                value: [0.45, 0.55]
                tested: {model: small-toy, density: 0.3}
                holds_for: {model: small-toy, density: [0.3, 0.1]}
                verify: small-toy/dimensionality
            """),
        bosFinding: finding(
            "five-share-one", "About five rare features share each dimension", by: "Bo <bo@example.org>",
            on: "2025-11-04",
            """
                value: [0.15, 0.3]
                tested: {model: large-toy, density: 0.1}
                holds_for: {model: [small-toy, large-toy], density: 0.1}
                verify: large-toy/dimensionality
            """))

    private static func toy(_ name: String, features: Int, dimensions: Int) -> Record {
        Record(
            path: "Verifiers/\(name)/model.yaml",
            text: """
                title: Toy model of superposition, \(features) features in \(dimensions) dimensions
                contributors: [Ada <ada@example.org>]
                abstracts: superposition
                kernel: superposition
                config:
                  features: \(features)
                  dimensions: \(dimensions)
                  batch: 64
                  steps: 200
                  learning_rate: 3e-2
                  schedule: linear
                  initial_variance: 1/n
                budget: {minutes: 2, memory_gib: 1}

                """)
    }

    private static func measurement(_ toy: String) -> Record {
        Record(
            path: "Verifiers/\(toy)/dimensionality.yaml",
            text: """
                measurement: dimensionality
                measures: [dimensions-per-feature]
                conditions: [density]
                control: {network: untrained}

                """)
    }

    /// Returns a finding with one claim on the dimensions per feature. `claim` is the rest of the claim.
    static func finding(_ slug: String, _ title: String, by author: String, on date: String, _ claim: String) -> Record
    {
        Record(
            path: "Findings/\(slug).yaml",
            text: """
                title: \(title)
                authors: [\(author)]
                contributors: [\(author)]
                date: \(date)
                source: this ledger
                north_star: Says when no single neuron stands for a feature.
                claims:
                  - quantity: dimensions-per-feature
                \(claim)

                """)
    }
}
