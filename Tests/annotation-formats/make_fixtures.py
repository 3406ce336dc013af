"""Writes the fixtures of the import tests with the libraries of the annotation tools.

Usage: make_fixtures.py FOLDER
"""

import json
import pathlib
import sys
import tempfile

import cassis
from label_studio_sdk.converter import Converter
from label_studio_sdk.label_interface import LabelInterface

here = pathlib.Path(__file__).parent
out = pathlib.Path(sys.argv[1])
text = (here / "text.txt").read_text(encoding="utf-8")
# The sentences of the text with the names that the tools' users gave to the labels.
labels = [
    ("Let me think: 24 from 3 and 8.", "Initializing"),
    (text[text.index("So 3") : text.index("!") + 1], "deduction"),
    ("Wait, שלום עולם is a greeting.", "Uncertainty Estimation"),
    ("The answer is 24.", "deduction"),
]
spans = [(text.index(quote), text.index(quote) + len(quote), quote, name) for quote, name in labels]


def utf16(offset):
    return len(text[:offset].encode("utf-16-le")) // 2


def write(name, value):
    (out / name).write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


config = """
<View>
  <Labels name="label" toName="text"><Label value="Initializing"/><Label value="deduction"/>
    <Label value="Uncertainty Estimation"/></Labels>
  <Relations><Relation value="depends-on"/></Relations>
  <Text name="text" value="$text"/>
</View>
"""


def task(unit, relations):
    regions = [
        {
            "id": f"r{number}",
            "from_name": "label",
            "to_name": "text",
            "type": "labels",
            "origin": "manual",
            "value": {"start": unit(start), "end": unit(end), "text": quote, "labels": [name]},
        }
        for number, (start, end, quote, name) in enumerate(spans)
    ]
    if relations:
        regions.append(
            {"type": "relation", "from_id": "r3", "to_id": "r1", "direction": "right", "labels": ["depends-on"]}
        )
    annotation = {"id": 7, "completed_by": 1, "was_cancelled": False, "lead_time": 61.5, "result": regions}
    return {"id": 3, "data": {"text": text}, "annotations": [annotation], "predictions": []}


assert LabelInterface(config).validate_annotation(task(int, False)["annotations"][0])
write("label-studio.json", [task(int, True)])
# Old versions counted UTF-16 units.
write("label-studio-utf16.json", [task(utf16, True)])
with tempfile.TemporaryDirectory() as folder:
    source = pathlib.Path(folder) / "tasks.json"
    source.write_text(json.dumps([task(int, False)]), encoding="utf-8")
    Converter(config, project_dir=folder).convert_to_json_min(str(source), folder, is_dir=False)
    record = json.loads((pathlib.Path(folder) / "result.json").read_text(encoding="utf-8"))
    for item in record:
        for key in ["created_at", "updated_at"]:
            item.pop(key, None)
    write("label-studio-min.json", record)

types = cassis.TypeSystem()
span = types.create_type("custom.Span", supertypeName="uima.tcas.Annotation")
types.create_feature(span, name="label", rangeType="uima.cas.String")
link = types.create_type("custom.Relation", supertypeName="uima.tcas.Annotation")
types.create_feature(link, name="label", rangeType="uima.cas.String")
types.create_feature(link, name="Governor", rangeType="custom.Span")
types.create_feature(link, name="Dependent", rangeType="custom.Span")
sentence = types.create_type(
    "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence", supertypeName="uima.tcas.Annotation"
)
cas = cassis.Cas(typesystem=types)
cas.sofa_string = text
cas.sofa_mime = "text/plain"
cas.add(sentence(begin=0, end=30))
added = [span(begin=start, end=end, label=name) for start, end, _, name in spans]
cas.add_all(added)
end = added[3]
cas.add(link(begin=end.begin, end=end.end, label="depends-on", Governor=added[1], Dependent=added[3]))
(out / "uima.json").write_text(cas.to_json(pretty_print=True), encoding="utf-8")

# doccano's package has examples with these keys: data_export/pipeline/examples/*/example.jsonl. Its page counts UTF-16
# units; data imported from Python counts code points.
entities = [
    {"id": number, "label": name, "start_offset": start, "end_offset": end}
    for number, (start, end, _, name) in enumerate(spans)
]
rows = {
    "doccano.jsonl": {"id": 5, "text": text, "label": [[utf16(s), utf16(e), name] for s, e, _, name in spans], "Comments": []},
    "doccano-relations.jsonl": {
        "id": 5,
        "text": text,
        "entities": entities,
        "relations": [{"id": 0, "from_id": 3, "to_id": 1, "type": "depends-on"}],
        "Comments": ["a note"],
    },
}
for name, row in rows.items():
    (out / name).write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
