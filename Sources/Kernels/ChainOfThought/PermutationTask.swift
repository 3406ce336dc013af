internal import Ledger

/// What is to be worked out: the state after some maps of eight states onto themselves, applied one after the other.
///
/// Tokens: states are 0 to 7, the map that changes nothing is 8, and permutation i is 9 + i.
struct PermutationTask {
    static let states = 8
    static let noOp: UInt8 = 8
    /// Ends the question.
    static let separator: UInt8 = 17
    /// Calls for the answer.
    static let answer: UInt8 = 18
    static let filler: UInt8 = 19
    static let vocabulary = 20

    static let taskParameter = Parameter(
        "task", .words(["permutations"]), default: "permutations", "what the toy model is given to do")

    /// Of a problem.
    let maps: Int
    /// Eight, any with equal chance: `permutations[i][state]`.
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

    /// The most tokens that a network is given: the question, a whole chain, and the call for the answer.
    static func context(maps: Int) -> Int { 2 * maps + 3 }

    /// As long as a whole chain.
    var fillerChain: [UInt8] { [UInt8](repeating: Self.filler, count: maps) }

    /// Any first state, any permutations (the same one may come again) at any `difficulty` of the places, all with equal
    /// chance; the maps at the other places change nothing.
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
    /// The first state, the maps, the separator.
    var question: [UInt8]
    /// The state after each map, also after one that changes nothing: so all chains are of one length.
    var chain: [UInt8]

    var answer: UInt8 { chain[chain.count - 1] }
}
