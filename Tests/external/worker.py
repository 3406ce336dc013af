"""Drives a kernel as arbor-ledger does: starts its program, sends requests and reads answers, one JSON object a line."""

import json
import subprocess


class Worker:
    """A running kernel. Leave the `with` block to end it."""

    def __init__(self, command, folder, environment=None):
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.status = self.process.wait()
        self.process.stdout.close()

    def send(self, request):
        line = request if isinstance(request, bytes) else json.dumps(request).encode()
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def read(self):
        """Returns the next answer, or None at the end of the output."""
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def describe(self):
        self.send({"arbor": 1, "do": "describe"})
        return self.read()

    def run(self, **request):
        """Returns the last answer to a request for a run; `progress` has the shares that were reported before it."""
        self.send({"do": "run", "id": 0, "seed": "00" * 8, "config": {}, "settings": {}, "weights": {}, **request})
        progress = []
        while True:
            answer = self.read()
            if answer is None or "progress" not in answer:
                return answer if answer is None else {**answer, "progress": progress}
            progress.append(answer["progress"])
