"""Exports ledgers in all formats, reads the exports with independent packages, and alters each to see that it is noticed.

No test uses the network: the one context that a validator would fetch comes from the package rocrate.

Usage: test_exports.py TOOL
"""

import csv
import hashlib
import io
import json
import logging
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tally import expect, finish  # noqa: E402

logging.disable(logging.CRITICAL)


def refuse_network(*_arguments, **_more):
    raise OSError("the tests use no network")


socket.socket.connect = refuse_network

import bibtexparser  # noqa: E402
import cffconvert  # noqa: E402
import mlcroissant  # noqa: E402
import rdflib  # noqa: E402
import requests  # noqa: E402
import rocrate  # noqa: E402
from google.protobuf import json_format  # noqa: E402
from in_toto_attestation.v1 import statement_pb2  # noqa: E402
from in_toto_attestation.v1.statement import Statement  # noqa: E402
from nanopub import Nanopub  # noqa: E402
from nanopub.sign_utils import verify_trusty  # noqa: E402
from rocrate_validator import models, services  # noqa: E402
from rocrate_validator.utils.http import HttpRequester  # noqa: E402

TOOL = os.path.abspath(sys.argv[1])
ROOT = Path(__file__).resolve().parents[2]
FORMATS = ["citation", "croissant", "csv", "in-toto", "nanopublications", "ro-crate"]
ADDRESS = "https://github.com/lab/ledger"
CONTEXT = json.loads((Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_text())


def use_local_context():
    """Answers the validator's only request, for the context of RO-Crate, with the one that the package rocrate brings."""
    def get(_requester, url, *_arguments, **_more):
        if not url.startswith("https://w3id.org/ro/crate/1.1/context"):
            raise requests.ConnectionError(f"the tests use no network: {url}")
        response = requests.Response()
        response.status_code = 200
        response.url = url
        response.headers["Content-Type"] = "application/ld+json"
        response._content = json.dumps(CONTEXT).encode()
        return response

    HttpRequester.get = HttpRequester.head = get


def run(*command, cwd, home, ok=True):
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    expect((done.returncode == 0) == ok, f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done


def ledger(folder, home, *changes):
    """Makes a ledger with signed runs. `changes` are files with their texts."""
    run("git", "init", "-q", "-b", "main", folder, cwd=home, home=home)
    for name, value in [("user.name", "Ada \"the\" O'Neill, {PhD}"), ("user.email", "ada@example.org"),
                        ("gpg.format", "ssh"), ("user.signingKey", f"{home}/key.pub")]:
        run("git", "config", name, value, cwd=folder, home=home)
    run(TOOL, "init", "--no-hook", cwd=folder, home=home)
    for path, text in changes:
        (folder / path).write_text(text, encoding="utf-8")
    run("git", "add", "-A", cwd=folder, home=home)
    run("git", "commit", "-qm", "Begin", cwd=folder, home=home)
    run(TOOL, "verify", cwd=folder, home=home)
    run("git", "add", "-A", cwd=folder, home=home)
    run("git", "commit", "-qm", "Runs", cwd=folder, home=home)


HOSTILE = """\
title: "=1+1 \\"quoted\\" \\\\ {braces} 50 % & #1 { $x$ _y_ ~z^ <b>&amp;</b> 雪 \\U0001F600"
authors: ["Kurt \\"Gödel\\"", "=HYPERLINK(1)", "{Group} & Co"]
contributors: ["Zoë <zoe@example.org>", "no address", "@handle"]
date: 2024-05-01
source: "arXiv:2309.00941; doi:10.1000/182; https://example.org/a b"
north_star: Texts that other formats could misread.
claims:
  - quantity: dimensions-per-feature
    value: {above: 0.123456789012345678}
    tested: {model: superposition-geometry, density: [0.1, 0.3]}
  - quantity: dimensions-per-feature
    reported: {value: 0.5}
    tested: {model: superposition-geometry, density: 0.3}
"""


def export(folder, home, format_, target, *more, ok=True):
    return run(TOOL, "export", format_, target, "--license", "CC-BY-4.0", "--address", ADDRESS, *more,
               cwd=folder, home=home, ok=ok)


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# Each check returns the first thing that is wrong, or None.

def wrong_csv(out, source):
    for name, text in content(out).items():
        rows = list(csv.reader(io.StringIO(text.decode("utf-8"))))
        if len({len(row) for row in rows}) != 1:
            return f"{name}: rows of different lengths"
        for row in rows:
            for cell in row:
                if cell.lstrip(" ")[:1] in ("=", "+", "@") or re.match(r"-[^0-9.]", cell):
                    return f"{name}: a formula {cell!r}"
    runs = list(csv.DictReader(io.StringIO((out / "runs.csv").read_text("utf-8"))))
    wanted = set()
    for path in source.glob("Verifiers/*/receipts/*.json"):
        receipt = json.loads(path.read_text("utf-8"))
        for entry in receipt["predicate"]["runs"]:
            for quantity, value in (entry.get("values") or {"": {"hex": "", "decimal": ""}}).items():
                wanted.add((path.stem, entry["index"], entry["seed"], quantity, value["hex"]))
    got = {(row["receipt"], int(row["index"]), row["seed"], row["quantity"], row["hexadecimal_value"]) for row in runs}
    if got != wanted or len(runs) != len(wanted):
        return f"runs.csv has {len(runs)} rows, the receipts {len(wanted)} values"
    for row in runs:
        if row["value"] and float(row["value"]) != float.fromhex(row["hexadecimal_value"]):
            return f"two values in {row}"
    return None


def wrong_citation(out, source):
    text = (out / "CITATION.cff").read_text("utf-8")
    try:
        cffconvert.Citation(text).validate()
    except Exception as error:
        return f"CITATION.cff: {str(error)[:200]}"
    library = bibtexparser.parse_file(str(out / "findings.bib"))
    if library.failed_blocks:
        return f"findings.bib: {library.failed_blocks[0].error}"
    findings = [path.stem for path in source.glob("Findings/**/*.yaml")
                if not re.search(r"^(status: planned|retracted:)", path.read_text("utf-8"), re.M)]
    keys = sorted(entry.key for entry in library.entries)
    if keys != sorted(findings):
        return f"findings.bib has {len(keys)} entries, the ledger {len(findings)} findings"
    for entry in library.entries:
        fields = entry.fields_dict
        for name in ("author", "title", "year", "howpublished", "note"):
            if name not in fields or not fields[name].value.strip():
                return f"{entry.key} has no {name}"
        if not re.fullmatch(r"\d{4}", fields["year"].value):
            return f"{entry.key} has the year {fields['year'].value}"
        for field in fields.values():
            depth = 0
            for sign in re.sub(r"\\[{}]", "", field.value):
                depth += (sign == "{") - (sign == "}")
                if depth < 0:
                    return f"{entry.key}: unbalanced braces"
            if depth:
                return f"{entry.key}: unbalanced braces"
    return None


def wrong_croissant(out, _source):
    metadata = json.loads((out / "metadata.json").read_text("utf-8"))
    try:
        dataset = mlcroissant.Dataset(jsonld=str(out / "metadata.json"))
        records = list(dataset.records(record_set="runs"))
    except Exception as error:
        return f"mlcroissant: {str(error)[:300]}"
    report = dataset.metadata.ctx.issues.report()
    if report.strip():
        return f"mlcroissant: {report}"
    table = (out / "runs.csv").read_bytes()
    [file] = metadata["distribution"]
    if file["sha256"] != hashlib.sha256(table).hexdigest():
        return "runs.csv has another digest than its metadata says"
    if len(records) != len(table.decode().splitlines()) - 1:
        return f"mlcroissant reads {len(records)} records"
    return None


def wrong_in_toto(out, source):
    lines = (out / "receipts.intoto.jsonl").read_text("utf-8").splitlines()
    receipts = {json.dumps(json.loads(path.read_text("utf-8")), sort_keys=True)
                for path in source.glob("Verifiers/*/receipts/*.json")}
    if {json.dumps(json.loads(line), sort_keys=True) for line in lines} != receipts or len(lines) != len(receipts):
        return "the statements are not the receipts"
    for line in lines:
        try:
            Statement.copy_from_pb(json_format.Parse(line, statement_pb2.Statement())).validate()
        except Exception as error:
            return f"in-toto: {error}"
    return None


def wrong_nanopublications(out, source):
    files = sorted(out.glob("*.trig"))
    claims = 0
    for path in source.glob("Findings/**/*.yaml"):
        text = path.read_text("utf-8")
        if not re.search(r"^(status: planned|retracted:)", text, re.M):
            claims += len(re.findall(r"^  - (?:\{)?quantity:", text, re.M))
    if len(files) != claims:
        return f"{len(files)} nanopublications of {claims} claims"
    seen = set()
    for path in files:
        try:
            publication = Nanopub(rdf=path)
            if not publication.is_valid:
                return f"{path.name} is not valid"
            name = str(publication.metadata.np_uri)
            verify_trusty(publication.rdf, name, publication.metadata.namespace)
        except Exception as error:
            return f"{path.name}: {error}"
        if name in seen:
            return f"{name} occurs twice"
        seen.add(name)
        texts = [str(it) for it in publication.assertion.objects(None, rdflib.URIRef("https://schema.org/text"))]
        if len(texts) != 1 or not texts[0].strip():
            return f"{path.name} says {texts}"
    return None


def wrong_crate(out, _source):
    metadata = json.loads((out / "ro-crate-metadata.json").read_text("utf-8"))
    nodes = {}
    for node in metadata["@graph"]:
        if node["@id"] in nodes:
            return f"{node['@id']} occurs twice"
        nodes[node["@id"]] = node

    def references(value):
        if isinstance(value, dict):
            yield value["@id"]
        elif isinstance(value, list):
            for entry in value:
                yield from references(entry)

    for node in nodes.values():
        for key, value in node.items():
            for target in references(value):
                if target not in nodes and not (key == "conformsTo" and target == "https://w3id.org/ro/crate/1.1"):
                    return f"{key} of {node['@id']} names {target}, which is not described"
    listed = {it for it in references(nodes["./"]["hasPart"])}
    for name, data in content(out).items():
        if name == "ro-crate-metadata.json":
            continue
        node = nodes.get(name)
        if node is None or name not in listed:
            return f"{name} is not described"
        if node["sha256"] != hashlib.sha256(data).hexdigest() or node["contentSize"] != str(len(data)):
            return f"{name} has another content than its description"
    for name in listed:
        if not (out / name).is_file():
            return f"{name} is missing"
    for node in nodes.values():
        if node["@type"] == "CreateAction" and not all(
                list(references(node[key])) for key in ("agent", "instrument", "object", "result")):
            return f"{node['@id']} lacks a part"
    settings = services.ValidationSettings(
        rocrate_uri=str(out), profile_identifier="process-run-crate-0.5",
        requirement_severity=models.Severity.REQUIRED)
    for issue in services.validate(settings).get_issues():
        return f"roc-validator: {issue.message}"
    return None


CHECKS = {"citation": wrong_citation, "croissant": wrong_croissant, "csv": wrong_csv, "in-toto": wrong_in_toto,
          "nanopublications": wrong_nanopublications, "ro-crate": wrong_crate}


def replace(path, old, new, count=1):
    text = path.read_text("utf-8")
    assert old in text, f"{path} has no {old}"
    path.write_text(text.replace(old, new, count), "utf-8")


def drop_result(out):
    path = out / "ro-crate-metadata.json"
    metadata = json.loads(path.read_text("utf-8"))
    action = next(it for it in metadata["@graph"] if it["@type"] == "CreateAction")
    action["result"] = {"@id": "Verifiers/none.json"}
    path.write_text(json.dumps(metadata), "utf-8")


def drop_instrument(out):
    path = out / "ro-crate-metadata.json"
    metadata = json.loads(path.read_text("utf-8"))
    metadata["@graph"] = [it for it in metadata["@graph"] if it["@type"] != "SoftwareApplication"]
    path.write_text(json.dumps(metadata), "utf-8")


ALTERATIONS = [
    ("csv", "another value", lambda out: replace(out / "runs.csv", "0x1.", "0x2.")),
    ("csv", "a formula", lambda out: replace(out / "claims.csv", "half-a-dimension#1", "=half-a-dimension#1")),
    ("csv", "a lost row", lambda out: (out / "runs.csv").write_text(
        "".join((out / "runs.csv").read_text().splitlines(True)[:-1]))),
    ("citation", "no authors", lambda out: replace(out / "CITATION.cff", "authors:", "authorz:")),
    ("citation", "no date", lambda out: replace(out / "CITATION.cff", "date-released: \"2", "date-released: \"x")),
    ("citation", "a lost brace", lambda out: replace(out / "findings.bib", "{{", "{")),
    ("citation", "a lost entry", lambda out: replace(out / "findings.bib", "@misc{half-a-dimension,", "@misc{other,")),
    ("croissant", "another table", lambda out: replace(out / "runs.csv", "superposition", "Superposition")),
    ("croissant", "an unknown column", lambda out: replace(out / "metadata.json", '"column" : "seed"', '"column" : "sead"')),
    ("croissant", "another table's name", lambda out: replace(out / "metadata.json", '"@id" : "runs.csv"', '"@id" : "run.csv"', 1)),
    ("in-toto", "another type", lambda out: replace(out / "receipts.intoto.jsonl", "in-toto.io/Statement/v1", "in-toto.io/Statement/v9")),
    ("in-toto", "another seed", lambda out: replace(out / "receipts.intoto.jsonl", '"seed":"', '"seed":"0')),
    ("in-toto", "a lost statement", lambda out: (out / "receipts.intoto.jsonl").write_text(
        "".join((out / "receipts.intoto.jsonl").read_text().splitlines(True)[1:]))),
    ("nanopublications", "another claim", lambda out: replace(sorted(out.glob("*.trig"))[0], "0.45 to 0.55", "0.45 to 0.65")),
    ("nanopublications", "another creator", lambda out: replace(sorted(out.glob("*.trig"))[0], "O'Neill", "O'Brien")),
    ("nanopublications", "a lost file", lambda out: sorted(out.glob("*.trig"))[0].unlink()),
    ("ro-crate", "a dangling result", drop_result),
    ("ro-crate", "no program", drop_instrument),
    ("ro-crate", "a lost file", lambda out: (out / "Findings" / "half-a-dimension.yaml").unlink()),
    ("ro-crate", "another file", lambda out: replace(out / "Findings" / "half-a-dimension.yaml", "0.45", "0.46")),
    ("ro-crate", "no name", lambda out: replace(out / "ro-crate-metadata.json", '"name" : "ledger:', '"label" : "ledger:')),
]


def main():
    use_local_context()
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(home / "key"), cwd=home, home=home)
        small = home / "small"
        ledger(small, home)
        hostile = home / "hostile"
        ledger(hostile, home, ("Findings/hostile-texts.yaml", HOSTILE))
        shipped = home / "shipped"
        run("git", "clone", "-q", str(ROOT), str(shipped), cwd=home, home=home)
        for source in (small, hostile, shipped):
            for format_ in FORMATS:
                out = home / "out" / source.name / format_
                export(source, home, format_, str(out))
                wrong = CHECKS[format_](out, source)
                expect(wrong is None, f"{format_} of the ledger {source.name}: {wrong}")
                if source != shipped:
                    again = home / "again" / source.name / format_
                    export(source, home, format_, str(again))
                    expect(content(out) == content(again), f"two exports in {format_} differ")
        for format_, name, alter in ALTERATIONS:
            out = home / "altered"
            shutil.copytree(home / "out" / "small" / format_, out)
            alter(out)
            expect(CHECKS[format_](out, small) is not None, f"{format_}: nobody notices {name}")
            shutil.rmtree(out)
        # Wrong input.
        done = export(small, home, "croisant", str(home / "x"), ok=False)
        expect(done.returncode == 64 and 'did you mean "croissant"?' in done.stderr, done.stderr)
        done = export(small, home, "csv", str(home / "out" / "small" / "csv"), ok=False)
        expect("is not empty" in done.stderr, done.stderr)
        done = run(TOOL, "export", "ro-crate", str(home / "x"), cwd=small, home=home, ok=False)
        expect("has to name the licence" in done.stderr, done.stderr)
        done = run(TOOL, "export", "nanopublications", str(home / "x"), "--license", "CC0-1.0", cwd=small, home=home, ok=False)
        expect("has to name the address" in done.stderr, done.stderr)
        done = run(TOOL, "export", "csv", str(home / "x"), "--at", "nothing", cwd=small, home=home, ok=False)
        expect(done.returncode == 64 and not (home / "x").exists(), done.stderr)
    finish("checks of exports")


main()
