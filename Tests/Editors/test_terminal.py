"""Tests `new` and bash completion on a real pseudo-terminal.

Usage: test_terminal.py TOOL
"""

import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

TOOL = os.path.abspath(sys.argv[1])
failures = []


def expect(holds, what):
    if not holds:
        failures.append(what)


class Conversation:
    """Runs a program on a pseudo-terminal and waits for its output before sending input."""

    def __init__(self, command, folder):
        self.output = ""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.environ.update(TERM="dumb", LC_ALL="C.UTF-8", COLUMNS="200")
            os.execv(command[0], command)

    def read(self, seconds):
        ready, _, _ = select.select([self.terminal], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.terminal, 65536)
        except OSError:
            return False
        self.output += data.decode(errors="replace").replace("\a", "")
        return bool(data)

    def wait_for(self, text):
        start = time.monotonic()
        while text not in self.output:
            if not self.read(1) and time.monotonic() - start > 30:
                raise SystemExit(f"waited for {text!r} and got {self.output!r}")
        _, _, self.output = self.output.partition(text)

    def send(self, text):
        os.write(self.terminal, text.encode())

    def end(self):
        """Waits for the last output and returns the exit status; kills a program that does not end soon after."""
        while self.read(10):
            pass
        for _ in range(50):
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.1)
        os.kill(self.pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def ledger():
    folder = tempfile.mkdtemp(prefix="terminal-")
    for command in (["git", "init", "-q"], ["git", "config", "user.name", "Ada"],
                    ["git", "config", "user.email", "ada@example.org"], [TOOL, "init", "--no-hook"]):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


def read(folder, path):
    with open(os.path.join(folder, path), encoding="utf-8") as file:
        return file.read()


def test_new_finding():
    folder = ledger()
    talk = Conversation([TOOL, "new", "finding"], folder)
    for prompt, answer in [
        ("name: ", "two-thirds"), ("title [later]: ", "Two thirds: a # title"), ("authors: ", ""),
        ("an answer is required", None), ("authors: ", "A. Body, B. Body"), ("contributors [Ada <ada@example.org>]: ", ""),
        ("date: ", "yesterday"), ("write it as 2025, 2025-03 or 2025-03-18", None), ("date: ", "2025-03"),
        ("source [later]: ", "a note"), ("north_star [later]: ", ""),
        ("one of dimensions-per-feature", None), ("quantity: ", "dimension-per-feature"),
        ("written as dimensions-per-feature", None),
        ("value [none]: ", "[0.6, 3]"), ("dimensions-per-feature", None), ("value [none]: ", "[0.6, 0.7]"),
        ("tested.model: ", "r2"), ("There is no value \"r2\" of model. Write it now? [y/N]: ", "n"),
        ("tested.model: ", "r1"), ("tested.density: ", "[0.3, 1]"), ("holds_for [none]: ", ""),
        ("assumes [none]: ", ""), ("reported [none]: ", "0,65"), ("written as {value: 0.65}", None),
        ("verify [none]: ", ""), ("Add another claim to this finding? [y/N]: ", ""),
        ("caveat [none]: ", "Only one model was tested."), ("against [two-thirds]: ", ""), ("caveat [none]: ", ""),
        ("wrote  Findings/two-thirds.yaml", None), ("Still to write: north_star", None),
    ]:
        talk.wait_for(prompt)
        if answer is not None:
            talk.send(answer + "\n")
    expect(talk.end() == 0, "new finding fails")
    text = read(folder, "Findings/two-thirds.yaml")
    expect(text == """\
# yaml-language-server: $schema=../.arbor-ledger/schemas/finding.json
title: "Two thirds: a # title"
authors: [A. Body, B. Body]
contributors: ["Ada <ada@example.org>"]
date: 2025-03
source: a note
north_star: "TODO: What is new, and how it helps to answer the parent question."
claims:
  - quantity: dimensions-per-feature
    value: [0.6, 0.7]
    tested:
      density: [0.3, 1]
      model: r1
    reported: {value: 0.65}
caveats:
  - text: Only one model was tested.
    against: {claim: two-thirds}
""", "the finding is\n" + text)
    checked = subprocess.run([TOOL, "check"], cwd=folder, capture_output=True, text=True)
    expect("1 error" in checked.stdout and "still says TODO" in checked.stdout,
           "check finds other mistakes in what new wrote: " + checked.stdout)
    shutil.rmtree(folder)


def test_interruption():
    folder = ledger()
    before = subprocess.run(["git", "status", "--short"], cwd=folder, capture_output=True).stdout
    for end in ["\x04", "\x03"]:  # the end of input, and an interrupt
        talk = Conversation([TOOL, "new", "vote", "superposition"], folder)
        talk.wait_for("weight: ")
        talk.send("3\n")
        talk.wait_for("reason [later]: ")
        talk.send(end)
        expect(talk.end() != 0, "an end in the middle is no success")
    after = subprocess.run(["git", "status", "--short"], cwd=folder, capture_output=True).stdout
    expect(before == after, "a vote that was broken off was written")
    shutil.rmtree(folder)


def test_hostile_names():
    """Checks that file names of other contributors cannot control the terminal or the shell."""
    folder = ledger()
    name = "Claims/vocabulary/quantities/x\x1b[2J\u202e$(touch pwned);.yaml"
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write("title: x\ndefinition: x\nrange: [0, 1]\nconditions: []\n")
    talk = Conversation([TOOL, "new", "finding", "x", "--draft"], folder)
    for prompt, answer in [("authors: ", "A"), ("contributors [Ada <ada@example.org>]: ", ""), ("date: ", "2025")]:
        talk.wait_for(prompt)
        talk.send(answer + "\n")
    talk.wait_for("quantity: ")
    output = talk.output
    talk.send("\x04")
    talk.end()
    expect("\x1b" not in output and "\u202e" not in output, "a name reaches the terminal")
    shutil.rmtree(folder)


def test_bash():
    folder = ledger()
    hostile = "Findings/$(touch pwned).yaml"
    shutil.copy(os.path.join(folder, "Findings/half-a-dimension.yaml"), os.path.join(folder, hostile))
    bin_folder = tempfile.mkdtemp(prefix="bin-")
    os.symlink(TOOL, os.path.join(bin_folder, "arbor-ledger"))
    talk = Conversation(["/bin/bash", "--norc", "-i"], folder)
    talk.send(f"export PATH={bin_folder}:$PATH PS1='ready '; source <(arbor-ledger --generate-completion-script bash)\n")
    talk.send("COMP_WORDBREAKS=${COMP_WORDBREAKS//:}; echo begin\n")
    talk.wait_for("begin\r\n")
    for typed, completed in [
        ("arbor-ledger show half\t", "arbor-ledger show half-a-dimension"),
        ("arbor-ledger show half-a-dimension#\t", "half-a-dimension#1"),
        ("arbor-ledger conflicts sup\t", "arbor-ledger conflicts superposition"),
        ("arbor-ledger verify h\t", "arbor-ledger verify half-a-dimension"),
        ("arbor-ledger new finding x --quantity dim\t", "dimensions-per-feature"),
        ("arbor-ledger tasks take needs-general-run:sup\t", "needs-general-run:superposition"),
        ("arbor-ledger schema cond\t", "arbor-ledger schema condition"),
    ]:
        talk.send(typed)
        talk.wait_for(completed)
        talk.send("\x15\n")
        talk.wait_for("ready ")
    talk.send("arbor-ledger show \t\t")
    talk.wait_for("superposition-geometry")
    talk.send("\x15exit\n")
    talk.end()
    expect("pwned" not in talk.output, "a hostile name is offered")
    expect(not os.path.exists(os.path.join(folder, "pwned")), "a hostile name was run")
    shutil.rmtree(folder)


test_new_finding()
test_interruption()
test_hostile_names()
test_bash()
for failure in failures:
    print("FAILED:", failure)
print("terminal: " + ("failed" if failures else "all held"))
sys.exit(1 if failures else 0)
