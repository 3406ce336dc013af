"""An honest worker, and workers that break the protocol."""

import hashlib
import json
import os
import sys
import time


class Worker:
    """Answers honestly."""

    def __init__(self, options):
        self.options = options
        self.runs = 0

    def option(self, name, default):
        return type(default)(self.options.get(name, default))

    def serve(self):
        for line in sys.stdin.buffer:
            request = json.loads(line)
            if request.get("do") == "describe":
                self.describe()
            elif request.get("do") == "run":
                self.run(request)
                self.runs += 1
            elif request.get("do") == "end":
                return

    def describe(self):
        self.send(self.description())

    def description(self):
        return {
            "arbor": 1, "kernel": "hostile", "version": 1, "same_seed": "bytes", "platform": {},
            "measurements": {"attack": {"quantities": ["hostile-value"], "settings": []}}}

    def run(self, request):
        self.send(self.answer(request))

    def answer(self, request):
        sample = hashlib.sha256(request["seed"].encode()).hexdigest()
        return {"id": request["id"], "values": {"hostile-value": int(sample[:8], 16) / 2**32}, "sample": sample}

    def send(self, message):
        self.write(json.dumps(message).encode() + b"\n")

    def write(self, data):
        while data:
            data = data[os.write(1, data):]


ATTACKS = {}


def attack(kind):
    """Adds a worker to the attacks, under its name in lower case with hyphens."""
    ATTACKS["".join("-" + c.lower() if c.isupper() else c for c in kind.__name__).lstrip("-")] = kind
    return kind


attack(type("Honest", (Worker,), {"__doc__": "Answers honestly, for comparison."}))


@attack
class Garbage(Worker):
    """Prints lines that are not JSON between its answers."""

    def send(self, message):
        self.write(b"Loading weights: 100%\n\nWarning: {not json\n")
        super().send(message)


@attack
class Binary(Worker):
    """Answers a run with random bytes."""

    def run(self, request):
        self.write(b"\xff" + os.urandom(1 << 16) + b"\n")


@attack
class InvalidText(Worker):
    """Answers with a reason that is not UTF-8."""

    def run(self, request):
        self.write(b'{"id": %d, "failed": "\xff\xfe\x80"}\n' % request["id"])


@attack
class DeepNesting(Worker):
    """Answers with a hundred thousand nested lists."""

    def run(self, request):
        self.write(b'{"id": %d, "values": ' % request["id"] + b"[" * 100_000 + b"]" * 100_000 + b"}\n")


@attack
class LongLine(Worker):
    """Answers a run with a line of a gigabyte (bytes=N)."""

    def run(self, request):
        self.write(b'{"id": %d, "failed": "' % request["id"])
        block = b"x" * (1 << 20)
        for _ in range(self.option("bytes", 1 << 30) // len(block)):
            self.write(block)
        self.write(b'"}\n')


@attack
class EndlessLine(Worker):
    """Answers a run with a line that does not end."""

    def run(self, request):
        while True:
            self.write(b"x" * (1 << 16))


@attack
class PartialLine(Worker):
    """Begins the line of an answer, and then is silent."""

    def run(self, request):
        self.write(b'{"id": %d, "val' % request["id"])
        time.sleep(3600)


@attack
class NotANumber(Worker):
    """Answers with the value NaN, which is not JSON either."""

    def run(self, request):
        self.write(b'{"id": %d, "values": {"hostile-value": NaN}}\n' % request["id"])


@attack
class NotANumberText(Worker):
    """Answers with the text nan as value."""

    def run(self, request):
        self.send({"id": request["id"], "values": {"hostile-value": "nan"}})


@attack
class Infinite(Worker):
    """Answers with the value 1e999, which is beyond the range of a double."""

    def run(self, request):
        self.write(b'{"id": %d, "values": {"hostile-value": 1e999}}\n' % request["id"])


@attack
class InfiniteText(Worker):
    """Answers with the text inf as value."""

    def run(self, request):
        self.send({"id": request["id"], "values": {"hostile-value": "inf"}})


@attack
class ValueIsNoNumber(Worker):
    """Answers with a text that is no number as value."""

    def run(self, request):
        self.send({"id": request["id"], "values": {"hostile-value": "0x1p-1; rm -rf"}})


@attack
class SilentAtDescribe(Worker):
    """Does not say what it is."""

    def describe(self):
        time.sleep(3600)


@attack
class SilentAtRun(Worker):
    """Does not answer runs."""

    def run(self, request):
        time.sleep(3600)


@attack
class SeedBlind(Worker):
    """Ignores its seed."""

    def answer(self, request):
        return super().answer({**request, "seed": "0"})


@attack
class SeedBlindWithoutSample(Worker):
    """Ignores its seed, and sends no sample."""

    def answer(self, request):
        return {"id": request["id"], "values": {"hostile-value": 0.5}}


@attack
class DifferentEachTime(Worker):
    """Gives the same seed different values."""

    def answer(self, request):
        return super().answer({**request, "seed": os.urandom(8).hex()})


@attack
class OrderDependent(Worker):
    """Gives values that depend on the runs before."""

    def answer(self, request):
        return super().answer({**request, "seed": f"{request['seed']}{self.runs}"})


@attack
class LateAnswer(Worker):
    """Answers its first run late (seconds=S), when its id may have been given up, and the others at once."""

    def run(self, request):
        if self.runs == 0:
            if os.fork() == 0:
                time.sleep(self.option("seconds", 30.0))
                super().run(request)
                os._exit(0)
        else:
            super().run(request)
