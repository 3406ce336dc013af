/// How well two annotators agree on the borders of a label's spans: boundary similarity B.
///
/// A border is a place between two code points at which a mark of the label begins or ends. Equal borders are matches. Two
/// different borders that are at most `nearMiss` code points apart are a near miss; nearer ones are paired first. All
/// others are misses. B = 1 - (misses + Σ distance / (nearMiss + 1)) / (misses + near misses + matches). B of several
/// texts and pairs of annotators has the sums of the numerators and denominators.
///
/// Source: Fournier 2013, "Evaluating text segmentation using boundary edit distance", with n_t = nearMiss + 1.
package struct BorderAgreement: Sendable, Equatable {
    /// The greatest distance of a near miss in code points: about two words of English.
    package static let nearMiss = 10

    var edits = 0.0
    var borders = 0

    package init() {}

    package var similarity: Measured<Double> {
        borders > 0 ? .success(1 - edits / Double(borders)) : .failure(.noBorder)
    }

    static func += (sum: inout BorderAgreement, other: BorderAgreement) {
        sum.edits += other.edits
        sum.borders += other.borders
    }

    /// Adds the borders of two annotators in a text.
    package mutating func add(_ a: Set<Int>, _ b: Set<Int>, nearMiss: Int = Self.nearMiss) {
        borders += a.intersection(b).count
        var onlyA = a.subtracting(b)
        var onlyB = b.subtracting(a)
        for distance in stride(from: 1, through: nearMiss, by: 1) {
            for place in onlyA.union(onlyB).sorted() {
                let other = place + distance
                if onlyA.contains(place), onlyB.contains(other) {
                    onlyA.remove(place)
                    onlyB.remove(other)
                } else if onlyB.contains(place), onlyA.contains(other) {
                    onlyB.remove(place)
                    onlyA.remove(other)
                } else {
                    continue
                }
                edits += Double(distance) / Double(nearMiss + 1)
                borders += 1
            }
        }
        edits += Double(onlyA.count + onlyB.count)
        borders += onlyA.count + onlyB.count
    }

    /// The agreement of all pairs of annotators on a label in a trace. A place counts only if both annotators looked at
    /// both sides of it.
    init(_ trace: AnnotatedTrace, label: String) {
        let borders = trace.readings.map { reading in
            Set(reading.marks.lazy.filter { $0.label == label }.flatMap { [$0.range.lowerBound, $0.range.upperBound] })
        }
        for (index, a) in trace.readings.enumerated() {
            for (other, b) in trace.readings.enumerated() where other > index {
                for range in a.covered.intersection(b.covered).ranges {
                    let isWithin = { (place: Int) in range.lowerBound < place && place < range.upperBound }
                    add(borders[index].filter(isWithin), borders[other].filter(isWithin))
                }
            }
        }
    }
}
