import Evidence
import Testing

/// Unless another source is named, the reference values come from scipy 1.17.1 and statsmodels 0.15.0
/// (`proportion_confint(method='wilson')`, `confint_proportions_2indep(method='newcomb')`, `fisher_exact`, and
/// `tconfint_diff(usevar='unequal')`).
@Suite struct ShareTests {
    private static func limits(_ hits: Double, _ n: Double, _ confidence: Confidence) -> ConfidenceLimits {
        wilsonLimits(hits / n, of: n, confidence)
    }

    private func isEqual(_ limits: ConfidenceLimits, _ lower: Double, _ upper: Double) -> Bool {
        (limits.lower - lower).magnitude < 1e-10 * max(1, lower.magnitude)
            && (limits.upper - upper).magnitude < 1e-10 * max(1, upper.magnitude)
    }

    @Test(
        arguments: [
            (0, 10, .usual, 0, 0.277532799862889), (0, 10, .strict, 0, 0.440698321865927),
            (10, 10, .usual, 0.722467200137111, 1), (81, 87, .usual, 0.857603057594197, 0.968011160557423),
            (81, 87, .strict, 0.81391354887485, 0.976563303909557),
            (1, 3, .usual, 0.0614919447203963, 0.792340399197952),
            (159, 256, .strict, 0.533571901272754, 0.701383881316564),
            (499_999_999, 1e9, .strict, 0.49995561589929, 0.50004438210071),
        ] as [(Double, Double, Confidence, Double, Double)])
    func wilsonIntervals(_ hits: Double, _ n: Double, _ confidence: Confidence, _ lower: Double, _ upper: Double) {
        #expect(isEqual(Self.limits(hits, n, confidence), lower, upper))
    }

    /// The first two pairs are examples of Newcombe 1998, "Interval estimation for the difference between independent
    /// proportions", table II, who prints 0.0524 to 0.3339 and 0.1705 to 0.8090. The last three are the kidney stones of
    /// Charig et al. 1986.
    @Test(
        arguments: [
            (56, 70, 48, 80, .usual, 0.052431472402365, 0.333872654036906),
            (9, 10, 3, 10, .usual, 0.170522723934503, 0.809017973535488),
            (10, 10, 0, 10, .usual, 0.607509350430524, 1),
            (0, 10, 0, 20, .usual, -0.161125158052819, 0.277532799862889),
            (0, 10, 0, 20, .strict, -0.282625439352624, 0.440698321865927),
            (81, 87, 234, 270, .usual, -0.0171708638503887, 0.123179000988898),
            (192, 263, 55, 80, .strict, -0.105676020120643, 0.213811010063218),
            (273, 350, 289, 350, .usual, -0.104461275261789, 0.0133314968749772),
        ] as [(Double, Double, Double, Double, Confidence, Double, Double)])
    func newcombeIntervals(
        _ a: Double, _ n: Double, _ b: Double, _ m: Double, _ confidence: Confidence, _ lower: Double, _ upper: Double
    ) {
        let difference = Self.limits(a, n, confidence) - Self.limits(b, m, confidence)
        #expect(isEqual(difference, lower, upper))
        #expect((difference.value - (a / n - b / m)).magnitude < 1e-15)
        #expect(difference.excludesZero == (lower > 0 || upper < 0))
    }

    @Test(
        arguments: [
            (81, 6, 234, 36, 0.126632024126203), (192, 71, 55, 25, 0.478616416281528),
            (273, 77, 289, 61, 0.153974161748332), (3, 1, 1, 3, 0.485714285714286), (8, 2, 1, 5, 0.034965034965035),
            (0, 5, 5, 0, 0.00793650793650794), (1, 9, 11, 3, 0.00275945618522008), (0, 7, 0, 9, 1),
            (500, 500, 460, 540, 0.0808666323211198), (120, 0, 3, 400, 3.3620435814153e-116),
            (620_000, 380_000, 619_000, 381_000, 0.145678966744836),
        ] as [(Int, Int, Int, Int, Double)])
    func fisherTests(_ a: Int, _ b: Int, _ c: Int, _ d: Int, _ p: Double) {
        #expect(isClose(fisherTest((a, b), (c, d)), p, within: 1e-9))
        #expect(isClose(fisherTest((d, c), (b, a)), p, within: 1e-9))
    }

    @Test func fisherTestOfHugeCounts() {
        #expect(fisherTest((1_000_000_000, 0), (0, 1_000_000_000)) == 0)
        #expect(fisherTest((500_000_000, 500_000_000), (500_000_000, 500_000_000)) == 1)
    }

    @Test(
        arguments: [
            (10, 2, 12, 8, 3.5, 9, .usual, -0.839359745687954, 4.83935974568795),
            (10, 2, 12, 8, 3.5, 9, .strict, -2.47255329110003, 6.47255329110003),
            (0.5, 0.1, 5, 0.35, 0.02, 8, .strict, -0.0937455921195347, 0.393745592119535),
            (100, 15, 200, 97, 14, 180, .usual, 0.0743615981400936, 5.92563840185996),
            (1, 1, 2, 0, 3, 2, .usual, -17.7695963928903, 19.7695963928903),
        ] as [(Double, Double, Double, Double, Double, Double, Confidence, Double, Double)])
    func welchIntervals(
        _ a: Double, _ s: Double, _ n: Double, _ b: Double, _ r: Double, _ m: Double, _ confidence: Confidence,
        _ lower: Double, _ upper: Double
    ) {
        let difference =
            MeasuredMean(mean: a, variance: s * s / n, degrees: n - 1)
            - MeasuredMean(mean: b, variance: r * r / m, degrees: m - 1)
        #expect(isEqual(difference.limits(confidence), lower, upper))
    }

    /// The quantiles are those of `scipy.stats.t.isf`.
    @Test(
        arguments: [
            (4, .usual, 2.77644510519779), (4, .strict, 5.59756836707546), (99, .strict, 2.87130766121477),
            (10000, .strict, 2.8076570189714), (20000, .usual, 1.96008260515814), (20000, .strict, 2.80734536152273),
            (1e9, .strict, 2.80703377457502),
        ] as [(Double, Confidence, Double)])
    func meansUseStudentsT(_ degrees: Double, _ confidence: Confidence, _ t: Double) {
        let limits = MeasuredMean(mean: 0, variance: 1, degrees: degrees).limits(confidence)
        #expect(isClose(limits.upper, t, within: 1e-11) && limits.lower == -limits.upper)
    }

    @Test func meansWithoutVariationDifferExactly() {
        let mean = MeasuredMean(mean: 3, variance: 0, degrees: 4)
        #expect((mean - mean).limits(.strict) == ConfidenceLimits(value: 0, lower: 0, upper: 0))
    }
}
