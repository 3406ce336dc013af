import KernelInterface

extension Transformer {
    /// The parameters with the names and shapes of TransformerLens, and the logits for one sequence of full length.
    var export: ExportedNetwork {
        let width = shape.headWidth
        func elements(_ tensor: Tensor, columns: Range<Int>? = nil) -> [Float] {
            let columns = columns ?? 0..<tensor.columns
            return (0..<tensor.rows).flatMap { row in
                columns.map { column in
                    let place = row * tensor.columns + column
                    return parameters[tensor.offset + place / 8][place % 8]
                }
            }
        }
        var tensors = [
            ExportedNetwork.Tensor("embed.W_E", [shape.vocabulary, shape.width], elements(layout.tokens)),
            .init("pos_embed.W_pos", [shape.context, shape.width], elements(layout.positions)),
        ]
        func appendNorm(_ name: String, _ gain: Tensor, _ shift: Tensor) {
            guard shape.normalises else { return }
            tensors.append(.init("\(name).w", [shape.width], elements(gain)))
            tensors.append(.init("\(name).b", [shape.width], elements(shift)))
        }
        for (index, block) in layout.blocks.enumerated() {
            appendNorm("blocks.\(index).ln1", block.gain1, block.shift1)
            for (part, letter) in ["Q", "K", "V"].enumerated() {
                func columns(_ head: Int) -> Range<Int> {
                    let start = part * shape.width + head * width
                    return start..<(start + width)
                }
                let heads = 0..<shape.heads
                tensors.append(
                    .init(
                        "blocks.\(index).attn.W_\(letter)", [shape.heads, shape.width, width],
                        heads.flatMap { elements(block.queryKeyValue, columns: columns($0)) }))
                tensors.append(
                    .init(
                        "blocks.\(index).attn.b_\(letter)", [shape.heads, width],
                        heads.flatMap { elements(block.queryKeyValueBias, columns: columns($0)) }))
            }
            tensors.append(
                .init("blocks.\(index).attn.W_O", [shape.heads, width, shape.width], elements(block.projection)))
            tensors.append(.init("blocks.\(index).attn.b_O", [shape.width], elements(block.projectionBias)))
            appendNorm("blocks.\(index).ln2", block.gain2, block.shift2)
            tensors.append(.init("blocks.\(index).mlp.W_in", [shape.width, shape.hiddenWidth], elements(block.up)))
            tensors.append(.init("blocks.\(index).mlp.b_in", [shape.hiddenWidth], elements(block.upBias)))
            tensors.append(.init("blocks.\(index).mlp.W_out", [shape.hiddenWidth, shape.width], elements(block.down)))
            tensors.append(.init("blocks.\(index).mlp.b_out", [shape.width], elements(block.downBias)))
        }
        appendNorm("ln_final", layout.finalGain, layout.finalShift)
        let vocabulary = 0..<shape.vocabulary
        tensors.append(
            .init("unembed.W_U", [shape.width, shape.vocabulary], elements(layout.head, columns: vocabulary)))
        // TransformerLens expects this bias; these networks have none.
        tensors.append(.init("unembed.b_U", [shape.vocabulary], vocabulary.map { _ in 0 }))
        return ExportedNetwork(tensors: tensors, properties: properties, example: example, loader: transformerLoader)
    }

    /// The sizes by the names of TransformerLens's HookedTransformerConfig.
    private var properties: [String: ExportedNetwork.Property] {
        [
            "architecture": .word("transformer"), "n_layers": .integer(shape.layers), "n_heads": .integer(shape.heads),
            "d_model": .integer(shape.width), "d_head": .integer(shape.headWidth), "d_mlp": .integer(shape.hiddenWidth),
            "n_ctx": .integer(shape.context), "d_vocab": .integer(shape.vocabulary),
            "act_fn": .word(shape.activation == .gelu ? "gelu_new" : "relu"),
            "normalization_type": shape.normalises ? .word("LN") : .null, "eps": .number(1e-5),
        ]
    }

    private var example: ExportedNetwork.Example {
        let tokens = (0..<shape.context).map { $0 % shape.vocabulary }
        var batch = TokenBatch()
        batch.append(tokens)
        var pass = TransformerPass(shape)
        pass.forward(self, Chunk(batch, 0..<1))
        let logits = tokens.indices.map { row in
            (0..<shape.vocabulary).map { token in
                let place = row * shape.paddedVocabulary + token
                return pass.logits[place / 8][place % 8]
            }
        }
        return ExportedNetwork.Example(input: tokens.map(Double.init), output: logits)
    }
}
