"""The tree-search kernel's work for one seed in PyTorch: trees, training, and every measurement.

usage: tree_search.py [--seed N] [--steps 2500] [--layers 3] [--predicted everything]

Prints one JSON line with the seconds on one thread and the measured values.

A fifth of the shapes of each depth are held out: training draws no tree of these shapes. A shape is a tree with its
goal, without names and without order. The only shape of the greatest depth, a line, is not held out.
"""

import argparse
import time

import numpy as np
import torch

from gpt import GPT, NO_TARGET, parts, print_result, train
from probes import SoftmaxProbe

NODES, READINGS = 7, 10_000
BATCH, RATE = 64, 2e-3
HEADS = 2
HELD_OUT_SHARE = 0.2

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


def mixed(*words):
    """Hashes arrays of 64-bit integers to one array; different rows collide only by a chance of 2⁻⁶⁴."""
    total = np.full(np.broadcast(*words).shape, 0x9E3779B97F4A7C15, dtype=np.uint64)
    for word in words:
        total = (total ^ np.asarray(word).astype(np.uint64)) * np.uint64(0xD6E8FEB86659FD93)
        total ^= total >> np.uint64(32)
    return total


def grown(rng, depths):
    """Returns the parents (n, NODES) of trees whose goal, node `depth`, has the given depth (n).

    First comes the path from node 0 to the goal. Then each other node is attached to a random earlier node with fewer
    than two children, but not below the goal.
    """
    count = len(depths)
    parents = np.full((count, NODES), -1)
    children = np.zeros((count, NODES), dtype=int)
    for node in range(1, NODES):
        is_open = (children < 2) & (np.arange(NODES) < node) & (np.arange(NODES) != depths[:, None])
        parents[:, node] = np.where(node <= depths, node - 1, chosen(rng, is_open))
        children[np.arange(count), parents[:, node]] += 1
    return parents


def shapes(parents, goals):
    """Returns the key of each tree's shape (n): each node hashes the sorted keys of its children."""
    rows = np.arange(len(parents))
    below = np.zeros((len(parents), NODES, 2), dtype=np.uint64)
    taken = np.zeros((len(parents), NODES), dtype=int)
    for node in reversed(range(NODES)):
        own = np.sort(below[:, node], axis=1)
        key = mixed(own[:, 0], own[:, 1], node == goals)
        if node > 0:
            parent = parents[:, node]
            below[rows, parent, taken[rows, parent]] = key
            taken[rows, parent] += 1
    return key


class Split:
    """The shapes that are held out: a share of each depth, but at least one and not all."""

    def __init__(self, rng):
        self.held_out, self.depths = [], []
        for depth in range(1, NODES):
            goals = np.full(20_000, depth)
            keys = np.unique(shapes(grown(rng, goals), goals))
            if len(keys) > 1:
                count = min(max(1, round(HELD_OUT_SHARE * len(keys))), len(keys) - 1)
                self.held_out += list(rng.permutation(keys)[:count])
                self.depths.append(depth)

    def draw(self, rng, count, is_seen):
        """Returns parents and depths of trees of one side. Each possible depth has the same probability."""
        depths = rng.choice(np.arange(1, NODES) if is_seen else self.depths, count)
        parents = grown(rng, depths)
        while len(wrong := np.flatnonzero(np.isin(shapes(parents, depths), self.held_out) == is_seen)):
            parents[wrong] = grown(rng, depths[wrong])
        return parents, depths


class Trees:
    """Trees with random names and edges in random order."""

    def __init__(self, rng, parents, goal):
        count = len(goal)
        rows = np.arange(count)
        self.shapes = shapes(parents, goal)
        children = (parents[:, :, None] == np.arange(NODES)).sum(1)
        # The nodes from the goal up to the root, then -1.
        climb = [goal]
        for _ in range(NODES - 1):
            climb.append(np.where(climb[-1] < 0, -1, parents[rows, climb[-1]]))
        climb = np.stack(climb, 1)
        self.depths = goal
        names = rng.permuted(np.tile(np.arange(NODES), (count, 1)), axis=1)
        up = np.arange(NODES)
        places = self.depths[:, None] - up
        path = np.where(places >= 0, climb[rows[:, None], places], -1)
        # The path (n, NODES), with NO_TARGET after the goal.
        self.path = np.where(path >= 0, names[rows[:, None], path], NO_TARGET)

        edges = names[rows[:, None], parents[:, 1:]] * NODES + names[:, 1:]
        # The key of the labelled tree, whatever the order of its edges.
        self.labelled = mixed(*np.sort(edges, axis=1).T, names[rows, goal])
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
    labels = torch.from_numpy(trees.path[np.arange(READINGS), trees.depths - 1])[:, None]
    # A labelled tree is always in the same half.
    half = torch.from_numpy(trees.labelled % np.uint64(2) == 0)
    return SoftmaxProbe(stream[half], labels[half], classes=NODES).accuracy(stream[~half], labels[~half])


def measure(model, untrained, trees, trained_trees, layers, split):
    """Returns the values by quantity and settings; `split` is the end of each name."""
    predictions, streams = read(model, trees)
    is_right = (predictions == trees.targets) | (trees.targets == NO_TARGET)
    is_right[:, : PATH_START - 1] = True
    exact, deep = is_right.all(1), torch.from_numpy(trees.depths >= 3)
    values = {
        f"seen-share{split}": np.isin(trees.shapes, trained_trees.shapes).mean(),
        f"labelled-seen-share{split}": np.isin(trees.labelled, trained_trees.labelled).mean(),
        f"path-accuracy{split}": exact.double().mean().item(),
        f"first-step-accuracy{split}": is_right[:, PATH_START - 1].double().mean().item(),
        f"guessed-path-accuracy{split}": trees.chances.mean(),
        f"path-accuracy, least-depth 3{split}": exact[deep].double().mean().item(),
        f"first-step-accuracy, least-depth 3{split}": is_right[deep, PATH_START - 1].double().mean().item(),
        f"guessed-path-accuracy, least-depth 3{split}": trees.chances[deep.numpy()].mean(),
    }
    for depth in np.unique(trees.depths):
        is_own = torch.from_numpy(trees.depths == depth)
        values[f"path-accuracy, least-depth {depth}, most-depth {depth}{split}"] = exact[is_own].double().mean().item()
    probed = "path-probe-accuracy, node parent, position goal, probe softmax, layer"
    for layer in (0, layers):
        values[f"{probed} {layer}{split}"] = parent_accuracy(streams[layer], trees)
    _, streams = read(untrained, trees)
    values[f"{probed} {layers}{split}, network untrained"] = parent_accuracy(streams[layers], trees)
    return values


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--layers", type=int, default=3)
    parser.add_argument("--predicted", choices=["path", "everything"], default="everything")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)

    start = time.perf_counter()
    split = Split(rng)
    trees = Trees(rng, *split.draw(rng, BATCH * options.steps, is_seen=True))
    targets = trees.targets.clone()
    if options.predicted == "path":
        targets[:, : PATH_START - 1] = NO_TARGET
    data_seconds = time.perf_counter() - start
    model, untrained = (GPT(VOCABULARY, CONTEXT, options.layers, embedding_deviation=1, heads=HEADS) for _ in range(2))
    tensors = (trees.inputs, targets, trees.lengths)
    batches = (parts(*batch, PART_BOUNDS) for batch in zip(*(tensor.split(BATCH) for tensor in tensors)))
    train_seconds = train(model, batches, options.steps, RATE)
    start = time.perf_counter()
    values = {}
    for name, is_seen in [("", False), (", split seen", True)]:
        own = Trees(rng, *split.draw(rng, READINGS, is_seen))
        values |= measure(model, untrained, own, trees, options.layers, name)
    measure_seconds = time.perf_counter() - start
    print_result("tree-search", options.seed, data_seconds, train_seconds, measure_seconds, values)


if __name__ == "__main__":
    main()
