"""Toy models of superposition in PyTorch: y = ReLU(WᵀWx + b) on sparse inputs (Elhage et al. 2022, arXiv 2209.10652).

dimensionality    trains a network from the seed of the run and measures how features share its dimensions
exported-network  measures a network that `arbor-ledger show MODEL --train --export FOLDER` wrote, and its loss on inputs
                  that the seed chooses
"""

import hashlib
import json
import pathlib

import numpy
import safetensors.torch
import torch

from arbor_kernel import Failed, Result, Unsupported, digest_of, measurement, serve

CONFIG = {
    "features": 5, "dimensions": 2, "batch": 1024, "steps": 10_000, "learning_rate": 0.001, "importance_decay": 0.9,
    "restarts": 10, "selection_batch": 40_000, "density": 0.1,
}
SHARES = {
    "share-three-quarters": 3 / 4, "share-two-thirds": 2 / 3, "share-digon": 1 / 2, "share-pentagon": 2 / 5,
    "share-antiprism": 3 / 8,
}
QUANTITIES = [
    "dimensions-per-feature", "features-represented", "mean-feature-dimensionality", "total-dimensionality", *SHARES]
REPRESENTED_NORM, SHARE_WIDTH = 0.5, 0.02

torch.use_deterministic_algorithms(True)


class Inputs:
    """Sparse inputs of a run: each feature is uniform from 0 to 1 with the probability `density`, and 0 otherwise."""

    def __init__(self, seed, name, density):
        key = hashlib.sha256(f"{seed}/{name}".encode()).digest()[:16]
        self.generator = numpy.random.Generator(numpy.random.Philox(key=int.from_bytes(key, "little")))
        self.density = density

    def draw(self, samples, features):
        values = self.generator.random((samples, features), dtype=numpy.float32)
        active = self.generator.random((samples, features), dtype=numpy.float32) < self.density
        return torch.from_numpy(values * active)

    def normals(self, *shape):
        return torch.from_numpy(self.generator.standard_normal(shape, dtype=numpy.float32))


def output(weights, biases, inputs):
    """Returns y (networks, samples, features) for W (networks, features, dimensions) and x (samples, features)."""
    return torch.relu(inputs @ weights @ weights.mT + biases[:, None])


def losses(weights, biases, inputs, importance):
    """Returns the mean of I_i (y_i - x_i)² over samples and features, for each network."""
    return (importance * (output(weights, biases, inputs) - inputs) ** 2).mean((1, 2))


def dimensionalities(weights):
    """Returns how features share dimensions, for the W (features, dimensions) of one network.

    D_i = ||W_i||² / Σ_j (Ŵ_i · W_j)². Means and shares are over the represented features, the total is over all.
    """
    weights = weights.double()
    products = weights @ weights.T
    norms = products.diagonal()
    sizes = torch.where(norms > 0, norms**2 / (products**2).sum(1), 0.0)
    represented = sizes[norms.sqrt() > REPRESENTED_NORM]
    values = {
        "dimensions-per-feature": weights.shape[1] / norms.sum().item(),
        "features-represented": len(represented),
        "mean-feature-dimensionality": represented.mean().item() if len(represented) else 0,
        "total-dimensionality": sizes.sum().item() / weights.shape[1],
    }
    # A feature counts in the nearest arrangement.
    distances = (represented[:, None] - torch.tensor(list(SHARES.values()), dtype=torch.float64)).abs()
    nearest = distances.min(1) if len(represented) else None
    for place, name in enumerate(SHARES):
        inside = (nearest.indices == place) & (nearest.values <= SHARE_WIDTH) if nearest else torch.zeros(1)
        values[name] = inside.double().mean().item()
    return values


@measurement(quantities=QUANTITIES, settings=["density", "network"])
def dimensionality(run):
    """Trains a network from the seed and measures it. With network: untrained, its initial weights are measured."""
    config = {**CONFIG, **run.config, **run.settings}
    features, dimensions, restarts = (int(config[name]) for name in ("features", "dimensions", "restarts"))
    density, batch = float(config["density"]), int(config["batch"])
    steps = 0 if config.get("network") == "untrained" else int(config["steps"])
    importance = float(config["importance_decay"]) ** torch.arange(features)
    start = Inputs(run.seed, "initialisation", density).normals(restarts, features, dimensions)
    weights = (start * (2 / (features + dimensions)) ** 0.5).requires_grad_()
    biases = torch.zeros(restarts, features, requires_grad=True)
    inputs = Inputs(run.seed, "data", density)
    adam = torch.optim.Adam([weights, biases], lr=float(config["learning_rate"]))
    for step in range(steps):
        adam.zero_grad()
        losses(weights, biases, inputs.draw(batch, features), importance).sum().backward()
        adam.step()
        run.progress(step / steps)
    with torch.no_grad():
        fresh = Inputs(run.seed, "selection", density).draw(int(config["selection_batch"]), features)
        final = losses(weights, biases, fresh, importance)
        if not final.isfinite().any():
            raise Failed("no restart has finite weights")
        best = torch.where(final.isfinite(), final, torch.inf).argmin()
    return Result(dimensionalities(weights[best].detach()), sample=digest_of(start.flatten().tolist()))


@measurement(quantities=[*QUANTITIES, "sampled-loss"], settings=["density"])
def exported_network(run):
    """Measures the network of a folder that arbor-ledger exported, after comparing its output with the example there."""
    if "network" not in run.weights:
        raise Unsupported("the run names no weights 'network'")
    folder = pathlib.Path(run.weights["network"])
    config = json.loads((folder / "config.json").read_text())
    if config["architecture"] != "superposition" or config["n_instances"] != 1:
        raise Unsupported("the weights are not those of one toy model of superposition")
    tensors = safetensors.torch.load_file(folder / "model.safetensors")
    weights, biases = tensors["W"], tensors["b_final"]
    example = folder / "example.json"
    if example.exists():
        expected = json.loads(example.read_text())
        found = output(weights, biases, torch.tensor(expected["input"])[None])[:, 0]
        if not torch.allclose(found, torch.tensor(expected["output"]), atol=1e-5):
            raise Failed("the output for the example differs from the kernel's")
    density = float(run.settings.get("density", config.get("setting.density", CONFIG["density"])))
    inputs = Inputs(run.seed, "data", density).draw(CONFIG["selection_batch"], config["n_features"])
    importance = float(config.get("toy_model.importance_decay", 1)) ** torch.arange(config["n_features"])
    loss = losses(weights.double(), biases.double(), inputs.double(), importance.double()).item()
    return Result(
        {**dimensionalities(weights[0]), "sampled-loss": loss},
        sample=hashlib.sha256(inputs.numpy().tobytes()).hexdigest())


def platform():
    return {
        "device": "cpu", "processor": torch.backends.cpu.get_cpu_capability(), "torch": torch.__version__,
        "threads": torch.get_num_threads()}


if __name__ == "__main__":
    torch.set_num_threads(1)
    serve(
        "superposition-in-pytorch", version=1, platform=platform,
        lock=pathlib.Path(__file__).parent / "requirements.lock")
