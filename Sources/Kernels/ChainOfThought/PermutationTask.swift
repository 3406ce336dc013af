/// The task: compute the state after a sequence of permutations of eight states.
///
/// Tokens: states are 0 to 7, the identity map is 8, and permutation i is 9 + i.
struct PermutationTask {
    static let states = 8
    static let noOp: UInt8 = 8
    /// The token that ends the question.
    static let separator: UInt8 = 17
    /// The token that comes before the answer.
    static let answer: UInt8 = 18
    static let filler: UInt8 = 19
    static let vocabulary = 20

    /// The number of maps of a problem.
    let maps: Int
    /// Eight uniformly random permutations: `permutations[i][state]`.
    let permutations: [[UInt8]]

    init(maps: Int, permutationSet: Int) {
        self.maps = maps
        var draws = Draws(seed: UInt64(permutationSet), name: "permutations")
        permutations = (0..<8).map { _ in
            var permutation = (0..<UInt8(Self.states)).map(\.self)
            draws.shuffle(&permutation)
            return permutation
        }
    }

    /// Returns the maximum number of input tokens: the question, a whole chain and the answer token.
    static func context(maps: Int) -> Int { 2 * maps + 3 }

    /// Filler with the length of a whole chain.
    var fillerChain: [UInt8] { [UInt8](repeating: Self.filler, count: maps) }

    /// Returns a problem with a uniformly random first state, and uniformly random permutations (with repetition) at
    /// `difficulty` random places; the other maps are the identity.
    func problem(difficulty: Int, _ draws: inout Draws) -> PermutationProblem {
        var maps = (0..<maps).map { place in
            place < difficulty ? Self.noOp + 1 + UInt8(draws.integer(below: permutations.count)) : Self.noOp
        }
        draws.shuffle(&maps)
        let start = UInt8(draws.integer(below: Self.states))
        var state = start
        let chain = maps.map { map in
            if map != Self.noOp { state = permutations[Int(map - Self.noOp) - 1][Int(state)] }
            return state
        }
        return PermutationProblem(question: [start] + maps + [Self.separator], chain: chain)
    }
}

struct PermutationProblem {
    /// The first state, the maps and the separator.
    var question: [UInt8]
    /// The state after each map, including identity maps, so that all chains have the same length.
    var chain: [UInt8]

    var answer: UInt8 { chain[chain.count - 1] }
}
