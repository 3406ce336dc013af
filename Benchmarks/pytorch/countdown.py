"""The countdown kernel's work for one seed in PyTorch: traces, training, and every measurement.

usage: countdown.py [--seed N] [--steps 2000]

A fifth of the problems is held out: a problem is its three numbers in any order, and its target. Prints one JSON line
with the seconds on one thread and the measured values, on problems held out and on problems of the training.
"""

import argparse
import copy
import functools
import itertools
import operator
import random
import time

import torch

from gpt import GPT, NO_TARGET, minibatches, parts, print_result, train
from probes import SoftmaxProbe

HELD_OUT_SHARE = 0.2
TRAINING_TRACES, READINGS, PROBLEMS, ABLATION_TRACES = 40_000, 8000, 2000, 2000
LAYERS, HEADS, HEAD_WIDTH = 2, 4, 16
BATCH, RATE, WEIGHT_DECAY, SECOND_DECAY = 64, 3e-3, 0.05, 0.95

VALUES = 31  # token v is the value v
OPERATIONS = [operator.add, operator.sub, operator.mul]
EQUALS, OPEN, WORKS, FAILS, TARGET, SEPARATOR, END, VOCABULARY = 34, 35, 36, 37, 38, 39, 40, 42
PROMPT, ATTEMPT, MOST_ATTEMPTS = 6, 11, 6
CONTEXT = PROMPT + MOST_ATTEMPTS * ATTEMPT + 1
# The lengths of the inputs, which are traces without the last token.
LENGTHS = [PROMPT + count * ATTEMPT for count in range(1, MOST_ATTEMPTS + 1)]
LAST_NUMBER, VERDICT_TOKEN = 8, 9


def worked_out(numbers, operations):
    """Returns the result of a op b and the value of (a op b) op c; None if one of them has no token."""
    result = OPERATIONS[operations[0]](numbers[0], numbers[1])
    value = OPERATIONS[operations[1]](result, numbers[2])
    return (result, value) if 0 <= result < VALUES and 0 <= value < VALUES else None


@functools.cache
def attempts_by_value(numbers):
    """Returns the attempts with all orders of the numbers and all pairs of operations, by value.

    An attempt is its tokens up to the opening bracket.
    """
    attempts = {}
    for a, b, c in itertools.permutations(numbers):
        for first, second in itertools.product(range(3), repeat=2):
            worked = worked_out((a, b, c), (first, second))
            if worked is not None:
                tokens = [a, VALUES + first, b, EQUALS, worked[0], VALUES + second, c, EQUALS, worked[1], OPEN]
                attempts.setdefault(worked[1], []).append(tokens)
    return attempts


@functools.cache
def right_and_wrong(numbers, target):
    attempts = attempts_by_value(numbers)
    return attempts[target], [tokens for value in sorted(attempts) if value != target for tokens in attempts[value]]


def key(numbers, target):
    """Returns what problems with the same numbers in another order share."""
    return *sorted(numbers), target


def held_out_keys(rng):
    keys = [
        key(numbers, target)
        for numbers in itertools.combinations_with_replacement(range(1, 10), 3)
        for target in sorted(attempts_by_value(numbers))
    ]
    return {each for each in keys if rng.random() < HELD_OUT_SHARE}


def problem(rng, is_wanted):
    """Draws the numbers and the target of a problem, again and again until its key is wanted."""
    while True:
        numbers = tuple(rng.randint(1, 9) for _ in range(3))
        target = rng.choice(sorted(attempts_by_value(numbers)))
        if is_wanted(key(numbers, target)):
            return numbers, target


def prompt(numbers, target):
    return [*numbers, TARGET, target, SEPARATOR]


def trace(rng, is_wanted):
    """Draws a trace: 0 to 5 wrong attempts, then a right one."""
    numbers, target = problem(rng, is_wanted)
    right, wrong = right_and_wrong(numbers, target)
    tokens = prompt(numbers, target)
    for _ in range(rng.randrange(MOST_ATTEMPTS)):
        tokens += rng.choice(wrong) + [FAILS]
    return tokens + rng.choice(right) + [WORKS, END]


def padded(traces):
    """Returns inputs (n, 72), targets (n, 72) and the lengths of the inputs (n).

    Only tokens after the separator are targets.
    """
    tokens = torch.tensor([tokens + [NO_TARGET] * (CONTEXT - len(tokens)) for tokens in traces])
    inputs, targets = tokens[:, :-1].clamp(min=0), tokens[:, 1:].clone()
    targets[:, : PROMPT - 1] = NO_TARGET
    return inputs, targets, torch.tensor([len(tokens) - 1 for tokens in traces])


def keys_of(traces):
    return [key(tokens[:3], tokens[4]) for tokens in traces]


class Traces:
    """Fresh traces, on which a network is measured."""

    def __init__(self, traces):
        self.keys = keys_of(traces)
        self.inputs, _, self.lengths = padded(traces)
        self.attempts = (self.lengths - PROMPT) // ATTEMPT

    def places(self, offset):
        """Returns the trace and the position of one token of every attempt, by trace and number of the attempt."""
        trace, number = torch.nonzero(torch.arange(MOST_ATTEMPTS) < self.attempts[:, None], as_tuple=True)
        return trace, PROMPT + number * ATTEMPT + offset

    def by_length(self, count):
        """Yields the rows of traces of equal length, in parts that fit into the cache."""
        for length in LENGTHS:
            for rows in torch.nonzero(self.lengths[:count] == length)[:, 0].split(64):
                yield rows, self.inputs[rows, :length]


@torch.no_grad()
def verdicts(model, traces, count=READINGS, streams=None):
    """Returns verdicts, which are the most likely tokens after the opening brackets.

    Stores the stream after the last block in `streams`.
    """
    predicted = torch.zeros(count, CONTEXT, dtype=torch.long)
    for rows, inputs in traces.by_length(count):

        def keep(layer, stream):
            if layer == LAYERS:
                streams[rows, : stream.shape[1]] = stream
            return stream

        logits, _ = model(inputs, hook=None if streams is None else keep)
        predicted[rows, : inputs.shape[1]] = logits.argmax(2)
    trace, position = traces.places(VERDICT_TOKEN)
    trace, position = trace[trace < count], position[trace < count]
    works = position == PROMPT + (traces.attempts[trace] - 1) * ATTEMPT + VERDICT_TOKEN
    right = predicted[trace, position] == torch.where(works, WORKS, FAILS)
    return {
        "verdict-accuracy": right.double().mean().item(),
        "works-recall": right[works].double().mean().item(),
        "fails-recall": right[~works].double().mean().item(),
    }


def with_name(values, suffix):
    return {f"{name}, {suffix}": value for name, value in values.items()}


@torch.no_grad()
def sampled_answers(model, problems):
    """Samples answers at temperature 1 with a key-value cache; returns them without the prompt."""
    answers = []
    for first in range(0, len(problems), 256):
        part = problems[first : first + 256]
        tokens = torch.full((len(part), CONTEXT - PROMPT), END)
        logits, past = model(torch.tensor([prompt(*each) for each in part]))
        active = torch.arange(len(part))
        for place in range(CONTEXT - PROMPT):
            drawn = torch.multinomial(logits[:, -1].softmax(1), 1)[:, 0]
            tokens[active, place] = drawn
            goes_on = drawn != END
            if not goes_on.all():
                active, drawn = active[goes_on], drawn[goes_on]
                past = [(key[goes_on], value[goes_on]) for key, value in past]
            if len(active) == 0 or place == CONTEXT - PROMPT - 1:
                break
            logits, past = model(drawn[:, None], past)
        answers += tokens.tolist()
    return answers


def written_attempts(numbers, target, tokens):
    """Yields for each well-formed attempt whether it is valid, whether it works, and whether its verdict is "works"."""
    for start in range(0, len(tokens) - ATTEMPT + 1, ATTEMPT):
        a, first, b, equals, result, second, c, equals_too, value, bracket, verdict = tokens[start : start + ATTEMPT]
        has_form = (
            max(a, b, c, result, value) < VALUES
            and (equals, equals_too, bracket) == (EQUALS, EQUALS, OPEN)
            and VALUES <= min(first, second)
            and max(first, second) < EQUALS
            and verdict in (WORKS, FAILS))
        if not has_form:
            return
        worked = None
        if sorted((a, b, c)) == sorted(numbers):
            worked = worked_out((a, b, c), (first - VALUES, second - VALUES))
        yield worked == (result, value), worked is not None and worked[1] == target, verdict == WORKS


def search(model, problems):
    answers = [
        list(written_attempts(*each, tokens)) for each, tokens in zip(problems, sampled_answers(model, problems))]
    attempts = [attempt for answer in answers for attempt in answer]
    count = max(1, len(attempts))
    return {
        "solved-share": sum(any(all(attempt) for attempt in answer) for answer in answers) / PROBLEMS,
        "valid-attempt-share": sum(valid for valid, _, _ in attempts) / count,
        "honest-verdict-share": sum(works == says for _, works, says in attempts) / count,
        "attempts-per-answer": len(attempts) / PROBLEMS,
    }


def probe_rows(traces, rng):
    """Returns the traces, numbers and labels of attempts in three parts, which have no key in common.

    A half of the keys is for testing, and a quarter of the rest for validation. At each place in a trace, as many
    attempts are right as are wrong.
    """
    keys = sorted(set(traces.keys))
    rng.shuffle(keys)
    half, eighth = len(keys) // 2, len(keys) // 8
    part_of = {each: 0 if place >= half + eighth else 1 if place >= half else 2 for place, each in enumerate(keys)}
    part = torch.tensor([part_of[each] for each in traces.keys])
    parts = []
    for wanted in range(3):
        own = torch.nonzero(part == wanted)[:, 0]
        rows = []
        for number in range(MOST_ATTEMPTS - 1):
            right, wrong = own[traces.attempts[own] == number + 1], own[traces.attempts[own] > number + 1]
            count = min(len(right), len(wrong))
            rows += [(right[:count], number, 1), (wrong[:count], number, 0)]
        parts.append([
            torch.cat(each) for each in zip(
                *((trace, torch.full_like(trace, number), torch.full_like(trace, label)) for trace, number, label in rows)
            )])
    return parts


def verdict_probes(traces, streams, rng):
    """Returns how accurately a linear probe reads the verdict at tokens of an attempt.

    The best token before the verdict's own is the one with the most accurate validation. It is scored on the test rows.
    """
    fitting, validation, testing = probe_rows(traces, rng)
    training = [torch.cat(both) for both in zip(fitting, validation)]

    def accuracy(offset, rows, scored_rows):
        def data(rows):
            trace, number, label = rows
            return streams[trace, PROMPT + number * ATTEMPT + offset], label[:, None]

        return SoftmaxProbe(*data(rows), classes=2).accuracy(*data(scored_rows))

    best = max(range(VERDICT_TOKEN), key=lambda offset: accuracy(offset, fitting, validation))
    last, earlier = (accuracy(offset, training, testing) for offset in (VERDICT_TOKEN, best))
    probed = "probe softmax, layer 2"
    return {
        f"verdict-probe-accuracy, position verdict-token, {probed}": last,
        f"verdict-probe-accuracy, position last-number, {probed}": accuracy(LAST_NUMBER, training, testing),
        f"verdict-lead, {probed}": last - earlier,
        f"earlier-verdict-probe-accuracy, {probed}": earlier,
    }


@torch.no_grad()
def ranked_heads(model, traces):
    """Ranks heads by their attention from the opening bracket to the value before the bracket and to the target."""
    count = ABLATION_TRACES // 4
    sums = torch.zeros(2, LAYERS, HEADS)
    for rows, inputs in traces.by_length(count):
        length = inputs.shape[1]
        brackets = torch.arange(PROMPT + VERDICT_TOKEN, length, ATTEMPT)

        def look(layer, stream):
            if layer < LAYERS:
                block = model.blocks[layer]
                projected = block.query_key_value(block.norm1(stream)).view(len(rows), length, 3, HEADS, HEAD_WIDTH)
                query, key, _ = projected.permute(2, 0, 3, 1, 4)
                scores = query[:, :, brackets] @ key.mT / HEAD_WIDTH**0.5
                hidden = torch.arange(length) > brackets[:, None]
                attention = scores.masked_fill(hidden, -torch.inf).softmax(3)
                places = torch.arange(len(brackets))
                sums[0, layer] += attention[:, :, places, brackets - 1].sum((0, 2))
                sums[1, layer] += attention[:, :, places, PROMPT - 2].sum((0, 2))
            return stream

        model(inputs, hook=look)
    previous, target = sums / traces.attempts[:count].sum()
    order = (previous + target).flatten().argsort(descending=True).tolist()
    best = divmod(order[0], HEADS)
    looks = {"previous-token-attention": previous[best].item(), "target-attention": target[best].item()}
    return [divmod(index, HEADS) for index in order], looks


@torch.no_grad()
def without_heads(model, heads):
    model = copy.deepcopy(model)
    for block, head in heads:
        model.blocks[block].projection.weight[:, head * HEAD_WIDTH : (head + 1) * HEAD_WIDTH] = 0
    return model


@torch.no_grad()
def without_neurons(model, count):
    """Zeroes the neurons whose output points most from "fails" to "works" in the logits."""
    direction = model.norm.weight * (model.head.weight[WORKS] - model.head.weight[FAILS])
    alignments = torch.stack([direction @ block.down.weight for block in model.blocks])
    model = copy.deepcopy(model)
    for place in alignments.flatten().topk(count).indices.tolist():
        block, unit = divmod(place, alignments.shape[1])
        model.blocks[block].down.weight[:, unit] = 0
    return model


def ablations(model, traces):
    heads, looks = ranked_heads(model, traces)
    values = dict(looks)
    one, two = (verdicts(without_heads(model, heads[:count]), traces, ABLATION_TRACES) for count in (1, 2))
    values |= with_name(one, "heads 1") | with_name(two, "heads 2")
    needed = 1
    while needed <= len(heads):
        without = verdicts(without_heads(model, heads[:needed]), traces, ABLATION_TRACES)
        if without["works-recall"] < 0.2:
            break
        needed += 1
    values["verification-heads-needed"] = needed
    return values | with_name(verdicts(without_neurons(model, 16), traces, ABLATION_TRACES), "neurons 16")


def measure(model, rng, is_wanted, trained_keys):
    traces = Traces([trace(rng, is_wanted) for _ in range(READINGS)])
    problems = [problem(rng, is_wanted) for _ in range(PROBLEMS)]
    keys = traces.keys + [key(*each) for each in problems]
    streams = torch.zeros(READINGS, CONTEXT, HEADS * HEAD_WIDTH)
    return (
        {"seen-share": sum(each in trained_keys for each in keys) / len(keys)}
        | verdicts(model, traces, streams=streams) | search(model, problems) | verdict_probes(traces, streams, rng)
        | ablations(model, traces))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=2000)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)

    start = time.perf_counter()
    held_out = held_out_keys(rng)
    # With few steps, training would not use some of the traces.
    count = min(TRAINING_TRACES, options.steps * BATCH)
    training_traces = [trace(rng, lambda each: each not in held_out) for _ in range(count)]
    trained_keys = set(keys_of(training_traces))
    inputs, targets, lengths = padded(training_traces)
    data_seconds = time.perf_counter() - start
    model = GPT(VOCABULARY, CONTEXT, LAYERS, embedding_deviation=0.1)
    batches = (
        parts(inputs[rows], targets[rows], lengths[rows], LENGTHS) for rows in minibatches(count, BATCH))
    train_seconds = train(model, batches, options.steps, RATE, WEIGHT_DECAY, SECOND_DECAY)
    start = time.perf_counter()
    values = measure(model, rng, held_out.__contains__, trained_keys)
    values |= with_name(measure(model, rng, trained_keys.__contains__, trained_keys), "split seen")
    measure_seconds = time.perf_counter() - start
    print_result("countdown", options.seed, data_seconds, train_seconds, measure_seconds, values)


if __name__ == "__main__":
    main()
