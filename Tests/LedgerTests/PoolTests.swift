import Evidence
import Testing

private func studies(_ values: [Double], _ variances: [Double]) -> [StudyEstimate] {
    zip(values, variances).enumerated().map { index, pair in
        study("study \(index)", pair.0, pair.1)
    }
}

private func study(_ name: String, _ value: Double, _ variance: Double, of quantity: String = "x") -> StudyEstimate {
    StudyEstimate(quantity: quantity, study: name, value: value, variance: variance, basis: .reported)
}

private func numbers(_ fit: RandomEffectsFit) -> [Double] {
    [fit.tau2, fit.estimate, fit.standardError, fit.i2, fit.h2]
}

private func numbers(_ range: ClosedRange<Double>) -> [Double] { [range.lowerBound, range.upperBound] }

/// Returns whether the numbers agree to nine digits.
private func agree(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { isClose($0, $1, within: 1e-9) }
}

@Suite struct PoolTests {
    @Test(arguments: publishedPools) func agreesWithMetafor(_ published: Published) throws {
        let found = try poolStudies(studies(published.values, published.variances))
        #expect(found.k == published.values.count)
        #expect(agree(numbers(found.pauleMandel), published.pauleMandel), "\(found.pauleMandel)")
        #expect(agree(numbers(found.interval), published.interval), "\(found.interval)")
        #expect(agree(numbers(found.tau2Interval), published.tau2Interval), "\(found.tau2Interval)")
        #expect(agree(numbers(found.prediction), published.prediction), "\(found.prediction)")
        #expect(agree([found.q, found.qProbability], [published.q, published.qProbability]))
        #expect(agree(numbers(try #require(found.restrictedLikelihood)), published.reml))
        #expect(agree(numbers(found.derSimonianLaird), published.dl), "\(found.derSimonianLaird)")
    }

    /// The published values for the vaccine trials are REML -0.7145, τ² 0.3132, I² 92.22 % and Q(12) 152.23.
    @Test func reproducesThePublishedVaccineTrials() throws {
        let found = try poolStudies(studies(publishedPools[0].values, publishedPools[0].variances))
        let reml = try #require(found.restrictedLikelihood)
        #expect((reml.estimate * 1e4).rounded() == -7145 && (reml.tau2 * 1e4).rounded() == 3132)
        #expect((reml.i2 * 100).rounded() == 9222 && (found.q * 100).rounded() == 15223)
    }

    /// If the values vary less than expected by chance, the interval of τ² is 0 to 0. The interval of the estimate is
    /// then at least as wide as the plain one.
    @Test func poolsNearlyEqualValues() throws {
        let found = try poolStudies(studies([2, 2, 2], [1, 4, 2]))
        #expect(found.pauleMandel.tau2 == 0 && found.tau2Interval == 0...0 && found.q == 0 && found.qProbability == 1)
        #expect(found.restrictedLikelihood?.tau2 == 0 && found.derSimonianLaird.i2 == 0)
        let plain = 1.959963984540054 * (1 / (1 + 0.25 + 0.5)).squareRoot()
        #expect(found.interval.upperBound - 2 > plain)
        #expect(found.prediction == found.interval)
    }

    @Test func theOrderOfStudiesChangesNothing() throws {
        let all = studies(publishedPools[1].values, publishedPools[1].variances)
        let expected = try poolStudies(all)
        var generator = SeededGenerator(7)
        for _ in 0..<10 { #expect(try poolStudies(all.shuffled(using: &generator)) == expected) }
    }

    /// A change of the unit or the zero point only rescales the results.
    @Test func resultsScaleWithTheUnit() throws {
        let (values, variances) = (publishedPools[0].values, publishedPools[0].variances)
        for factor in [1e-60, 1e60] {
            let found = try poolStudies(studies(values.map { $0 * factor }, variances.map { $0 * factor * factor }))
            #expect(agree([found.pauleMandel.estimate / factor], [publishedPools[0].pauleMandel[1]]))
            #expect(isClose(found.pauleMandel.i2, publishedPools[0].pauleMandel[3], within: 1e-9))
            #expect(isClose(try #require(found.restrictedLikelihood).h2, publishedPools[0].reml[4], within: 1e-9))
        }
        let moved = try poolStudies(studies(values.map { $0 + 1024 }, variances))
        #expect(isClose(moved.pauleMandel.tau2, publishedPools[0].pauleMandel[0], within: 1e-9))
    }

    /// One study is 10¹² times as precise as the others. The expected values were computed by mpmath 1.3 with 50
    /// digits.
    @Test func poolsAStudyThatDominates() throws {
        let found = try poolStudies(studies([1, 2, 4], [1e-12, 0.5, 0.25]))
        #expect(isClose(found.q, 37.999999999804))
        #expect(isClose(found.derSimonianLaird.i2, 94.736842105236011))
    }

    /// Fisher scoring converges even if the studies differ greatly in precision, and each interval contains its
    /// estimate.
    @Test func poolsVeryUnevenStudies() throws {
        var generator = SeededGenerator(11)
        func random(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &generator) }
        for _ in 0..<1000 {
            let k = Int.random(in: 3...12, using: &generator)
            let spread = random(-3...3)
            let variances = (0..<k).map { _ in (1...8).reduce(random(0.1...1)) { x, _ in x * random(0.2...2) } }
            let found = try poolStudies(
                studies(variances.map { random(-1...1) * (spread + $0.squareRoot()) }, variances))
            #expect(found.restrictedLikelihood != nil, "\(variances)")
            #expect(found.interval.contains(found.pauleMandel.estimate))
            #expect(found.tau2Interval.lowerBound <= found.pauleMandel.tau2)
            #expect(found.tau2Interval.upperBound >= found.pauleMandel.tau2)
            #expect(found.prediction.contains(found.interval.lowerBound))
        }
    }

    @Test func poolsManyStudies() throws {
        let values = (0..<20_000).map { Double($0 % 17) }
        let found = try poolStudies(studies(values, values.map { 1 + $0 / 8 }))
        #expect(found.k == 20_000 && found.tau2Interval.contains(found.pauleMandel.tau2))
        #expect(found.restrictedLikelihood != nil)
    }

    @Test func refusesToPool() {
        func refusal(_ studies: [StudyEstimate]) -> PoolRefusal? {
            do throws(PoolRefusal) {
                _ = try poolStudies(studies)
                return nil
            } catch {
                return error
            }
        }
        let three = studies([1, 2, 3], [1, 1, 1])
        #expect(refusal([]) == .tooFew(0))
        #expect(refusal(Array(three.prefix(2))) == .tooFew(2))
        #expect(refusal(three + [study("study 1", 2, 1)]) == .studyTwice("study 1"))
        #expect(refusal(three + [study("other", 2, 1, of: "y")]) == .differentQuantities(["x", "y"]))
        for value in [Double.nan, .infinity, -.infinity] {
            #expect(refusal(three + [study("bad", value, 1)]) == .notFinite("bad"))
            #expect(refusal(three + [study("bad", 1, value)]) == .notFinite("bad"))
        }
        for variance in [0, -0.0, -1] { #expect(refusal(three + [study("bad", 1, variance)]) == .noVariance("bad")) }
        #expect(refusal(studies([-1e300, 0, 1e300], [1, 1, 1])) == .tooFarApart)
        #expect(PoolRefusal.tooFew(2).reason == "2 studies, too few to pool")
    }
}
