/// The pairs of permutations that are held out from training, each together with the state before it. They depend on
/// the seed of the run.
///
/// A problem is unseen if two of its permutations in a row are a held-out pair. Identity maps between them do not
/// matter. No training problem has such a pair. It would not suffice to leave out whole problems, because a chain shows
/// the states of each part of a problem. Single permutations are not held out, because a network has to learn their
/// table of states by heart. With a whole chain, this table gives all answers, seen or not. Without a chain, a network
/// must know whole problems or parts of them by heart, or compose permutations itself.
///
/// For the permutations of set 0, all 64 pairs are different functions, and none equals a single permutation or the
/// identity. So no other problem has the effect of a held-out pair.
struct PairSplit {
    private let task: PermutationTask
    /// Whether a pair is held out, at index (state · 8 + first map) · 8 + second map.
    private var isHeldOut: [Bool]

    /// Holds out a share of the pairs, but never all pairs with the same state and the same first permutation.
    init(_ config: ChainOfThoughtConfig, seed: UInt64) {
        task = config.task
        let count = task.states * PermutationTask.mapCount * PermutationTask.mapCount
        isHeldOut = [Bool](repeating: false, count: count)
        var pairs = Array(0..<count)
        var draws = Draws(seed: seed, name: "held-out pairs")
        draws.shuffle(&pairs)
        var left = Int((config.heldOutShare * Double(count)).rounded())
        var heldOutAfter = [Int](repeating: 0, count: count / PermutationTask.mapCount)
        for pair in pairs where left > 0 && heldOutAfter[pair / PermutationTask.mapCount] < PermutationTask.mapCount - 1
        {
            isHeldOut[pair] = true
            heldOutAfter[pair / PermutationTask.mapCount] += 1
            left -= 1
        }
    }

    private func isHeldOut(_ state: UInt8, _ first: UInt8, _ second: UInt8) -> Bool {
        isHeldOut[(Int(state) * PermutationTask.mapCount + Int(first)) * PermutationTask.mapCount + Int(second)]
    }

    /// Whether a problem with this key is unseen.
    func isHeldOut(_ key: ProblemKey) -> Bool {
        var state = key.start
        for (first, second) in zip(key.maps, key.maps.dropFirst()) {
            if isHeldOut(state, first, second) { return true }
            state = task.permutations[Int(first)][Int(state)]
        }
        return false
    }

    /// Draws a key for training. Each permutation is uniformly random among those that complete no held-out pair.
    func trainingKey(difficulty: Int, _ draws: inout Draws) -> ProblemKey {
        var key = ProblemKey(start: UInt8(draws.integer(below: task.states)), maps: [])
        var before = key.start
        for place in 0..<difficulty {
            var map = UInt8(draws.integer(below: PermutationTask.mapCount))
            if place > 0 {
                let last = key.maps[place - 1]
                while isHeldOut(before, last, map) { map = UInt8(draws.integer(below: PermutationTask.mapCount)) }
                before = task.permutations[Int(last)][Int(before)]
            }
            key.maps.append(map)
        }
        return key
    }

    /// Draws a uniformly random key with a held-out pair. Requires that there is one.
    func unseenKey(difficulty: Int, _ draws: inout Draws) -> ProblemKey {
        while true {
            let key = ProblemKey(
                start: UInt8(draws.integer(below: task.states)),
                maps: (0..<difficulty).map { _ in UInt8(draws.integer(below: PermutationTask.mapCount)) })
            if isHeldOut(key) { return key }
        }
    }
}
