"""A Slurm with three nodes of two processors on this machine."""

import atexit
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from ledger import Client, Ledger

SCRIPTS = pathlib.Path(__file__).resolve().parent
NODES = 3
SLOTS = 6


def wait_for(condition, seconds, what):
    """Waits until a condition is true, and returns its value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.1)


def free_ports():
    """Returns the first of a row of ports that are free."""
    for port in range(int(os.environ.get("PORT", "17600")), 30000, NODES + 1):
        try:
            for number in range(port, port + NODES + 1):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", number))
            return port
        except OSError:
            continue
    raise unittest.SkipTest("no free ports")


class Cluster:
    def __init__(self, **settings):
        missing = [name for name in ("slurmctld", "slurmd", "munged", "sbatch") if not shutil.which(name)]
        if missing:
            raise unittest.SkipTest(
                f"{', '.join(missing)} not installed: apt-get install slurmctld slurmd slurm-client munge")
        if os.geteuid() != 0:
            raise unittest.SkipTest("the daemons of Slurm need root")
        self.folder = tempfile.mkdtemp(prefix="arbor-cluster-")
        # An interrupted test runs no cleanup of its class.
        atexit.register(self.remove)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        os.chmod(self.folder, 0o755)
        self.configuration = f"{self.folder}/etc/slurm.conf"
        self.environment = os.environ | {"SLURM_CONF": self.configuration}
        environment = os.environ | {"PORT": str(free_ports()), "NODES": str(NODES)} | settings
        try:
            self._script("up.sh", environment=environment)
        except BaseException:
            self.remove()
            raise

    def _script(self, name, *arguments, environment=None):
        # Daemons keep standard output and error open, so that a pipe would never end.
        with open(f"{self.folder}/script.log", "a+") as log:
            done = subprocess.run(
                [SCRIPTS / name, self.folder, *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                timeout=120)
            if done.returncode != 0:
                log.seek(0)
                raise AssertionError(f"{name} {' '.join(arguments)} failed:\n{log.read()}")

    def node(self, what, name):
        self._script("node.sh", what, name)

    def start_controller(self, loses_state=False):
        """Starts a dead controller."""
        if loses_state:
            shutil.rmtree(f"{self.folder}/state")
            os.mkdir(f"{self.folder}/state")
        self.node("start", "controller")
        wait_for(lambda: self.run("sinfo", "-h", check=False), 30, "the controller answers")

    def resume_nodes(self):
        """Resumes nodes that a dead controller left drained."""
        for line in self.run("sinfo", "-h", "-N", "-p", "main", "-o", "%N %T", check=False).splitlines():
            name, _, state = line.partition(" ")
            if state.startswith(("drain", "down")):
                self.run("scontrol", "update", f"nodename={name}", "state=resume", check=False)

    def wait_until_idle(self, seconds=60):
        """Waits until all nodes take jobs."""
        def idle():
            self.resume_nodes()
            return len(self.run("sinfo", "-h", "-N", "-p", "main", "-t", "idle", "-o", "%N", check=False).split()) == NODES
        wait_for(idle, seconds, "all nodes are idle")

    def run(self, *command, check=True):
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}: {done.stderr}")
        return done.stdout

    def tasks(self, states="all"):
        """Returns the tasks in the queue: number of the job, number of the task, state, node, reason."""
        output = self.run("squeue", "-h", "-r", f"--states={states}", "-o", "%F %K %T %N|%r", check=False)
        tasks = []
        for line in output.splitlines():
            words, _, reason = line.partition("|")
            job, task, state, node = (words.split(" ") + [""])[:4]
            tasks.append((job, task, state, node, reason))
        return tasks

    def running(self):
        return [task for task in self.tasks() if task[2] == "RUNNING"]

    def fill(self, partition, seconds):
        """Submits jobs that need all processors."""
        self.run(
            "sbatch", "--parsable", f"--partition={partition}", f"--array=1-{SLOTS}", "--mem=10M", "--job-name=filling",
            "--output=/dev/null", f"--wrap=sleep {seconds}")

    def remove(self):
        atexit.unregister(self.remove)
        try:
            self._script("down.sh")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


class LedgerTest(unittest.TestCase):
    """Tests with ledgers of their own. `cluster` is the Slurm of these ledgers, or None."""

    cluster = None

    def ledger(self, **settings):
        ledger = Ledger(self.cluster, **settings)
        self.addCleanup(ledger.remove)
        return ledger

    def start(self, ledger, *arguments, **environment):
        """Starts `verify --on here`, which ends with the test."""
        client = Client(ledger, ["verify", "--on", "here", *arguments], environment)
        self.addCleanup(client.kill)
        return client

    def assert_succeeds(self, done):
        self.assertEqual(done.status, 0, done.output + done.errors)

    def assert_sentence(self, done):
        """The command printed what is wrong, and did not crash."""
        self.assertRegex(done.errors, "(?m)^arbor-ledger: .+")
        self.assertNotRegex(done.errors, "Fatal error|Crash|Backtrace")
        self.assertGreaterEqual(done.status, 0)

    def assert_counted_once(self, ledger, runs):
        counts = ledger.recorded_seeds()
        self.assertEqual({seed: count for seed, count in counts.items() if count != 1}, {})
        self.assertEqual(len(counts), runs)


class ClusterTest(LedgerTest):
    """Tests that share a cluster. Each begins with an empty queue and idle nodes."""

    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(**cls.settings)
        cls.addClassCleanup(cls.cluster.remove)

    def setUp(self):
        self.cluster.run("scancel", "--user=root", check=False)
        self.cluster.wait_until_idle()
