"""A ledger in a folder of its own, with a key, settings and wrappers of the commands of a scheduler."""

import atexit
import collections
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

TOOL = os.path.realpath(os.environ.get("ARBOR_LEDGER", ".build/debug/arbor-ledger"))

# Waits as long as its arguments and settings say. Each run has a value in the claimed range.
PACE = '''\
import os
import sys
import time

from arbor_kernel import Result, digest_of, measurement, serve

time.sleep(float(sys.argv[1]))


@measurement(quantities=["pace-value"], settings=["size"])
def mean(run):
    drawn = run.draws("value").uniform()
    time.sleep(float(sys.argv[2]))
    return Result({"pace-value": 0.5 + drawn / 2}, sample=digest_of(drawn))


serve("pace", version=1)
'''

Finished = collections.namedtuple("Finished", "status output errors seconds")


class Ledger:
    def __init__(self, cluster=None, profile=None, **environment):
        """`profile` is the text of the profile `here`, which is Slurm's if it is None."""
        self.folder = tempfile.mkdtemp(prefix="arbor-ledger-slurm-")
        os.chmod(self.folder, 0o755)
        # An interrupted test runs no cleanup.
        atexit.register(self.remove)
        self.root = f"{self.folder}/ledger"
        self.bin = f"{self.folder}/bin"
        self.key = f"{self.folder}/key"
        for folder in (self.root, self.bin, f"{self.folder}/home", f"{self.folder}/settings/arbor-ledger/clusters"):
            os.makedirs(folder)
        self.environment = {
            "PATH": f"{self.bin}:{os.environ['PATH']}", "HOME": f"{self.folder}/home", "LC_ALL": "C.UTF-8",
            "XDG_CONFIG_HOME": f"{self.folder}/settings", "GIT_CONFIG_NOSYSTEM": "1", "OPENBLAS_NUM_THREADS": "1",
            **({"SLURM_CONF": cluster.configuration} if cluster else {}), **environment}
        self.profile(profile or "scheduler: slurm\n")
        self.new_key()
        self.git("init", "-q", "-b", "main")
        for setting in ("user.name=Ada", "user.email=ada@example.org", "gpg.format=ssh", f"user.signingKey={self.key}.pub"):
            self.git("config", *setting.split("="))
        self.tool("init", "--no-hook")
        self.commit("Begin the ledger")

    # Files

    def new_key(self):
        for path in (self.key, f"{self.key}.pub"):
            pathlib.Path(path).unlink(missing_ok=True)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", self.key], check=True)

    def profile(self, text):
        pathlib.Path(f"{self.folder}/settings/arbor-ledger/clusters/here.yaml").write_text(text)

    def write(self, path, text):
        file = pathlib.Path(self.root, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def add_pace(self, start=0.0, run=0.0, sizes=1, expected=1100, allowed=True):
        """Adds the kernel `pace` and a claim about it that needs eight runs at each size. A run is expected to take
        `expected` seconds, which decides how many shards a plan has."""
        self.write(
            "Claims/vocabulary/quantities/pace-value.yaml",
            "title: A value of the kernel pace\ndefinition: A number from the seed.\nrange: [0, 1]\n"
            "conditions: [model, size]\n")
        self.write(
            "Claims/vocabulary/conditions/size.yaml",
            "title: A number that changes nothing\nvalues: {from: 1, to: 1000}\nordered: true\n")
        self.tool("new", "kernel", "pace", "--gives", "pace-value")
        os.remove(f"{self.root}/Kernels/pace/pace.py")
        self.write("Kernels/pace/pace.py", PACE)
        zeros = "0" * 64
        self.write(
            "Kernels/pace/kernel.yaml",
            f"""title: A kernel that waits
contributors: [Ada <ada@example.org>]
version: 1
command: [python3, pace.py, "{start}", "{run}"]
files:
  pace.py: {zeros}
  arbor_kernel.py: {zeros}
measurements:
  mean:
    quantities: [pace-value]
    seconds: {expected}
    settings:
      size: {{integers: [1, 1000], default: 1, summary: A number that changes nothing.}}
""")
        self.write(
            "Verifiers/pace/model.yaml",
            "title: A model of the kernel pace\ncontributors: [Ada <ada@example.org>]\nabstracts: superposition\n"
            "kernel: pace\nbudget: {minutes: 30, memory_gib: 0.25, start_seconds: 60}\n")
        self.write("Verifiers/pace/mean.yaml", "measurement: mean\nmeasures: [pace-value]\nconditions: [size]\n")
        numbers = ", ".join(map(str, range(1, sizes + 1)))
        self.write(
            "Findings/pace.yaml",
            f"""title: The values of the kernel pace are at least a half
authors: [Ada]
contributors: [Ada <ada@example.org>]
date: 2023-01-01
source: https://example.org/pace
north_star: It tests the ledger.
claims:
  - quantity: pace-value
    value: [0.5, 1]
    tested: {{model: pace, size: [{numbers}]}}
    verify: pace/mean
""")
        self.tool("fix", "--yes")
        self.commit("Add a kernel")
        if allowed:
            self.allow()

    def allow(self):
        shown = self.run("allow", "pace").output
        self.tool("allow", "pace", "--digest", re.search(r"digest +([0-9a-f]{64})", shown)[1])

    def wrap(self, command, before="", after="", instead=None):
        """Replaces a command for this ledger by a script that notes each call, and does something before and after it."""
        real = shutil.which(command, path=os.environ["PATH"]) or "false"
        script = pathlib.Path(self.bin, command)
        script.write_text(
            f"#!/bin/sh\necho \"$*\" >> {self.folder}/{command}.calls\n{before}\n"
            + (instead if instead is not None else f'{real} "$@"\n') + f"\nstatus=$?\n{after}\nexit $status\n")
        script.chmod(0o755)

    def unwrap(self, command):
        os.remove(f"{self.bin}/{command}")

    def calls(self, command):
        path = pathlib.Path(self.folder, f"{command}.calls")
        return path.read_text().splitlines() if path.exists() else []

    # Commands

    def git(self, *arguments):
        return subprocess.run(
            ["git", "-C", self.root, *arguments], env=self.environment, check=True, capture_output=True, text=True).stdout

    def commit(self, message):
        self.git("add", "-A")
        self.git("commit", "-q", "--no-verify", "-m", message)

    def run(self, *arguments, seconds=300, user=None, **environment):
        """Runs the tool to its end."""
        drop = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
        began = time.monotonic()
        done = subprocess.run(
            [*drop, TOOL, *arguments], cwd=self.root, env=self.environment | environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=seconds)
        return Finished(done.returncode, done.stdout, done.stderr, time.monotonic() - began)

    def tool(self, *arguments):
        """Runs the tool, which must succeed."""
        done = self.run(*arguments)
        if done.status != 0:
            raise AssertionError(f"arbor-ledger {' '.join(arguments)} ended with {done.status}:\n{done.output}{done.errors}")
        return done.output

    def verify(self, *arguments, seconds=300, **environment):
        return self.run("verify", "--on", "here", *arguments, seconds=seconds, **environment)

    # Results

    def plans(self):
        """The folders of the plans, in their order."""
        return sorted(path.parent for path in pathlib.Path(self.folder).glob("**/here/*/plan.json"))

    def job(self):
        """The number of the last job; None while it is not known."""
        return json.loads((self.plans()[-1] / "job.json").read_text()).get("id")

    def results(self):
        """All files with results, read."""
        return [
            json.loads(path.read_text()) for plan in self.plans() for path in sorted(plan.glob("results/*.json"))]

    def receipts(self):
        """All receipts: what they state."""
        return [
            json.loads(path.read_text())["predicate"]
            for path in sorted(pathlib.Path(self.root).glob("Verifiers/*/receipts/*.json"))]

    def recorded_seeds(self):
        """How often each seed is in a receipt, by whether the run is a control, the settings and the seed."""
        counts = collections.Counter()
        for receipt in self.receipts():
            for run in receipt["runs"]:
                counts[receipt["isControl"], json.dumps(receipt.get("settings"), sort_keys=True), run["seed"]] += 1
        return counts

    def remove(self):
        atexit.unregister(self.remove)
        shutil.rmtree(self.folder, ignore_errors=True)


class Client:
    """A `verify` that runs, with what it printed so far and when."""

    def __init__(self, ledger, arguments, environment):
        self.log = f"{ledger.folder}/client-{time.monotonic_ns()}.log"
        self.began = time.monotonic()
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [TOOL, *arguments], cwd=ledger.root, env=ledger.environment | environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True)
        atexit.register(self.kill)

    @property
    def text(self):
        return pathlib.Path(self.log).read_text()

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        """Kills the client only, and not what it started."""
        atexit.unregister(self.kill)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def wait(self, seconds=300):
        return self.process.wait(seconds)
