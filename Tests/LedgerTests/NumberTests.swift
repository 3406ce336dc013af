import Records
import Testing

@Suite struct NumberTests {
    @Test(arguments: [
        ("0.30", "0.3"), ("3e-1", "0.3"), ("+3E-1", "0.3"), (".3", "0.3"), ("-0", "0"), ("0.000", "0"), ("1.", "1"),
        ("100", "100"), ("1e3", "1000"), ("-12.50", "-12.5"), ("0.1", "0.1"), ("1e-7", "0.0000001"), ("1e-8", "1e-8"),
        ("1.5e-10", "15e-11"), ("123456789012345678", "123456789012345678"), ("1e17", "100000000000000000"),
        ("1e20", "1e20"),
        ("1e25", "1e25"), ("000000000000000000000000001", "1"),
    ])
    func hasOneSpelling(written: String, canonical: String) {
        #expect(Number(written)?.text == canonical)
        #expect(Number(canonical)?.text == canonical)
    }

    @Test(arguments: [
        "", "-", "+", ".", "-.", "e3", "1e", "1e+", "1.2.3", "1,5", "1_000", "0x10", "nan", ".inf", "inf", " 1", "1 ",
        "--1",
        "1234567890123456789", "1e400", "1e-400", "1e301", "1e99999999999999999999", "٣", "1e1.5",
    ])
    func isNotANumber(text: String) {
        #expect(Number(text) == nil)
    }

    static func random(_ random: inout SeededGenerator) -> (text: String, significand: Int128, exponent: Int) {
        let significand = Int.random(in: -999_999...999_999, using: &random)
        let exponent = Int.random(in: -12...12, using: &random)
        return ("\(significand)e\(exponent)", Int128(significand), exponent)
    }

    @Test func roundTripsThroughText() {
        var random = SeededGenerator(4)
        for _ in 0..<2000 {
            let exponent = Int.random(in: -320...320, using: &random)
            let text = "\(Int.random(in: -(1 << 50)...(1 << 50), using: &random))e\(exponent)"
            guard let number = Number(text) else {
                #expect(abs(exponent) > 280)
                continue
            }
            #expect(Number(number.text) == number)
            #expect(number.doubleValue == Double(text))
            #expect(number.doubleValue.isFinite)
        }
    }

    /// Compares the numbers as integers: after scaling by 10^12, both fit in 128 bits.
    @Test func orderMatchesTheDecimals() {
        var random = SeededGenerator(5)
        func scaled(_ significand: Int128, _ exponent: Int) -> Int128 {
            (0..<(exponent + 12)).reduce(significand) { value, _ in value * 10 }
        }
        for _ in 0..<3000 {
            let (a, b) = (Self.random(&random), Self.random(&random))
            let (x, y) = (Number(a.text)!, Number(b.text)!)
            let (exactX, exactY) = (scaled(a.significand, a.exponent), scaled(b.significand, b.exponent))
            #expect((x < y) == (exactX < exactY))
            #expect((x == y) == (exactX == exactY))
            #expect((x.hashValue == y.hashValue) || x != y)
        }
    }

    @Test func comparesNumbersBeyondDoublePrecision() {
        let (a, b) = (Number("0.100000000000000001")!, Number("0.1")!)
        #expect(a > b)
        #expect(a.doubleValue == b.doubleValue)
    }
}

@Suite struct ValueSetTests {
    /// The ends are whole numbers. Points halfway between them show whether an end is open or closed.
    static let ends: [Number?] = [nil] + (-2...2).map { Number($0) }
    static let grid = (-6...6).map { Double($0) / 2 }

    static let intervals: [Interval] = ends.flatMap { lower in
        ends.flatMap { upper in
            [(true, true), (true, false), (false, true), (false, false)].map {
                Interval(lower: lower, upper: upper, includesLower: $0.0, includesUpper: $0.1)
            }
        }
    }

    /// Returns the grid points in the interval, computed only from its ends.
    static func points(_ interval: Interval) -> Set<Double> {
        Set(
            grid.filter { point in
                let isAbove =
                    interval.lower.map { interval.includesLower ? point >= $0.doubleValue : point > $0.doubleValue }
                    ?? true
                let isBelow =
                    interval.upper.map { interval.includesUpper ? point <= $0.doubleValue : point < $0.doubleValue }
                    ?? true
                return isAbove && isBelow
            })
    }

    static func sample(_ seed: UInt64, _ count: Int) -> [(Interval, Interval, Interval)] {
        var random = SeededGenerator(seed)
        return (0..<count).map { _ in (random.pick(intervals), random.pick(intervals), random.pick(intervals)) }
    }

    @Test func intervalContainsItsPoints() {
        for interval in Self.intervals {
            #expect(interval.isEmpty == Self.points(interval).isEmpty, "\(interval)")
            #expect(Set(Self.grid.filter { interval.contains($0) }) == Self.points(interval), "\(interval)")
        }
        #expect(!Interval.everything.contains(Double.nan))
        #expect(Interval.everything.contains(Double.infinity))
    }

    @Test func intersectionContainmentAndDisjointnessMatchThePoints() {
        for (a, b, _) in Self.sample(6, 3000) {
            let (mine, theirs) = (Self.points(a), Self.points(b))
            #expect(Self.points(a.intersection(b)) == mine.intersection(theirs), "\(a) \(b)")
            #expect(a.contains(b) == mine.isSuperset(of: theirs), "\(a) \(b)")
            let (x, y) = (ValueSet.interval(a), ValueSet.interval(b))
            #expect(x.isDisjoint(from: y) == mine.isDisjoint(with: theirs), "\(a) \(b)")
            #expect(x.isDisjoint(from: y) == y.isDisjoint(from: x))
            #expect(x.contains(x) && x.intersection(x) == x)
        }
    }

    @Test func coverMatchesTheUnionOfThePoints() {
        for (a, b, whole) in Self.sample(7, 5000) {
            let expected = Self.points(a).union(Self.points(b)).isSuperset(of: Self.points(whole))
            #expect(Interval.cover(a, b, whole: whole) == expected, "\(a) \(b) of \(whole)")
            #expect(Interval.cover(b, a, whole: whole) == expected, "\(b) \(a) of \(whole)")
        }
    }

    @Test func labelsBehaveAsSets() {
        let all = ["bfs", "dfs", "none"]
        let subsets = (0..<8).map { bits in all.indices.filter { bits >> $0 & 1 == 1 }.map { all[$0] } }
        for a in subsets {
            for b in subsets {
                let (x, y) = (ValueSet.labels(a), ValueSet.labels(b))
                #expect(x.intersection(y) == .labels(a.filter(b.contains)))
                #expect(x.isDisjoint(from: y) == Set(a).isDisjoint(with: b))
                #expect(x.contains(y) == Set(a).isSuperset(of: b))
                #expect(ValueSet.cover(x, y, whole: .labels(all)) == (Set(a + b) == Set(all)))
                #expect(!x.contains(0.5))
            }
        }
        #expect(ValueSet.labels(["dfs"]).isDisjoint(from: .interval(.everything)))
    }

    @Test(arguments: [
        (Interval(lower: Number("0.45"), upper: Number("0.550")), "[0.45,0.55]", "0.45 to 0.55"),
        (Interval(lower: Number(0), upper: nil, includesLower: false), "(0,inf]", "above 0"),
        (Interval(lower: nil, upper: Number(3)), "[-inf,3]", "at most 3"),
        (Interval(lower: nil, upper: Number(3), includesUpper: false), "[-inf,3)", "below 3"),
        (
            Interval(lower: Number(1), upper: Number(2), includesLower: false, includesUpper: false), "(1,2)",
            "above 1 to below 2"
        ),
        (Interval(lower: Number(2), upper: Number(2)), "[2,2]", "2"), (.everything, "[-inf,inf]", "any value"),
    ])
    func isSpelled(interval: Interval, canonical: String, phrase: String) {
        #expect(ValueSet.interval(interval).canonicalText == canonical)
        #expect(ValueSet.interval(interval).phrase == phrase)
    }
}
