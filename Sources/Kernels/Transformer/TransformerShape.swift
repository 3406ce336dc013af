/// The sizes of a GPT-2 style transformer: pre-norm, learned positions, biases, and an untied output head.
struct TransformerShape: Equatable {
    enum Activation {
        case gelu, relu
    }

    /// V, the number of tokens.
    var vocabulary: Int
    /// The maximum length of a sequence.
    var context: Int
    var layers: Int
    var heads: Int
    /// d, the width of the residual stream; `width / heads` is a multiple of eight.
    var width: Int
    var hiddenWidth: Int
    var normalises = true
    var activation = Activation.gelu

    var headWidth: Int { width / heads }
    /// V padded to whole lanes.
    var paddedVocabulary: Int { 8 * laneGroups(vocabulary) }
}

/// One tensor in the buffer of all parameters.
struct Tensor: Equatable {
    /// The offset in lanes.
    var offset: Int
    var rows: Int
    /// The number of columns in floats, a multiple of eight.
    var columns: Int
    /// Whether weight decay applies; it applies to matrices, but not to biases and gains.
    var isDecayed: Bool

    var range: Range<Int> { offset..<(offset + rows * columns / 8) }
    var matrix: MatrixShape { MatrixShape(rows: rows, columns: columns, rowStride: columns, offset: 8 * offset) }
}

/// The layout of a transformer's tensors in one buffer; gradients and moments have the same layout.
struct TransformerLayout: Equatable {
    struct Block: Equatable {
        var gain1: Tensor
        var shift1: Tensor
        /// (d, 3d): queries, keys and values, each ordered by head.
        var queryKeyValue: Tensor
        var queryKeyValueBias: Tensor
        /// (d, d)
        var projection: Tensor
        var projectionBias: Tensor
        var gain2: Tensor
        var shift2: Tensor
        /// (d, hidden)
        var up: Tensor
        var upBias: Tensor
        /// (hidden, d)
        var down: Tensor
        var downBias: Tensor
    }

    /// (V, d)
    var tokens: Tensor
    /// (context, d)
    var positions: Tensor
    var blocks: [Block]
    var finalGain: Tensor
    var finalShift: Tensor
    /// (d, V padded)
    var head: Tensor
    /// All tensors in the order of the buffer.
    var all: [Tensor]

    init(_ shape: TransformerShape) {
        var all: [Tensor] = []
        func matrix(_ rows: Int, _ columns: Int) -> Tensor {
            let tensor = Tensor(offset: all.last?.range.upperBound ?? 0, rows: rows, columns: columns, isDecayed: true)
            all.append(tensor)
            return tensor
        }
        func vector(_ columns: Int) -> Tensor {
            var tensor = matrix(1, columns)
            tensor.isDecayed = false
            all[all.count - 1] = tensor
            return tensor
        }
        let (d, hidden) = (shape.width, shape.hiddenWidth)
        tokens = matrix(shape.vocabulary, d)
        positions = matrix(shape.context, d)
        blocks = (0..<shape.layers).map { _ in
            Block(
                gain1: vector(d), shift1: vector(d), queryKeyValue: matrix(d, 3 * d), queryKeyValueBias: vector(3 * d),
                projection: matrix(d, d), projectionBias: vector(d), gain2: vector(d), shift2: vector(d),
                up: matrix(d, hidden), upBias: vector(hidden), down: matrix(hidden, d), downBias: vector(d))
        }
        finalGain = vector(d)
        finalShift = vector(d)
        head = matrix(d, shape.paddedVocabulary)
        self.all = all
    }

    /// The size of the buffer in lanes.
    var count: Int { head.range.upperBound }
}
