"""Tests what editors show: hover texts, completions, and which mistakes the schemas find.

Usage: test_hints.py TOOL
"""

import copy
import json
import os
import re
import subprocess
import sys

import jsonschema
import yaml
from hints import Hints
from ledgers import (
    KINDS, MISTAKES, ROOT, TOOL, CoreLoader, diagnostics, kind_of, load, new_ledger, read, run, validators,
)

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tally import expect, finish  # noqa: E402

KERNELS = [
    "agreement", "chain-of-thought", "coin", "countdown", "modular-addition", "othello", "superposition",
    "trace-statistic", "tree-search",
]
FINDING = "Findings/toy/half-a-dimension.yaml"
CLAIM = ["claims", 0]
OTHELLO = {"quantity": "occupied-square-accuracy", "tested": {"model": "othello-quick"}}


def claim(**keys):
    return {"claims": [keys]}


# A kind, a file, a place in it, words of the hover text, some of the offered values with words of their descriptions,
# and values that must not be offered.
POSITIONS = [
    ("finding", FINDING, ["title"], "one line", {}, []),
    ("finding", FINDING, ["date"], "a month or a day", {}, []),
    ("finding", FINDING, CLAIM + ["quantity"], "was measured",
     {"dimensions-per-feature": "Dimensions per feature.*: 0 to 2, dimensions", "answer-accuracy": ": 0 to 1",
      "board-algorithm": " or "}, ["dims"]),
    ("finding", FINDING, CLAIM + ["tested", "model"], "model",
     {"superposition-geometry": "Toy model", "r1": "DeepSeek-R1", "not-applicable": "", "unknown": ""}, []),
    ("finding", FINDING, CLAIM + ["tested", "density"], "active", {0.3: "", "unknown": ""}, [0.05001]),
    ("finding", FINDING, CLAIM + ["assumes", 0], "", {"probe-is-faithful": "probe"}, []),
    ("finding", FINDING, CLAIM + ["verify"], "re-runs",
     {"superposition-geometry/dimensionality": "measures Dimensions per feature"},
     ["superposition-geometry", "superposition-intro/dimensionality", "othello-quick/board-probe"]),
    ("finding", claim(**OTHELLO), CLAIM + ["verify"], "re-runs", {"othello-quick/board-probe": "measures"},
     ["othello-quick", "othello-16-moves/board-probe"]),
    ("finding", claim(quantity="agreement", tested={"model": "r1"}), CLAIM + ["verify"], "re-runs",
     {"trace-agreement/agreement": "measures"}, ["trace-agreement"]),
    ("finding", claim(quantity="hint-mention-rate", tested={"model": "r1"}), CLAIM + ["verify"], "re-runs", {},
     ["trace-agreement/agreement", "othello-quick/board-probe"]),
    ("finding", claim(quantity="board-algorithm"), CLAIM + ["value", "any_of", 0], "", {}, []),
    ("finding", FINDING, CLAIM + ["kind"], "one run suffices", {"most-runs": "", "witness": ""}, []),
    ("finding", FINDING, CLAIM + ["reported", "se"], "standard error", {}, []),
    ("finding", FINDING, ["builds_on", 0], "", {"quick-toys": "Networks that train in seconds"}, []),
    ("finding", FINDING, ["caveats", 0, "against", "claim"], "slug#n", {"quick-toys#1": "verdict"}, []),
    ("finding", FINDING, ["caveats", 0, "against", "verifier"], "toy model",
     {"othello-quick": "one-layer", "othello-quick/board-probe": "measures"}, []),
    ("finding", FINDING, ["caveats", 0, "against", "where", "density"], "active", {0.3: ""}, ["unknown"]),
    ("question", "Claims/superposition/question.yaml", ["quantity"], "leaf", {"dimensions-per-feature": ": 0 to 2"}, []),
    ("question", "Claims/superposition/question.yaml", ["also_under", 0], "", {"search": r"\?"}, []),
    ("question", "Claims/superposition/question.yaml", ["needs"], "parts answer", {"answers": "", "any": ""}, []),
    ("quantity", "Claims/vocabulary/quantities/agreement.yaml", ["conditions", 0], "", {"layer": "Block, counted from 0"}, []),
    ("assumption", "Claims/vocabulary/assumptions/probe-is-faithful.yaml", ["tested_by"], "decides", {"search": r"\?"}, []),
    ("model", "Verifiers/othello-quick/model.yaml", ["kernel"], "measures it and, if it is a toy model, trains it",
     {"othello": "transformer on random Othello games", "coin": "tutorial"}, ["dims"]),
    ("measurement", "Verifiers/superposition-geometry/dimensionality.yaml", ["measurement"], "kernel's name",
     {"dimensionality": "superposition: .*dimensions-per-feature"}, []),
    ("measurement", "Verifiers/superposition-geometry/dimensionality.yaml", ["measures", 0], "",
     {"dimensions-per-feature": ": 0 to 2"}, ["agreement"]),
    ("measurement", "Verifiers/superposition-geometry/dimensionality.yaml", ["conditions", 0], "",
     {"density": "by default|number"}, ["layer"]),
    ("measurement", "Verifiers/superposition-geometry/dimensionality.yaml", ["control", "network"], "untrained",
     {"untrained": ""}, []),
    ("model", "Verifiers/r1-distill-qwen-1.5b/model.yaml", ["kernel"], "measures it and, if it is a toy model, trains it",
     {"residual-probes": "residual stream", "othello": "transformer"}, []),
    ("model", "Verifiers/r1-distill-qwen-1.5b/model.yaml", ["config", "attempts"], "from 8 to 8192, 256 by default", {}, []),
    ("measurement", "Verifiers/r1-distill-qwen-1.5b/verdict-probe.yaml", ["measurement"], "kernel's name",
     {"verdict-probe": "residual-probes: .*verdict-auroc"}, []),
    ("measurement", "Verifiers/r1-distill-qwen-1.5b/verdict-probe.yaml", ["conditions", 0], "",
     {"position": "at which the stream is read", "layer": "a whole number"}, ["density"]),
    ("kernel", "Kernels/residual-probes/kernel.yaml", ["same_seed"], "same platform", {"bytes": "", "hits": ""}, []),
    ("kernel", "Kernels/residual-probes/kernel.yaml", ["measurements", "verdict-probe", "quantities", 0], "",
     {"verdict-auroc": ":"}, ["residual-probes"]),
    ("trace", "Traces/countdown-quick-25907784-0001/trace.yaml", ["model"], "wrote the text", {"r1": "DeepSeek-R1"}, []),
    ("codebook", "Codebooks/thought-anchors.yaml", ["labels", "problem-setup", "assumes"], "mean the same",
     {"labels-mean-the-same/problem-setup": "."}, []),
    ("resource", "Resources/four-habits-evaluation.yaml", ["made_by", "verifier"], "network", {"othello-quick": "one-layer"}, []),
    ("vote", "Claims/votes/ada.yaml", ["weight"], "0 .none. to 10", {}, []),
    ("settings", ".arbor-ledger.yaml", ["alpha"], "wrong verdicts", {}, []),
]


def hints(schemas, kind, place, path):
    data = place if isinstance(place, dict) else load(read(place), place) if os.path.exists(f"{ROOT}/{place}") else {}
    return Hints(schemas[kind].schema, data, path)


def test_positions(named):
    for kind, place, path, hover, values, never in POSITIONS:
        found = hints(named, kind, place, path)
        where = f"{kind} {'.'.join(map(str, path))}"
        expect(re.search(hover, found.description or ""), f"{where}: the hover text is {found.description!r}")
        for value, words in values.items():
            expect(value in found.values, f"{where}: {value} is not among {list(found.values)[:8]}")
            expect(re.search(words, found.values.get(value, "")), f"{where}: {value} is {found.values.get(value)!r}")
        for value in never:
            expect(value not in found.values, f"{where} offers {value}")
    print(f"positions: {len(POSITIONS)}")


def test_config_of_every_kernel(generic):
    """Checks that each setting that `show KERNEL` lists is offered with its meaning and its default."""
    count = 0
    names = Hints(generic["model"].schema, {}, ["kernel"]).values
    expect(sorted(names) == KERNELS, f"the kernels are {sorted(names)}")
    for kernel in names:
        offered = Hints(generic["model"].schema, {"kernel": kernel}, ["config"]).keys
        for line in kernel_settings(kernel):
            name, meaning = line.split(": ", 1)
            found = Hints(generic["model"].schema, {"kernel": kernel}, ["config", name])
            expect(name in offered and offered[name] == meaning, f"{kernel}: {name} is {offered.get(name)!r}")
            default = re.search(r", (\S+) by default\)$", meaning)
            expect(default is None or same(found.default, default[1]), f"{kernel}: {name} is {found.default!r} by default")
            count += 1
        expect(len(offered) == len(kernel_settings(kernel)), f"{kernel} offers {sorted(offered)}")
    print(f"settings of {len(names)} kernels: {count}")


def same(value, text):
    return value == text or (isinstance(value, (int, float)) and float(text) == value)


def kernel_settings(kernel):
    """The settings of a kernel as `show` prints them."""
    sections = json.loads(run("show", kernel, "--format", "json", cwd=NAMELESS))["sections"]
    return next(section["lines"] for section in sections if section["title"] == "settings of a toy model")


def described(schema, root, path, found):
    """Collects the keys of a schema that an editor offers, with their schemas."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        return described(root["definitions"][schema["$ref"].removeprefix("#/definitions/")], root, path, found)
    for key, value in schema.get("properties", {}).items():
        found[path + (key,)] = value
        described(value, root, path + (key,), found)
    described(schema.get("items"), root, path + ("[]",), found)
    described(schema.get("additionalProperties"), root, path + ("*",), found)
    for part in schema.get("anyOf", []) + [part for part in schema.get("allOf", []) if "$ref" in part]:
        described(part, root, path, found)


def test_every_key(generic):
    """Checks that each key of each kind has a text of one or two sentences with a valid example."""
    count = 0
    for kind in KINDS:
        root, found = generic[kind].schema, {}
        described(root, root, (), found)
        expect(found, f"{kind} has no keys")
        for path, schema in found.items():
            where = f"{kind} {'.'.join(path)}"
            text = schema.get("description", "") if isinstance(schema, dict) else ""
            count += 1
            if kind in ("receipt", "annotation"):
                # Commands write these files.
                expect(text.endswith("."), f"{where}: {text!r}")
                continue
            summary, _, example = text.partition(" Example: ")
            expect(15 <= len(summary) <= 300 and summary.endswith((".", ";", ")")), f"{where}: {summary!r}")
            name, _, value = example.partition(": ")
            expect(name == path[-1], f"{where}: the example is {example!r}")
            value = yaml.load(f"[{value}]" if value[:1] in "[{\"" else f"- {value}", CoreLoader)[0]
            whole = {"definitions": root.get("definitions", {}), "allOf": [schema]}
            errors = list(jsonschema.Draft7Validator(whole).iter_errors(value))
            expect(not errors, f"{where}: the example {example!r} is not valid: {errors[:1]}")
    print(f"keys with texts: {count}")


def test_kernel_mistakes(generic):
    """Checks that `check` and the schema agree about the settings of each kernel and each measurement.

    A ledger may have kernels of its own, so that only the schema with the ledger's names agrees in all cases.
    """
    named = validators("--here", cwd=EMPTY)
    files, records = dict(BASE), {}
    configs = {kernel: {line.split(": ")[0]: None for line in kernel_settings(kernel)} for kernel in KERNELS}
    valid = {
        "superposition": {"features": 20, "dimensions": 5}, "coin": {"bias": 0.7}, "modular-addition": {"modulus": 13},
    }
    for kernel, settings in configs.items():
        config = {name: value for name, value in valid.get(kernel, {}).items() if name in settings}
        for changed in [config, {**config, "zzz": 1}, *({**config, name: value} for name in settings
                                                        for value in [-1, 1, "word", 2.5, 10**12, "0,5"])]:
            slug = f"m{len(records)}"
            path = f"Verifiers/{slug}/model.yaml"
            records[path] = {
                "title": "T", "contributors": ["A"], "abstracts": "superposition", "kernel": kernel, "config": changed,
                "budget": {"minutes": 1440, "memory_gib": 1024},
            }
    for changed in measurement_mistakes():
        records[f"Verifiers/superposition-geometry/x{len(records)}.yaml"] = changed
    files |= {path: json.dumps(data) + "\n" for path, data in records.items()}
    found = diagnostics(new_ledger(files))
    refused = 0
    for path, data in records.items():
        own = [line for line in found.get(path, []) if line["code"] != "over-budget" and not is_joint(line)]
        refuses = not named[kind_of(path)].is_valid(data)
        refused += refuses
        expect(own or generic[kind_of(path)].is_valid(data), f"the schema alone refuses {json.dumps(data)}")
        expect(refuses == bool(own), f"{json.dumps(data)}: the schema {'refuses' if refuses else 'accepts'} it, "
                                     f"and `check` says {[line['message'] for line in own]}")
    print(f"made-up settings: {len(records)}, of which {refused} refused")


def is_joint(line):
    """Returns whether an error is about values that are each in range, but not valid together."""
    single = ["must be", "takes no", "needs", "does not give", "has no measurement"]
    return not any(word in line["message"] for word in single) or " if " in line["message"]


def measurement_mistakes():
    right = {"measurement": "dimensionality", "measures": ["dimensions-per-feature"], "conditions": ["density"],
             "control": {"network": "untrained"}}
    yield right
    for key, value in [("measures", ["agreement"]), ("conditions", ["model"]), ("conditions", ["density", "model"]),
                       ("control", {"network": "random"}), ("control", {"zzz": 1}), ("control", {"density": 7}),
                       ("measurement", "dimensionalty")]:
        yield {**right, key: value}


def unescaped(text):
    def character(match):
        return {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}.get(match[1]) or chr(int(match[2], 16))
    return re.sub(r"\\(n|t|r|\\|u\{([0-9a-f]+)\})", character, text)


def mistakes():
    """Yields the mistakes that people make, as Tests/LedgerTests/Mistakes.swift reads them."""
    for name in sorted(os.listdir(MISTAKES)):
        with open(os.path.join(MISTAKES, name), encoding="utf-8", newline="") as file:
            for block in file.read().split("\n\n"):
                lines = {}
                for line in filter(None, block.split("\n")):
                    lines.setdefault(line[:4].strip(), []).append(unescaped(line[5:]))
                yield name.removesuffix(".txt"), lines


# Codes of mistakes that can be found from the file alone, or with the names of the ledger.
SHAPE = {
    "wrong-type", "unknown-key", "out-of-range", "unknown-value", "unknown-verifier", "unknown-question",
    "unknown-setting", "unknown-quantity", "unknown-finding", "unknown-condition", "unknown-claim",
    "unknown-assumption",
}


def test_mistakes(named):
    """Counts how the mistakes of people are found: by the reader of YAML, or by the schema with the ledger's names."""
    counts, accepted = {"yaml": 0, "schema": 0, "neither": 0}, {}
    for row, lines in mistakes():
        if "chan" in lines:
            continue
        path, before, after = lines["file"][0], lines["from"][0], lines["to"][0]
        text = read(path)
        expect(before in text, f"{path} does not contain {before!r}")
        codes = {says.split(" ")[1] for says in lines["says"]}
        try:
            data = yaml.load(text.replace(before, after, 1), CoreLoader)
        except (yaml.YAMLError, ValueError):
            counts["yaml"] += 1
            continue
        refuses = not named[kind_of(path)].is_valid(data)
        counts["schema" if refuses else "neither"] += 1
        where = f"{row} {path}: {after!r} [{', '.join(sorted(codes))}]"
        if codes & SHAPE:
            expect(refuses, f"the schema accepts {where}")
        else:
            name = ", ".join(sorted(codes))
            accepted[name] = accepted.get(name, 0) + (not refuses)
    print("mistakes:", ", ".join(f"{count} found by {by}" for by, count in counts.items()))
    expect(counts == {"yaml": 40, "schema": 103, "neither": 9}, f"mistakes are found otherwise: {counts}")
    accepted = {code: count for code, count in accepted.items() if count}
    expect(accepted == {"joined-names": 5, "future-date": 2, "control-character": 2}, f"other mistakes: {accepted}")


# No record of this ledger has the name of a kernel.
NAMELESS = new_ledger({"Claims/question.yaml": "question: How?\nwhy: The north star.\n"})
EMPTY = new_ledger({})
subprocess.run([TOOL, "init", "--no-hook"], cwd=EMPTY, check=True, capture_output=True)
BASE = {}
for folder in ["Claims", "Findings", "Verifiers"]:
    for place, _, files in os.walk(os.path.join(EMPTY, folder)):
        for name in files:
            with open(os.path.join(place, name), encoding="utf-8") as file:
                BASE[os.path.relpath(os.path.join(place, name), EMPTY)] = file.read()
generic, named = validators(), validators("--here")
test_positions(named)
test_config_of_every_kernel(generic)
test_every_key(generic)
test_kernel_mistakes(generic)
test_mistakes(named)
finish("checks of hints")
