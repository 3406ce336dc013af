/// All pairs (a, b) of numbers below p with their labels, split into training and test pairs.
///
/// Pair number a · p + b is the sequence `a b =` with the label as its target. The token `=` has the number p.
struct AdditionTable {
    let modulus: Int
    /// The label of each pair.
    let labels: [Int]
    /// The numbers of the training pairs, ascending.
    let trainingPairs: [Int]
    let testPairs: [Int]

    /// - Parameter shufflesLabels: whether the labels are shuffled over the pairs, so that they can only be memorised
    init(modulus: Int, trainingPairs: Int, shufflesLabels: Bool, seed: UInt64) {
        self.modulus = modulus
        var labels = (0..<(modulus * modulus)).map { Self.sum(of: $0, modulus) }
        var pairs = Array(labels.indices)
        if shufflesLabels {
            var draws = Draws(seed: seed, name: "labels")
            draws.shuffle(&labels)
        }
        self.labels = labels
        var draws = Draws(seed: seed, name: "training pairs")
        draws.shuffle(&pairs)
        self.trainingPairs = pairs.prefix(trainingPairs).sorted()
        testPairs = pairs.dropFirst(trainingPairs).sorted()
    }

    var pairs: [Int] { Array(labels.indices) }

    /// Returns a + b modulo p.
    func sum(of pair: Int) -> Int { Self.sum(of: pair, modulus) }

    private static func sum(of pair: Int, _ modulus: Int) -> Int { (pair / modulus + pair % modulus) % modulus }
}
