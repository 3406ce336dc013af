"""Serves a kernel to arbor-ledger: reads requests from standard input and writes answers, one JSON object per line.

    @measurement(quantities=["heads-share"], settings=["coin"])
    def heads(run):
        draws = run.draws("flips")
        flips = [draws.below(2) for _ in range(run.config["flips"])]
        return Result({"heads-share": sum(flips) / len(flips)}, sample=digest_of(flips))

    serve("coin", version=1)

Works with Python 3.9 or later and needs no packages.
"""

import hashlib
import importlib.metadata
import json
import math
import os
import re
import traceback

_measurements = {}


class Failed(Exception):
    """The program tried and has no value. The run counts as a miss."""


class Unsupported(Exception):
    """This machine cannot make the run, which then does not count."""


class Result:
    """The values of a run by quantity, and the digest of what its seed chose."""

    def __init__(self, values, sample=None):
        self.values, self.sample = values, sample


class Draws:
    """Random numbers that depend on nothing but a seed and a name: SHA-256 of the seed, the name and a counter."""

    def __init__(self, seed, name):
        self._prefix, self._count = f"{seed}/{name}/", 0

    def bits(self):
        """Returns a uniform integer of 64 bits."""
        self._count += 1
        return int.from_bytes(hashlib.sha256(f"{self._prefix}{self._count}".encode()).digest()[:8], "big")

    def below(self, bound):
        """Returns a uniform integer from 0 to bound - 1, with a bound of at most 2^64. None is likelier than another."""
        limit = 2**64 - 2**64 % bound
        while True:
            bits = self.bits()
            if bits < limit:
                return bits % bound

    def uniform(self):
        """Returns a uniform number of 53 bits, at least 0 and below 1."""
        return (self.bits() >> 11) / 2**53

    def choice(self, items):
        return items[self.below(len(items))]

    def shuffled(self, items):
        """Returns the items in random order."""
        items = list(items)
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]
        return items


class Run:
    """A request: seed (16 hexadecimal digits), config, settings, weights (folders by name) and, for texts, count."""

    def __init__(self, request, answer):
        self.seed = str(request["seed"])
        self.config, self.settings, self.weights = (
            dict(request.get(key) or {}) for key in ("config", "settings", "weights"))
        self.count = int(request.get("count", 1))
        self._answer, self._reported = answer, 0.0

    def draws(self, name):
        """Returns the random numbers of this run with a name."""
        return Draws(self.seed, name)

    def progress(self, share):
        """Reports which share of the run is done, if it grew by at least a hundredth."""
        if share >= self._reported + 0.01:
            self._reported = share
            self._answer({"progress": min(float(share), 1.0)})


def measurement(quantities, settings=(), name=None):
    """Declares a measurement: a function of a Run that returns a Result or a dict of values.

    Without a name, the measurement has the name of the function, with hyphens for underscores.
    """
    def declare(function):
        _measurements[name or function.__name__.replace("_", "-")] = (function, list(quantities), list(settings))
        return function
    return declare


def digest_of(chosen):
    """Returns the SHA-256 of what a seed chose: numbers, texts, lists and dicts."""
    text = json.dumps(chosen, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def differences_from_lock(path):
    """Returns a sentence for each `name==version` line of a lock file that the installed packages do not match.

    A version in the lock without a local part, such as 2.13.0, matches any build of it, such as 2.13.0+cpu.
    """
    sentences = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            name, equals, wanted = (part.strip() for part in re.split(r"[#;]", line)[0].partition("=="))
            if not equals:
                continue
            try:
                installed = importlib.metadata.version(name)
            except importlib.metadata.PackageNotFoundError:
                sentences.append(f"{name} {wanted} is not installed")
                continue
            if wanted not in (installed, installed.split("+")[0]):
                sentences.append(f"{name} is {installed} instead of {wanted}")
    return sentences


def serve(kernel, version, same_seed="bytes", platform=None, lock=None, write=None):
    """Answers requests until the input ends.

    platform: a dict of texts, or a function that returns it. lock: the path of a lock file. write: a function that
    yields a (prompt, text) pair for each text of a Run.
    """
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    requests = os.fdopen(os.dup(0), "rb")
    # Libraries print to standard output, and child processes read standard input.
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)

    def send(answer):
        answers.write(json.dumps(answer, allow_nan=False) + "\n")
        answers.flush()

    for line in requests:
        try:
            request = json.loads(line)
            action = request.get("do")
        except (ValueError, AttributeError, RecursionError):
            send({"error": "the line is not a JSON object"})
            continue
        if action == "end":
            return
        if action == "describe":
            send(_description(kernel, version, same_seed, platform, lock))
        elif action in ("run", "write"):
            id = request.get("id")
            send({"id": id, **_served(request, write, lambda answer: send({"id": id, **answer}))})


def _description(kernel, version, same_seed, platform, lock):
    try:
        differences = differences_from_lock(lock) if lock else []
        if differences:
            return {"arbor": 1, "error": "; ".join(differences)}
        platform = platform() if callable(platform) else platform or {}
    except Exception as error:
        traceback.print_exc()
        return {"arbor": 1, "error": _reason(error)}
    return {
        "arbor": 1, "kernel": kernel, "version": version, "same_seed": same_seed,
        "measurements": {
            name: {"quantities": quantities, "settings": settings}
            for name, (_, quantities, settings) in sorted(_measurements.items())},
        "platform": {str(key): str(value) for key, value in platform.items()},
    }


def _served(request, write, answer):
    """Returns the last answer to a request, without its id."""
    try:
        run = Run(request, answer)
        if request["do"] == "write":
            if write is None:
                raise Unsupported("this kernel writes no texts")
            for prompt, text in write(run):
                answer({"text": {"prompt": prompt, "text": text}})
            return {"values": {}}
        if request.get("measurement") not in _measurements:
            raise Unsupported(f"this kernel has no measurement {request.get('measurement')!r}")
        function, quantities, _ = _measurements[request["measurement"]]
        result = function(run)
        if not isinstance(result, Result):
            result = Result(result)
        values = {quantity: float(value) for quantity, value in result.values.items()}
        if sorted(values) != sorted(quantities):
            raise Failed(f"the measurement returned {sorted(values)} instead of {sorted(quantities)}")
        for quantity, value in values.items():
            if not math.isfinite(value):
                raise Failed(f"{quantity} is {value}")
        answered = {"values": {quantity: value.hex() for quantity, value in values.items()}}
        return answered if result.sample is None else {**answered, "sample": result.sample}
    except Unsupported as reason:
        return {"unsupported": str(reason)}
    except Failed as reason:
        return {"failed": str(reason)}
    except MemoryError:
        return {"unsupported": "this machine has too little memory"}
    except Exception as error:
        traceback.print_exc()
        return {"failed": _reason(error)}


def _reason(error):
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
