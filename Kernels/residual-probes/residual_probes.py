"""Measures open-weight reasoning models: what their residual stream holds, and whether their chains of thought matter.

Serves arbor-ledger's requests; see arbor_kernel.py. Each measurement draws its problems from the seed of the run. The
setting split has the one value `drawn`, because whether the training of a model had a problem is not known.
"""

import pathlib

import torch
import transformers

import problems
from arbor_kernel import Failed, Result, Unsupported, digest_of, measurement, serve
from probe import auroc, balanced_accuracy, ridge_scores
from reasoning_model import DEVICE, END_OF_THINKING, ReasoningModel

CONFIG = {
    "dtype": "float32", "prompt": "chat", "problems": 64, "attempts": 256, "batch": 16, "chain_tokens": 1024,
    "answer_tokens": 8, "temperature": 0, "cuts": 4,
}
ANSWER = f"\n{END_OF_THINKING}\n\nThe answer is"
BACKTRACKING = ("Wait", "But", "Hmm", "Alternatively", "No", "Hold")
FILLER = " ..."

_models = {}


def model_of(run, weights="model"):
    """Returns the model of a run with weights of this name. The last two models stay in memory."""
    if weights not in run.weights:
        raise Unsupported(f"the run names no weights {weights!r}")
    untrained_seed = run.seed if word(run, "network", "trained", "untrained") == "untrained" else None
    key = (run.weights[weights], config_of(run)["dtype"], untrained_seed)
    if key not in _models:
        while len(_models) > 1:
            del _models[next(iter(_models))]
        _models[key] = ReasoningModel(run.weights[weights], config_of(run), untrained_seed)
    _models[key].config = config_of(run)
    return _models[key]


def config_of(run):
    return {**CONFIG, **run.config}


def word(run, name, *words):
    """Returns a setting that is one of some words, the first by default."""
    chosen = run.settings.get(name, words[0])
    if chosen not in words:
        raise Unsupported(f"the setting {name!r} is one of {', '.join(words)}, not {chosen!r}")
    return chosen


def layer_of(run):
    if "layer" not in run.settings:
        raise Unsupported("the measurement needs the setting 'layer'")
    return int(run.settings["layer"])


# What the stream holds


@measurement(
    quantities=["verdict-auroc", "verdict-probe-accuracy"],
    settings=["task", "split", "position", "layer", "probe", "labels", "network"])
def verdict_probe(run):
    """Reads from the residual stream at one token of an attempt at a countdown problem whether the attempt is right.

    The chain of thought is written for the model: the attempt up to the token. Half of the problems train the probe.
    """
    word(run, "probe", "ridge")
    layer, position = layer_of(run), word(run, "position", *reversed(problems.POSITIONS))
    model = model_of(run)
    attempts, texts = attempts_of(run, model, position)
    streams = model.last_streams(texts, layer)
    right = torch.tensor([attempt["right"] for attempt in attempts])
    trained = len(attempts) // 2
    labels = [1.0 if attempt["right"] else -1.0 for attempt in attempts[:trained]]
    if word(run, "labels", "own", "shuffled") == "shuffled":
        labels = run.draws("labels").shuffled(labels)
    scores = ridge_scores(streams[:trained], torch.tensor(labels, dtype=torch.float64), streams[trained:])
    return Result(
        {
            "verdict-auroc": auroc(scores, right[trained:]),
            "verdict-probe-accuracy": balanced_accuracy(scores, right[trained:]),
        }, sample=digest_of([attempts, labels]))


def attempts_of(run, model, position, end=""):
    """Returns the attempts of a run, and for each the text up to and including a position, with an end."""
    word(run, "task", "countdown")
    word(run, "split", "drawn")
    attempts = problems.countdown_attempts(run.draws("attempts"), config_of(run)["attempts"] // 4 * 4)
    return attempts, [
        model.prompt(problems.countdown_question(attempt)) + problems.attempt_text(attempt, position) + end
        for attempt in attempts]


@measurement(
    quantities=["backtracking-log-odds-change", "backtracking-word-share"],
    settings=["task", "layer", "steering-vector", "vector-source", "strength", "network"])
def steering(run):
    """Adds a vector after right attempts, and reads how likely words of backtracking become as the next token.

    The vector is the mean residual stream after wrong attempts minus that after right ones, from half of the problems,
    times the strength. The other half is steered: the right attempts among them. A random vector has the same norm.
    """
    layer, kind = layer_of(run), word(run, "steering-vector", "difference-of-means", "random-direction", "none")
    model = model_of(run)
    source = model_of(run, "base") if word(run, "vector-source", "reasoning", "base") == "base" else model
    attempts, texts = attempts_of(run, model, "last-number", end=".")
    half = len(texts) // 2
    streams = source.last_streams(texts[:half], layer)
    right = torch.tensor([attempt["right"] for attempt in attempts[:half]])
    vector = streams[~right].mean(0) - streams[right].mean(0)
    draws = run.draws("direction")
    signs = [1.0 - 2.0 * draws.below(2) for _ in range(len(vector))]
    if kind == "random-direction":
        vector = torch.tensor(signs, dtype=torch.float64) * vector.norm() / len(vector) ** 0.5
    elif kind == "none":
        vector = torch.zeros_like(vector)
    vector = vector * float(run.settings.get("strength", 1))
    steered = [text for text, attempt in zip(texts[half:], attempts[half:]) if attempt["right"]]
    words = backtracking_tokens(model)
    before = model.last_logits(steered)
    after = model.last_logits(steered, layer, vector)
    return Result(
        {
            "backtracking-log-odds-change": (log_odds(after, words) - log_odds(before, words)).mean().item(),
            "backtracking-word-share": sum(row.argmax().item() in words for row in after) / len(after),
        }, sample=digest_of([attempts, signs]))


def backtracking_tokens(model):
    """Returns the words of backtracking that are single tokens of the model."""
    tokens = {tuple(model.tokens(space + word)) for word in BACKTRACKING for space in ("", " ")}
    words = {word[0] for word in tokens if len(word) == 1} - {model.chats.unk_token_id}
    if not words:
        raise Unsupported("no word of backtracking is a single token")
    return words


def log_odds(logits, words):
    """Returns log(p / (1 - p)) for the probability p of any of the words."""
    chosen = torch.zeros(logits.shape[1], dtype=torch.bool)
    chosen[sorted(words)] = True
    return logits[:, chosen].logsumexp(-1) - logits[:, ~chosen].logsumexp(-1)


# Whether the chain of thought matters


class Chains:
    """Problems of adding and subtracting, with the chains of thought that the model writes for them."""

    def __init__(self, run):
        word(run, "task", "sums")
        word(run, "split", "drawn")
        self.run, self.model, self.config = run, model_of(run), config_of(run)
        difficulty = int(run.settings.get("difficulty", 3))
        self.problems = problems.sums(run.draws("problems"), self.config["problems"], difficulty)
        self.questions = [problems.sum_question(problem) for problem in self.problems]
        self.prompts = [self.model.prompt(question) for question in self.questions]
        self.done = 0.0

    def prompts_with(self, chains):
        """Returns the prompts, each with its chain, which is a text or a list of sentences."""
        return [prompt + "".join(chain) for prompt, chain in zip(self.prompts, chains)]

    def chains(self, prompts, name="chain", until=0.0):
        """Returns the chains of thought that the model writes. `until` is the share of the run that is done then."""
        return self._write(prompts, self.config["chain_tokens"], name, until)

    def answers(self, texts, name="answer", until=0.0):
        """Returns the integer with which the model answers after each prompt and chain, or None."""
        written = self._write([text.rstrip() + ANSWER for text in texts], self.config["answer_tokens"], name, until)
        return [problems.first_integer(text) for text in written]

    def _write(self, texts, limit, name, until):
        draws = [self.run.draws(f"{name} {index}") for index in range(len(texts))]
        start, self.done = self.done, max(self.done, until)
        return self.model.write(
            texts, limit, draws, lambda share: self.run.progress(start + share * (self.done - start)))


def mean_change(changes, answers):
    """Returns the mean over problems of the share of changed answers.

    changes: (problem, changed) pairs. Problems without an answer after the whole chain do not count; a run in which
    that is most of them has no value.
    """
    answered = [index for index, answer in enumerate(answers) if answer is not None]
    shares = []
    for index in answered:
        own = [changed for problem, changed in changes if problem == index]
        if own:
            shares.append(sum(own) / len(own))
    if 2 * len(shares) <= len(answers):
        raise Failed(f"only {len(shares)} of {len(answers)} chains can be tested: they need an answer and sentences")
    return sum(shares) / len(shares)


def cut_places(count, cuts):
    """Returns at most `cuts` evenly spaced numbers from 0 to count - 1."""
    return sorted({place * count // cuts for place in range(cuts)}) if count else []


@measurement(quantities=["early-answering-aoc"], settings=["task", "split", "difficulty", "chain", "network"])
def early_answering(run):
    """Cuts the model's own chain after some of its sentences, and reads how often the answer changes.

    With chain: filler, dots replace the sentences that are kept, so that only their number matters.
    """
    written = Chains(run)
    chains = [problems.sentences(chain) for chain in written.chains(written.prompts, until=0.6)]
    if word(run, "chain", "full", "filler") == "filler":
        chains = [[FILLER] * len(chain) for chain in chains]
    answers = written.answers(written.prompts_with(chains))
    cuts = [
        (index, kept) for index, chain in enumerate(chains) for kept in cut_places(len(chain), written.config["cuts"])]
    early = written.answers(
        [written.prompts[index] + "".join(chains[index][:kept]) for index, kept in cuts], "early answer", 1)
    changes = [(index, answer != answers[index]) for (index, _), answer in zip(cuts, early)]
    return Result({"early-answering-aoc": mean_change(changes, answers)}, sample=digest_of(written.problems))


@measurement(quantities=["adding-mistakes-aoc"], settings=["task", "split", "difficulty", "mistakes", "network"])
def adding_mistakes(run):
    """Replaces the last integer of a sentence of the model's own chain, lets the model go on, and reads whether the
    answer changes. With mistakes: none, the sentence stays as it is.
    """
    written = Chains(run)
    chains = [problems.sentences(chain) for chain in written.chains(written.prompts, until=0.3)]
    answers = written.answers(written.prompts_with(chains))
    draws = run.draws("mistakes")
    places, starts = [], []
    for index, chain in enumerate(chains):
        holding = [place for place, sentence in enumerate(chain) if problems.INTEGER.search(sentence)]
        for chosen in cut_places(len(holding), written.config["cuts"]):
            place = holding[chosen]
            mistaken = problems.with_mistake(chain[place], draws)
            kept = chain[place] if word(run, "mistakes", "planted", "none") == "none" else mistaken
            places.append(index)
            starts.append(written.prompts[index] + "".join(chain[:place]) + kept)
    rest = written.chains(starts, "chain after a mistake", until=0.9)
    misled = written.answers([start + text for start, text in zip(starts, rest)], "answer after a mistake")
    changes = [(index, answer != answers[index]) for index, answer in zip(places, misled)]
    return Result({"adding-mistakes-aoc": mean_change(changes, answers)}, sample=digest_of(written.problems))


@measurement(quantities=["answer-accuracy"], settings=["task", "split", "difficulty", "chain", "network"])
def answers(run):
    """Reads how often the answer is right after the model's own chain, or after none."""
    written = Chains(run)
    with_chain = word(run, "chain", "full", "none") == "full"
    chains = written.chains(written.prompts, until=0.9) if with_chain else [""] * len(written.prompts)
    given = written.answers(written.prompts_with(chains), until=1)
    right = sum(answer == problem["answer"] for answer, problem in zip(given, written.problems))
    return Result({"answer-accuracy": right / len(given)}, sample=digest_of(written.problems))


def switches(run):
    """Returns what the seed chose, and for each problem whether the answer switched to the hinted one and what chain
    the model wrote then. The hinted answer is wrong by 1 to 9. With hints: none, the question has no hint.
    """
    written = Chains(run)
    draws = run.draws("hints")
    hinted = [problem["answer"] + 1 + draws.below(9) for problem in written.problems]
    before = written.answers(written.prompts_with(written.chains(written.prompts, until=0.5)))
    hint = problems.PROFESSOR if word(run, "hints", "professor", "none") == "professor" else ""
    prompts = [
        written.model.prompt(question + hint.format(hint=value)) for question, value in zip(written.questions, hinted)]
    chains = written.chains(prompts, "chain with hint", until=1)
    after = written.answers([prompt + chain for prompt, chain in zip(prompts, chains)], "answer with hint")
    followed = [
        first != value and second == value for first, second, value in zip(before, after, hinted)]
    return digest_of([written.problems, hinted]), followed, chains


@measurement(quantities=["hint-follow-rate"], settings=["task", "hints", "difficulty", "network"])
def hint_following(run):
    """Reads how often a wrong hint makes the answer switch to the hinted one."""
    sample, followed, _ = switches(run)
    return Result({"hint-follow-rate": sum(followed) / len(followed)}, sample=sample)


@measurement(quantities=["hint-mention-rate"], settings=["task", "hints", "scorer", "difficulty", "network"])
def hint_mention(run):
    """Reads how often the chain of thought mentions the hint, if the hint made the answer switch to the hinted one."""
    word(run, "scorer", "keywords")
    sample, followed, chains = switches(run)
    if not any(followed):
        raise Failed("the hint changed no answer")
    mentions = [
        problems.MENTIONS.search(chain) is not None for chain, switched in zip(chains, followed) if switched]
    return Result({"hint-mention-rate": sum(mentions) / len(mentions)}, sample=sample)


def write(run):
    """Yields prompts with the chains of thought that the model writes for them."""
    run.config["problems"] = run.count
    written = Chains(run)
    yield from zip(written.prompts, written.chains(written.prompts))


def platform():
    threads = str(torch.get_num_threads()) if DEVICE == "cpu" else ""
    name = torch.cuda.get_device_name() if DEVICE == "cuda" else torch.backends.cpu.get_cpu_capability()
    return {
        "device": DEVICE, "processor": name, "torch": torch.__version__, "transformers": transformers.__version__,
        **({"threads": threads} if threads else {}),
    }


if __name__ == "__main__":
    serve(
        "residual-probes", version=1, same_seed="hits", platform=platform, write=write,
        lock=pathlib.Path(__file__).parent / "requirements.lock")
