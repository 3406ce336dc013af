import Editing
import Records

/// Returns the files that `init` writes. They form a small ledger with one worked example, which `verify` re-runs in
/// seconds. `contributor` is the user's name and address, as YAML. The last line of each record names its schema for
/// editors.
func ledgerTemplate(auditBranch: String, contributor: String) -> [(path: String, text: String)] {
    templateFiles(auditBranch: auditBranch, contributor: contributor).map { path, text in
        let kind = path == settingsPath ? .settings : RecordPlace(path: path)?.kind
        let comment = kind.flatMap(EditorSchema.of)?.comment(forFileAt: path)
        return (path, text + (comment.map { "\($0)\n" } ?? ""))
    }
}

private func templateFiles(auditBranch: String, contributor: String) -> [(path: String, text: String)] {
    [
        (
            settingsPath,
            """
            audit_branch: \(auditBranch)
            alpha: 0.05

            """
        ),
        (
            "Claims/question.yaml",
            """
            question: How does the model reason?
            why: The north star; replace it with yours. Every other question is a part of it.

            """
        ),
        (
            "Claims/superposition/question.yaml",
            """
            question: Do sparse features settle into half a dimension each?
            why: A signal that shares dimensions cannot be read one neuron at a time.
            quantity: dimensions-per-feature
            yes: [0.45, 0.55]
            covers: {density: [0.3]}

            """
        ),
        (
            "Claims/vocabulary/quantities/dimensions-per-feature.yaml",
            """
            title: Dimensions per feature (D*)
            construct: superposition
            unit: dimensions per feature
            range: [0, 2]
            definition: m / ||W||²_F of the trained weights.
            conditions: [model, density]

            """
        ),
        (
            "Claims/vocabulary/conditions/density.yaml",
            """
            title: Probability that a feature is active
            values: [1, 0.3, 0.1]
            ordered: true

            """
        ),
        (
            "Claims/vocabulary/conditions/model.yaml",
            """
            title: Model that was studied
            attributes: [family, size, training]

            """
        ),
        (
            "Claims/vocabulary/conditions/model/r1.yaml",
            """
            title: DeepSeek-R1
            general: true
            family: deepseek
            training: rl

            """
        ),
        (
            "Claims/vocabulary/assumptions/toy-superposition-is-r1s.yaml",
            """
            statement: Feature sharing in toy autoencoders is the sharing found in R1's residual stream.
            bridge: {from: [superposition-geometry], to: [r1]}

            """
        ),
        (
            "Findings/half-a-dimension.yaml",
            """
            title: At density 0.3 features come in antipodal pairs, half a dimension each
            authors: [Elhage et al.]
            contributors: [\(contributor)]
            date: 2022-09-14
            source: arXiv:2209.10652, at the size of Verifiers/superposition-geometry
            north_star: >
              Says when a model packs more features than it has dimensions, which any probe of a reasoning model must
              account for.
            claims:
              - quantity: dimensions-per-feature
                value: [0.45, 0.55]
                tested: {model: superposition-geometry, density: 0.3}
                assumes: [toy-superposition-is-r1s]
                verify: superposition-geometry/dimensionality
            caveats:
              - text: All features are equally important.
                against: {claim: half-a-dimension#1}

            """
        ),
        (
            "Verifiers/superposition-geometry/model.yaml",
            """
            title: Toy model of superposition, 200 features in 20 dimensions
            contributors: [\(contributor)]
            abstracts: superposition
            kernel: superposition
            config:
              features: 200
              dimensions: 20
              batch: 512
              steps: 2000
              learning_rate: 3e-3
              schedule: linear
              importance_decay: 1
              initial_variance: 1/n
              restarts: 1
            budget: {minutes: 2, memory_gib: 1}

            """
        ),
        (
            "Verifiers/superposition-geometry/dimensionality.yaml",
            """
            measurement: dimensionality
            measures: [dimensions-per-feature]
            conditions: [density]
            control: {network: untrained}

            """
        ),
        (
            ".editorconfig",
            """
            [*.yaml]
            charset = utf-8
            end_of_line = lf
            indent_style = space
            indent_size = 2
            insert_final_newline = true

            """
        ),
        (
            ".gitattributes",
            """
            # The same bytes in every checkout, regardless of core.autocrlf: receipts are named by their bytes.
            *.yaml text eol=lf
            *.json text eol=lf
            *.sig text eol=lf
            Traces/**/text.txt text eol=lf
            Kernels/** -text
            Kernels/*/kernel.yaml text eol=lf
            .arbor-ledger/signers text eol=lf

            """
        ),
    ] + workflowTemplate(auditBranch: auditBranch)
}
