import Evidence
import Testing

/// Returns whether the relative difference from the expected value is within the tolerance.
func isClose(_ value: Double, _ expected: Double, within tolerance: Double = 1e-12) -> Bool {
    (value - expected).magnitude <= tolerance * expected.magnitude
}

/// The reference values were computed by mpmath 1.3 with 50 digits (regularised gammainc, betainc and erfc; their
/// quantiles by findroot).
@Suite struct DistributionTests {
    @Test(arguments: [
        (0.5, 0.25, 0.52049987781304654, 0.47950012218695346), (0.1, 1e-12, 0.066322261406108759, 0.93367773859389124),
        (0.1, 3.0, 0.99843472825288565, 0.0015652717471143538), (1.0, 1.0, 0.63212055882855768, 0.36787944117144232),
        (2.5, 0.01, 2.9876015319065938e-6, 0.99999701239846809), (2.5, 60.0, 1.0, 3.138579772755296e-24),
        (30.0, 28.5, 0.41394799544828448, 0.58605200455171552),
        (400.5, 300.0, 1.9025942935912565e-8, 0.99999998097405706),
        (400.5, 520.0, 0.99999997867402499, 2.1325975012196367e-8),
    ]) func incompleteGammaFunctions(_ a: Double, _ x: Double, _ lower: Double, _ upper: Double) {
        let tails = incompleteGamma(a, x)
        #expect(isClose(tails.lower, lower) && isClose(tails.upper, upper), "\(tails)")
    }

    @Test(arguments: [
        (0.5, 0.5, 0.2, 0.29516723530086656, 0.70483276469913344), (2.0, 3.0, 0.9, 0.9963, 0.0036999999999999976),
        (0.25, 40.0, 0.001, 0.48843737613628986, 0.51156262386371014),
        (50.0, 0.5, 0.97, 0.081699333721822626, 0.91830066627817737),
        (1000.0, 2000.0, 0.3, 4.0738279160507715e-5, 0.99995926172083949), (1.0, 1.0, 0.75, 0.75, 0.25),
        (7.5, 300.0, 0.1, 0.9999999466467909, 5.3353209099875711e-8),
    ]) func incompleteBetaFunction(_ a: Double, _ b: Double, _ x: Double, _ lower: Double, _ upper: Double) {
        let tails = incompleteBeta(a, b, x, complement: 1 - x)
        #expect(isClose(tails.lower, lower) && isClose(tails.upper, upper), "\(tails)")
    }

    @Test(arguments: [
        (0.1, 0.46017216272297102), (1, 0.15865525393145705), (1.959963984540054, 0.025000000000000014),
        (5, 2.8665157187919391e-7), (10, 7.6198530241605261e-24), (20, 2.7536241186062337e-89),
        (37, 5.7255712225245768e-300), (-1, 0.84134474606854295), (-8, 0.99999999999999938),
    ]) func normalTails(_ z: Double, _ upper: Double) {
        #expect(isClose(Normal.tails(z).upper, upper))
        #expect(isClose(Normal.tails(-z).lower, upper))
    }

    @Test(
        arguments: [
            (1, 1e-8, 7.9788455947305776e-5, 0.99992021154405269), (1, 0.5, 0.52049987781304654, 0.47950012218695346),
            (1, 30, 0.99999995679536942, 4.3204630578274973e-8),
            (2, 0.001, 0.00049987502083072943, 0.99950012497916927),
            (2, 1400, 1, 9.8596765437597709e-305), (3, 2.5, 0.52470891665697941, 0.47529108334302059),
            (5, 20, 0.99875026943696862, 0.0012497305630313754),
            (12, 152.23300808237326, 1, 1.9967645908460003e-26), (12, 1, 1.4164937322342491e-5, 0.99998583506267766),
            (31, 31, 0.53378749378249166, 0.46621250621750834), (100, 60, 0.00051889146254803429, 0.99948110853745197),
            (100, 250, 0.99999999999999223, 7.7669364035391771e-15),
            (999, 1100, 0.98618153247446765, 0.013818467525532355),
            (10000, 9700, 0.016250795177709931, 0.98374920482229007),
            (100_000, 101500, 0.99957954502873034, 0.00042045497126965707),
        ] as [(Double, Double, Double, Double)])
    func chiSquaredTails(_ degrees: Double, _ x: Double, _ lower: Double, _ upper: Double) {
        let tails = ChiSquared(degrees: degrees).tails(x)
        #expect(isClose(tails.lower, lower) && isClose(tails.upper, upper), "\(tails)")
    }

    @Test(
        arguments: [
            (1, 0.001, 0.49968169021991944), (1, 12.7, 0.025012163844672079), (1, 1e6, 3.1830988618368457e-7),
            (2, 1, 0.21132486540518712), (2, 50, 0.00019988007994404029), (3, 0.5, 0.3257239824240755),
            (5, 4, 0.0051617077404157269), (12, 2.17881282966723, 0.024999999999999949),
            (12, 40, 1.9256147903860169e-14), (30, 1, 0.16265430771301495), (100, 8, 1.1364324038640403e-12),
            (999, 3, 0.001383388230073897), (100_000, 1.96, 0.024999281597150817), (100_000, 6, 9.8996472780088128e-10),
        ] as [(Double, Double, Double)])
    func studentTails(_ degrees: Double, _ t: Double, _ upper: Double) {
        // The continued fraction has about √n terms for n degrees of freedom, and each term adds a rounding error.
        let tolerance = degrees > 1e4 ? 1e-11 : 1e-12
        #expect(isClose(StudentT(degrees: degrees).tails(t).upper, upper, within: tolerance))
        #expect(isClose(StudentT(degrees: degrees).tails(-t).lower, upper, within: tolerance))
    }

    @Test(arguments: [
        (0.4, 0.25334710313579974), (0.025, 1.9599639845400542), (0.001, 3.0902323061678135),
        (1e-10, 6.3613409024040562), (1e-100, 21.273453560965324), (1e-300, 37.047096299361199), (0.5, 0),
    ]) func normalQuantiles(_ probability: Double, _ point: Double) {
        #expect(isClose(Normal.quantile(probability, .upper), point))
        #expect(isClose(Normal.quantile(probability, .lower), -point))
    }

    @Test(
        arguments: [
            (1, 0.025, .lower, 0.00098206911717525602), (1, 0.975, .lower, 5.0238861873148874),
            (2, 0.025, .lower, 0.050635615968579754), (2, 0.025, .upper, 7.3777589082278725),
            (3, 1e-12, .lower, 2.4179879427180358e-8), (3, 1e-12, .upper, 58.919755683202153),
            (5, 0.5, .lower, 4.3514601910955273), (12, 0.025, .lower, 4.4037885069817017),
            (12, 0.025, .upper, 23.336664158645339), (35, 0.025, .lower, 20.569376630744964),
            (35, 0.025, .upper, 53.203348542056495), (999, 0.025, .lower, 913.30099830211337),
            (999, 0.025, .upper, 1088.4870677259353),
        ] as [(Double, Double, Tail, Double)])
    func chiSquaredQuantiles(_ degrees: Double, _ probability: Double, _ tail: Tail, _ point: Double) {
        #expect(isClose(ChiSquared(degrees: degrees).quantile(probability, tail), point))
    }

    @Test(
        arguments: [
            (1, 0.025, 12.706204736174704), (2, 0.025, 4.3026527297494637), (3, 0.025, 3.1824463052837095),
            (5, 1e-10, 156.82559270889432), (12, 0.025, 2.1788128296672288), (35, 0.025, 2.0301079282503432),
            (1, 1e-12, 318309886183.79068), (999, 0.025, 1.96234146113345), (4, 0.4, 0.27072229470759736),
            (8, 0.49, 0.025863148428696695),
        ] as [(Double, Double, Double)])
    func studentQuantiles(_ degrees: Double, _ probability: Double, _ point: Double) {
        #expect(isClose(StudentT(degrees: degrees).quantile(probability, .upper), point))
        #expect(isClose(StudentT(degrees: degrees).quantile(probability, .lower), -point))
    }

    @Test func handlesTheEndsOfDistributions() {
        #expect(Normal.quantile(0, .upper) == .infinity && Normal.quantile(1, .upper) == -.infinity)
        #expect(ChiSquared(degrees: 3).quantile(0, .lower) == 0)
        #expect(ChiSquared(degrees: 3).quantile(0, .upper) == .infinity)
        #expect(ChiSquared(degrees: 3).tails(.infinity).lower == 1)
        #expect(ChiSquared(degrees: 3).tails(.infinity).upper == 0)
        #expect(isClose(StudentT(degrees: 1).tails(1e150).upper, 3.1830988618379067e-151))
        #expect(StudentT(degrees: 3).tails(0).upper == 0.5)
    }
}
