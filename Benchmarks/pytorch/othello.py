"""The othello kernel's work for one seed in PyTorch: games, training, and every measurement.

usage: othello.py [--seed N] [--steps 3000]

Prints one JSON line with the seconds on one thread and the measured values.
"""

import argparse
import time

import numpy as np
import torch

from gpt import GPT, NO_TARGET, minibatches, print_result, train
from probes import NO_LABEL, HiddenProbe, RidgeProbe, SoftmaxProbe

MOVES, TRAINING_GAMES, PROBE_GAMES = 16, 100_000, 4000
BATCH, RATE = 64, 2e-3
CASES, STRENGTH = 1000, 0.1

# Sets of discs are bit sets: square (row, column) is bit 8 * row + column.
PLACES = np.array([8 * (index // 6) + index % 6 for index in range(36)], dtype=np.uint64)
CENTRE = [18, 19, 26, 27]
MOVE_PLACES = np.array([place for place in PLACES.tolist() if place not in CENTRE], dtype=np.uint64)
BOARD = np.bitwise_or.reduce(np.uint64(1) << PLACES)
FIRST_TOKEN, VOCABULARY = 0, 33
START_BLACK, START_WHITE = 1 << 19 | 1 << 26, 1 << 18 | 1 << 27


def shifted(discs, direction):
    return (discs << np.uint64(direction) if direction > 0 else discs >> np.uint64(-direction)) & BOARD


def line(discs, others, direction):
    """Returns the unbroken lines of `others` next to `discs`; at most four discs fit between two ends."""
    found = shifted(discs, direction) & others
    for _ in range(3):
        found |= shifted(found, direction) & others
    return found


DIRECTIONS = [1, -1, 8, -8, 9, -9, 7, -7]


def legal_moves(mine, yours):
    empty = BOARD & ~(mine | yours)
    legal = np.zeros_like(mine)
    for direction in DIRECTIONS:
        legal |= shifted(line(mine, yours, direction), direction) & empty
    return legal


def after_move(mine, yours, disc):
    """Returns the boards after `disc` is placed, from the other player's view."""
    turned = np.zeros_like(mine)
    for direction in DIRECTIONS:
        found = line(disc, yours, direction)
        turned |= np.where(shifted(found, direction) & mine != 0, found, np.uint64(0))
    return yours & ~turned, mine | turned | disc


def bits(discs, places):
    """Returns whether each square is in the set (..., places)."""
    return (discs[..., None] >> places & np.uint64(1)).astype(bool)


class Games:
    """Uniformly random legal games; a game ends if a player must pass."""

    def __init__(self, rng, count):
        # The tokens (count, 1 + moves) are the moves of each game after the first token. For each number of tokens, the
        # boards are the discs of the player to move and of the other player after so many tokens.
        self.tokens = np.full((count, MOVES + 1), NO_TARGET)
        self.tokens[:, 0] = FIRST_TOKEN
        self.mine = np.empty((count, MOVES + 1), dtype=np.uint64)
        self.yours = np.empty_like(self.mine)
        self.mine[:, 0], self.yours[:, 0] = START_BLACK, START_WHITE
        self.lasts = np.ones(count, dtype=bool)
        for move in range(MOVES):
            mine, yours = self.mine[:, move], self.yours[:, move]
            legal = bits(legal_moves(mine, yours), MOVE_PLACES)
            self.lasts &= legal.any(1)
            chosen = np.where(legal, rng.random(legal.shape, dtype=np.float32), -1).argmax(1)
            self.tokens[self.lasts, move + 1] = chosen[self.lasts] + 1
            disc = np.uint64(1) << MOVE_PLACES[chosen]
            self.mine[:, move + 1], self.yours[:, move + 1] = after_move(mine, yours, disc)

    @property
    def inputs(self):
        return torch.from_numpy(self.tokens[:, :-1].clip(0))

    @property
    def targets(self):
        return torch.from_numpy(self.tokens[:, 1:])

    def labels(self, encoding):
        """Returns the label of each square (count, 1 + moves, 36): 0 is empty, 1 and 2 are the two kinds of disc."""
        mine, yours = bits(self.mine, PLACES), bits(self.yours, PLACES)
        labels = mine + 2 * yours
        if encoding == "colour":
            # Black moves after an even number of moves.
            labels[:, 1::2] = (yours + 2 * mine)[:, 1::2]
        return torch.from_numpy(labels)


@torch.no_grad()
def read(model, tokens):
    """Returns the logits (n, T, V) and the stream after each layer, each (n, T, d)."""
    logits, streams = [], []
    for part in tokens.split(64):
        own = []

        def keep(_, stream):
            own.append(stream)
            return stream

        logits.append(model(part, hook=keep)[0])
        streams.append(own)
    return torch.cat(logits), [torch.cat(parts) for parts in zip(*streams)]


class Reading:
    """Evaluates a network on fresh games."""

    def __init__(self, model, games):
        self.model = model
        self.games = games
        self.logits, self.streams = read(model, games.inputs)
        # The positions after each visible move.
        seen = torch.from_numpy(games.tokens[:, 1:MOVES] >= 0)
        training = torch.arange(PROBE_GAMES)[:, None] < PROBE_GAMES * 4 // 5
        self.training, self.test = seen & training, seen & ~training

    def illegal_rate(self):
        """Returns the percentage of most likely next moves after the first move that are illegal."""
        games = self.games
        legal = torch.from_numpy(bits(legal_moves(games.mine, games.yours)[:, :-1], MOVE_PLACES))
        chosen = self.logits.argmax(2)
        is_legal = (chosen > 0) & legal.gather(2, (chosen - 1).clamp(0)[:, :, None])[:, :, 0]
        return 100 * (1 - is_legal[:, 1:][games.targets[:, 1:] >= 0].double().mean().item())

    def probe(self, encoding, layer, kind="softmax"):
        features = self.streams[layer][:, 1:][self.training]
        labels = self.games.labels(encoding)[:, 1:MOVES][self.training]
        return {"softmax": SoftmaxProbe, "mlp256": HiddenProbe, "ridge": RidgeProbe}[kind](features, labels, 3)

    def accuracy(self, encoding, layer, kind):
        """Returns a probe's accuracy on occupied squares."""
        probe = self.probe(encoding, layer, kind)
        labels = self.games.labels(encoding)[:, 1:MOVES][self.test]
        return probe.accuracy(self.streams[layer][:, 1:][self.test], labels.where(labels != 0, NO_LABEL))


def wrong_moves(logits, legal):
    """Returns the mean number of false and missing moves among the n most likely ones, where n moves are legal.

    `legal` is (cases, moves).
    """
    ranks = logits[:, 1:].argsort(1, descending=True).argsort(1)
    counts = legal.sum(1, keepdim=True)
    return 2 * ((ranks < counts) & ~legal).sum().item() / len(legal)


@torch.no_grad()
def edits(reading, rng):
    """Measures how far moving the stream along a probe's direction changes the moves as if a disc had been flipped."""
    games = reading.games
    count = 20 * CASES
    game = rng.integers(PROBE_GAMES * 4 // 5, PROBE_GAMES, count)
    position = rng.integers(0, MOVES, count)
    square = rng.integers(0, len(PLACES), count)
    mine, yours = games.mine[game, position], games.yours[game, position]
    disc = np.uint64(1) << PLACES[square]
    before, after = legal_moves(mine, yours), legal_moves(mine ^ disc, yours ^ disc)
    fits = (position > 0) & (games.tokens[game, position] >= 0) & ((mine | yours) & disc != 0)
    fits &= (before != 0) & (after != 0) & (before != after)
    kept = np.flatnonzero(fits)[:CASES]
    game, position, square = (torch.from_numpy(each[kept]) for each in (game, position, square))
    is_mine = torch.from_numpy(mine[kept] & disc[kept] != 0)
    legal, legal_turned = (torch.from_numpy(bits(each[kept], MOVE_PLACES)) for each in (before, after))
    start, end = torch.where(is_mine, 1, 2), torch.where(is_mine, 2, 1)
    tokens, cases = games.inputs[game], torch.arange(len(kept))

    directions, lengths = [], []
    for layer in range(1, len(reading.streams)):
        with torch.enable_grad():
            probe = reading.probe("mine-yours", layer)
        directions.append(probe.direction(square, start, end))
        lengths.append(STRENGTH * reading.streams[layer][:, 1:][reading.training].norm(dim=1).mean())
    blocks = len(directions)

    def moves(changes):
        """Returns the logits after edits of the stream by block, counted from 1."""

        def change(layer, stream):
            if layer in changes:
                stream = stream.clone()
                stream[cases, position] += lengths[layer - 1] * changes[layer]
            return stream

        return reading.model(tokens, hook=change)[0][cases, position]

    unedited = moves({})
    plain, null = wrong_moves(unedited, legal), wrong_moves(unedited, legal_turned)
    values = {"unedited-move-errors": plain, "null-move-errors": null}
    anywhere = [torch.nn.functional.normalize(torch.randn_like(each), dim=1) for each in directions]
    kinds = {"": directions, ", direction opposite": [-each for each in directions], ", direction random": anywhere}
    edited = {"": range(1, blocks), ", edited last": [blocks], ", edited all": range(1, blocks + 1)}
    for direction, vectors in kinds.items():
        for where, layers in edited.items():
            error = wrong_moves(moves({layer: vectors[layer - 1] for layer in layers}), legal_turned)
            values["edit-error" + direction + where] = error
            values["edit-recovery" + direction + where] = (null - error) / (null - plain)
    return values


def measure(model, untrained, rng):
    games = Games(rng, PROBE_GAMES)
    reading, random = Reading(model, games), Reading(untrained, games)
    values = {"illegal-move-rate": reading.illegal_rate()}
    for network, name in [(reading, ""), (random, ", network untrained")]:
        for layer in range(1, len(network.streams)):
            accuracies = {}
            for encoding in ["colour", "mine-yours"]:
                for kind in ["softmax", "mlp256", "ridge"]:
                    key = f"occupied-square-accuracy, encoding {encoding}, probe {kind}, layer {layer}{name}"
                    values[key] = accuracies[encoding, kind] = network.accuracy(encoding, layer, kind)
                gain = accuracies[encoding, "mlp256"] - accuracies[encoding, "softmax"]
                values[f"nonlinear-gain, encoding {encoding}, layer {layer}{name}"] = gain
            gain = accuracies["mine-yours", "softmax"] - accuracies["colour", "softmax"]
            values[f"encoding-gain, probe softmax, layer {layer}{name}"] = gain
    return values | edits(reading, rng)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=3000)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)

    start = time.perf_counter()
    games = Games(rng, TRAINING_GAMES)
    data_seconds = time.perf_counter() - start
    model, untrained = (GPT(VOCABULARY, MOVES, layers=2, embedding_deviation=0.8) for _ in range(2))
    inputs, targets = games.inputs, games.targets
    batches = ([(inputs[rows], targets[rows])] for rows in minibatches(TRAINING_GAMES, BATCH))
    train_seconds = train(model, batches, options.steps, RATE)
    start = time.perf_counter()
    values = measure(model, untrained, rng)
    measure_seconds = time.perf_counter() - start
    print_result("othello", options.seed, data_seconds, train_seconds, measure_seconds, values)


if __name__ == "__main__":
    main()
