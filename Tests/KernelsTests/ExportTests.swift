import Foundation
import KernelInterface
import Testing

@testable import vector_kernels

/// An exported network, computed from its tensors' names and shapes alone, gives the output of the kernel.
@Suite struct ExportTests {
    @Test(arguments: tinyKernels) func exportedTransformersGiveTheKernelsLogits(tiny: TinyKernel) throws {
        let job = try #require(tiny.allJobs.first)
        let exported = try #require(try tiny.kernel.export(job, try tiny.kernel.train(job) { _ in }))
        let network = ExportedTransformer(exported)
        let logits = network.logits(exported.example.input.map { Int($0) })
        #expect(logits.count == network.integer("n_ctx") && logits[0].count == network.integer("d_vocab"))
        for (found, expected) in zip(exported.example.output, logits) {
            #expect(relativeError(found, expected) < 1e-5)
        }
    }

    @Test func exportedSuperpositionGivesTheKernelsOutput() throws {
        let job = job(
            ["features": "5", "dimensions": "2", "steps": "300", "importance_decay": "0.9"],
            settings: ["density": "0.2"], seed: 3)
        let exported = try #require(try Superposition().export(job, try Superposition().train(job) { _ in }))
        let tensors = exported.tensors
        #expect(tensors.map(\.name) == ["W", "b_final"] && tensors.map(\.shape) == [[1, 5, 2], [1, 5]])
        let weights = tensors[0].values.map(Double.init)
        let expected = (0..<5).map { feature in
            let sum = (0..<5).reduce(Double(tensors[1].values[feature])) { sum, other in
                let product = (0..<2).reduce(0) { $0 + weights[2 * feature + $1] * weights[2 * other + $1] }
                return sum + product * exported.example.input[other]
            }
            return max(0, sum)
        }
        #expect(relativeError(exported.example.output[0], expected) < 1e-5)
        #expect(expected.contains { $0 > 0.01 }, "the example shows an output")
    }

    @Test func aKernelWithoutANetworkExportsNone() throws {
        let job = try #require(tinyCoin.allJobs.first)
        #expect(try Coin().export(job, try Coin().train(job) { _ in }) == nil)
    }
}

/// A transformer in double precision with the parameters of TransformerLens.
private struct ExportedTransformer {
    let exported: ExportedNetwork

    init(_ exported: ExportedNetwork) {
        self.exported = exported
    }

    func integer(_ name: String) -> Int {
        guard case .integer(let value)? = exported.properties[name] else { return 0 }
        return value
    }

    /// Returns row `index` of a tensor, if its first axis is split off.
    private func row(_ name: String, _ index: Int = 0) -> [Double] {
        let tensor = exported.tensors.first { $0.name == name }!
        let size = tensor.shape.count == 1 ? tensor.shape[0] : tensor.shape.dropFirst().reduce(1, *)
        return tensor.values[(index * size)..<((index + 1) * size)].map(Double.init)
    }

    /// Returns x times a matrix (x.count, n), which is entry `index` of a tensor if it has three axes.
    private func product(_ x: [Double], _ name: String, _ index: Int? = nil) -> [Double] {
        let tensor = exported.tensors.first { $0.name == name }!
        let columns = tensor.shape.last!
        let start = (index ?? 0) * x.count * columns
        return (0..<columns).map { column in
            x.indices.reduce(0) { $0 + x[$1] * Double(tensor.values[start + $1 * columns + column]) }
        }
    }

    private func norm(_ name: String, _ x: [Double]) -> [Double] {
        guard exported.properties["normalization_type"] == .word("LN") else { return x }
        let (normalised, gain, shift) = (naiveNormalised(x), row("\(name).w"), row("\(name).b"))
        return x.indices.map { normalised[$0] * gain[$0] + shift[$0] }
    }

    func logits(_ tokens: [Int]) -> [[Double]] {
        var stream = tokens.enumerated().map { sum(row("embed.W_E", $1), row("pos_embed.W_pos", $0)) }
        let activation: TransformerShape.Activation = exported.properties["act_fn"] == .word("relu") ? .relu : .gelu
        for block in 0..<integer("n_layers") {
            let name = "blocks.\(block)"
            let inputs = stream.map { norm("\(name).ln1", $0) }
            for head in 0..<integer("n_heads") {
                func part(_ letter: String, _ x: [Double]) -> [Double] {
                    sum(product(x, "\(name).attn.W_\(letter)", head), row("\(name).attn.b_\(letter)", head))
                }
                let (keys, values) = (inputs.map { part("K", $0) }, inputs.map { part("V", $0) })
                for position in stream.indices {
                    let query = part("Q", inputs[position])
                    let weights = naiveSoftmax(
                        (0...position).map { dot(query, keys[$0]) / Double(integer("d_head")).squareRoot() })
                    let mixed = query.indices.map { column in
                        weights.indices.reduce(0) { $0 + weights[$1] * values[$1][column] }
                    }
                    stream[position] = sum(stream[position], product(mixed, "\(name).attn.W_O", head))
                }
            }
            stream = stream.map { old in
                let x = sum(old, row("\(name).attn.b_O"))
                let input = sum(product(norm("\(name).ln2", x), "\(name).mlp.W_in"), row("\(name).mlp.b_in"))
                let hidden = input.map { naiveActivation($0, activation) }
                return sum(x, product(hidden, "\(name).mlp.W_out"), row("\(name).mlp.b_out"))
            }
        }
        return stream.map { sum(product(norm("ln_final", $0), "unembed.W_U"), row("unembed.b_U")) }
    }
}
