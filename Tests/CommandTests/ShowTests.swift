import Foundation
import Testing

@Suite struct ShowTests {
    @Test func showsAFinding() throws {
        expect(
            try TemporaryLedger.example().run("show", "half-a-dimension"),
            says: """
                At density 0.3 features come in antipodal pairs, half a dimension each
                  finding half-a-dimension, Findings/half-a-dimension.yaml

                  source
                    Elhage et al., 2022-09-14: arXiv:2209.10652, at the size of
                      Verifiers/superposition-geometry

                  recorded by
                    Ada <ada@example.org>

                  north star
                    Says when a model packs more features than it has dimensions, which any
                      probe of a reasoning model must account for.

                  claims
                    half-a-dimension#1: dimensions-per-feature is 0.45 to 0.55, reported

                  caveats
                    All features are equally important. (against claim half-a-dimension#1)

                """)
    }

    @Test func showsAClaim() throws {
        expect(
            try TemporaryLedger.example().run("show", "half-a-dimension#1"),
            says: """
                At density 0.3 features come in antipodal pairs, half a dimension each
                  claim half-a-dimension#1, Findings/half-a-dimension.yaml

                  says
                    dimensions-per-feature: 0.45 to 0.55

                  tested
                    density 0.3
                    model superposition-geometry

                  assumes
                    toy-superposition-is-r1s: Feature sharing in toy autoencoders is the sharing
                      found in R1's residual stream.

                  evidence
                    can be re-run; no run counts yet

                  bears on
                    superposition

                  caveats
                    All features are equally important. (half-a-dimension)

                """)
    }

    @Test func showsAQuestion() throws {
        expect(
            try TemporaryLedger.example().run("show", "superposition"),
            says: """
                Do sparse features settle into half a dimension each?
                  question superposition, Claims/superposition/question.yaml

                  why
                    A signal that shares dimensions cannot be read one neuron at a time.

                  answer
                    supported (reported only; toys only; 1 of 1 cells)
                    general models: open; special-purpose models: supported

                  over verified claims
                    open

                  over general models
                    open

                  over special-purpose models
                    supported

                  models
                    holds at 1 model: superposition-geometry
                    does not hold at 0 models

                  asks
                    whether dimensions-per-feature is 0.45 to 0.55
                    density 0.3

                  claims
                    pro: half-a-dimension#1, 0.45 to 0.55, reported, toy

                  other records with this name
                    kernel: arbor-ledger show kernel:superposition

                """)
    }

    @Test func showsTheRootQuestion() throws {
        expect(
            try TemporaryLedger.example().run("show", "."),
            says: """
                How does the model reason?
                  question ., Claims/question.yaml

                  why
                    The north star; replace it with yours. Every other question is a part of it.

                  answer
                    answered (reported only; toys only; 1 of 1 cells)
                    general models: open; special-purpose models: answered

                  over verified claims
                    open

                  over general models
                    open

                  over special-purpose models
                    answered

                  parts
                    superposition

                """)
    }

    @Test func showsAQuantity() throws {
        expect(
            try TemporaryLedger.example().run("show", "dimensions-per-feature"),
            says: """
                Dimensions per feature (D*)
                  quantity dimensions-per-feature,
                  Claims/vocabulary/quantities/dimensions-per-feature.yaml

                  definition
                    m / ||W||²_F of the trained weights.

                  can be
                    0 to 2, dimensions per feature

                  construct
                    superposition

                  conditions
                    model
                    density

                  asked by
                    superposition

                  claims
                    half-a-dimension#1: 0.45 to 0.55, reported

                """)
    }

    @Test func showsAToyModel() throws {
        expect(
            try TemporaryLedger.example().run("show", "superposition-geometry"),
            says: """
                Toy model of superposition, 60 features in 10 dimensions
                  toy model superposition-geometry, Verifiers/superposition-geometry/model.yaml

                  abstracts
                    superposition: Do sparse features settle into half a dimension each?

                  kernel
                    superposition, version 2: y = ReLU(WᵀWx + b) with more sparse features than
                      dimensions (Elhage et al. 2022)

                  config
                    features          60               n, the number of input features
                    dimensions        10               m, the number of dimensions that W maps
                                                       them to
                    batch             64               samples per step
                    steps             200              Adam steps
                    learning_rate     0.03             Adam learning rate at the first step
                    schedule          linear           linear: the learning rate falls to 0
                    importance_decay  1       default  feature i (from 0) has importance decay^i
                    initial_variance  1/n              variance of the elements of W before
                                                       training
                    restarts          1       default  networks trained on the same batches from
                                                       different initial weights; the one with
                                                       the least loss on fresh data is used
                    selection_batch   40000   default  fresh samples for choosing the best
                                                       restart
                    density_grid      0       default  phase diagram: number of densities, 0.01
                                                       to 1, logarithmically spaced
                    importance_grid   0       default  phase diagram: number of importances of
                                                       feature 2 relative to 1, 0.1 to 10,
                                                       logarithmically spaced

                  budget of one run
                    2 min, 1 GiB

                  cost of one run
                    dimensionality: estimated 0.00 s to train, 0.01 s to measure, 46 MiB; no
                      recorded run

                  bridges
                    to r1, assuming toy-superposition-is-r1s: Feature sharing in toy
                      autoencoders is the sharing found in R1's residual stream.

                  claims
                    half-a-dimension#1: dimensions-per-feature is 0.45 to 0.55, reported
                    no general model takes a side on the questions of this claim

                  caveats
                    All features are equally important. (half-a-dimension, against claim
                      half-a-dimension#1)

                  superposition-geometry/dimensionality
                    measures dimensions-per-feature by density; control: network untrained
                    no recorded run

                  trained networks
                    no trained network is cached at density 0.3; `arbor-ledger show
                      superposition-geometry --train` trains it in about 1 s

                """)
    }

    @Test func showsAMeasurement() throws {
        expect(
            try TemporaryLedger.example().run("show", "superposition-geometry/dimensionality"),
            says: """
                dimensionality of superposition-geometry
                  measurement superposition-geometry/dimensionality,
                  Verifiers/superposition-geometry/dimensionality.yaml

                  measures
                    dimensions-per-feature

                  conditions
                    density

                  control
                    network: untrained

                  recorded runs
                    no recorded run

                """)
    }

    @Test func showsAnAssumption() throws {
        expect(
            try TemporaryLedger.example().run("show", "toy-superposition-is-r1s"),
            says: """
                Feature sharing in toy autoencoders is the sharing found in R1's residual
                stream.
                  assumption toy-superposition-is-r1s,
                  Claims/vocabulary/assumptions/toy-superposition-is-r1s.yaml

                  bridge
                    from superposition-geometry to r1

                  dimensions-per-feature
                    toy: half-a-dimension#1 0.45 to 0.55, reported; density 0.3; model
                      superposition-geometry
                    only the toy was tested

                  carried over
                    superposition: toy-superposition-is-r1s untested (1 toy claim for yes)

                  assumed by
                    half-a-dimension#1

                """)
    }

    @Test func showsACondition() throws {
        expect(
            try TemporaryLedger.example().run("show", "density"),
            says: """
                Probability that a feature is active
                  condition density, Claims/vocabulary/conditions/density.yaml

                  values
                    1
                    0.3
                    0.1

                  used by
                    dimensions-per-feature

                """)
    }

    @Test func json() throws {
        let shown = try TemporaryLedger.example().run("show", "density", "--format", "json").json()
        #expect(shown.keys == ["id", "kind", "path", "sections", "title"])
        #expect(
            ["id", "kind", "path", "title"].map { shown[$0].text } == [
                "density", "condition", "Claims/vocabulary/conditions/density.yaml",
                "Probability that a feature is active",
            ])
        #expect(
            shown["sections"].description
                == "[{lines: [1, 0.3, 0.1], title: values}, {lines: [dimensions-per-feature], title: used by}]")
    }

    @Test(arguments: ["half-a-dimensoin", "half-a-dimension#2", "", "#", "half-a-dimension#", "../secret"])
    func rejectsAnUnknownName(_ id: String) throws {
        let printed = try TemporaryLedger.example().run("show", id)
        #expect(printed.status == 64)
        #expect(printed.errors.hasPrefix("arbor-ledger: there is no record \"\(id)\"\n"))
        #expect(printed.output == "")
    }

    @Test func suggestsACorrectionForAnUnknownName() throws {
        expect(
            try TemporaryLedger.example().run("show", "half-a-dimensoin"),
            says: """
                ! arbor-ledger: there is no record "half-a-dimensoin"
                !   -> did you mean "half-a-dimension"?
                exit 64

                """)
    }

    @Test func aRecordWithErrorsIsNotMissing() throws {
        let ledger = try TemporaryLedger.example()
        try ledger.edit(exampleFinding, "0.55", "x")
        let printed = try ledger.run("show", "half-a-dimension#1")
        #expect(printed.status == 1)
        #expect(printed.errors.contains("[wrong-type]"))
        #expect(
            printed.errors.hasSuffix(
                """
                arbor-ledger: Findings/half-a-dimension.yaml has 1 error, so reports leave it out
                  -> correct the above; `arbor-ledger check Findings/half-a-dimension.yaml` checks it again

                """))
    }

    @Test func aKindChoosesAmongRecordsWithOneName() throws {
        let ledger = try TemporaryLedger.example()
        let quantity = "Claims/vocabulary/quantities/"
        try ledger.write(
            "\(quantity)half-a-dimension.yaml", try ledger.read("\(quantity)dimensions-per-feature.yaml"))
        #expect(
            try ledger.run("show", "half-a-dimension").output.hasSuffix(
                "\n  other records with this name\n    quantity: arbor-ledger show quantity:half-a-dimension\n"))
        #expect(
            try ledger.run("show", "quantity:half-a-dimension").output.contains(
                "\n  quantity half-a-dimension, Claims/"))
        #expect(try ledger.run("show", "model:superposition-geometry").output.contains("\n  toy model "))
        #expect(try ledger.run("show", "claim:superposition-geometry").status == 64)
    }
}
