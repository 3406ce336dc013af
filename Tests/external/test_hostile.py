"""Tests of the hostile kernel: its attacks succeed without a sandbox, and a sandbox stops them."""

import json
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

FOLDER = pathlib.Path(__file__).parent / "hostile"
sys.path.insert(0, str(FOLDER))

import drive

# Attacks that succeed for any user of a machine without a sandbox, because the driver provides their targets.
SUCCEEDING = [
    "tcp", "udp", "unix-socket", "abstract-socket", "read-home", "read-ledger", "read-passwd", "write-outside",
    "rewrite-itself", "replace-itself", "fill-tmp", "kill-process", "see-processes", "fork-bomb", "memory", "environment",
]
# Attacks that never end by themselves.
HANGING = {
    "endless-line", "partial-line", "silent-at-describe", "silent-at-run", "close-output", "close-input",
    "progress-forever", "ignores-signals",
}
# Attacks that show elsewhere than in the output.
ELSEWHERE = {"honest", "survivor", "log-flood"}
SANDBOX = [
    "bwrap", "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--die-with-parent", "--new-session",
    "--cap-drop", "ALL", "--clearenv", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/run",
    "--size", str(16 << 20), "--tmpfs", "/tmp", "--ro-bind", str(FOLDER), str(FOLDER),
]


def sandbox_works():
    return bool(shutil.which("bwrap")) and subprocess.run([*SANDBOX, "true"], capture_output=True).returncode == 0


def outcomes(names, sandbox=()):
    found = {}
    for name in names:
        with drive.Targets() as targets:
            output, status = drive.transcript(name, targets.options.get(name, {}), sandbox, seconds=60, runs=["00"])
            found[name] = drive.outcome(output, status)
            if name == "kill-process":
                found["victim"] = targets.victim.poll() if sandbox else targets.victim.wait(60)
    return found


class SandboxTests(unittest.TestCase):
    def test_attacks_succeed_without_a_sandbox(self):
        found = outcomes(SUCCEEDING)
        self.assertEqual(found.pop("victim"), -15)
        self.assertEqual([name for name, outcome in found.items() if not outcome.startswith("escaped: ")], [])

    @unittest.skipUnless(sandbox_works(), "bubblewrap cannot make namespaces here")
    def test_a_sandbox_stops_them(self):
        stopped = [
            "tcp", "udp", "unix-socket", "abstract-socket", "read-ledger", "rewrite-itself", "replace-itself", "fill-tmp",
            "kill-process", "see-processes",
        ]
        found = outcomes(stopped, SANDBOX)
        self.assertIsNone(found.pop("victim"))
        self.assertEqual([name for name, outcome in found.items() if not outcome.startswith("contained: ")], [])

    def test_each_attack_reports_in_the_same_form(self):
        names = [name for kind, name, _ in drive.attacks() if kind == "sandbox" and name not in SUCCEEDING]
        self.assertGreaterEqual(len(names) + len(SUCCEEDING), 22)
        for name, outcome in outcomes(names).items():
            self.assertRegex(outcome, r"^(contained|escaped): .", name)
            self.assertNotIn("no answer", outcome, name)


class ProtocolTests(unittest.TestCase):
    def test_each_attack_differs_from_an_honest_worker(self):
        honest, status = drive.transcript("honest", {}, seconds=60)
        answers = [json.loads(line) for line in honest.splitlines()]
        self.assertEqual((len(answers), status), (4, 0))
        self.assertEqual({**answers[1], "id": 2}, answers[3])
        self.assertNotEqual(answers[1]["values"], answers[2]["values"])
        for kind, name, _ in drive.attacks():
            if kind == "protocol":
                options = drive.SMALL.get(name, {})
                output, ended = drive.transcript(name, options, seconds=3 if name in HANGING else 60)
                with self.subTest(attack=name):
                    self.assertEqual(ended is None, name in HANGING)
                    self.assertEqual(output == honest, name in ELSEWHERE)

    def test_the_survivor_outlives_its_kernel(self):
        def alive():
            names = []
            for path in pathlib.Path("/proc").glob("[0-9]*/comm"):
                try:
                    names.append(path.read_text().strip())
                except OSError:
                    continue
            return "arbor-survivor" in names

        _, status = drive.transcript("survivor", {"seconds": 2, "close": 1}, seconds=60)
        self.assertEqual(status, 0)
        self.assertTrue(alive())
        while alive():
            time.sleep(0.2)


if __name__ == "__main__":
    unittest.main()
