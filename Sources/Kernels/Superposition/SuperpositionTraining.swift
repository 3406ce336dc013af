import KernelInterface

/// One network to train: its initial weights and the feature importances.
struct SuperpositionStart {
    var network: SuperpositionNetwork
    /// The importances I_i, one per feature.
    var importance: [Float]
}

extension SuperpositionConfig {
    /// Returns one trained network for each list of importances: the restart with the least loss on fresh samples.
    ///
    /// All networks are trained on the same batches and differ only in their initial weights and importances.
    func trainBest(
        importances: [[Float]], density: Double, seed: UInt64, name: String, progress: (Double) -> Void
    ) throws(KernelFailure) -> [SuperpositionNetwork] {
        let starts = starts(importances: importances, seed: seed, name: name)
        let networks = train(starts, density: density, seed: seed, progress: progress)
        let losses = restarts == 1 ? networks.map { _ in 0 } : losses(networks, starts, density: density, seed: seed)
        var best: [SuperpositionNetwork] = []
        for cell in importances.indices {
            let candidates = (cell * restarts)..<((cell + 1) * restarts)
            let finite = candidates.filter { networks[$0].isFinite && losses[$0].isFinite }
            guard let winner = finite.min(by: { losses[$0] < losses[$1] }) else {
                throw KernelFailure.divergence("no restart has finite weights")
            }
            best.append(networks[winner])
        }
        return best
    }

    /// Returns `restarts` initial networks for each list of importances.
    func starts(importances: [[Float]], seed: UInt64, name: String) -> [SuperpositionStart] {
        var starts: [SuperpositionStart] = []
        for (cell, importance) in importances.enumerated() {
            for restart in 0..<restarts {
                var stream = RandomStream(seed: seed, name: "initialisation of \(name)\(cell), restart \(restart)")
                let network = SuperpositionNetwork(
                    features: features, dimensions: dimensions, variance: initialVariance, stream: &stream)
                starts.append(SuperpositionStart(network: network, importance: importance))
            }
        }
        return starts
    }

    /// The number of lane groups in a row of Wᵀ and b in training: the least for which there is specialised code.
    var rowWidth: Int {
        let least = laneGroups(dimensions + 1)
        return [1, 2, 3, 4, 8, 16].first { $0 >= least } ?? 33
    }

    /// Trains all networks on the same batches.
    func train(
        _ starts: [SuperpositionStart], density: Double, seed: UInt64, progress: (Double) -> Void
    ) -> [SuperpositionNetwork] {
        guard steps > 0 else { return starts.map(\.network) }
        let inputs = SparseInputs(density: density, seed: seed, name: "data")
        // The arrays stay in registers if the compiler knows their shape. For the paper's tiny networks, it knows the
        // whole shape; for all others, it knows the row length of W. The compiler specialises the code for a shape only
        // if a call names that shape.
        switch (features, dimensions) {
        case (2, 1): return TinyTraining<2, 1>(config: self).run(starts, inputs, progress)
        case (5, 2): return TinyTraining<5, 2>(config: self).run(starts, inputs, progress)
        default: break
        }
        switch rowWidth {
        case 1: return WideTraining<1>(config: self).run(starts, inputs, progress)
        case 2: return WideTraining<2>(config: self).run(starts, inputs, progress)
        case 3: return WideTraining<3>(config: self).run(starts, inputs, progress)
        case 4: return WideTraining<4>(config: self).run(starts, inputs, progress)
        case 8: return WideTraining<8>(config: self).run(starts, inputs, progress)
        case 16: return WideTraining<16>(config: self).run(starts, inputs, progress)
        default: return WideTraining<33>(config: self).run(starts, inputs, progress)
        }
    }

    /// Returns the learning rate of a step, counted from 1.
    func learningRate(step: Int) -> Double {
        rateDecays ? learningRate * Double(steps - step + 1) / Double(steps) : learningRate
    }

    /// Returns each network's loss on fresh samples.
    private func losses(
        _ networks: [SuperpositionNetwork], _ starts: [SuperpositionStart], density: Double, seed: UInt64
    ) -> [Double] {
        var inputs = SparseInputs(density: density, seed: seed, name: "selection")
        var batch = SparseBatch(samples: batch, features: features)
        var sums = [Double](repeating: 0, count: networks.count)
        for first in stride(from: 0, to: selectionBatch, by: self.batch) {
            inputs.draw(&batch, samples: min(self.batch, selectionBatch - first))
            for index in networks.indices {
                sums[index] += networks[index].summedLoss(on: batch, importance: starts[index].importance)
            }
        }
        return sums
    }
}
