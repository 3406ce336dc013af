"""Reads ledgers and their schemas for the tests of schemas. The first argument of the script is the tool."""

import fnmatch
import json
import os
import re
import subprocess
import sys
import tempfile

import jsonschema
import yaml

TOOL = os.path.abspath(sys.argv[1])
ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
FIXTURES = os.path.join(ROOT, "Tests", "LedgerTests", "Fixtures")
MISTAKES = os.path.join(ROOT, "Tests", "LedgerTests", "Mistakes")


class CoreLoader(yaml.SafeLoader):
    """Loads files as yaml-language-server does, with YAML 1.2's core schema (10.3.2): dates remain strings."""


CoreLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in [
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
]:
    CoreLoader.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(pattern), first)
CoreLoader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))
CoreLoader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(node.value))


def unique_mapping(loader, node):
    keys = [key.value for key, _ in node.value]
    if len(set(keys)) != len(keys):
        raise yaml.YAMLError("a key stands twice")
    return {key.value: loader.construct_object(value, deep=True) for key, value in node.value}


CoreLoader.add_constructor("tag:yaml.org,2002:map", unique_mapping)


def load(text, path):
    return json.loads(text) if path.endswith(".json") else yaml.load(text, CoreLoader)


def run(*arguments, cwd=ROOT):
    done = subprocess.run([TOOL, *arguments], cwd=cwd, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def new_ledger(files):
    folder = tempfile.mkdtemp(prefix="schemas-")
    subprocess.run(["git", "init", "-q", folder], check=True)
    for path, text in files.items():
        place = os.path.join(folder, path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    return folder


PLACES = [
    ("vote", "Claims/*votes/*.yaml"),
    ("quantity", "Claims/vocabulary/quantities/*.yaml"),
    ("condition-value", "Claims/vocabulary/conditions/*/*.yaml"),
    ("condition", "Claims/vocabulary/conditions/*.yaml"),
    ("assumption", "Claims/vocabulary/assumptions/*.yaml"),
    ("constraint", "Claims/vocabulary/constraints/*.yaml"),
    ("question", "Claims/*question.yaml"),
    ("finding", "Findings/*.yaml"),
    ("receipt", "Verifiers/*/receipts/*.json"),
    ("model", "Verifiers/*/model.yaml"),
    ("measurement", "Verifiers/*/*.yaml"),
    ("kernel", "Kernels/*/kernel.yaml"),
    ("trace", "Traces/*/trace.yaml"),
    ("annotation", "Traces/*/annotations/*/*/*.json"),
    ("codebook", "Codebooks/*.yaml"),
    ("resource", "Resources/*.yaml"),
    ("settings", ".arbor-ledger.yaml"),
]


def kind_of(path):
    return next((kind for kind, glob in PLACES if fnmatch.fnmatchcase(path, glob)), None)


def validators(*arguments, cwd=ROOT):
    found = {}
    for kind in KINDS:
        schema = json.loads(run("schema", kind, *arguments, cwd=cwd))
        jsonschema.Draft7Validator.check_schema(schema)
        found[kind] = jsonschema.Draft7Validator(schema)
    return found


KINDS = run("schema", "--list").split()


def shipped():
    """Yields the paths of all records of the shipped ledger."""
    for folder in ["Claims", "Codebooks", "Findings", "Kernels", "Resources", "Traces", "Verifiers"]:
        for place, _, names in os.walk(os.path.join(ROOT, folder)):
            for name in sorted(names):
                path = os.path.relpath(os.path.join(place, name), ROOT)
                if name.endswith((".yaml", ".json")) and kind_of(path):
                    yield path
    yield ".arbor-ledger.yaml"


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def diagnostics(folder):
    """Returns the errors of `check` by path."""
    found = {}
    for line in json.loads(run("check", "--format", "json", cwd=folder))["diagnostics"]:
        if line["severity"] == "error":
            found.setdefault(line["path"], []).append(line)
    return found
