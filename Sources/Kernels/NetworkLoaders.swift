/// A Python program that loads an exported transformer.
let transformerLoader = #"""
    """Loads this network in PyTorch. Run the file to compare its output with the kernel's.

    Needs torch and safetensors. The parameters have the names and shapes of TransformerLens, whose
    HookedTransformer (before release 4) loads model.safetensors too.
    """

    import json
    import pathlib

    import torch
    from safetensors.torch import load_file


    class Network:
        """A transformer: tokens (T) to logits (T, d_vocab)."""

        def __init__(self, config, tensors):
            self.config = config
            self.tensors = tensors

        def __call__(self, tokens):
            stream = self.tensors["embed.W_E"][tokens] + self.tensors["pos_embed.W_pos"][: len(tokens)]
            for index in range(self.config["n_layers"]):
                prefix = f"blocks.{index}."
                stream = stream + self.attention(prefix + "attn.", self.norm(prefix + "ln1", stream))
                stream = stream + self.mlp(prefix + "mlp.", self.norm(prefix + "ln2", stream))
            return self.norm("ln_final", stream) @ self.tensors["unembed.W_U"] + self.tensors["unembed.b_U"]

        def norm(self, name, stream):
            if self.config["normalization_type"] is None:
                return stream
            gain, shift = self.tensors[name + ".w"], self.tensors[name + ".b"]
            return torch.nn.functional.layer_norm(stream, gain.shape, gain, shift, self.config["eps"])

        def attention(self, name, x):
            query, key, value = (
                x @ self.tensors[f"{name}W_{part}"] + self.tensors[f"{name}b_{part}"][:, None] for part in "QKV")
            scores = query @ key.mT / self.config["d_head"] ** 0.5
            later = torch.ones(len(x), len(x), dtype=torch.bool).triu(1)
            heads = scores.masked_fill(later, -torch.inf).softmax(-1) @ value
            return (heads @ self.tensors[name + "W_O"]).sum(0) + self.tensors[name + "b_O"]

        def mlp(self, name, x):
            hidden = x @ self.tensors[name + "W_in"] + self.tensors[name + "b_in"]
            if self.config["act_fn"] == "relu":
                hidden = hidden.relu()
            else:
                hidden = torch.nn.functional.gelu(hidden, approximate="tanh")
            return hidden @ self.tensors[name + "W_out"] + self.tensors[name + "b_out"]

    """# + loadingAndComparing

/// A Python program that loads exported toy models of superposition.
let superpositionLoader = #"""
    """Loads this network in PyTorch. Run the file to compare its output with the kernel's.

    Needs torch and safetensors. The parameters have the names and shapes of the notebook of "Toy Models of
    Superposition" (Elhage et al. 2022).
    """

    import json
    import pathlib

    import torch
    from safetensors.torch import load_file


    class Network:
        """Toy models of superposition: inputs (n_features) to outputs (n_instances, n_features)."""

        def __init__(self, config, tensors):
            self.config = config
            self.tensors = tensors

        def __call__(self, x):
            weights = self.tensors["W"]
            hidden = torch.einsum("f,ifh->ih", x, weights)
            return (torch.einsum("ih,ifh->if", hidden, weights) + self.tensors["b_final"]).relu()

    """# + loadingAndComparing

/// The end of both programs.
private let loadingAndComparing = #"""


    def load(folder):
        """Returns the network of a folder with config.json and model.safetensors."""
        folder = pathlib.Path(folder)
        config = json.loads((folder / "config.json").read_text())
        return Network(config, load_file(folder / "model.safetensors"))


    if __name__ == "__main__":
        folder = pathlib.Path(__file__).parent
        example = json.loads((folder / "example.json").read_text())
        expected = torch.tensor(example["output"])
        output = load(folder)(torch.tensor(example["input"]))
        difference = (output - expected).abs().max().item()
        print(f"largest difference from the kernel's output: {difference:.2g}")
        if not difference <= 1e-5 * max(1, expected.abs().max().item()):
            raise SystemExit("the outputs differ")

    """#
