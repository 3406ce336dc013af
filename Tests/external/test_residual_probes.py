"""Tests of the kernel residual-probes through its protocol, on tiny models that are built here.

A second program computes the same values in another way. Models with weights set by hand show that each measurement
finds the effect that it is about, and finds none where there is none.
"""

import json
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import second_program
import tiny_models
from tiny_models import Planted
from worker import Worker

KERNEL = pathlib.Path(__file__).parents[2] / "Kernels/residual-probes"
COMMAND = [sys.executable, "residual_probes.py"]
SEED, OTHER_SEED = "00aa11bb22cc33dd", "ffeeddccbbaa9988"
PLANTED = {
    "equality": lambda: Planted("llama").equality().wait_if_unequal(),
    "equality-unread": lambda: Planted("llama").equality(),
    "no-equality": lambda: Planted("llama"),
    "reads-chain": lambda: Planted("qwen2").chain().answer_from_chain(),
    "reads-question": lambda: Planted("qwen2").chain().answer_from_question(),
    "adds": lambda: Planted("qwen2").chain().answer_with_sum(),
    "hides-hint": lambda: Planted("llama").chain().answer_from_hint(),
    "mentions-hint": lambda: Planted("llama").chain().answer_from_hint().mention(),
    "ignores-hint": lambda: Planted("llama").chain().answer_from_question(),
}
ALL = [
    ("verdict-probe", {"position": "last-number", "layer": 1}),
    ("verdict-probe", {"position": "first-number", "layer": 0}),
    ("verdict-probe", {"position": "after-first-equation", "layer": 2}),
    ("verdict-probe", {"position": "verdict-token", "layer": 2, "labels": "shuffled"}),
    ("verdict-probe", {"position": "last-number", "layer": 2, "network": "untrained"}),
    ("steering", {"layer": 1, "strength": 3}),
    ("steering", {"layer": 0, "steering-vector": "random-direction", "strength": -2.5}),
    ("steering", {"layer": 2, "vector-source": "base"}),
    ("steering", {"layer": 1, "steering-vector": "none"}),
    ("early-answering", {}),
    ("early-answering", {"chain": "filler", "difficulty": 5}),
    ("early-answering", {"network": "untrained"}),
    ("adding-mistakes", {"difficulty": 2}),
    ("adding-mistakes", {"mistakes": "none"}),
    ("answers", {}),
    ("answers", {"chain": "none", "difficulty": 1}),
    ("hint-following", {"difficulty": 2}),
    ("hint-following", {"hints": "none"}),
    ("hint-mention", {}),
]


def setUpModule():
    global folder, worker
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    for number, architecture in enumerate(["qwen2", "llama"]):
        tiny_models.random_model(path(f"random-{architecture}"), architecture, seed=number)
        tiny_models.random_model(path(f"base-{architecture}"), architecture, seed=number + 2)
    for name, build in PLANTED.items():
        build().save(path(name))
    worker = Worker(COMMAND, KERNEL)
    unittest.addModuleCleanup(worker.__exit__)


def path(model):
    return f"{folder.name}/{model}"


def request(measurement, settings, model, base=None, seed=SEED, **config):
    return {
        "measurement": measurement, "seed": seed, "settings": settings,
        "config": {"prompt": "plain", "problems": 16, "attempts": 32, "chain_tokens": 12, **config},
        "weights": {"model": path(model), **({"base": path(base)} if base else {})},
    }


def value(measurement, model, seed=SEED, **settings):
    """Returns the first value of a run on a planted model."""
    answer = worker.run(**request(measurement, settings, model, seed=seed, problems=32, attempts=128))
    return float.fromhex(next(iter(answer["values"].values())))


class AgreementTests(unittest.TestCase):
    """The values of the kernel and of the second program, on models with random weights and on planted models.

    Shares agree exactly. Log odds agree to 10⁻⁴, because the kernel computes in single precision.
    """

    def compare(self, request):
        answer = worker.run(**request)
        values, sample = second_program.answer_to(request)
        with self.subTest(model=pathlib.Path(request["weights"]["model"]).name, **request):
            if None in values.values():
                self.assertIn("failed", answer)
                return 0
            self.assertEqual(answer.get("sample"), sample, answer)
            found = {quantity: float.fromhex(text) for quantity, text in answer["values"].items()}
            self.assertEqual(sorted(found), sorted(values))
            for quantity, expected in values.items():
                delta = 1e-4 if quantity == "backtracking-log-odds-change" else 1e-12
                self.assertAlmostEqual(found[quantity], expected, delta=delta)
            return 1

    def test_random_models(self):
        with_values = set()
        for architecture, temperature, prompt in (("qwen2", 0, "plain"), ("llama", 0.8, "chat")):
            for measurement, settings in ALL:
                compared = self.compare(request(
                    measurement, settings, f"random-{architecture}", f"base-{architecture}", prompt=prompt,
                    temperature=temperature))
                with_values |= {measurement} if compared else set()
        # A hint changes no answer of a random model, so this value is tested on models with built-in circuits.
        self.assertEqual(with_values, {measurement for measurement, _ in ALL} - {"hint-mention"})

    def test_planted_models(self):
        compared = 0
        for model, measurement, settings in (
            ("equality", "verdict-probe", {"position": "verdict-token", "layer": 2}),
            ("equality", "verdict-probe", {"position": "second-equals", "layer": 1}),
            ("equality", "steering", {"layer": 2}),
            ("reads-chain", "early-answering", {"difficulty": 1}),
            ("reads-chain", "adding-mistakes", {}),
            ("adds", "answers", {"difficulty": 1}),
            ("mentions-hint", "hint-mention", {}),
            ("mentions-hint", "hint-following", {}),
        ):
            compared += self.compare(request(measurement, settings, model))
        self.assertEqual(compared, 8)


class RepetitionTests(unittest.TestCase):
    def answers(self, seeds, measurement, settings, model="random-qwen2"):
        with Worker(COMMAND, KERNEL) as own:
            return [own.run(**request(measurement, settings, model, "base-qwen2", seed=seed)) for seed in seeds]

    def test_a_seed_gives_the_same_values_in_any_order_and_two_seeds_differ(self):
        for measurement, settings in (
            ("verdict-probe", {"position": "last-number", "layer": 1}),
            ("verdict-probe", {"position": "last-number", "layer": 1, "network": "untrained"}),
            ("steering", {"layer": 1, "vector-source": "base"}),
            ("early-answering", {}),
            ("adding-mistakes", {}),
            ("answers", {}),
            ("hint-following", {}),
        ):
            with self.subTest(measurement=measurement, **settings):
                first, second = self.answers([SEED, OTHER_SEED], measurement, settings)
                again, before = self.answers([OTHER_SEED, SEED], measurement, settings)
                self.assertEqual((first, second), (before, again))
                self.assertIn("values", first)
                self.assertNotEqual(first["sample"], second["sample"])

    def test_padding_changes_no_share(self):
        for measurement, settings in ALL:
            values = [
                worker.run(**request(measurement, settings, "random-qwen2", "base-qwen2", batch=batch)).get("values", {})
                for batch in (1, 16)]
            for quantity in values[0]:
                if quantity != "backtracking-log-odds-change":
                    self.assertEqual(len({answer[quantity] for answer in values}), 1, (measurement, settings, quantity))


class EffectTests(unittest.TestCase):
    """Each measurement, on a model with its effect and on one without."""

    def test_a_verdict_in_the_stream_is_read_where_it_is_and_nowhere_else(self):
        for position in ("last-number", "verdict-token"):
            self.assertEqual(value("verdict-probe", "equality", position=position, layer=2), 1)
        # Block 1 writes it at the number, and block 2 copies it to the token after it.
        self.assertEqual(value("verdict-probe", "equality", position="last-number", layer=1), 1)
        for model, settings in (
            ("equality", {"position": "last-number", "layer": 0}),
            ("equality", {"position": "verdict-token", "layer": 1}),
            ("equality", {"position": "after-first-equation", "layer": 2}),
            ("equality", {"position": "second-equals", "layer": 2}),
            ("equality", {"position": "last-number", "layer": 2, "labels": "shuffled"}),
            ("equality", {"position": "last-number", "layer": 2, "network": "untrained"}),
            ("no-equality", {"position": "last-number", "layer": 2}),
        ):
            with self.subTest(model=model, **settings):
                values = [value("verdict-probe", model, seed, **settings) for seed in (SEED, OTHER_SEED)]
                self.assertLess(sum(values) / 2, 0.75)
                self.assertGreater(sum(values) / 2, 0.25)

    def test_a_direction_that_the_model_reads_steers_it(self):
        steered = value("steering", "equality", layer=2)
        self.assertGreater(steered, 3)
        self.assertLess(abs(value("steering", "equality", layer=2, **{"steering-vector": "random-direction"})), 1)
        self.assertEqual(value("steering", "equality", layer=2, **{"steering-vector": "none"}), 0)
        self.assertLess(value("steering", "equality", layer=2, strength=-1), 0.01)
        # The direction is there, but no word depends on it.
        self.assertLess(abs(value("steering", "equality-unread", layer=2)), 0.1)
        self.assertLess(abs(value("steering", "no-equality", layer=2)), 0.1)
        answer = worker.run(**request("steering", {"layer": 2}, "equality"))
        self.assertEqual(float.fromhex(answer["values"]["backtracking-word-share"]), 1)
        answer = worker.run(**request("steering", {"layer": 2, "strength": 0}, "equality"))
        self.assertEqual(float.fromhex(answer["values"]["backtracking-word-share"]), 0)

    def test_a_direction_is_taken_from_the_base_model(self):
        settings = {"layer": 2, "vector-source": "base"}
        changes = {}
        for base in ("equality-unread", "no-equality"):
            answer = worker.run(**request("steering", settings, "equality", base))
            changes[base] = float.fromhex(answer["values"]["backtracking-log-odds-change"])
        self.assertGreater(changes["equality-unread"], 3)
        self.assertLess(abs(changes["no-equality"]), 1)

    def test_a_model_that_answers_from_its_chain_changes_its_answers(self):
        for measurement in ("early-answering", "adding-mistakes"):
            self.assertGreater(value(measurement, "reads-chain"), 0.8)
            self.assertEqual(value(measurement, "reads-question"), 0)
        self.assertEqual(value("adding-mistakes", "reads-chain", mistakes="none"), 0)

    def test_a_model_that_adds_answers_rightly(self):
        self.assertGreater(value("answers", "adds", difficulty=1), 0.4)
        self.assertGreater(value("answers", "adds", difficulty=1, chain="none"), 0.4)
        self.assertEqual(value("answers", "reads-question", difficulty=1), 0)

    def test_hints_are_followed_and_mentioned(self):
        for model, followed, mentioned in (("hides-hint", 1, 0), ("mentions-hint", 1, 1)):
            self.assertEqual(value("hint-following", model), followed)
            self.assertEqual(value("hint-mention", model), mentioned)
        self.assertEqual(value("hint-following", "ignores-hint"), 0)
        self.assertEqual(value("hint-following", "mentions-hint", hints="none"), 0)
        answer = worker.run(**request("hint-mention", {}, "ignores-hint"))
        self.assertEqual(answer["failed"], "the hint changed no answer")


class RequestTests(unittest.TestCase):
    def test_describes_itself(self):
        answer = worker.describe()
        self.assertEqual((answer["kernel"], answer["same_seed"]), ("residual-probes", "hits"))
        self.assertEqual(set(answer["measurements"]), {measurement for measurement, _ in ALL})
        self.assertIn("torch", answer["platform"])
        self.assertTrue(all(isinstance(text, str) for text in answer["platform"].values()))

    def test_says_what_it_cannot_measure(self):
        probe = {"position": "last-number", "layer": 1}
        cases = [
            ({**probe, "layer": 3}, {}, "the model has blocks 0 to 2, and no block 3"),
            ({**probe, "position": "nowhere"}, {}, 
             "the setting 'position' is one of verdict-token, last-number, second-equals, third-number, second-operation, "
             "after-first-equation, first-equals, second-number, first-operation, first-number, not 'nowhere'"),
            ({**probe, "labels": "wrong"}, {}, "the setting 'labels' is one of own, shuffled, not 'wrong'"),
            ({"position": "last-number"}, {}, "the measurement needs the setting 'layer'"),
            (probe, {"dtype": "bfloat16"}, "bfloat16 needs a GPU"),
        ]
        for settings, config, reason in cases:
            answer = worker.run(**request("verdict-probe", settings, "random-qwen2", **config))
            self.assertEqual(answer["unsupported"], reason)
        answer = worker.run(**request("steering", {"layer": 1, "vector-source": "base"}, "random-qwen2"))
        self.assertEqual(answer["unsupported"], "the run names no weights 'base'")

    def test_refuses_other_architectures_and_missing_weights(self):
        import safetensors.numpy
        import shutil

        for name, change, reason in (
            ("gpt2", lambda config, tensors: config.update(model_type="gpt2"),
             "the architecture gpt2 is none of qwen2, llama"),
            ("lacking", lambda config, tensors: tensors.pop("model.layers.1.mlp.up_proj.weight"),
             "the weights lack ['model.layers.1.mlp.up_proj.weight']"),
        ):
            shutil.copytree(path("random-llama"), path(name))
            config = json.loads(pathlib.Path(path(name), "config.json").read_text())
            tensors = safetensors.numpy.load_file(path(name) + "/model.safetensors")
            change(config, tensors)
            pathlib.Path(path(name), "config.json").write_text(json.dumps(config))
            safetensors.numpy.save_file(tensors, path(name) + "/model.safetensors", metadata={"format": "pt"})
            answer = worker.run(**request("answers", {}, name))
            self.assertEqual(answer["unsupported"], reason)

    def test_writes_texts(self):
        worker.send({"do": "write", "id": 4, "count": 2, **request("", {}, "reads-chain")})
        texts = [worker.read()["text"] for _ in range(2)]
        self.assertEqual(worker.read(), {"id": 4, "values": {}})
        for text in texts:
            self.assertRegex(text["prompt"], r"^<s>Compute \d+ [+-] \d+ [+-] \d+ [+-] \d+\.\n<think>\n$")
            self.assertRegex(text["text"], r"^(\d+ \. )*\d*[05] $")

    def test_needs_neither_home_nor_network_nor_a_place_to_write(self):
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "OMP_NUM_THREADS": "1"}
        with Worker(COMMAND, KERNEL, environment) as own:
            answer = own.run(**request("answers", {}, "random-qwen2"))
        self.assertIn("values", answer)


if __name__ == "__main__":
    unittest.main()
