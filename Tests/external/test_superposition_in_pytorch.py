"""Tests of the kernel superposition-in-pytorch.

With the environment variable TOOL (the path of arbor-ledger), networks that the tool trains and exports have the same
values in PyTorch as in the compiled kernel.
"""

import filecmp
import json
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from worker import Worker

ROOT = pathlib.Path(__file__).parents[2]
KERNEL = ROOT / "Kernels/superposition-in-pytorch"
COMMAND = [sys.executable, "superposition.py"]
SEED, OTHER_SEED = "00aa11bb22cc33dd", "ffeeddccbbaa9988"


def values(answer):
    return {quantity: float.fromhex(text) for quantity, text in answer["values"].items()}


def export(folder, directions, biases=None):
    """Writes a network with feature directions (features, dimensions), in the form of the tool's exports."""
    import numpy
    import safetensors.numpy

    directions = numpy.array([directions], dtype=numpy.float32)
    biases = numpy.zeros(directions.shape[:2], dtype=numpy.float32) if biases is None else numpy.float32([biases])
    safetensors.numpy.save_file({"W": directions, "b_final": biases}, f"{folder}/model.safetensors")
    _, features, dimensions = directions.shape
    config = {"architecture": "superposition", "n_instances": 1, "n_features": features, "n_hidden": dimensions}
    pathlib.Path(folder, "config.json").write_text(json.dumps(config))


class KnownNetworkTests(unittest.TestCase):
    """Networks whose values follow from geometry."""

    def measure(self, directions, seed=SEED, **settings):
        with tempfile.TemporaryDirectory() as folder, Worker(COMMAND, KERNEL) as worker:
            export(folder, directions)
            answer = worker.run(
                measurement="exported-network", seed=seed, settings=settings, weights={"network": folder})
            return answer

    def test_a_pentagon_has_five_features_of_two_fifths(self):
        pentagon = [[math.cos(2 * math.pi * k / 5), math.sin(2 * math.pi * k / 5)] for k in range(5)]
        found = values(self.measure(pentagon))
        self.assertEqual((found["features-represented"], found["share-pentagon"], found["share-digon"]), (5, 1, 0))
        self.assertAlmostEqual(found["mean-feature-dimensionality"], 0.4, delta=1e-6)
        self.assertAlmostEqual(found["dimensions-per-feature"], 0.4, delta=1e-6)
        self.assertAlmostEqual(found["total-dimensionality"], 1, delta=1e-6)

    def test_antipodal_pairs_have_halves_and_dropped_features_count_for_nothing(self):
        found = values(self.measure([[1, 0], [-1, 0], [0, 1], [0, -1], [0, 0]]))
        self.assertEqual((found["features-represented"], found["share-digon"], found["share-pentagon"]), (4, 1, 0))
        self.assertEqual((found["mean-feature-dimensionality"], found["total-dimensionality"]), (0.5, 1))
        nothing = values(self.measure([[0, 0.1], [0.1, 0]]))
        self.assertEqual((nothing["features-represented"], nothing["mean-feature-dimensionality"]), (0, 0))
        self.assertIn("failed", self.measure([[0, 0], [0, 0]]))

    def test_the_loss_is_that_of_fresh_inputs(self):
        # With hardly any weights, y is nearly 0, so the loss is E[x²] = density / 3.
        for density in (1, 0.3):
            first = self.measure([[0.001, 0], [0, 0.001]], density=density)
            self.assertAlmostEqual(values(first)["sampled-loss"], density / 3, delta=0.005)
        again = self.measure([[0.001, 0], [0, 0.001]], density=0.3)
        other = self.measure([[0.001, 0], [0, 0.001]], OTHER_SEED, density=0.3)
        self.assertEqual(first, again)
        self.assertNotEqual(first["sample"], other["sample"])
        self.assertNotEqual(values(first)["sampled-loss"], values(other)["sampled-loss"])
        self.assertEqual(values(first)["features-represented"], values(other)["features-represented"])


class TrainingTests(unittest.TestCase):
    def train(self, *seeds, **settings):
        # Five times the learning rate and a fifth of the steps of the paper's toy model.
        config = {"steps": 2000, "learning_rate": 0.005, "restarts": 4, "batch": 512}
        with Worker(COMMAND, KERNEL) as worker:
            return [
                worker.run(measurement="dimensionality", seed=seed, config=config, settings=settings) for seed in seeds]

    def test_features_share_dimensions_only_if_they_are_sparse(self):
        represented = {
            density: values(self.train(SEED, density=density)[0])["features-represented"] for density in (1, 0.1)}
        self.assertEqual(represented, {1: 2, 0.1: 5})

    def test_a_seed_gives_the_same_values_and_an_untrained_network_others(self):
        settings = {"density": 0.2}
        first, second = self.train(SEED, OTHER_SEED, **settings)
        again, before = self.train(OTHER_SEED, SEED, **settings)
        self.assertEqual((first, second), (before, again))
        self.assertNotEqual(first["sample"], second["sample"])
        untrained, = self.train(SEED, network="untrained", **settings)
        self.assertNotEqual(values(untrained)["dimensions-per-feature"], values(first)["dimensions-per-feature"])
        self.assertEqual(untrained["sample"], first["sample"])


@unittest.skipUnless("TOOL" in os.environ, "TOOL names no arbor-ledger")
class CompiledKernelTests(unittest.TestCase):
    """The values that the compiled kernel gives and those of its exported networks here."""

    def run_tool(self, *arguments):
        return subprocess.run(
            [os.environ["TOOL"], *arguments], cwd=self.ledger, check=True, capture_output=True, text=True).stdout

    def test_exported_networks_have_the_values_of_the_compiled_kernel(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.ledger = f"{folder.name}/ledger"
        os.mkdir(self.ledger)
        for part in (
            "Claims", "Findings", "Verifiers", "Codebooks", "Traces", "Resources", ".arbor-ledger", ".arbor-ledger.yaml",
        ):
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, f"{self.ledger}/{part}")
            elif source.exists():
                shutil.copy(source, self.ledger)
        git = ["git", "-C", self.ledger, "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "A copy", "--no-verify"]):
            subprocess.run([*git, *command], check=True)
        self.run_tool("show", "superposition-intro", "--train", "--export", f"{folder.name}/networks")
        with Worker(COMMAND, KERNEL) as worker:
            for density in ("0.1", "0.2", "1"):
                tried = json.loads(self.run_tool(
                    "try", "superposition-intro/dimensionality", "--set", f"density={density}", "--seeds", "1",
                    "--format", "json"))
                run = tried["cells"][0]["runs"][0]
                network = f"{folder.name}/networks/density-{density}"
                self.assertEqual(json.loads(pathlib.Path(network, "config.json").read_text())["seed"], run["seed"])
                found = values(worker.run(
                    measurement="exported-network", seed=run["seed"], weights={"network": network}))
                del found["sampled-loss"]
                self.assertEqual(sorted(found), sorted(run["values"]))
                for quantity, expected in run["values"].items():
                    self.assertAlmostEqual(found[quantity], expected, delta=1e-12, msg=f"{quantity} at density {density}")


class FilesTests(unittest.TestCase):
    def test_kernels_have_the_same_module(self):
        paths = [ROOT / "Kernels" / name / "arbor_kernel.py" for name in ("residual-probes", "superposition-in-pytorch")]
        self.assertTrue(filecmp.cmp(*paths, shallow=False))


if __name__ == "__main__":
    unittest.main()
