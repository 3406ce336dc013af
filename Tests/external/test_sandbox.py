"""Tests that arbor-ledger contains the hostile kernel, as this user and, if this is root, as a user without rights.

usage: ARBOR_LEDGER=PROGRAM python3 -m unittest test_sandbox

Each attack is a kernel of a temporary ledger, which `try` runs in a full and in a partial sandbox. An attack on the sandbox
must report that it was contained; one on the protocol must end with a message, and never with a value that counts.
"""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "hostile"))
import drive  # noqa: E402

HOSTILE = pathlib.Path(__file__).parent / "hostile"
TOOL = os.environ.get("ARBOR_LEDGER", "arbor-ledger")
NOBODY = 65534
# The kinds of attacks to make: "sandbox", "protocol" or both.
KINDS = os.environ.get("ATTACKS", "sandbox protocol").split()

# What a partial sandbox does not keep from a program, as docs/external-kernels.md says.
VISIBLE_IN_PARTIAL = {"see-processes"}
# Attacks on the protocol that are no fault: the program does what the protocol allows.
HONEST = {"honest"}


class Ledger:
    """A ledger with the hostile kernel, owned by a user."""

    def __init__(self, user=None):
        self.user = user
        self.folder = tempfile.mkdtemp(prefix="arbor-hostile-")
        self.root = f"{self.folder}/ledger"
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": self.folder, "LC_ALL": "C.UTF-8", "ARBOR_SECRET": drive.SECRET,
            "GIT_CONFIG_NOSYSTEM": "1", "TMPDIR": self.folder}
        for role in ("AUTHOR", "COMMITTER"):
            self.environment |= {f"GIT_{role}_NAME": "Ada", f"GIT_{role}_EMAIL": "ada@example.org"}
        # Another user may not be allowed to enter the folder of the program.
        self.tool = f"{self.folder}/arbor-ledger"
        shutil.copy(shutil.which(TOOL) or TOOL, self.tool)
        os.mkdir(self.root)
        if user is not None:
            for path in (self.folder, self.root, self.tool):
                os.chown(path, user, user)
        os.chmod(self.folder, 0o755)
        self.run("git", "init", "-q", "-b", "main")
        self.run(self.tool, "init", "--no-hook")
        self.write("Claims/vocabulary/quantities/hostile-value.yaml", """
            title: A value of the hostile kernel
            definition: None.
            range: [0, 1]
            conditions: [model]
            """)
        self.write("Verifiers/victim/attack.yaml", "measurement: attack\nmeasures: [hostile-value]\n")

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, path, text):
        lines = text.splitlines()
        indent = len(lines[1]) - len(lines[1].lstrip()) if not lines[0] else 0
        file = pathlib.Path(self.root, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(line[indent:] for line in lines if line.strip()) + "\n")
        if self.user is not None:
            for place in (file, *file.relative_to(self.root).parents):
                os.chown(pathlib.Path(self.root, place), self.user, self.user)

    def run(self, *command, seconds=120):
        if self.user is not None:
            command = ("setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", *command)
        return subprocess.run(
            command, cwd=self.root, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            errors="replace", timeout=seconds)

    def attack(self, name, options, level):
        """Runs `try` with an attack, and returns what it prints."""
        pairs = ", ".join(f'"{key}={value}"' for key, value in options.items())
        files = ""
        for source in sorted(path.name for path in HOSTILE.glob("*.py") if path.name != "drive.py"):
            text = (HOSTILE / source).read_text()
            self.write(f"Kernels/hostile/{source}", text)
            written = pathlib.Path(self.root, "Kernels/hostile", source).read_bytes()
            files += f"\n  {source}: {hashlib.sha256(written).hexdigest()}"
        self.write("Kernels/hostile/kernel.yaml", (
            "title: Attacks\ncontributors: [Ada]\nversion: 1\n"
            f"command: [python3, hostile.py, {name}{', ' if pairs else ''}{pairs}]\nfiles:{files}\n"
            "measurements: {attack: {quantities: [hostile-value], seconds: 1}}\n"))
        self.write("Verifiers/victim/model.yaml", (
            "title: A victim\ncontributors: [Ada]\nabstracts: superposition\nkernel: hostile\n"
            "budget: {minutes: 0.1, memory_gib: 0.25, start_seconds: 5}\n"))
        shown = self.run(self.tool, "allow", "hostile")
        digest = re.search(r"digest +([0-9a-f]{64})", shown.stdout)
        if not digest:
            raise AssertionError(shown.stdout + shown.stderr)
        self.run(self.tool, "allow", "hostile", "--digest", digest[1])
        return self.run(self.tool, "try", "victim/attack", "--seeds", "1", "--sandbox", level)


class SandboxTest(unittest.TestCase):
    user = None

    def check(self, level):
        ledger = Ledger(self.user)
        self.addCleanup(ledger.remove)
        passwd = pathlib.Path("/etc/passwd").read_bytes()
        for kind, name, description in drive.attacks():
            if kind not in KINDS:
                continue
            with self.subTest(attack=name, level=level), drive.Targets() as targets:
                options = dict(targets.options.get(name, {}))
                if name in ("memory", "fill-tmp"):
                    options["bytes"] = 2 << 30
                start = time.monotonic()
                printed = ledger.attack(name, options, level)
                seconds = time.monotonic() - start
                # The folder for temporary files is the program's own.
                said = re.sub(r"escaped: wrote to (/tmp|/\S*/arbor-kernel-\S*/files)\n", "contained: /tmp\n",
                              printed.stdout + printed.stderr)
                self.assertNotRegex(said, "[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", "characters for the terminal")
                self.assertLess(seconds, 90, f"{name}: {description}")
                self.assertIsNone(targets.victim.poll(), "the victim was killed")
                if kind == "sandbox" and not (level == "partial" and name in VISIBLE_IN_PARTIAL):
                    self.assertNotIn("escaped:", said)
                    self.assertRegex(said, r"contained:|exceeded the|started more than|crashed twice|wrote more than")
                elif name in HONEST:
                    self.assertEqual(printed.returncode, 0, said)
                elif kind == "protocol":
                    self.assertRegex(said, r"arbor-ledger: |no run of|seed 0: |hostile-value")
        self.assertEqual(pathlib.Path("/etc/passwd").read_bytes(), passwd)
        left = [name for name in os.listdir(ledger.folder) if name.startswith("arbor-kernel-")]
        self.assertEqual(left, [], "folders of workers are left")

    def test_full_sandbox(self):
        self.check("full")

    def test_partial_sandbox(self):
        self.check("partial")


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "needs root and setpriv")
class SandboxOfAnotherUserTest(SandboxTest):
    user = NOBODY


if __name__ == "__main__":
    unittest.main()
