"""The superposition kernel's work for one seed in eager PyTorch, in the fastest of the forms that were tried.

usage: superposition.py intro|geometry|phase [--seed N] [--steps COUNT]

Prints one JSON line with the seconds on one thread and the measured values.
"""

import argparse
import time

import torch

from gpt import print_result

INTRO = dict(
    features=5, dimensions=2, variance=2 / 7, restarts=10, batch=1024, steps=10_000, rate=1e-3, decays=False,
    importances=[[0.9**i for i in range(5)]], densities=[1, 0.2, 0.1],
)
GEOMETRY = dict(
    features=200, dimensions=20, variance=1 / 200, restarts=1, batch=512, steps=2000, rate=3e-3, decays=True,
    importances=[[1.0] * 200], densities=[1, 0.4, 0.3, 0.25, 0.2, 0.1, 0.03],
)
PHASE = dict(
    features=2, dimensions=1, variance=2 / 3, restarts=8, batch=1024, steps=5000, rate=5e-3, decays=False,
    importances=[[1.0, 10 ** (index / 4 - 1)] for index in range(9)],
    densities=[10 ** (index / 4 - 2) for index in range(9)],
)
PRESETS = {"intro": INTRO, "geometry": GEOMETRY, "phase": PHASE}


def draw(features, samples, density):
    """Draws x (n, samples): each feature is uniform in [0, 1) with probability `density`, and otherwise 0."""
    x = torch.rand(features, samples)
    return x if density == 1 else x.mul_(torch.rand(features, samples) < density)


def outputs(x, weights, biases):
    """Returns y = ReLU(Wᵀ W x + b) of all networks (networks, n, samples).

    The weights are (networks, n, m) and the biases (networks, n, 1).
    """
    return torch.relu(torch.baddbmm(biases, weights, weights.mT @ x))


def summed_loss(x, y, importance):
    """Returns the mean of I (x - y)² over samples and features, summed over the networks."""
    if importance is None:
        return torch.nn.functional.mse_loss(y, x.expand_as(y))
    return ((y - x).square() * importance).sum() / x.numel()


def train(preset, density):
    """Returns W (importances, n, m): for each importance, the network with the least loss on fresh samples."""
    cells, restarts, features = len(preset["importances"]), preset["restarts"], preset["features"]
    shape = (cells * restarts, features, preset["dimensions"])
    weights = (torch.randn(shape) * preset["variance"] ** 0.5).requires_grad_()
    biases = torch.zeros(shape[0], features, 1, requires_grad=True)
    importance = torch.tensor(preset["importances"]).repeat_interleave(restarts, 0)[:, :, None]
    if shape[0] == 1 and torch.all(importance == 1):
        importance = None
    adam = torch.optim.Adam([weights, biases], lr=preset["rate"], fused=True)
    for step in range(preset["steps"]):
        if preset["decays"]:
            adam.param_groups[0]["lr"] = preset["rate"] * (1 - step / preset["steps"])
        x = draw(features, preset["batch"], density)
        loss = summed_loss(x, outputs(x, weights, biases), importance)
        adam.zero_grad()
        loss.backward()
        adam.step()
    weights = weights.detach()
    if restarts == 1:
        return weights
    with torch.no_grad():
        x = draw(features, 40_000, density)
        losses = ((outputs(x, weights, biases) - x).square() * importance).sum((1, 2)).view(cells, restarts)
    return weights.view(cells, restarts, *shape[1:])[torch.arange(cells), losses.argmin(1)]


SHARES = {"three-quarters": 3 / 4, "two-thirds": 2 / 3, "digon": 1 / 2, "pentagon": 2 / 5, "antiprism": 3 / 8}


def dimensionality(weights):
    """Measures Wᵀ (n, m): m / ||W||², the number of features with ||W_i|| > 0.5, their D_i, and Σ D_i / m over all.

    A represented feature belongs to the arrangement whose D is nearest to D_i, or to none if |D - D_i| > 0.02. Means
    and shares are 0 if no feature is represented.
    """
    weights = weights.double()
    squares = weights.square().sum(1)
    overlaps = (weights @ weights.T).square().sum(1)
    each = squares.square() / overlaps
    represented = each[squares.sqrt() > 0.5]
    count = max(1, len(represented))
    values = {
        "dimensions-per-feature": weights.shape[1] / squares.sum(), "features-represented": len(represented),
        "mean-feature-dimensionality": represented.sum() / count, "total-dimensionality": each.sum() / weights.shape[1],
    }
    distances = (represented[:, None] - torch.tensor(list(SHARES.values()), dtype=torch.double)).abs()
    least, nearest = distances.min(1)
    for index, name in enumerate(SHARES):
        values[f"share-{name}"] = ((nearest == index) & (least <= 0.02)).sum() / count
    return {name: float(value) for name, value in values.items()}


def agreement(networks):
    """Returns the share of cells whose trained phase has the least expected loss.

    Each density has one Wᵀ (importances, 2, 1).
    """
    agreeing = []
    for p, weights in networks.items():
        for (first, second), (_, relative) in zip(weights[:, :, 0].abs() > 0.5, PHASE["importances"]):
            dropped = p / 3 - p * p / 4
            losses = {
                (True, False): relative * dropped, (False, True): dropped, (True, True): p * p * (1 + relative) / 6,
            }
            loss = losses.get((first.item(), second.item()), float("inf"))
            agreeing.append(loss <= min(losses.values()) * (1 + 1e-9))
    return sum(agreeing) / len(agreeing)


def initial(preset):
    """Draws Wᵀ (n, m) of one network."""
    return torch.randn(preset["features"], preset["dimensions"]) * preset["variance"] ** 0.5


def measure(name, networks):
    if name == "phase":
        return {"phase-agreement": agreement(networks)}
    cells = {f"density {density:g}": dimensionality(weights[0]) for density, weights in networks.items()}
    if name == "geometry":
        cells["density 0.3, network untrained"] = dimensionality(initial(GEOMETRY))
    return {f"{quantity}, {cell}": value for cell, values in cells.items() for quantity, value in values.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("preset", choices=PRESETS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    preset = PRESETS[options.preset]
    if options.steps is not None:
        preset["steps"] = options.steps

    start = time.perf_counter()
    networks = {density: train(preset, density) for density in preset["densities"]}
    train_seconds = time.perf_counter() - start
    start = time.perf_counter()
    values = measure(options.preset, networks)
    measure_seconds = time.perf_counter() - start
    # Each step draws its inputs.
    print_result(f"superposition-{options.preset}", options.seed, 0, train_seconds, measure_seconds, values)


if __name__ == "__main__":
    main()
