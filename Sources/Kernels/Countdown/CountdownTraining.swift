import KernelInterface

/// A network after imitation, and after reinforcement if there was any.
struct CountdownNetworks {
    var imitating: TrainedTransformer
    /// The network after reinforcement, with the mean reward as its curve; nil if there was no reinforcement.
    var rewarded: TrainedTransformer?

    var final: TrainedTransformer { rewarded ?? imitating }

    func checkpoint() -> [UInt8] {
        Checkpoint.encode(
            Self.header(imitating.model.shape, isRewarded: rewarded != nil),
            imitating.floats + (rewarded?.floats ?? []))
    }

    init(imitating: TrainedTransformer, rewarded: TrainedTransformer? = nil) {
        self.imitating = imitating
        self.rewarded = rewarded
    }

    /// Decodes what `checkpoint` wrote for this job; throws for anything else.
    init(_ job: KernelJob, of checkpoint: [UInt8]) throws(KernelFailure) {
        let config = try CountdownConfig(job)
        let isRewarded = job.settings.word("network") == "trained" && config.reinforcement.iterations > 0
        let size = TrainedTransformer.floatCount(config.shape)
        let floats = try Checkpoint.decode(
            checkpoint, Self.header(config.shape, isRewarded: isRewarded), count: isRewarded ? 2 * size : size)
        imitating = TrainedTransformer(floats[..<size], config.shape)
        rewarded = isRewarded ? TrainedTransformer(floats[size...], config.shape) : nil
    }

    private static func header(_ shape: TransformerShape, isRewarded: Bool) -> String {
        TrainedTransformer.header("countdown", shape) + (isRewarded ? ", twice" : "")
    }
}

extension CountdownConfig {
    func train(seed: UInt64, progress: (Double) -> Void) throws(KernelFailure) -> CountdownNetworks {
        // A sampled answer costs about as much as imitating two traces.
        let rewardSteps = Double(3 * reinforcement.iterations * reinforcement.problems * reinforcement.samples)
        let imitationShare = 1 / (1 + rewardSteps / Double(max(1, transformer.steps * transformer.batch)))
        let texts = try trainingTexts(seed: seed)
        var order = MinibatchOrder(count: texts.count, seed: seed)
        func fill(_ batch: inout TokenBatch) {
            batch.removeAll()
            for _ in 0..<transformer.batch {
                batch.append(Array(texts[order.next()]), firstTarget: task.promptLength)
            }
        }
        let imitating = try TrainedTransformer(
            training: transformer.model(shape, seed: seed), transformer.schedule,
            progress: { progress($0 * imitationShare) }, fill: fill)
        guard reinforcement.iterations > 0 else { return CountdownNetworks(imitating: imitating) }
        let rewarded = try reinforce(imitating.model, seed: seed, imitation: fill) {
            progress(imitationShare + $0 * (1 - imitationShare))
        }
        return CountdownNetworks(imitating: imitating, rewarded: rewarded)
    }

    /// Trains a model by reinforcement. The loss is -(reward - mean reward) · log p(answer), plus the imitation loss
    /// times its weight.
    private func reinforce(
        _ model: Transformer, seed: UInt64, imitation: (inout TokenBatch) -> Void, progress: (Double) -> Void
    ) throws(KernelFailure) -> TrainedTransformer {
        let schedule = TrainingSchedule(
            steps: reinforcement.iterations, learningRate: reinforcement.learningRate, weightDecay: 0,
            finalShare: 1)
        var training = TransformerTraining(model, schedule)
        let allProblems = try rewardProblems(seed: seed)
        var batch = TokenBatch()
        var curve = LossCurve(steps: reinforcement.iterations)
        for iteration in 0..<reinforcement.iterations {
            let own = allProblems.dropFirst(iteration * reinforcement.problems).prefix(reinforcement.problems)
            let problems = own.flatMap { [CountdownProblem](repeating: $0, count: reinforcement.samples) }
            let answers = sampleAnswers(
                training.model, problems, task, seed: seed, name: "iteration \(iteration), answer")
            let rewards = zip(problems, answers).map { problem, answer -> Float in
                CountdownAnswer(problem, text: answer, task).isSolved ? 1 : 0
            }
            imitation(&batch)
            batch.weight(Float(reinforcement.imitation))
            for first in stride(from: 0, to: answers.count, by: reinforcement.samples) {
                let group = first..<(first + reinforcement.samples)
                let mean = rewards[group].reduce(0, +) / Float(group.count)
                for index in group where rewards[index] != mean {
                    batch.append(answers[index], firstTarget: task.promptLength, weight: rewards[index] - mean)
                }
            }
            let score = training.update(batch)
            guard score.loss.isFinite else {
                throw KernelFailure.divergence("iteration \(iteration + 1) on the reward is not finite")
            }
            curve.add(Double(rewards.reduce(0, +)) / Double(rewards.count))
            progress(Double(iteration + 1) / Double(reinforcement.iterations))
        }
        guard training.model.isFinite else {
            throw KernelFailure.divergence("the reward left weights that are not finite")
        }
        return TrainedTransformer(model: training.model, curve: curve)
    }
}
