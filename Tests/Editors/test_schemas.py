"""Tests the JSON Schemas with an independent validator, SARIF with the OASIS schema, and CSV with Python's reader.

Usage: test_schemas.py TOOL SARIF_SCHEMA
"""

import copy
import csv
import io
import json
import os
import re
import sys

import jsonschema
import yaml
from ledgers import (
    FIXTURES, ROOT, CoreLoader, diagnostics, kind_of, load, new_ledger, read, run, shipped, validators,
)

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tally import expect, finish  # noqa: E402

SARIF_SCHEMA = sys.argv[2]


def test_shipped_files(generic):
    named = validators("--here")
    seen = {}
    for path in shipped():
        data = load(read(path), path)
        kind = kind_of(path)
        seen[kind] = seen.get(kind, 0) + 1
        for name, schemas in [("schema", generic), ("schema --here", named)]:
            errors = [error.message[:200] for error in schemas[kind].iter_errors(data)]
            expect(not errors, f"{name} {kind} refuses the shipped {path}: {errors[:1]}")
    print("shipped files:", ", ".join(f"{count} {kind}" for kind, count in sorted(seen.items())))


# Codes that can be found from the file alone, from its YAML text, or from its names. All other codes depend on
# conditions that a schema cannot express.
FROM_THE_FILE = {"unknown-key", "missing-key", "wrong-type", "out-of-range"}
FROM_THE_YAML = {
    "syntax", "encoding", "control-character", "bidirectional-override", "alias", "tag", "duplicate-key", "too-large",
    "too-deep", "too-many-nodes", "not-composed",
}
FROM_THE_NAMES = {
    "unknown-question", "unknown-quantity", "unknown-condition", "unknown-value", "unknown-assumption",
    "unknown-verifier", "unknown-finding", "unknown-claim", "unknown-kernel",
}
# Fixtures whose codes usually need only one file, but which here depend on other files, such as the quantity's range,
# or compare two numbers. The schema with the ledger's names refuses those that end in "(names)".
SHOWN_BY_OTHER_FILES = {
    "out-of-range-label": "the quantity's labels",
    "out-of-range-meaning": "the quantity's range (names)",
    "out-of-range-cell": "the kernel's settings",
    "out-of-range-cell-of-model": "the kernel's settings",
    "out-of-range-backwards": "a schema cannot compare two numbers of a file",
    "out-of-range-integers": "a schema cannot compare two numbers of a file",
    "out-of-range-names": "a truth value of which only one is allowed",
    "out-of-range-interval": "a schema cannot compare two numbers of a file",
    "out-of-range-layers": "the model's number of layers",
    "out-of-range-numbers": "whether the condition's values are whole numbers (names)",
    "out-of-range-percentage": "the quantity's range (names)",
    "wrong-type-labels": "the quantity is a label (names)",
    "wrong-type-numbers Findings/new.yaml": "the condition's values are any numbers (names)",
    "unknown-setting-label": "the kernel measures no label",
    "unknown-key-attribute": "the condition's attributes",
}
# Fixtures with mistakes in the settings of the kernel `toy`, which only the Swift tests have. test_hints.py tests
# such mistakes with each kernel of the tool.
OF_THE_TOY_KERNEL = {"missing-key-setting", "missing-key-condition", "out-of-range-config", "unknown-setting"}


# Fixtures with names that are valid but not in the place where they occur.
VALID_NAMES = {
    "unknown-verifier-label": "the measurement does not measure this label",
    "unknown-verifier": "the toy model is named by the folder",
}


def fixture_files(text):
    files, path = {}, None
    for line in text.split("\n"):
        if line.startswith("--- "):
            path = line[4:]
            files[path] = []
        elif path is not None:
            files[path].append(line)
    return {path: "\n".join(lines) + "\n" for path, lines in files.items()}


def named_errors(base, files, path, data):
    """Returns the errors of a file by the schema with the names of its ledger."""
    schema = json.loads(run("schema", kind_of(path), "--here", cwd=new_ledger({**base, **files})))
    return list(jsonschema.Draft7Validator(schema).iter_errors(data))


def test_fixtures(generic):
    with open(os.path.join(FIXTURES, "base.txt"), encoding="utf-8") as file:
        base = fixture_files(file.read())
    refused = {"file": 0, "names": 0}
    left = []
    for name in sorted(os.listdir(FIXTURES)):
        if not name.endswith(".txt"):
            continue
        name = name.removesuffix(".txt")
        if name == "base":
            continue
        with open(os.path.join(FIXTURES, name + ".txt"), encoding="utf-8") as file:
            content, _, expected = file.read().partition("\n=== expected\n")
        files = {path: text for path, text in fixture_files(content).items() if "(" not in path and "$" not in text}
        for path, code in sorted(set(re.findall(r"^(\S+):\d+:\d+ error\[([a-z-]+)\]", expected, re.M))):
            if path not in files or code in FROM_THE_YAML or kind_of(path) is None:
                continue
            others = {c for p, c in re.findall(r"^(\S+):\d+:\d+ error\[([a-z-]+)\]", expected, re.M) if p == path}
            data = load(files[path], path)
            is_verifier = path.startswith("Verifiers/")
            if is_verifier and name in OF_THE_TOY_KERNEL:
                continue
            errors = list(generic[kind_of(path)].iter_errors(data))
            if code in FROM_THE_FILE:
                fixture = name if name in SHOWN_BY_OTHER_FILES else f"{name} {path}"
                if fixture in SHOWN_BY_OTHER_FILES:
                    expect(not errors, f"{name}: the schema refuses {path} though only other files show why: {errors[:1]}")
                    left.append(fixture)
                    if SHOWN_BY_OTHER_FILES[fixture].endswith("(names)"):
                        named = named_errors(base, files, path, data)
                        expect(named, f"{name}: schema --here accepts {path} in spite of [{code}]")
                        refused["names"] += 1
                else:
                    expect(errors, f"{name}: the schema accepts {path} in spite of [{code}]")
                    refused["file"] += 1
            elif code in FROM_THE_NAMES and name not in VALID_NAMES and code != "unknown-kernel" and not (others & FROM_THE_FILE):
                # The program has no kernel `toy`.
                expect(is_verifier or not errors,
                       f"{name}: the schema refuses {path} though only names are wrong: {errors[:1]}")
                if kind_of(path) == "vote":
                    continue  # a vote names its question by its folder
                expect(named_errors(base, files, path, data), f"{name}: schema --here accepts {path} in spite of [{code}]")
                refused["names"] += 1
    expect(sorted(set(left)) == sorted(SHOWN_BY_OTHER_FILES), f"not met: {set(SHOWN_BY_OTHER_FILES) - set(left)}")
    print(f"fixtures: {refused['file']} refused by the file alone, {refused['names']} by its names")


def nodes(data, path=()):
    yield path
    if isinstance(data, dict):
        for key in data:
            yield from nodes(data[key], path + (key,))
    elif isinstance(data, list):
        for index in range(len(data)):
            yield from nodes(data[index], path + (index,))


def changed(data, path, change):
    data = copy.deepcopy(data)
    if not path:
        return change(data)
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = change(place[path[-1]])
    return data


def mutants(data):
    replacements = [None, "", "word", "unknown", 3, -1, 0.7, True, "2025-13", [], ["a"], ["a", "a"], [2, 1], {}, {"zzz": 1},
                    {"from": 1, "to": 3}, {"at_least": 1}, {"at_least": 1, "above": 2}, {"any_of": ["a"]}, [["a"]]]
    for path in nodes(data):
        if path:
            for value in replacements:
                yield changed(data, path, lambda _: value)
            if isinstance(path[-1], str):
                yield changed(data, path[:-1], lambda old: {k: v for k, v in old.items() if k != path[-1]})
        here = data
        for key in path:
            here = here[key]
        if isinstance(here, dict):
            yield changed(data, path, lambda old: {**old, "zzz": 1})


def test_mutants(generic):
    """Checks that decoding and the schemas agree on thousands of broken records."""
    folders = {
        "question": "Claims/mutants/{}/question.yaml", "vote": "Claims/votes/{}.yaml",
        "quantity": "Claims/vocabulary/quantities/{}.yaml", "condition": "Claims/vocabulary/conditions/{}.yaml",
        "condition-value": "Claims/vocabulary/conditions/model/{}.yaml",
        "assumption": "Claims/vocabulary/assumptions/{}.yaml", "finding": "Findings/{}.yaml",
        "model": "Verifiers/{}/model.yaml", "measurement": "Verifiers/superposition-geometry/{}.yaml",
    }
    # The file contains a record of each kind that uses every key; the records that it names need not exist.
    with open(os.path.join(ROOT, "Tests", "Editors", "full.yaml"), encoding="utf-8") as file:
        full = yaml.load(file.read(), CoreLoader)
    files, records = {}, {}
    for kind, variants in full.items():
        for variant in variants:
            for data in [variant, *mutants(variant)]:
                path = folders[kind].format(f"m{len(files)}")
                files[path] = json.dumps(data, ensure_ascii=False) + "\n"
                records[path] = (kind, data)
    found = diagnostics(new_ledger(files))
    broken = 0
    for path, (kind, data) in records.items():
        codes = {line["code"] for line in found.get(path, [])}
        refuses = not generic[kind].is_valid(data)
        broken += refuses
        # If an attribute or an element of a list is null, decoding reads the word "null", but the schema sees a null.
        if refuses and not (None in nulls(data) and kind in ("quantity", "condition", "condition-value")):
            expect(codes, f"the schema alone refuses a {kind}: {json.dumps(data)[:600]}")
        if codes & {"unknown-key", "wrong-type", "missing-key"} and not only_others_show(found[path]):
            expect(refuses, f"the schema accepts a {kind} with {sorted(codes)}: {json.dumps(data)[:600]} {found[path]}")
    print(f"made-up records: {len(records)}, of which {broken} refused")


def nulls(data):
    """Returns the elements of lists and the values of attributes."""
    lists = [value for value in data.values() if isinstance(value, list)]
    return [element for value in lists for element in value] + [data.get("family", 0), data.get("size", 0)]


def only_others_show(lines):
    """Returns whether a schema cannot find any of the errors, since they depend on other files or compare values."""
    other = ["kernel", "has no attribute", "of \"superposition-geometry\"", "is a label", "is a number", "cannot be re-run"]
    shape = [line for line in lines if line["code"] in {"unknown-key", "wrong-type", "missing-key"}]
    return all(any(word in line["message"] for word in other) for line in shape)


def test_editor_files():
    """Checks that the editor settings of `init` map each file to one schema, which accepts the file."""
    folder = new_ledger({})
    run("init", "--no-hook", cwd=folder)
    with open(os.path.join(folder, ".vscode", "settings.json"), encoding="utf-8") as file:
        settings = json.load(file)
    globs = dict(settings["yaml.schemas"])
    for entry in settings["json.schemas"]:
        globs[entry["url"]] = entry["fileMatch"]
    schemas = {}
    for path in globs:
        with open(os.path.join(folder, path), encoding="utf-8") as file:
            schema = json.load(file)
        jsonschema.Draft7Validator.check_schema(schema)
        schemas[path] = jsonschema.Draft7Validator(schema)
    for path in shipped():
        matching = [name for name, patterns in globs.items() if any(glob_matches(p, path) for p in patterns)]
        expect(len(matching) == 1, f"{path} is matched by {matching}")
        data = load(read(path), path)
        for name in matching:
            expect(schemas[name].is_valid(data), f"{name} refuses {path}")
            if isinstance(data, dict):
                expect(not schemas[name].is_valid({**data, "zzz": [1]}) or name.endswith("receipt.json"),
                       f"{name} accepts {path} with an unknown key")


def glob_matches(glob, path):
    pattern = re.escape(glob.removeprefix("/")).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
    return re.fullmatch(pattern, path) is not None


def test_codes():
    log = json.loads(run("check", "--format", "sarif"))
    codes = {rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]}
    known = FROM_THE_FILE | FROM_THE_YAML | FROM_THE_NAMES
    expect(known <= codes, f"no such codes: {known - codes}")


def test_sarif():
    with open(SARIF_SCHEMA, encoding="utf-8") as file:
        validator = jsonschema.Draft4Validator(json.load(file))
    hostile = new_ledger({
        "Findings/a b%c:\u202e,é\n::error::x.yaml": "title: x\x1b[31m\n",
        "Findings/x.yaml": "title: \"::error::forged\"\nzzz::stop-commands::x: 1\n",
    })
    for folder, arguments in [(ROOT, []), (ROOT, ["--all"]), (hostile, [])]:
        text = run("check", "--format", "sarif", *arguments, cwd=folder)
        log = json.loads(text)
        errors = [error.message for error in validator.iter_errors(log)]
        expect(not errors, f"SARIF is not valid: {errors[:2]}")
        expect(log["runs"][0]["results"], "SARIF without results")
        expect(not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text), "a control character in SARIF")


def test_csv():
    for arguments in [["merge"], ["conflicts"], ["tasks"], ["check", "--all"], ["show", "superposition-geometry"]]:
        rows = list(csv.reader(io.StringIO(run(*arguments, "--format", "csv")), strict=True))
        expect(len(rows) > 1, f"{arguments} has no rows")
        expect(all(len(row) == len(rows[0]) for row in rows), f"{arguments} has rows of several lengths")
        cells = [cell for row in rows for cell in row if cell.lstrip()[:1] in tuple("=+-@")]
        expect(all(re.fullmatch(r"-?[0-9.e+-]+", cell) for cell in cells), f"{arguments} has formulas: {cells[:3]}")


generic = validators()
test_codes()
test_editor_files()
test_shipped_files(generic)
test_fixtures(generic)
test_mutants(generic)
test_sarif()
test_csv()
finish("checks of schemas")
