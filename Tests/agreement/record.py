"""Records made-up annotations with their agreement as packages from PyPI compute it.

Usage: record.py RECORDED           compares a new record with RECORDED
       record.py RECORDED --write   writes RECORDED

Tests/AnnotationsTests compares the Swift code with the record. Null stands for "no number".
"""

import importlib.metadata
import json
import math
import random
import sys
import warnings

import krippendorff
import numpy as np
import pandas as pd
import segeval
from irrCAC.raw import CAC
from nltk.metrics.agreement import AnnotationTask
from nltk.metrics.distance import binary_distance, interval_distance
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

METRICS = ["nominal", "ordinal", "interval", "ratio"]
RESAMPLES = 2000
draw = random.Random(2011)


def below(count):
    return int(draw.random() * count)


def columns(values):
    """Returns the units of a table of annotators as lists without missing values."""
    return [[value for value in unit if value is not None] for unit in zip(*values)]


def has_alpha(values):
    """Returns whether units with two values or more have different values."""
    return len({value for unit in columns(values) if len(unit) > 1 for value in unit}) > 1


def floats(values):
    return [[math.nan if value is None else value for value in row] for row in values]


def alpha(values, metric):
    if not has_alpha(values):
        return None
    return float(krippendorff.alpha(reliability_data=floats(values), level_of_measurement=metric))


def nltk_alpha(values, distance):
    task = [
        (rater, unit, value)
        for rater, row in enumerate(values)
        for unit, value in enumerate(row)
        if value is not None
    ]
    return float(AnnotationTask(data=task, distance=distance).alpha()) if has_alpha(values) else None


def gwet(values):
    """Returns Gwet's AC1 and the raw agreement of present (1) and absent (0)."""
    if not any(len(unit) > 1 for unit in columns(values)):
        return None, None
    estimate = CAC(pd.DataFrame(floats(values)).T, categories=[0, 1], digits=15).gwet()["est"]
    return (float(estimate["coefficient_value"]) if has_alpha(values) else None), float(estimate["pa"])


def fleiss(values):
    """Returns Fleiss' kappa if no value is missing."""
    if not has_alpha(values) or any(value is None for row in values for value in row):
        return None
    return float(fleiss_kappa(aggregate_raters(np.array(values).T)[0], method="fleiss"))


def random_table(raters, units, missing, domain, noise):
    truth = [domain[below(len(domain))] for _ in range(units)]
    return [
        [
            None if draw.random() < missing else domain[below(len(domain))] if draw.random() < noise else value
            for value in truth
        ]
        for _ in range(raters)
    ]


def tables():
    """Tables of annotators by units, with alpha for each metric."""
    domains = [[0, 1], [1, 2, 3, 4, 5], [1, 2, 4, 8], [0.5, 1.25, 3, 3.5, 10], [1, 1, 1, 1, 2]]
    for number in range(200):
        values = random_table(
            2 + below(4), 2 + below(24), [0, 0.1, 0.3, 0.6][number % 4], domains[number // 4 % 5], draw.random()
        )
        yield {
            "values": values,
            "alpha": {metric: alpha(values, metric) for metric in METRICS},
            "nltk": {
                "nominal": nltk_alpha(values, binary_distance),
                "interval": nltk_alpha(values, interval_distance),
            },
            "fleiss": fleiss(values),
        }


def random_ranges(length, count):
    cuts = sorted({below(length + 1) for _ in range(2 * count)})
    return [list(pair) for pair in zip(cuts[::2], cuts[1::2])]


def random_trace(unit):
    """A trace with readings of two to four annotators; the label "x" lies on some segments or spans."""
    length = 30 + below(90)
    cuts = [0] + sorted({1 + below(length - 1) for _ in range(8)}) + [length]
    segments = [list(pair) for pair in zip(cuts, cuts[1:])]
    if unit == "segment":
        truth = [segment for segment in segments if draw.random() < 0.4]
    else:
        truth = random_ranges(length, 3)
    readings = []
    for maker in ["human", "human", "model", "rule"][: 2 + below(3)]:
        if unit == "segment":
            marks = [segment for segment in segments if (draw.random() < 0.2) != (segment in truth)]
        else:
            shifted = [[max(0, a + below(5) - 2), min(length, b + below(5) - 2)] for a, b in truth]
            marks = [mark for mark in shifted if mark[0] < mark[1] and draw.random() < 0.8]
        covers = [[0, length]] if draw.random() < 0.5 else random_ranges(length, 2)
        readings.append({"annotator": f"{maker}{len(readings)}", "by": maker, "covers": covers, "marks": marks})
    return {"length": length, "segments": segments, "readings": readings}


def covers(ranges, start, end):
    """Returns whether all code points from start to end lie in ranges."""
    return all(any(a <= place < b for a, b in ranges) for place in range(start, end))


def rating(reading, start, end, is_marked):
    return (1 if is_marked else 0) if covers(reading["covers"], start, end) else None


def trace_table(trace, unit, annotators):
    """Returns for each annotator the ratings of the trace's segments or code points."""
    readings = {reading["annotator"]: reading for reading in trace["readings"]}
    segments = trace["segments"] if unit == "segment" else [[p, p + 1] for p in range(trace["length"])]
    table = []
    for name in annotators:
        reading = readings.get(name)
        if reading is None:
            table.append([None] * len(segments))
        elif unit == "segment":
            table.append([rating(reading, a, b, [a, b] in reading["marks"]) for a, b in segments])
        else:
            table.append([rating(reading, a, b, any(s <= a < e for s, e in reading["marks"])) for a, b in segments])
    return table


def split_mix():
    """SplitMix64 (Steele et al. 2014) with seed 0."""
    state, mask = 0, 2**64 - 1
    while True:
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        yield z ^ (z >> 31)


def interval(by_trace):
    """Returns the percentile interval of alpha over resamples of traces, and the number of resamples with an alpha."""
    counts = []
    for table in by_trace:
        units = [unit for unit in columns(table) if len(unit) > 1]
        if units:
            counts.append(np.array([[unit.count(0), unit.count(1)] for unit in units]))
    if len(counts) < 3:
        return None, 0
    numbers, alphas = split_mix(), []
    for _ in range(RESAMPLES):
        drawn = np.concatenate([counts[next(numbers) % len(counts)] for _ in counts])
        if (drawn.sum(axis=0) > 0).all():
            alphas.append(krippendorff.alpha(value_counts=drawn, level_of_measurement="nominal"))
    if len(alphas) < 0.95 * RESAMPLES:
        return None, len(alphas)
    return [float(end) for end in np.percentile(alphas, [2.5, 97.5])], len(alphas)


def joined(tables):
    return [sum(rows, []) for rows in zip(*tables)]


def studies():
    """Annotated traces with the agreement on the label "x"."""
    for number in range(60):
        unit = ["segment", "span"][number % 2]
        traces = [random_trace(unit) for _ in range(1 + below(6))]
        makers = {r["annotator"]: r["by"] for trace in traces for r in trace["readings"]}
        annotators = sorted(makers)
        by_trace = [trace_table(trace, unit, annotators) for trace in traces]
        whole = dict(zip(annotators, joined(by_trace)))
        values = list(whole.values())
        pairs = []
        for index, first in enumerate(annotators):
            for second in annotators[index + 1 :]:
                pairs.append([first, second, alpha([whole[first], whole[second]], "nominal")])
        humans = [whole[name] for name in annotators if makers[name] == "human"]
        looked_at = [value for row in values for value in row if value is not None]
        ac1, raw = gwet(values)
        ends, resamples = interval(by_trace)
        yield {
            "unit": unit,
            "traces": traces,
            "alpha": alpha(values, "nominal"),
            "human-human": alpha(humans, "nominal") if len(humans) > 1 else None,
            "pairs": pairs,
            "raw": raw,
            "ac1": ac1,
            "prevalence": sum(looked_at) / len(looked_at) if looked_at else None,
            "units": sum(len(unit) > 1 for unit in columns(values)),
            "interval": ends,
            "resamples": resamples,
        }


def borders():
    """Places of borders in two segmentations of a text, with their boundary similarity."""
    for number in range(150):
        length = 20 + below(60)
        share = [0.05, 0.15, 0.4][number % 3]
        a = [place for place in range(1, length) if draw.random() < share]
        b = sorted({min(length - 1, max(1, place + below(7) - 3)) for place in a if draw.random() < 0.8})
        if number % 5 == 0:
            b = [place for place in range(1, length) if draw.random() < share]
        window = 2 + below(10)
        strings = [tuple({1} if place in places else set() for place in range(1, length)) for places in (a, b)]
        similarity = None
        if a or b:
            similarity = float(
                segeval.boundary_similarity(*strings, boundary_format=segeval.BoundaryFormat.sets, n_t=window)
            )
        yield {"a": a, "b": b, "window": window, "similarity": similarity}


def record():
    packages = ["irrCAC", "krippendorff", "nltk", "numpy", "segeval", "statsmodels"]
    return {
        "packages": {name: importlib.metadata.version(name) for name in packages},
        "tables": list(tables()),
        "studies": list(studies()),
        "borders": list(borders()),
    }


def differences(old, new, place=""):
    """Returns the places where two records differ by more than rounding."""
    if type(old) is not type(new):
        return [f"{place}: {old} and {new}"]
    if isinstance(old, dict):
        if old.keys() != new.keys():
            return [f"{place}: keys {sorted(old)} and {sorted(new)}"]
        return [text for key in old for text in differences(old[key], new[key], f"{place}/{key}")]
    if isinstance(old, list):
        if len(old) != len(new):
            return [f"{place}: {len(old)} and {len(new)} elements"]
        return [text for i, (a, b) in enumerate(zip(old, new)) for text in differences(a, b, f"{place}/{i}")]
    is_equal = math.isclose(old, new, rel_tol=0, abs_tol=1e-12) if isinstance(old, float) else old == new
    return [] if is_equal else [f"{place}: {old} and {new}"]


def write(path, recorded):
    """Writes one study per line."""
    parts = []
    for key, value in recorded.items():
        if isinstance(value, list):
            lines = ",\n".join(json.dumps(element, separators=(",", ":")) for element in value)
            parts.append(f'"{key}": [\n{lines}\n]')
        else:
            parts.append(f'"{key}": {json.dumps(value)}')
    with open(path, "w") as file:
        file.write("{\n" + ",\n".join(parts) + "\n}\n")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    recorded = record()
    if "--write" in sys.argv:
        write(sys.argv[1], recorded)
        sys.exit()
    with open(sys.argv[1]) as file:
        found = differences(json.load(file), recorded)
    for difference in found[:20]:
        print(difference)
    numbers = [len(recorded[key]) for key in ("tables", "studies", "borders")]
    print(f"{sum(numbers)} recorded cases, {len(found)} differences")
    sys.exit(1 if found else 0)
