"""A ledger whose kernel is the hostile one, and what the tool prints and leaves behind when it meets an attack."""

import atexit
import dataclasses
import functools
import hashlib
import os
import pathlib
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid

HOSTILE = pathlib.Path(__file__).parent / "hostile"
sys.path.insert(0, str(HOSTILE))
import drive  # noqa: E402

TOOL = os.environ.get("ARBOR_LEDGER", "arbor-ledger")
NOBODY = 65534
# A byte that a terminal can take for a command, or a character that changes the order or the look of a text.
CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"


@functools.cache
def shared_tool():
    """Returns the path of a copy of the tool that every user can run, until this process ends."""
    folder = tempfile.mkdtemp(prefix="arbor-tool-")
    atexit.register(shutil.rmtree, folder)
    os.chmod(folder, 0o755)
    return shutil.copy(shutil.which(TOOL) or TOOL, f"{folder}/arbor-ledger")


@dataclasses.dataclass
class Outcome:
    """What a command of the tool did."""

    status: int
    output: str
    errors: str
    # The most memory that the tool itself used, in bytes.
    memory: int
    # The commands of processes and the names of folders that remain after the attack.
    left: list

    @property
    def said(self):
        return self.output + self.errors


class Ledger:
    """A ledger with the hostile kernel, owned by a user. Call `remove` at the end."""

    def __init__(self, user=None):
        self.user = user
        self.folder = tempfile.mkdtemp(prefix="arbor-hostile-")
        self.root = f"{self.folder}/ledger"
        self.mark = uuid.uuid4().hex
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": self.folder, "LC_ALL": "C.UTF-8", "ARBOR_SECRET": drive.SECRET,
            "GIT_CONFIG_NOSYSTEM": "1", "TMPDIR": self.folder, "TERM": "xterm-256color", "PAGER": "cat",
            "GIT_PAGER": "cat"}
        for role in ("AUTHOR", "COMMITTER"):
            self.environment |= {f"GIT_{role}_NAME": "Ada", f"GIT_{role}_EMAIL": "ada@example.org"}
        self.tool = shared_tool()
        os.mkdir(self.root)
        if user is not None:
            for path in (self.folder, self.root):
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
        self.write("Findings/hostile.yaml", """
            title: The hostile kernel gives a value
            authors: [Bo]
            contributors: [Bo <bo@example.org>]
            date: 2023-01-01
            source: https://example.org/hostile
            north_star: It tests the ledger.
            claims:
              - quantity: hostile-value
                value: [0, 1]
                tested: {model: victim}
                verify: victim/attack
            """)

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

    def command(self, *command):
        if self.user is None:
            return command
        return ("setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", *command)

    def run(self, *command):
        return subprocess.run(
            self.command(*command), cwd=self.root, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, errors="replace", timeout=120)

    def choose(self, name, options, minutes=0.1, start_seconds=5):
        """Makes an attack the kernel's program, commits it, and allows it to run."""
        # A mark in the command finds the processes of this ledger.
        pairs = [f"{key}={value}" for key, value in options.items()] + [f"mark={self.mark}"]
        files = ""
        for source in sorted(path.name for path in HOSTILE.glob("*.py") if path.name != "drive.py"):
            self.write(f"Kernels/hostile/{source}", (HOSTILE / source).read_text())
            written = pathlib.Path(self.root, "Kernels/hostile", source).read_bytes()
            files += f"\n  {source}: {hashlib.sha256(written).hexdigest()}"
        self.write("Kernels/hostile/kernel.yaml", (
            "title: Attacks\ncontributors: [Ada]\nversion: 1\n"
            f"command: [python3, hostile.py, {name}, {', '.join(f'{chr(34)}{pair}{chr(34)}' for pair in pairs)}]\n"
            f"files:{files}\nmeasurements: {{attack: {{quantities: [hostile-value], seconds: 1}}}}\n"))
        self.write("Verifiers/victim/model.yaml", (
            "title: A victim\ncontributors: [Ada]\nabstracts: superposition\nkernel: hostile\n"
            f"budget: {{minutes: {minutes}, memory_gib: 0.25, start_seconds: {start_seconds}}}\n"))
        self.run("git", "add", "-A")
        committed = self.run("git", "commit", "-q", "-m", "Choose an attack")
        shown = self.run(self.tool, "allow", "hostile")
        digest = re.search(r"digest +([0-9a-f]{64})", shown.stdout)
        if committed.returncode != 0 or not digest:
            raise AssertionError(committed.stderr + shown.stdout + shown.stderr)
        self.run(self.tool, "allow", "hostile", "--digest", digest[1])

    def tried(self, level):
        return self.measured("try", "victim/attack", "--seeds", "1", "--sandbox", level)

    def audited(self, level):
        return self.measured("verify", "hostile", "--sandbox", level)

    def measured(self, *arguments):
        """Runs the tool, and looks at what it needs and leaves."""
        process = subprocess.Popen(
            self.command(self.tool, *arguments), cwd=self.root, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        peak = []
        watching = threading.Thread(target=watch, args=(process, peak))
        watching.start()
        try:
            output, errors = process.communicate(timeout=600)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        watching.join()
        texts = [text.decode(errors="backslashreplace") for text in (output, errors)]
        return Outcome(process.returncode, *texts, max(peak, default=0), self.leftovers())

    def on_terminal(self, *arguments):
        """Runs the tool on a terminal, and returns all bytes that it writes."""
        main, end = pty.openpty()
        process = subprocess.Popen(
            self.command(self.tool, *arguments), cwd=self.root, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=end, stderr=end)
        os.close(end)
        written = b""
        while True:
            try:
                block = os.read(main, 1 << 16)
            except OSError:
                break
            if not block:
                break
            written += block
        os.close(main)
        process.wait()
        return written

    def leftovers(self):
        """Returns the processes and folders that are left. A process that was killed has some time to end."""
        for _ in range(50):
            left = [line for line in commands() if self.mark in line]
            if not left:
                break
            time.sleep(0.2)
        return left + [name for name in os.listdir(self.folder) if name.startswith("arbor-kernel-")]

    def saved(self):
        """Returns the files with finished runs, and those of receipts."""
        found = [path for path in pathlib.Path(self.root, ".git").rglob("*.json") if "runs" in path.parts]
        return sorted(str(path) for path in [*found, *pathlib.Path(self.root, "Verifiers").glob("*/receipts/*")])


def watch(process, peak):
    """Notes the most memory that a process used, until it ends."""
    while process.poll() is None:
        try:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            break
        if found := re.search(r"VmHWM:\s+(\d+) kB", status):
            peak.append(int(found[1]) * 1024)
        time.sleep(0.05)


def commands():
    """Returns the command lines of all processes."""
    lines = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return lines
