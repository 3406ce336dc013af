"""The tree-search kernel's work for one seed in PyTorch: trees, training, and every measurement.

usage: tree_search.py [--seed N] [--steps 2500]

Prints one JSON line with the seconds on one thread and the measured values.
"""

import argparse
import time

import numpy as np
import torch

from gpt import GPT, NO_TARGET, parts, print_result, train
from probes import Probe

NODES, READINGS = 7, 10_000
BATCH, RATE = 64, 2e-3
LAYERS, HEADS = 3, 2

# The token of the edge from a to b is a * NODES + b, and the token of a node is NODES² + its name.
MARKER = NODES * NODES + NODES
VOCABULARY = MARKER + 1
PATH_START = NODES + 2
CONTEXT = PATH_START + NODES - 2
GOAL_PLACE = NODES
# Inputs have 9 to 14 tokens. This is the fastest grouping that was tried.
PART_BOUNDS = [11, CONTEXT]


def chosen(rng, is_open):
    """Returns a uniformly random open column for each row (n, columns)."""
    return np.where(is_open, rng.random(is_open.shape), -1).argmax(1)


class Trees:
    """Random trees: first a path of random length, whose end is the goal. Then each other node is attached to a random
    earlier node with fewer than two children, but not below the goal."""

    def __init__(self, rng, count):
        rows = np.arange(count)
        parents = np.full((count, NODES), -1)
        children = np.zeros((count, NODES), dtype=int)
        goal = rng.integers(1, NODES, count)
        for node in range(1, NODES):
            is_open = (children < 2) & (np.arange(NODES) < node) & (np.arange(NODES) != goal[:, None])
            parents[:, node] = np.where(node <= goal, node - 1, chosen(rng, is_open))
            children[rows, parents[:, node]] += 1

        # The nodes from the goal up to the root, then -1.
        climb = [goal]
        for _ in range(NODES - 1):
            climb.append(np.where(climb[-1] < 0, -1, parents[rows, climb[-1]]))
        climb = np.stack(climb, 1)
        self.depths = (climb >= 0).sum(1) - 1
        names = rng.permuted(np.tile(np.arange(NODES), (count, 1)), axis=1)
        up = np.arange(NODES)
        places = self.depths[:, None] - up
        path = np.where(places >= 0, climb[rows[:, None], places], -1)
        # The path (n, NODES), with NO_TARGET after the goal.
        self.path = np.where(path >= 0, names[rows[:, None], path], NO_TARGET)

        edges = names[rows[:, None], parents[:, 1:]] * NODES + names[:, 1:]
        nodes = np.where(self.path >= 0, NODES * NODES + self.path, NO_TARGET)
        head = np.stack([np.full(count, MARKER), NODES * NODES + names[rows, goal]], 1)
        tokens = torch.from_numpy(np.concatenate([rng.permuted(edges, axis=1), head, nodes], 1))
        self.inputs, self.targets = tokens[:, :-1].clamp(min=0), tokens[:, 1:]
        self.lengths = torch.from_numpy(self.depths + PATH_START - 1)
        # The probability that a random walk down from the root takes the path.
        on_path = (climb >= 0) & (up > 0)
        turns = np.where(on_path, children[rows[:, None], climb], 1)
        self.chances = 1 / turns.prod(1)


@torch.no_grad()
def read(model, trees):
    """Returns the most likely tokens (n, T), and the stream at the goal after each layer, each (n, d)."""
    predictions, streams = [], []
    for part in trees.inputs.split(64):
        own = []

        def keep(_, stream):
            own.append(stream[:, GOAL_PLACE])
            return stream

        predictions.append(model(part, hook=keep)[0].argmax(2))
        streams.append(own)
    return torch.cat(predictions), [torch.cat(each) for each in zip(*streams)]


def parent_accuracy(stream, trees):
    """Returns the accuracy of a probe that reads the goal's parent from the stream at the goal (n, d)."""
    rows = np.arange(READINGS)
    labels = torch.from_numpy(trees.path[rows, trees.depths - 1])[:, None]
    half = READINGS // 2
    return Probe(stream[:half], labels[:half], classes=NODES).accuracy(stream[half:], labels[half:])


def measure(model, untrained, trees):
    predictions, streams = read(model, trees)
    is_right = (predictions == trees.targets) | (trees.targets == NO_TARGET)
    is_right[:, : PATH_START - 1] = True
    exact, deep = is_right.all(1), torch.from_numpy(trees.depths >= 3)
    values = {
        "path-accuracy": exact.double().mean().item(),
        "first-step-accuracy": is_right[:, PATH_START - 1].double().mean().item(),
        "guessed-path-accuracy": trees.chances.mean(),
        "path-accuracy, least-depth 3": exact[deep].double().mean().item(),
        "first-step-accuracy, least-depth 3": is_right[deep, PATH_START - 1].double().mean().item(),
        "guessed-path-accuracy, least-depth 3": trees.chances[deep.numpy()].mean(),
    }
    probed = "path-probe-accuracy, node parent, position goal, probe softmax, layer"
    for layer in (0, LAYERS):
        values[f"{probed} {layer}"] = parent_accuracy(streams[layer], trees)
    _, streams = read(untrained, trees)
    values[f"{probed} {LAYERS}, network untrained"] = parent_accuracy(streams[LAYERS], trees)
    return values


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=2500)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)

    start = time.perf_counter()
    trees = Trees(rng, BATCH * options.steps)
    data_seconds = time.perf_counter() - start
    model, untrained = (GPT(VOCABULARY, CONTEXT, LAYERS, embedding_deviation=1, heads=HEADS) for _ in range(2))
    tensors = (trees.inputs, trees.targets, trees.lengths)
    batches = (parts(*batch, PART_BOUNDS) for batch in zip(*(tensor.split(BATCH) for tensor in tensors)))
    train_seconds = train(model, batches, options.steps, RATE)
    start = time.perf_counter()
    values = measure(model, untrained, Trees(rng, READINGS))
    measure_seconds = time.perf_counter() - start
    print_result("tree-search", options.seed, data_seconds, train_seconds, measure_seconds, values)


if __name__ == "__main__":
    main()
