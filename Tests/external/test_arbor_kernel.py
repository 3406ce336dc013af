"""Tests of arbor_kernel.py, the module that serves kernels in Python."""

import os
import pathlib
import sys
import tempfile
import textwrap
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "Kernels/residual-probes"))

from arbor_kernel import Draws, digest_of
from worker import Worker

MODULE = pathlib.Path(__file__).parents[2] / "Kernels/residual-probes"
KERNEL = """
    import os, subprocess, sys
    from arbor_kernel import Failed, Result, Unsupported, digest_of, measurement, serve

    @measurement(quantities=["heads-share"], settings=["coin"])
    def heads(run):
        print("libraries print")
        subprocess.run(["echo", "child processes print"])
        flips = [run.draws("flips").below(2) for _ in range(run.config["flips"])]
        return Result({"heads-share": sum(flips) / len(flips)}, sample=digest_of(flips))

    @measurement(quantities=["a", "b"], name="two-values")
    def two(run):
        return {"a": 0.1, "b": 3}

    @measurement(quantities=["a"])
    def fails(run):
        raise Failed("no value")

    @measurement(quantities=["a"])
    def needs_more(run):
        raise Unsupported("no GPU")

    @measurement(quantities=["a"])
    def divides(run):
        return {"a": 1 / 0}

    @measurement(quantities=["a"])
    def runs_out(run):
        raise MemoryError

    @measurement(quantities=["a"])
    def special(run):
        return {"a": float(run.settings["value"])}

    @measurement(quantities=["a"])
    def misnames(run):
        return {"b": 1}

    @measurement(quantities=["a"])
    def slow(run):
        for step in range(1000):
            run.progress(step / 1000)
        return {"a": 1}

    @measurement(quantities=["a"])
    def reads_input(run):
        return {"a": len(sys.stdin.read())}

    def texts(run):
        for number in range(run.count):
            yield f"prompt {number}", "text — with\\u2028 signs"

    serve("example", 3, same_seed="hits", platform={"device": "cpu", "threads": 2}, **SERVE)
"""


class ServingTests(unittest.TestCase):
    def worker(self, options="{'write': texts}"):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / "kernel.py"
        path.write_text(textwrap.dedent(KERNEL).replace("**SERVE", f"**{options}"))
        return Worker([sys.executable, str(path)], folder.name, {**os.environ, "PYTHONPATH": str(MODULE)})

    def test_describes_itself(self):
        with self.worker() as worker:
            answer = worker.describe()
        self.assertEqual(answer["arbor"], 1)
        self.assertEqual((answer["kernel"], answer["version"], answer["same_seed"]), ("example", 3, "hits"))
        self.assertEqual(answer["platform"], {"device": "cpu", "threads": "2"})
        self.assertEqual(answer["measurements"]["heads"], {"quantities": ["heads-share"], "settings": ["coin"]})
        self.assertEqual(answer["measurements"]["two-values"], {"quantities": ["a", "b"], "settings": []})
        self.assertIn("needs-more", answer["measurements"])

    def test_answers_a_run_with_exact_values_and_a_sample(self):
        with self.worker() as worker:
            worker.send({"do": "run", "id": 7, "seed": "0" * 16, "measurement": "two-values", "unknown": [1]})
            self.assertEqual(worker.read(), {"id": 7, "values": {"a": (0.1).hex(), "b": (3.0).hex()}})
            first = worker.run(measurement="heads", seed="00aa11bb22cc33dd", config={"flips": 10})
            other = worker.run(measurement="heads", seed="00aa11bb22cc33de", config={"flips": 10})
            again = worker.run(measurement="heads", seed="00aa11bb22cc33dd", config={"flips": 10})
        self.assertEqual(first, again)
        self.assertNotEqual(first["sample"], other["sample"])
        self.assertRegex(first["sample"], "^[0-9a-f]{64}$")

    def test_says_why_there_is_no_value(self):
        expected = {
            "fails": {"failed": "no value"},
            "needs-more": {"unsupported": "no GPU"},
            "divides": {"failed": "ZeroDivisionError: division by zero"},
            "runs-out": {"unsupported": "this machine has too little memory"},
            "misnames": {"failed": "the measurement returned ['b'] instead of ['a']"},
            "absent": {"unsupported": "this kernel has no measurement 'absent'"},
        }
        with self.worker() as worker:
            for name, answer in expected.items():
                self.assertEqual(worker.run(measurement=name), {"id": 0, "progress": [], **answer})
            for value in ("nan", "inf", "-inf"):
                answer = worker.run(measurement="special", settings={"value": value})
                self.assertEqual(answer["failed"], f"a is {value}")

    def test_reports_progress_at_most_a_hundred_times(self):
        with self.worker() as worker:
            progress = worker.run(measurement="slow")["progress"]
        self.assertEqual(progress, sorted(progress))
        self.assertGreater(len(progress), 50)
        self.assertLessEqual(len(progress), 100)

    def test_writes_texts(self):
        with self.worker() as worker:
            worker.send({"do": "write", "id": 5, "seed": "0" * 16, "count": 2})
            answers = [worker.read() for _ in range(3)]
        self.assertEqual(answers[1], {"id": 5, "text": {"prompt": "prompt 1", "text": "text — with\u2028 signs"}})
        self.assertEqual(answers[2], {"id": 5, "values": {}})
        with self.worker("{}") as worker:
            worker.send({"do": "write", "id": 5, "seed": "0" * 16, "count": 2})
            self.assertEqual(worker.read(), {"id": 5, "unsupported": "this kernel writes no texts"})

    def test_survives_garbage_and_ignores_other_requests(self):
        with self.worker() as worker:
            for line in (b"garbage", b"[1]", b"\xff\xfe", b"[" * 100_000, b""):
                worker.send(line)
                self.assertEqual(worker.read(), {"error": "the line is not a JSON object"})
            worker.send({"do": "dance"})
            worker.send({})
            self.assertEqual(worker.run(measurement="fails")["failed"], "no value")
            worker.send({"do": "run", "id": 3, "measurement": "fails"})
            self.assertEqual(worker.read(), {"id": 3, "failed": "KeyError: 'seed'"})

    def test_measurements_and_their_children_cannot_read_requests(self):
        with self.worker() as worker:
            self.assertEqual(worker.run(measurement="reads-input")["values"], {"a": (0.0).hex()})

    def test_ends_when_asked_and_at_the_end_of_the_input(self):
        with self.worker() as worker:
            worker.send({"do": "end"})
            self.assertIsNone(worker.read())
        self.assertEqual(worker.status, 0)
        with self.worker() as worker:
            pass
        self.assertEqual(worker.status, 0)

    def test_refuses_other_versions_than_the_lock_names(self):
        with tempfile.NamedTemporaryFile("w", suffix=".lock") as lock:
            lock.write("no-such-package==1.0\n")
            lock.flush()
            with self.worker(f"{{'lock': {lock.name!r}}}") as worker:
                self.assertEqual(worker.describe(), {"arbor": 1, "error": "no-such-package 1.0 is not installed"})

    def test_says_why_it_cannot_describe_itself(self):
        with self.worker("{'lock': 'absent.lock'}") as worker:
            self.assertIn("FileNotFoundError", worker.describe()["error"])


class LockTests(unittest.TestCase):
    def differences(self, text, installed):
        import arbor_kernel
        import importlib.metadata as metadata

        def version(name):
            if name not in installed:
                raise metadata.PackageNotFoundError(name)
            return installed[name]

        original, metadata.version = metadata.version, version
        self.addCleanup(setattr, metadata, "version", original)
        with tempfile.NamedTemporaryFile("w") as lock:
            lock.write(text)
            lock.flush()
            return arbor_kernel.differences_from_lock(lock.name)

    def test_compares_versions(self):
        lock = "# comment\ntorch==2.13.0\nnumpy == 2.4.6 ; python_version > '3'  # why\n\n--find-links x\n"
        self.assertEqual(self.differences(lock, {"torch": "2.13.0+cpu", "numpy": "2.4.6"}), [])
        self.assertEqual(
            self.differences("torch==2.13.0+cpu\nnumpy==1", {"torch": "2.13.0", "numpy": "2"}),
            ["torch is 2.13.0 instead of 2.13.0+cpu", "numpy is 2 instead of 1"])


class DrawsTests(unittest.TestCase):
    def test_numbers_are_those_of_sha256(self):
        draws = Draws("00aa11bb22cc33dd", "flips")
        self.assertEqual([draws.bits() for _ in range(2)], [FIRST, SECOND])
        self.assertEqual(Draws("00aa11bb22cc33dd", "flips").uniform(), (FIRST >> 11) / 2**53)

    def test_streams_differ_by_seed_and_name(self):
        firsts = {Draws(seed, name).bits() for seed in ("a", "b") for name in ("x", "y")}
        self.assertEqual(len(firsts), 4)

    def test_integers_are_uniform(self):
        draws = Draws("0", "test")
        counts = [0] * 6
        for _ in range(6000):
            counts[draws.below(6)] += 1
        self.assertLess(sum((count - 1000) ** 2 / 1000 for count in counts), 25)
        self.assertEqual({draws.below(1) for _ in range(10)}, {0})
        self.assertLess(draws.below(2**64), 2**64)

    def test_shuffling_keeps_the_items(self):
        items = list(range(50))
        shuffled = Draws("0", "test").shuffled(items)
        self.assertEqual(sorted(shuffled), items)
        self.assertNotEqual(shuffled, items)

    def test_digests_do_not_depend_on_the_order_of_keys(self):
        self.assertEqual(digest_of({"a": 1, "b": [2.5, "x"]}), digest_of({"b": [2.5, "x"], "a": 1}))
        self.assertNotEqual(digest_of([1, 2]), digest_of([2, 1]))


# The first eight bytes of the SHA-256 of "00aa11bb22cc33dd/flips/1" and of ".../2", by sha256sum.
FIRST, SECOND = 0x2C82B5C9ED8F8271, 0xA0058368BB49EBAE

if __name__ == "__main__":
    unittest.main()
