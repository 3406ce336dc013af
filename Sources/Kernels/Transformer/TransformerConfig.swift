internal import Foundation
import KernelInterface

/// Sizes and training settings shared by the transformer kernels.
struct TransformerConfig {
    var layers: Int
    var heads: Int
    var width: Int
    var hiddenWidth: Int
    var batch: Int
    var steps: Int
    var learningRate: Double
    var weightDecay: Double
    var secondDecay: Double
    var embeddingDeviation: Double

    /// Returns the parameters with the given defaults in canonical text.
    static func parameters(
        layers: String, heads: String, batch: String, steps: String, learningRate: String, weightDecay: String,
        secondDecay: String = "0.99", embeddingDeviation: String
    ) -> [Parameter] {
        [
            Parameter("layers", .integers(1...8), default: layers, "blocks of attention and MLP"),
            Parameter("heads", .integers(1...16), default: heads, "attention heads per block"),
            Parameter("width", .integers(8...256), default: "64", "width of the residual stream"),
            Parameter("hidden_width", .integers(8...1024), default: "256", "width of the MLP"),
            Parameter("batch", .integers(1...4096), default: batch, "sequences per step"),
            Parameter("steps", .integers(0...1_000_000), default: steps, "AdamW steps"),
            Parameter("learning_rate", .numbers(0...1e9), default: learningRate, "peak learning rate of AdamW"),
            Parameter("weight_decay", .numbers(0...1000), default: weightDecay, "weight decay of AdamW, on matrices"),
            Parameter("second_decay", .numbers(0...0.9999), default: secondDecay, "beta2 of AdamW; beta1 is 0.9"),
            Parameter(
                "embedding_deviation", .numbers(0...100), default: embeddingDeviation,
                "standard deviation of the embeddings before training"),
        ]
    }

    static let networkParameter = Parameter(
        "network", .words(["trained", "untrained"]), default: "trained", "untrained: the initial weights, the control")

    init(_ config: Settings) throws(ConfigMistake) {
        layers = config.integer("layers")
        heads = config.integer("heads")
        width = config.integer("width")
        hiddenWidth = config.integer("hidden_width")
        batch = config.integer("batch")
        steps = config.integer("steps")
        learningRate = config.number("learning_rate")
        weightDecay = config.number("weight_decay")
        secondDecay = config.number("second_decay")
        embeddingDeviation = config.number("embedding_deviation")
        guard width % (8 * heads) == 0 else {
            throw ConfigMistake(
                "heads", "the width per head, \(width) / \(heads), is not a multiple of 8",
                fix: "use a width that is a multiple of \(8 * heads)")
        }
        guard hiddenWidth % 8 == 0 else {
            throw ConfigMistake("hidden_width", "hidden_width \(hiddenWidth) is not a multiple of 8", fix: "round it")
        }
    }

    func shape(vocabulary: Int, context: Int) -> TransformerShape {
        TransformerShape(
            vocabulary: vocabulary, context: context, layers: layers, heads: heads, width: width,
            hiddenWidth: hiddenWidth)
    }

    func model(_ shape: TransformerShape, seed: UInt64) -> Transformer {
        Transformer(shape, embeddingDeviation: embeddingDeviation, seed: seed)
    }

    var schedule: TrainingSchedule {
        TrainingSchedule(
            steps: steps, learningRate: learningRate, weightDecay: weightDecay,
            decays: AdamDecays(first: 0.9, second: secondDecay))
    }
}

extension TransformerShape {
    /// Returns the number of floating-point operations per token in the matrix products of the forward pass. A forward
    /// pass and a backward pass together need three times as many.
    ///
    /// - Parameter seen: the number of tokens to which each token attends
    func operations(seen: Double) -> Double {
        let block = Double(4 * width * width + 2 * width * hiddenWidth) + 2 * Double(width) * seen
        return 2 * (Double(layers) * block + Double(width * vocabulary))
    }

    /// The memory in bytes that training needs for the process, parameters, gradients, moments and the activations of
    /// one chunk.
    var trainingBytes: Double {
        let perToken = layers * (7 * width + 2 * hiddenWidth + heads * context) + vocabulary
        return processBytes + productBufferBytes + 16 * Double(8 * TransformerLayout(self).count) + 4
            * Double(max(256, context) * perToken)
    }
}

/// The measured number of floating-point operations per second in training and measuring. Only matrix products are
/// counted as operations, but the time includes all other work.
let assumedOperationsPerSecond = 1e11
