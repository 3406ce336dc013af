"""Tests of the plain kernel."""

import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from worker import Worker

FOLDER = pathlib.Path(__file__).parent / "plain"
COMMAND = [sys.executable, "plain.py"]


class PlainTests(unittest.TestCase):
    def test_describes_itself_and_measures(self):
        with Worker(COMMAND, FOLDER) as worker:
            self.assertEqual(set(worker.describe()["measurements"]), {"mean", "constant"})
            means = [worker.run(measurement="mean", seed=seed * 16) for seed in "0110"]
            constants = [worker.run(measurement="constant", seed=seed * 16) for seed in "0110"]
        self.assertEqual([means[0], means[1]], [means[3], means[2]])
        self.assertNotEqual(means[0]["values"], means[1]["values"])
        self.assertEqual(means[0]["progress"], [0.25, 0.5, 0.75, 1])
        self.assertEqual({answer["values"]["plain-constant"] for answer in constants}, {0.5})
        self.assertNotEqual(constants[0]["sample"], constants[1]["sample"])
        self.assertEqual(constants[0], constants[3])

    def test_has_no_value_if_the_setting_says_so(self):
        with Worker(COMMAND, FOLDER) as worker:
            for outcome in ("failed", "unsupported"):
                answer = worker.run(measurement="mean", settings={"outcome": outcome})
                self.assertEqual(answer, {"id": 0, outcome: "the setting says so", "progress": []})
            self.assertIn("unsupported", worker.run(measurement="absent"))

    def test_writes_texts(self):
        with Worker(COMMAND, FOLDER) as worker:
            worker.send({"do": "write", "id": 1, "seed": "0" * 16, "count": 2})
            texts = [worker.read() for _ in range(3)]
        self.assertEqual(texts[1]["text"]["prompt"], "Number 1?")
        self.assertEqual(texts[2], {"id": 1, "values": {}})

    def test_starts_slowly_if_asked(self):
        start = time.monotonic()
        with Worker([*COMMAND, "--start-seconds", "0.5"], FOLDER) as worker:
            worker.describe()
        self.assertGreaterEqual(time.monotonic() - start, 0.5)


if __name__ == "__main__":
    unittest.main()
