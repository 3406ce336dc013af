"""Tests that arbor-ledger withstands attacks on the protocol, as this user and, if this is root, as one without rights.

usage: ARBOR_LEDGER=PROGRAM python3 -m unittest test_protocol

Each attack is the kernel of a temporary ledger. `try` and `verify` run it in a full sandbox, in a partial one and without
one. The tables say what each attack must lead to: an attack that they do not name fails the test.
"""

import concurrent.futures
import os
import pathlib
import re
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from hostile_ledger import CONTROL, NOBODY, Ledger, drive  # noqa: E402

# Behaviour that is allowed: the runs then have values.
VALUES = {
    "honest",
    # Texts of JSON may hold other line ends than a line feed.
    "line-ends",
    # A worker may end after an answer; the next run starts another one.
    "exit-in-the-middle",
    # Standard error is the log, of any length. The tool keeps only the end of the log.
    "log-flood",
    # What it starts ends with it, except without a sandbox.
    "survivor",
    # A program may write any texts into its platform. They are shortened and escaped.
    "terminal-codes-in-description",
}
# Behaviour that counts as a miss: a failure, a value that is not finite, an end without an answer that repeats. `try`
# shows the reason.
MISSES = {
    "not-a-number-text": r'"hostile-value" is not finite',
    "infinite-text": r'"hostile-value" is not finite',
    "exit-at-run": r"crashed twice with status 0",
    # In a full sandbox, the sandbox itself ends with the number of the signal.
    "crash": r"crashed twice with (signal 11|status 139)",
    "terminal-codes": r"/u\{1b\}\[2J/u\{1b\}\]0;title/u\{7\}verified / 8 of 8 runs hit/u\{202e\}gnp\.exe",
    "terminal-codes-in-log": r"crashed twice with status 1: .*verified.*8 of 8 runs hit",
    "combining-marks": r".\u0301{200,300} ",
}
NO_ANSWER = r"made no run: it wrote \"[^\n]{1,400}\", which is not an answer; print to standard error"
OTHER_REQUEST = r"made no run: it answered request \d+, which was not the one asked"
LATE = r"made no run: exceeded the time of its budget"
RECORD = r"Kernels/hostile/kernel.yaml"
# Behaviour that is refused, with the expected message. No run is kept.
REFUSED = {
    "garbage": RECORD + r':4: it wrote "Loading weights: 100%", which is not an answer; print to standard error',
    "binary": r"made no run: it wrote a line that is not UTF-8",
    "invalid-text": r"made no run: it wrote a line that is not UTF-8",
    "deep-nesting": NO_ANSWER,
    "long-line": r"made no run: it wrote a line of more than 4194304 bytes",
    "endless-line": r"made no run: it wrote a line of more than 4194304 bytes",
    "partial-line": LATE,
    "not-a-number": NO_ANSWER,
    "infinite": NO_ANSWER,
    "value-is-no-number": NO_ANSWER,
    "silent-at-describe": RECORD + r":4: it did not say what it is within 5 s; raise `start_seconds` in Verifiers/victim/",
    "silent-at-run": LATE,
    "seed-blind": r"the kernel hostile chose the same sample for two seeds",
    "seed-blind-without-sample": r"the kernel hostile gave the same values for two seeds, so that it may ignore its seed",
    "different-each-time": r"the kernel hostile chose different samples for one seed",
    "order-dependent": r"the kernel hostile chose different samples for one seed",
    "late-answer": LATE,
    "wrong-id": OTHER_REQUEST,
    "id-is-text": NO_ANSWER,
    "duplicate": OTHER_REQUEST,
    "wrong-quantity": r"made no run: it gave another-value, not hostile-value",
    "extra-quantity": r"made no run: it gave another-value and hostile-value, not hostile-value",
    "no-quantity": r"made no run: it gave nothing, not hostile-value",
    "many-names": r"made no run: it gave (value-\d+, ){7}value-\d+ and 99992 others, not hostile-value",
    "value-and-failure": r'made no run: its answer has more than one of "values", "failed" and "unsupported"',
    "wrong-sample": r'made no run: its "sample" is not a SHA-256 of 64 lower-case hexadecimal digits',
    "wrong-kernel": RECORD + r': the program calls itself "superposition", not "hostile"',
    "long-name": RECORD + r': the program calls itself "x{60}", not "hostile"',
    "wrong-version": RECORD + r": the program says that it has version 2, not 1",
    "wrong-measurements": RECORD + r': the program has no measurement "attack"',
    "many-platforms": RECORD + r": the program describes its platform with 10000 texts, not at most 32",
    "platform-is-no-text": RECORD + r':4: it wrote "[^\n]{1,400}", which is not an answer',
    "exit-at-describe": RECORD + r":4: the program ended with status 3 before it said what it is",
    "answer-before-request": OTHER_REQUEST,
    # In a full sandbox, the launcher holds the output open.
    "close-output": r"made no run: (it closed its output without an answer|exceeded the time of its budget)",
    "close-input": LATE,
    # A slow build reads fewer lines before the time is over.
    "progress-flood": r"made no run: (it wrote 1000000 lines without an answer|exceeded the time of its budget)",
    "progress-forever": LATE,
    "progress-nonsense": NO_ANSWER,
    "terminal-codes-in-names": r"made no run: it gave \\u\{1b\}\[2J\\u\{1b\}\]0;title\\u\{7\}\\u\{202e\}name, not hostile-value",
    "ignores-signals": LATE,
}
# Each ends only with the time of its budget, which is therefore short.
HANGING = {name for name, phrase in REFUSED.items() if "the time of its budget" in phrase}
OPTIONS = {"log-flood": {"bytes": 256 << 20}, "survivor": {"seconds": 5}}
NAMES = [name for kind, name, _ in drive.attacks() if kind == "protocol"]
# Codes for terminals that the attacks send and the tool does not.
CODES = [b"\x1b[2J", b"\x1b]", b"\x07", "\u202e".encode()]


class ProtocolTest(unittest.TestCase):
    user = None

    def test_the_tables_name_every_attack_once(self):
        named = [*VALUES, *MISSES, *REFUSED]
        self.assertEqual(sorted(named), sorted(NAMES))

    def outcomes(self, name, level):
        """Returns what `try`, `verify` and a check of its receipts did with an attack, and what was kept."""
        ledger = Ledger(self.user)
        try:
            slow = {"minutes": 0.1} if name in HANGING else {"minutes": 5}
            ledger.choose(
                name, OPTIONS.get(name, {}), **slow, start_seconds=5 if name == "silent-at-describe" else 60)
            tried = ledger.tried(level)
            kept = ledger.saved()
            audited = ledger.audited(level)
            receipts = ledger.saved()
            ledger.run("git", "add", "-A")
            ledger.run("git", "commit", "-q", "-m", "Audit")
            return tried, kept, audited, receipts, ledger.measured("check")
        finally:
            ledger.remove()

    def check(self, level):
        with concurrent.futures.ThreadPoolExecutor(4 * (os.cpu_count() or 1)) as pool:
            found = dict(zip(NAMES, pool.map(lambda name: self.outcomes(name, level), NAMES)))
        for name, (tried, kept, audited, receipts, checked) in found.items():
            with self.subTest(attack=name, level=level):
                for outcome in (tried, audited, checked):
                    self.assertNotRegex(outcome.said, CONTROL, "characters for the terminal")
                    self.assertEqual(outcome.left, [], "processes or folders are left")
                    self.assertLess(outcome.memory, 256 << 20, "the tool holds too much in memory")
                    self.assertLess(len(outcome.said), 4096)
                self.assertEqual(checked.status, 0, checked.said)
                self.assertEqual(kept, [], "`try` keeps nothing")
                said = re.sub(r"\s+", " ", audited.output)
                if name in REFUSED:
                    self.assertEqual((tried.status, tried.output), (1, ""), tried.said)
                    self.assertRegex(tried.errors, r"arbor-ledger: [^\n]*" + REFUSED[name])
                    self.assertRegex(tried.errors, r"\n  -> .")
                    self.assertEqual(audited.status, 2, audited.said)
                    self.assertRegex(said, r"^Not audited: hostile#1: .*" + REFUSED[name])
                    self.assertEqual(receipts, [])
                else:
                    self.assertEqual(tried.status, 0, tried.said)
                    self.assertRegex(
                        re.sub(r"\s+", " ", tried.output), "seed 0: " + MISSES.get(name, r"0\.\d+ "))
                    self.assertEqual(audited.status, 0, audited.said)
                    self.assertIn("0 of 8 hit" if name in MISSES else "8 of 8 hit", said)
                    self.assertEqual(len(receipts), 1, receipts)

    def test_full_sandbox(self):
        self.check("full")

    def test_partial_sandbox(self):
        self.check("partial")

    def test_without_a_sandbox(self):
        self.check("off")

    def test_a_terminal_gets_no_codes(self):
        ledger = Ledger(self.user)
        self.addCleanup(ledger.remove)
        for name in [name for name in NAMES if name.startswith("terminal-codes")] + ["log-flood", "garbage", "long-name"]:
            ledger.choose(name, OPTIONS.get(name, {}), minutes=5, start_seconds=60)
            for arguments in (["try", "victim/attack", "--seeds", "2"], ["verify", "hostile"], ["show", "victim"]):
                written = ledger.on_terminal(*arguments)
                with self.subTest(attack=name, command=arguments[0]):
                    self.assertEqual([code for code in CODES if code in written], [], written[:2000])


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "needs root and setpriv")
class ProtocolOfAnotherUserTest(ProtocolTest):
    user = NOBODY


if __name__ == "__main__":
    unittest.main()
