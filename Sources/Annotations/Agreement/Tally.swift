/// The agreement of annotators on one label, as sums over units; the sums of several traces can be added.
struct Tally {
    /// Two annotators, the lower one first.
    struct Pair: Hashable, Comparable {
        var first: Annotator
        var second: Annotator

        static func < (a: Pair, b: Pair) -> Bool { (a.first, a.second) < (b.first, b.second) }
    }

    var all: Coincidences
    /// One element per kind, in the order of the kinds.
    var kinds: [Coincidences]
    var pairs: [Pair: Coincidences] = [:]
    /// The weight of the units that have values, and the sum of weight times share of annotators with the value 1.
    var rated = 0.0
    var present = 0.0
    /// The weight of the units that have two values or more, and the sum of weight times share of equal pairs.
    var ratedTwice = 0.0
    var equal = 0.0
    /// The annotators of units that have two values or more.
    var annotators: Set<Annotator> = []
    var lookedAt: Double
    var labelled: Double

    init(_ ratings: Ratings, _ metric: AlphaMetric) {
        let annotators = ratings.annotators
        let makers = annotators.map { maker in Annotation.Maker.allCases.firstIndex(of: maker.maker) ?? 0 }
        let kindPlaces = annotators.map { a in annotators.map { AgreementKind(a.maker, $0.maker).place } }
        all = Coincidences(metric)
        kinds = AgreementKind.allCases.map { _ in Coincidences(metric) }
        (lookedAt, labelled) = (ratings.lookedAt, ratings.labelled)
        var pairs = [Coincidences](repeating: Coincidences(metric), count: annotators.count * annotators.count)
        var isPaired = [Bool](repeating: false, count: annotators.count)
        var raters: [Int] = []
        var makerCounts = [0, 0, 0]
        for (unit, weight) in ratings.weights.enumerated() {
            let start = unit * annotators.count
            raters.removeAll(keepingCapacity: true)
            for maker in makerCounts.indices { makerCounts[maker] = 0 }
            var present = 0
            for annotator in annotators.indices where !ratings.values[start + annotator].isNaN {
                raters.append(annotator)
                makerCounts[makers[annotator]] += 1
                if ratings.values[start + annotator] == 1 { present += 1 }
            }
            guard !raters.isEmpty else { continue }
            rated += weight
            self.present += weight * Double(present) / Double(raters.count)
            guard raters.count > 1 else { continue }
            var equal = 0
            for (index, a) in raters.enumerated() {
                isPaired[a] = true
                for b in raters[(index + 1)...] {
                    let (x, y) = (ratings.values[start + a], ratings.values[start + b])
                    if x == y { equal += 1 }
                    let share = pairShare(makerCounts[makers[a]], makerCounts[makers[b]], makers[a] == makers[b])
                    all.add(x, y, weight: weight / Double(raters.count - 1))
                    kinds[kindPlaces[a][b]].add(x, y, weight: weight * share)
                    pairs[a * annotators.count + b].add(x, y, weight: weight)
                }
            }
            ratedTwice += weight
            self.equal += weight * Double(2 * equal) / Double(raters.count * (raters.count - 1))
        }
        for a in annotators.indices {
            if isPaired[a] { self.annotators.insert(annotators[a]) }
            for b in annotators.indices where b > a {
                self.pairs[Pair(first: annotators[a], second: annotators[b])] = pairs[a * annotators.count + b]
            }
        }
    }

    static func += (sum: inout Tally, other: Tally) {
        sum.all += other.all
        for place in sum.kinds.indices { sum.kinds[place] += other.kinds[place] }
        sum.pairs.merge(other.pairs) { $0.adding($1) }
        sum.rated += other.rated
        sum.present += other.present
        sum.ratedTwice += other.ratedTwice
        sum.equal += other.equal
        sum.annotators.formUnion(other.annotators)
        sum.lookedAt += other.lookedAt
        sum.labelled += other.labelled
    }

    /// Alpha of all annotators.
    func alpha(_ rules: RatingRules) -> Measured<Double> {
        all.isEmpty ? .failure(rules.nothingRatedTwice) : all.measuredAlpha
    }

    /// The share of pairs of annotators that give the same value, averaged over the units that have two values or more.
    func rawAgreement(_ rules: RatingRules) -> Measured<Double> {
        ratedTwice > 0 ? .success(equal / ratedTwice) : .failure(rules.nothingRatedTwice)
    }

    /// Of the text that annotators looked at, the share that got the label.
    var prevalence: Measured<Double> { lookedAt > 0 ? .success(labelled / lookedAt) : .failure(.notLookedAt) }

    /// Gwet's AC1 for present and absent: (p_a - p_e) / (1 - p_e) with raw agreement p_a and p_e = 2 π (1 - π). π is the
    /// share of annotators that give the label, averaged over the units that have values.
    ///
    /// Source: Gwet 2008, "Computing inter-rater reliability and its variance in the presence of high agreement"; with
    /// missing values: Gwet 2014, "Handbook of Inter-Rater Reliability", 4th edition, section 2.3.
    func ac1(_ rules: RatingRules) -> Measured<Double> {
        guard rules.scale == .nominal else { return .failure(.notNominal) }
        return alpha(rules).flatMap { _ in
            let prevalence = present / rated
            let expected = 2 * prevalence * (1 - prevalence)
            return rawAgreement(rules).map { ($0 - expected) / (1 - expected) }
        }
    }
}

/// Returns the weight of one ordered pair among the pairs of its kind. The weights of a unit sum to the number of its
/// annotators, of which each maker has one half if the makers differ. If both are of one maker, it is the weight in
/// alpha.
@inline(__always)
private func pairShare(_ first: Int, _ second: Int, _ isOneMaker: Bool) -> Double {
    isOneMaker ? 1 / Double(first - 1) : Double(first + second) / Double(2 * first * second)
}

extension Coincidences {
    var measuredAlpha: Measured<Double> {
        guard !isEmpty else { return .failure(.noCommonText) }
        return alpha.map { .success($0) } ?? .failure(.oneLabelOnly)
    }

    fileprivate func adding(_ other: Coincidences) -> Coincidences {
        var sum = self
        sum += other
        return sum
    }
}
