"""Workers that break the protocol by what they say, by their end or by their children. See protocol.py."""

import ctypes
import json
import os
import signal
import time

from protocol import Worker, attack


@attack
class WrongId(Worker):
    """Answers with the id of another run."""

    def answer(self, request):
        return {**super().answer(request), "id": request["id"] + 1000}


@attack
class IdIsText(Worker):
    """Answers with its id as a text."""

    def answer(self, request):
        return {**super().answer(request), "id": str(request["id"])}


@attack
class Duplicate(Worker):
    """Answers each run twice, with different values."""

    def run(self, request):
        super().run(request)
        super().run({**request, "seed": "0"})


@attack
class WrongQuantity(Worker):
    """Answers with a quantity that it did not describe."""

    def answer(self, request):
        return {**super().answer(request), "values": {"another-value": 0.5}}


@attack
class ExtraQuantity(Worker):
    """Answers with one quantity more than it described."""

    def answer(self, request):
        answer = super().answer(request)
        return {**answer, "values": {**answer["values"], "another-value": 0.5}}


@attack
class NoQuantity(Worker):
    """Answers with no values."""

    def answer(self, request):
        return {**super().answer(request), "values": {}}


@attack
class ValueAndFailure(Worker):
    """Answers with values and with a failure at once."""

    def answer(self, request):
        return {**super().answer(request), "failed": "and yet it failed", "unsupported": "and cannot run"}


@attack
class WrongSample(Worker):
    """Answers with a sample that is no SHA-256."""

    def answer(self, request):
        return {**super().answer(request), "sample": "../../etc/passwd"}


@attack
class WrongKernel(Worker):
    """Says that it is another kernel."""

    def description(self):
        return {**super().description(), "kernel": "superposition"}


@attack
class WrongVersion(Worker):
    """Says that it has another version."""

    def description(self):
        return {**super().description(), "version": 2}


@attack
class WrongMeasurements(Worker):
    """Describes another measurement than the record does."""

    def description(self):
        return {**super().description(), "measurements": {"another": {"quantities": ["another-value"], "settings": []}}}


@attack
class PlatformIsNoText(Worker):
    """Describes a platform whose texts hold control characters and are long."""

    def description(self):
        return {**super().description(), "platform": {"device": "\x1b[2Jgpu\n" + "x" * 100_000, "threads": {"n": 1}}}


@attack
class ExitAtDescribe(Worker):
    """Ends when asked what it is."""

    def describe(self):
        os._exit(3)


@attack
class ExitAtRun(Worker):
    """Ends when asked for a run."""

    def run(self, request):
        os._exit(0)


@attack
class ExitInTheMiddle(Worker):
    """Answers two runs and then ends."""

    def run(self, request):
        if self.runs == 2:
            os._exit(1)
        super().run(request)


@attack
class Crash(Worker):
    """Crashes by a signal when asked for a run."""

    def run(self, request):
        # A sandbox can refuse signals, but it cannot prevent this crash.
        ctypes.string_at(0)


@attack
class AnswerBeforeRequest(Worker):
    """Answers runs 0 to 9 as soon as it has described itself, before they are requested."""

    def describe(self):
        super().describe()
        for id in range(10):
            self.send(self.answer({"id": id, "seed": "0"}))


@attack
class CloseOutput(Worker):
    """Closes its output when asked for a run, and goes on."""

    def run(self, request):
        os.close(1)
        time.sleep(3600)


@attack
class CloseInput(Worker):
    """Closes its input when asked for a run, and goes on."""

    def run(self, request):
        os.close(0)
        super().run(request)
        time.sleep(3600)


@attack
class ProgressFlood(Worker):
    """Sends a million lines of progress for a run (count=N)."""

    def run(self, request):
        block = b'{"id": %d, "progress": 0.5}\n' % request["id"] * 1000
        for _ in range(self.option("count", 1_000_000) // 1000):
            self.write(block)
        super().run(request)


@attack
class ProgressForever(Worker):
    """Sends progress for a run again and again, and no answer."""

    def run(self, request):
        while True:
            self.send({"id": request["id"], "progress": 0.5})
            time.sleep(0.05)


@attack
class ProgressNonsense(Worker):
    """Sends progress that is no share."""

    def run(self, request):
        for progress in (-1, 7, "half", None, [0.5]):
            self.send({"id": request["id"], "progress": progress})
        super().run(request)


@attack
class LogFlood(Worker):
    """Writes a gigabyte to its log (bytes=N), with control characters, and answers then."""

    def run(self, request):
        block = b"\x1b[31m" + b"log " * 250_000 + b"\n"
        for _ in range(self.option("bytes", 1 << 30) // len(block)):
            os.write(2, block)
        super().run(request)


@attack
class TerminalCodes(Worker):
    """Answers with a reason that holds codes for terminals and line ends."""

    def run(self, request):
        self.send({"id": request["id"], "failed": "\x1b[2J\x1b]0;title\x07verified\n8 of 8 runs hit\u202egnp.exe"})


@attack
class TerminalCodesInNames(Worker):
    """Answers with names of quantities that hold codes for terminals."""

    def answer(self, request):
        return {**super().answer(request), "values": {"\x1b[2J\x1b]0;title\x07\u202ename": 0.5}}


@attack
class TerminalCodesInLog(Worker):
    """Writes codes for terminals to its log, and ends when asked for a run."""

    def run(self, request):
        os.write(2, "\x1b[2J\x1b]0;title\x07verified\r8 of 8 runs hit\u202egnp.exe\u2028e\u0301\n".encode())
        os._exit(1)


@attack
class TerminalCodesInDescription(Worker):
    """Describes a platform whose texts hold codes for terminals, which are allowed and must be shown escaped."""

    def description(self):
        return {**super().description(), "platform": {"device\x1b[2J": "\x1b]0;title\x07gpu\r\n\u202e" + "x" * 100_000}}


@attack
class ManyNames(Worker):
    """Answers with a hundred thousand quantities."""

    def answer(self, request):
        return {**super().answer(request), "values": {f"value-{number}": 0.5 for number in range(100_000)}}


@attack
class ManyPlatforms(Worker):
    """Describes its platform with ten thousand texts."""

    def description(self):
        return {**super().description(), "platform": {f"library-{number}": "1" for number in range(10_000)}}


@attack
class LongName(Worker):
    """Says that its name has a million letters."""

    def description(self):
        return {**super().description(), "kernel": "x" * 1_000_000}


@attack
class CombiningMarks(Worker):
    """Answers with a reason that is one letter with half a million combining marks."""

    def run(self, request):
        self.send({"id": request["id"], "failed": "a" + "\u0301" * 500_000})


@attack
class LineEnds(Worker):
    """Answers honestly, with other line ends than a line feed inside texts, which JSON allows."""

    def run(self, request):
        answer = {**self.answer(request), "remark": "a\u2028b\u2029c\x85d"}
        self.write(json.dumps(answer, ensure_ascii=False).encode() + b"\r\n")


@attack
class IgnoresSignals(Worker):
    """Ignores SIGTERM, SIGINT, SIGHUP and the end of its input, and hangs at a run."""

    def serve(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN)
        super().serve()
        time.sleep(3600)

    def run(self, request):
        time.sleep(3600)


@attack
class Survivor(Worker):
    """Starts a child process in a session of its own that goes on when the kernel ends (named arbor-survivor)."""

    def run(self, request):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                with open("/proc/self/comm", "w") as comm:
                    comm.write("arbor-survivor")
                if "close" in self.options:
                    os.closerange(0, 3)
                time.sleep(self.option("seconds", 120.0))
            os._exit(0)
        os.wait()
        super().run(request)
