"""The transformer of the toy models in plain, eager PyTorch on one thread: pre-LN GPT, tanh GELU, learned positions."""

import json
import math
import time

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)

NO_TARGET = -100


class Block(nn.Module):
    def __init__(self, width, hidden_width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.projection = nn.Linear(width, width)
        self.up = nn.Linear(width, hidden_width)
        self.down = nn.Linear(hidden_width, width)

    def forward(self, x, past=None, wanted=None):
        """Returns the block's output for x (B, T, d), and its keys and values.

        `past` are the keys and values of the earlier tokens, each (B, heads, T', d / heads). If `wanted` is given, only
        these N of the B · T rows are computed after attention, as x (N, d).
        """
        batch, length, width = x.shape
        shape = (batch, length, 3, self.heads, width // self.heads)
        query, key, value = self.query_key_value(self.norm1(x)).view(shape).permute(2, 0, 3, 1, 4)
        if past is not None:
            assert length == 1
            key, value = torch.cat([past[0], key], 2), torch.cat([past[1], value], 2)
        mixed = F.scaled_dot_product_attention(query, key, value, is_causal=past is None)
        mixed = mixed.transpose(1, 2).reshape(batch, length, width)
        if wanted is not None:
            x, mixed = (each.flatten(0, 1).index_select(0, wanted) for each in (x, mixed))
        x = x + self.projection(mixed)
        x = x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))
        return x, (key, value)


class GPT(nn.Module):
    """A transformer. Embeddings are drawn from N(0, deviation²).

    Linear layers of n inputs are drawn uniformly from ±1/√n, which is PyTorch's default.
    """

    def __init__(self, vocabulary, context, layers, embedding_deviation, heads=4, width=64, hidden_width=256):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(context, width)
        for embedding in (self.tokens, self.positions):
            nn.init.normal_(embedding.weight, std=embedding_deviation)
        self.blocks = nn.ModuleList(Block(width, hidden_width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)

    def forward(self, tokens, past=None, hook=None, wanted=None):
        """Returns logits (B, T, V), or (N, V) for only the `wanted` rows, and each block's key-value cache.

        `hook(layer, x)` returns the stream that replaces x. Layer 0 is after the embedding, layer l after block l.
        """
        first = 0 if past is None else past[0][0].shape[2]
        x = self.tokens(tokens) + self.positions.weight[first : first + tokens.shape[1]]
        if hook is not None:
            x = hook(0, x)
        seen = []
        for layer, block in enumerate(self.blocks):
            is_last = layer == len(self.blocks) - 1
            x, own = block(x, None if past is None else past[layer], wanted if is_last else None)
            seen.append(own)
            if hook is not None:
                x = hook(layer + 1, x)
        return self.head(self.norm(x)), seen


def learning_rate(step, steps, highest):
    """Returns the rate of a step, counted from 1: a linear rise over 5 % of the steps, then a cosine down to 5 %."""
    warm_up = round(0.05 * steps)
    if step <= warm_up:
        return highest * step / warm_up
    progress = (step - warm_up) / max(1, steps - warm_up)
    return highest * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * progress)))


def adamw(model, rate, weight_decay, betas):
    """Returns an AdamW optimiser that applies weight decay only to matrices."""
    matrices = [parameter for parameter in model.parameters() if parameter.ndim > 1]
    others = [parameter for parameter in model.parameters() if parameter.ndim == 1]
    groups = [{"params": matrices, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=rate, betas=betas, fused=True)


def parts(inputs, targets, lengths, bounds):
    """Splits a batch by length into parts, each truncated at a bound, to reduce padding."""
    shorter = 0
    for bound in bounds:
        rows = (lengths > shorter) & (lengths <= bound)
        if rows.any():
            yield inputs[rows, :bound], targets[rows, :bound]
        shorter = bound


def train(model, batches, steps, rate, weight_decay=0.01, second_decay=0.99):
    """Trains on batches, which are parts of (inputs, targets), each (B, T), for a number of steps; returns the seconds.

    The loss is the mean over the batch's targets.
    """
    start = time.perf_counter()
    optimiser = adamw(model, rate, weight_decay, betas=(0.9, second_decay))
    for step, batch in zip(range(1, steps + 1), batches):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, steps, rate)
        loss, count = 0.0, 0
        for inputs, targets in batch:
            targets = targets.flatten()
            wanted = torch.nonzero(targets != NO_TARGET)[:, 0]
            logits, _ = model(inputs, wanted=wanted)
            loss = loss + F.cross_entropy(logits, targets[wanted], reduction="sum")
            count += len(wanted)
        optimiser.zero_grad()
        (loss / count).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimiser.step()
    return time.perf_counter() - start


def minibatches(count, batch):
    """Yields the rows of a batch for each step: each row once in a random order, then again in a new order."""
    rows = torch.empty(0, dtype=torch.long)
    while True:
        while len(rows) < batch:
            rows = torch.cat([rows, torch.randperm(count)])
        yield rows[:batch]
        rows = rows[batch:]


def print_result(kernel, seed, data_seconds, train_seconds, measure_seconds, values):
    print(
        json.dumps(
            {
                "kernel": kernel, "seed": seed, "data_seconds": round(data_seconds, 3),
                "train_seconds": round(train_seconds, 3), "measure_seconds": round(measure_seconds, 3),
                "values": {name: round(value, 4) for name, value in values.items()},
            }), flush=True)
