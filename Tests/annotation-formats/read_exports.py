"""Reads the recorded exports with libraries that know the formats, and compares them with the text.

Usage: read_exports.py
"""

import csv
import json
import pathlib
import shutil
import sys
import tempfile

import rdflib
from pybrat.parser import BratParser

here = pathlib.Path(__file__).parent
sys.path.append(str(here.parent))
from tally import expect, finish  # noqa: E402

text = (here / "text.txt").read_text(encoding="utf-8")
rows = [("initializing", "-1", 0, 30), ("deduction", "0.5", 31, 59), ("deduction", "1", 60, 109)]

# brat
with tempfile.TemporaryDirectory() as folder:
    for source, name in [("export.ann", "export.ann"), ("text.txt", "export.txt")]:
        shutil.copy(here / source, pathlib.Path(folder) / name)
    (example,) = BratParser(error="raise").parse(folder)
expect(example.text == text, "brat: the text")
expect([e.type for e in example.entities if e.type != "NO-LABEL"] == [row[0] for row in rows], "brat: the labels")
for entity in example.entities:
    quote = " ".join(text[span.start : span.end] for span in entity.spans)
    expect(quote == entity.mention, f"brat: the quote of {entity.id} is at its offsets")
(relation,) = example.relations
expect((relation.type, relation.arg1.start, relation.arg2.start) == ("depends-on", 92, 31), "brat: the link")

# CSV
with open(here / "export-labels.csv", encoding="utf-8", newline="") as file:
    table = list(csv.DictReader(file))
expect([(row["label"], row["value"], int(row["start"]), int(row["end"])) for row in table] == rows, "csv: the labels")

# Web Annotation: the terms of http://www.w3.org/ns/anno.jsonld that the export uses.
oa, as2, rdf, dc = (
    "http://www.w3.org/ns/oa#",
    "http://www.w3.org/ns/activitystreams#",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://purl.org/dc/terms/",
)
identified = {"@type": "@id"}
context = {
    "id": "@id",
    "type": {"@id": "@type", "@type": "@vocab"},
    "Annotation": oa + "Annotation",
    "AnnotationCollection": as2 + "OrderedCollection",
    "AnnotationPage": as2 + "OrderedCollectionPage",
    "TextualBody": oa + "TextualBody",
    "SpecificResource": oa + "SpecificResource",
    "TextPositionSelector": oa + "TextPositionSelector",
    "TextQuoteSelector": oa + "TextQuoteSelector",
    "Person": "http://xmlns.com/foaf/0.1/Person",
    "Software": as2 + "Application",
    "body": {"@id": oa + "hasBody", **identified},
    "target": {"@id": oa + "hasTarget", **identified},
    "source": {"@id": oa + "hasSource", **identified},
    "selector": {"@id": oa + "hasSelector", **identified},
    "exact": oa + "exact",
    "prefix": oa + "prefix",
    "suffix": oa + "suffix",
    "start": oa + "start",
    "end": oa + "end",
    "motivation": {"@id": oa + "motivatedBy", "@type": "@vocab"},
    "purpose": {"@id": oa + "hasPurpose", "@type": "@vocab"},
    "classifying": oa + "classifying",
    "assessing": oa + "assessing",
    "linking": oa + "linking",
    "value": rdf + "value",
    "creator": {"@id": dc + "creator", **identified},
    "generator": {"@id": as2 + "generator", **identified},
    "nickname": "http://xmlns.com/foaf/0.1/nick",
    "name": "http://xmlns.com/foaf/0.1/name",
    "label": "http://www.w3.org/2000/01/rdf-schema#label",
    "first": {"@id": as2 + "first", **identified},
    "items": {"@id": as2 + "items", "@type": "@id", "@container": "@list"},
    "startIndex": as2 + "startIndex",
    "total": as2 + "totalItems",
}
document = json.loads((here / "export.jsonld").read_text(encoding="utf-8"))
expect(document["@context"] == "http://www.w3.org/ns/anno.jsonld", "jsonld: the context")
document["@context"] = context
graph = rdflib.Graph().parse(data=json.dumps(document), format="json-ld", publicID="https://example.org/")
OA = rdflib.Namespace(oa)
annotations = list(graph.subjects(rdflib.RDF.type, OA.Annotation))
expect(len(annotations) == 4, "jsonld: four annotations")
for annotation in annotations:
    targets = list(graph.objects(annotation, OA.hasTarget))
    expect(len(targets) == 1, f"jsonld: {annotation} has one target")
resources = set(graph.subjects(OA.hasSelector, None))
expect(len(resources) == 5, "jsonld: four targets and the end of a link")
for resource in resources:
    selectors = list(graph.objects(resource, OA.hasSelector))
    start, end = (next(graph.value(s, p) for s in selectors if graph.value(s, p) is not None) for p in (OA.start, OA.end))
    start, end = start.toPython(), end.toPython()
    exact, prefix, suffix = (
        str(next(graph.value(s, p) for s in selectors if graph.value(s, p) is not None))
        for p in (OA.exact, OA.prefix, OA.suffix)
    )
    expect(text[start:end] == exact, f"jsonld: the quote at {start}")
    expect(text[:start].endswith(prefix) and text[end:].startswith(suffix), f"jsonld: the context at {start}")
finish("checks of exports")
