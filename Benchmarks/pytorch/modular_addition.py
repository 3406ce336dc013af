"""The modular-addition kernel's work for one seed in PyTorch: training, which ends some steps after the network
generalises, and every measurement.

usage: modular_addition.py [--seed N] [--steps 3000] [--initial-weights normal|uniform] [--train-share 0.5]
                           [--weight-decay 3]

Prints one JSON line with the seconds on one thread and the measured values.
"""

import argparse
import time

import torch
import torch.nn.functional as F
from torch import nn

from gpt import adamw, print_result

MODULUS = 53
HEADS, HEAD_WIDTH, WIDTH, HIDDEN_WIDTH = 4, 16, 64, 256
RATE, DECAYS, WARM_UP_STEPS = 2e-3, (0.9, 0.98), 10
THRESHOLD, LATER_STEPS, INTERVAL = 0.99, 1000, 10


class Table:
    """Pair number a · p + b is the sequence `a b =` with the target a + b modulo p. The token `=` has the number p."""

    def __init__(self, train_share):
        pairs = torch.arange(MODULUS * MODULUS)
        first, second = pairs // MODULUS, pairs % MODULUS
        self.inputs = torch.stack([first, second, torch.full_like(pairs, MODULUS)], 1)
        self.sums = (first + second) % MODULUS
        order = torch.randperm(len(pairs))
        training_pairs = int(train_share * len(pairs))
        self.training, self.test = order[:training_pairs], order[training_pairs:]


class Adder(nn.Module):
    """One block with ReLU and without norms. Only the output after the last of three tokens is needed and computed.

    Attention of one token to three is fastest when written out.
    """

    def __init__(self, initial_weights):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(MODULUS + 1, WIDTH), nn.Embedding(3, WIDTH)
        for embedding in (self.tokens, self.positions):
            nn.init.normal_(embedding.weight, std=0.125)
        self.query, self.key_value = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 2 * WIDTH)
        self.projection = nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, HIDDEN_WIDTH), nn.Linear(HIDDEN_WIDTH, WIDTH)
        self.head = nn.Linear(WIDTH, MODULUS + 1, bias=False)
        if initial_weights == "normal":
            self.draw_normal_weights()

    @torch.no_grad()
    def draw_normal_weights(self):
        """Draws the weights as the authors' code does: N(0, 1 / width), N(0, 1 / tokens) in the head, and biases of 0.

        https://github.com/mechanistic-interpretability-grokking/progress-measures-paper, transformers.py
        """
        for layer in (self.query, self.key_value, self.projection, self.up, self.down):
            layer.weight.normal_(std=WIDTH**-0.5)
            layer.bias.zero_()
        self.head.weight.normal_(std=(MODULUS + 1) ** -0.5)

    def forward(self, inputs):
        """Returns the logits (n, p + 1) after the last token of inputs (n, 3)."""
        x = self.tokens(inputs) + self.positions.weight
        query = self.query(x[:, -1]).view(-1, 1, HEADS, HEAD_WIDTH)
        key, value = self.key_value(x).view(-1, 3, 2, HEADS, HEAD_WIDTH).unbind(2)
        attention = ((query * key).sum(3, keepdim=True) / HEAD_WIDTH**0.5).softmax(1)
        x = x[:, -1] + self.projection((attention * value).sum(1).flatten(1))
        x = x + self.down(torch.relu(self.up(x)))
        return self.head(x)


def accuracy(logits, labels):
    return (logits[:, :MODULUS].argmax(1) == labels).double().mean().item()


def train(model, table, steps, weight_decay):
    """Trains on all training pairs in each step; returns training and test accuracies before step 0, 10, …"""
    optimiser = adamw(model, RATE, weight_decay, DECAYS)
    inputs, labels = table.inputs[table.training], table.sums[table.training]
    test_inputs, test_labels = table.inputs[table.test], table.sums[table.test]
    curves, last = ([], []), steps
    for step in range(steps):
        logits = model(inputs)
        if step % INTERVAL == 0:
            with torch.no_grad():
                curves[0].append(accuracy(logits, labels))
                curves[1].append(accuracy(model(test_inputs), test_labels))
            if last == steps and curves[1][-1] > THRESHOLD:
                last = min(steps, step + LATER_STEPS)
        if step == last:
            break
        optimiser.zero_grad()
        F.cross_entropy(logits, labels).backward()
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / WARM_UP_STEPS)
        optimiser.step()
    return curves


def onset(curve):
    """Returns the first step at which accuracy exceeds the threshold; nan if there is none."""
    return next((place * INTERVAL for place, value in enumerate(curve) if value > THRESHOLD), float("nan"))


def spectrum(x):
    """Returns each frequency's share of the power in a table (p, C) over the numbers modulo p, strongest first."""
    powers = torch.fft.rfft(x, dim=0)[1:].abs().square().sum(1)
    shares, order = (powers / powers.sum()).sort(descending=True)
    return shares, order + 1


@torch.no_grad()
def measure(model, table, curves):
    logits = model(table.inputs).double()[:, :MODULUS]
    training_accuracy = accuracy(logits[table.training], table.sums[table.training])
    test_accuracy = accuracy(logits[table.test], table.sums[table.test])
    fit, generalisation = onset(curves[0]), onset(curves[1])
    when_fitted = float("nan") if fit != fit else curves[1][fit // INTERVAL]

    shares, frequencies = spectrum(model.tokens.weight[:MODULUS].double())
    count = int((shares.cumsum(0) <= 0.9).sum()) + 1
    # A component in a + b has the same value for all pairs with the same sum, so the mean over these pairs gives it.
    means = torch.zeros(MODULUS, MODULUS, dtype=torch.double).index_add_(0, table.sums, logits) / MODULUS
    waves = torch.fft.rfft(means, dim=0)
    is_key = torch.zeros(len(waves), 1, dtype=torch.bool)
    is_key[frequencies[:count]] = True
    key = torch.fft.irfft(waves * is_key, n=MODULUS, dim=0)[table.sums]

    def loss(logits, pairs):
        return F.cross_entropy(logits[pairs], table.sums[pairs]).item()

    full, excluded = loss(logits, table.training), loss(logits - key, table.training)
    values = {
        "fit-step": fit, "generalisation-step": generalisation, "generalisation-delay": generalisation - fit,
        "training-accuracy": training_accuracy, "test-accuracy": test_accuracy,
        "test-accuracy-when-fitted": when_fitted, "delayed-accuracy-gain": test_accuracy - when_fitted,
        "key-frequency-count": count, "frequency-power-share": shares[:4].sum().item(),
        "full-training-loss": full, "full-test-loss": loss(logits, table.test), "excluded-loss": excluded,
        "excluded-loss-rise": excluded - full,
        "restricted-loss": loss(means.mean(0) + key, torch.arange(len(logits))),
    }
    # A step that is not reached has no value.
    return {name: value for name, value in values.items() if value == value}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--initial-weights", choices=["normal", "uniform"], default="normal")
    parser.add_argument("--train-share", type=float, default=0.5)
    parser.add_argument("--weight-decay", type=float, default=3.0)
    options = parser.parse_args()
    torch.manual_seed(options.seed)

    start = time.perf_counter()
    table = Table(options.train_share)
    data_seconds = time.perf_counter() - start
    model = Adder(options.initial_weights)
    start = time.perf_counter()
    curves = train(model, table, options.steps, options.weight_decay)
    train_seconds = time.perf_counter() - start
    start = time.perf_counter()
    values = measure(model, table, curves)
    measure_seconds = time.perf_counter() - start
    print_result("modular-addition", options.seed, data_seconds, train_seconds, measure_seconds, values)


if __name__ == "__main__":
    main()
