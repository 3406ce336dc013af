"""Makes the attacks of the hostile kernel without arbor-ledger, and prints their outcomes.

usage: drive.py [--in COMMAND] [ATTACK ...]     (without names: all attacks)

`--in` names a command that starts a program in a sandbox, such as "bwrap --ro-bind / / --unshare-all". The driver
provides the targets: listeners, a process to kill, a secret in its environment. Attacks that use up the machine are
small here.
"""

import argparse
import json
import os
import pathlib
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import threading
import uuid

HOSTILE = pathlib.Path(__file__).parent / "hostile.py"
SECRET = "arbor-secret-4711"
SMALL = {
    "memory": {"bytes": 256 << 20}, "fill-tmp": {"bytes": 64 << 20}, "fork-bomb": {"count": 200},
    "long-line": {"bytes": 64 << 20}, "log-flood": {"bytes": 8 << 20}, "progress-flood": {"count": 10_000},
    "late-answer": {"seconds": 0.5}, "survivor": {"seconds": 5, "close": 1},
}


class Targets:
    """What attacks aim at. Leave the `with` block to remove it."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        path, name = f"{self.folder.name}/socket", f"arbor-{uuid.uuid4().hex}"
        self.tcp, self.udp = socket.create_server(("127.0.0.1", 0)), socket.socket(type=socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        threading.Thread(target=self.reply, daemon=True).start()
        self.unix = [socket.socket(socket.AF_UNIX) for _ in range(2)]
        for end, address in zip(self.unix, (path, "\0" + name)):
            end.bind(address)
            end.listen()
        self.victim = subprocess.Popen(["sleep", "600"])
        namespaces = {kind: re.sub(r"\D", "", os.readlink(f"/proc/self/ns/{kind}")) for kind in ("pid", "uts")}
        pid = {"pid": self.victim.pid, "pidns": namespaces["pid"]}
        self.options = {
            "tcp": {"port": self.tcp.getsockname()[1]}, "udp": {"port": self.udp.getsockname()[1]},
            "unix-socket": {"path": path}, "abstract-socket": {"name": name},
            "read-home": {"path": self.folder.name}, "read-ledger": {"path": self.folder.name},
            "kill-process": pid, "trace-process": pid, "see-processes": pid, "kill-init": {"pidns": namespaces["pid"]},
            "host-name": {"utsns": namespaces["uts"]}, "environment": {"secret": SECRET}, **SMALL,
        }
        return self

    def reply(self):
        while True:
            try:
                packet, sender = self.udp.recvfrom(64)
                self.udp.sendto(packet, sender)
            except OSError:
                return

    def __exit__(self, *_):
        self.victim.kill()
        self.victim.wait()
        for end in (self.tcp, self.udp, *self.unix):
            end.close()
        self.folder.cleanup()


def attacks():
    """Returns (kind, name, description) of each attack."""
    lines = subprocess.run([sys.executable, HOSTILE, "--list"], check=True, capture_output=True, text=True).stdout
    return [line.split("\t") for line in lines.splitlines()]


def transcript(name, options, sandbox=(), seconds=2.0, runs=("00", "01", "00")):
    """Starts the kernel with an attack, sends all requests at once, and returns (output, status).

    The status is None if the kernel had to be killed. At most a mebibyte of the output is kept.
    """
    pairs = [f"{key}={value}" for key, value in options.items()]
    requests = [{"arbor": 1, "do": "describe"}] + [
        {"do": "run", "id": id, "seed": seed * 8, "measurement": "attack", "config": {}, "settings": {}, "weights": {}}
        for id, seed in enumerate(runs)] + [{"do": "end"}]
    process = subprocess.Popen(
        [*sandbox, sys.executable, HOSTILE, name, *pairs], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, env={**os.environ, "ARBOR_SECRET": SECRET})
    killed = threading.Event()
    timer = threading.Timer(seconds, lambda: (killed.set(), process.kill()))
    timer.start()
    try:
        process.stdin.write(b"".join(json.dumps(request).encode() + b"\n" for request in requests))
        process.stdin.close()
    except BrokenPipeError:
        pass
    kept = b""
    while block := process.stdout.read1(1 << 16):
        kept = (kept + block)[:1 << 20]
    status = process.wait()
    timer.cancel()
    process.stdout.close()
    return kept, None if killed.is_set() else status


def outcome(output, status):
    """Returns what an attack on the sandbox reported, or that it could not report."""
    for line in output.splitlines():
        answer = json.loads(line)
        if "failed" in answer:
            return answer["failed"]
    return f"contained: no answer, status {status}"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--in", dest="sandbox", default="", metavar="COMMAND")
    arguments.add_argument("attacks", nargs="*", metavar="ATTACK")
    arguments = arguments.parse_args()
    for kind, name, description in attacks():
        if arguments.attacks and name not in arguments.attacks:
            continue
        with Targets() as targets:
            options = targets.options.get(name, {})
            if kind == "sandbox":
                output, status = transcript(name, options, shlex.split(arguments.sandbox), seconds=20, runs=("00",))
                print(f"{name:18} {outcome(output, status)}", flush=True)
            else:
                output, status = transcript(name, options, shlex.split(arguments.sandbox))
                ended = "killed" if status is None else f"status {status}"
                print(f"{name:26} {output.count(bytes([10])):7} lines, {ended}: {description}", flush=True)


if __name__ == "__main__":
    main()
