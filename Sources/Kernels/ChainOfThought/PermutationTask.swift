/// The task: compute the state after a sequence of permutations of the states.
///
/// Tokens: the states come first, then the identity map, then the permutations, then the other tokens.
struct PermutationTask {
    static let mapCount = 8

    let states: Int
    /// The number of maps of a problem.
    let maps: Int
    /// Eight uniformly random permutations: `permutations[i][state]`.
    let permutations: [[UInt8]]

    init(states: Int, maps: Int, permutationSet: Int) {
        self.states = states
        self.maps = maps
        var draws = Draws(seed: UInt64(permutationSet), name: "permutations")
        permutations = (0..<Self.mapCount).map { _ in
            var permutation = (0..<UInt8(states)).map(\.self)
            draws.shuffle(&permutation)
            return permutation
        }
    }

    /// Whether the permutations differ from each other and from the identity.
    var hasDistinctPermutations: Bool {
        Set(permutations).count == permutations.count && !permutations.contains { $0 == Array(0..<UInt8($0.count)) }
    }

    var noOp: UInt8 { UInt8(states) }
    /// The token that ends the question.
    var separator: UInt8 { noOp + UInt8(Self.mapCount) + 1 }
    /// The token that comes before the answer.
    var answer: UInt8 { separator + 1 }
    var filler: UInt8 { separator + 2 }
    var vocabulary: Int { Int(filler) + 1 }

    /// The maximum number of input tokens: the question, a whole chain and the answer token.
    var context: Int { 2 * maps + 3 }

    /// Filler with the length of a whole chain.
    var fillerChain: [UInt8] { [UInt8](repeating: filler, count: maps) }

    /// Returns a problem with the given key. Its permutations are at uniformly random places; the other maps are the
    /// identity.
    func problem(_ key: ProblemKey, _ draws: inout Draws) -> PermutationProblem {
        var isReal = (0..<maps).map { $0 < key.maps.count }
        draws.shuffle(&isReal)
        var question = [key.start]
        var chain: [UInt8] = []
        var state = key.start
        var next = 0
        for isReal in isReal {
            if isReal {
                let map = key.maps[next]
                next += 1
                question.append(noOp + 1 + map)
                state = permutations[Int(map)][Int(state)]
            } else {
                question.append(noOp)
            }
            chain.append(state)
        }
        return PermutationProblem(key: key, question: question + [separator], chain: chain)
    }

    /// Returns the keys of all parts of a problem that have `length` permutations: the state before the part, and its
    /// permutations.
    func parts(of key: ProblemKey, length: Int) -> [ProblemKey] {
        var state = key.start
        return (0..<max(0, key.maps.count - length + 1)).map { first in
            defer { state = permutations[Int(key.maps[first])][Int(state)] }
            return ProblemKey(start: state, maps: Array(key.maps[first..<(first + length)]))
        }
    }
}

/// A problem without its identity maps: the first state, and the permutations in order, counted from 0.
struct ProblemKey: Hashable {
    var start: UInt8
    var maps: [UInt8]
}

struct PermutationProblem {
    var key: ProblemKey
    /// The first state, the maps and the separator.
    var question: [UInt8]
    /// The state after each map, including identity maps, so that all chains have the same length.
    var chain: [UInt8]

    var answer: UInt8 { chain[chain.count - 1] }
}
