"""Tests that arbor-ledger contains the hostile kernel, as this user and, if this is root, as a user without rights.

usage: ARBOR_LEDGER=PROGRAM python3 -m unittest test_sandbox

Each attack is the kernel of a temporary ledger, which `try` runs in a full and in a partial sandbox. It must report that it
was contained. test_protocol.py makes the attacks on the protocol.
"""

import os
import pathlib
import re
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from hostile_ledger import CONTROL, NOBODY, Ledger, drive  # noqa: E402

# What a program can still reach in a partial sandbox, as docs/external-kernels.md says.
VISIBLE_IN_PARTIAL = {"see-processes"}
# Attacks that a limit may end before they report, with the message of the limit.
LIMITED = {
    "memory": r"made no run: exceeded the memory of its budget",
    "fork-bomb": r"made no run: (it started more than 256 processes|exceeded the memory of its budget)",
    "fill-tmp": r"made no run: (exceeded the memory of its budget|it wrote more than 1 GiB)|crashed twice with \w+ \d+",
}


class SandboxTest(unittest.TestCase):
    user = None

    def check(self, level):
        ledger = Ledger(self.user)
        self.addCleanup(ledger.remove)
        passwd = pathlib.Path("/etc/passwd").read_bytes()
        for name in [name for kind, name, _ in drive.attacks() if kind == "sandbox"]:
            with self.subTest(attack=name, level=level), drive.Targets() as targets:
                options = dict(targets.options.get(name, {}))
                if name in ("memory", "fill-tmp"):
                    options["bytes"] = 2 << 30
                # Fewer processes than the limit are allowed, and they can end before they are counted.
                if name == "fork-bomb":
                    options["count"] = 2000
                ledger.choose(name, options, minutes=2, start_seconds=60)
                outcome = ledger.tried(level)
                # The folder for temporary files is the program's own.
                said = re.sub(r"escaped: wrote to (/tmp|/\S*/arbor-kernel-\S*/files/\d+)\n", "contained: /tmp\n",
                              outcome.said)
                self.assertNotRegex(said, CONTROL, "characters for the terminal")
                self.assertEqual(outcome.left, [], "processes or folders are left")
                self.assertLess(outcome.memory, 256 << 20, "the tool holds too much in memory")
                self.assertIsNone(targets.victim.poll(), "the victim was killed")
                self.assertEqual(ledger.saved(), [])
                if level == "partial" and name in VISIBLE_IN_PARTIAL:
                    continue
                self.assertNotIn("escaped:", said)
                contained = r"seed 0: contained: "
                self.assertRegex(said, f"{contained}|{LIMITED[name]}" if name in LIMITED else contained)
                if "contained:" in said:
                    self.assertEqual(outcome.status, 0, said)
        self.assertEqual(pathlib.Path("/etc/passwd").read_bytes(), passwd)

    def test_full_sandbox(self):
        self.check("full")

    def test_partial_sandbox(self):
        self.check("partial")


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "needs root and setpriv")
class SandboxOfAnotherUserTest(SandboxTest):
    user = NOBODY


if __name__ == "__main__":
    unittest.main()
