"""Writes ledgers that try what a shipped ledger does not: nothing at all, names in many scripts, many models, and
records that want to become markup or script. The same seed gives the same ledger."""

import json
import os
import random

# Sentences in scripts that run from the right, have no spaces, or have other letters.
SCRIPTS = {
    "latin": "a reader of traces keeps the verdict of every attempt in one direction of the residual stream",
    "greek": "πώς ένα μοντέλο κρατά το ίχνος κάθε προσπάθειας και διαβάζει την απάντηση από το ρεύμα",
    "hebrew": "איך מודל שומר עקבות של כל ניסיון וקורא את התשובה מתוך הזרם השיורי שלו בכל שכבה",
    "chinese": "模型如何在残差流中保存每一次尝试的痕迹并从中读出答案以及何时应当停止思考并给出结论",
    "arabic": "كيف يحتفظ النموذج بأثر كل محاولة ويقرأ الإجابة من التيار المتبقي في كل طبقة",
    "mixed": "η απάντηση 答案 התשובה and the verdict 判断 in layer 12, head 3: 🧪👩‍🔬 97.5 %",
}
HOSTILE = [
    "</script><svg onload=alert(1)>", "\"><img src=x onerror=alert(1)>", "'-alert(1)-'", "<!-- --!> <script>alert(1)</script>",
    "]]><script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;", "{{constructor.constructor('alert(1)')()}}",
    "javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "\\u003cscript\\u003ealert(1)", "%3Cscript%3Ealert(1)",
    "</title><base href=//example.org>", "</style><style>*{display:none}", "<a href=javascript:alert(1)>click</a>",
    "${alert(1)} `alert(1)`", "</svg></table></main><h1>Not the ledger", "onfocus=alert(1) autofocus tabindex=1",
    "x" * 300, "<" * 60, "&" * 60, "עברית <b>bold</b> (1) 7-3",
]
# Names that are also words of scripts, ids of pages, or files.
HOSTILE_NAMES = [
    "constructor", "prototype", "tostring", "main", "map", "find", "found", "detail", "index", "about", "hx", "1", "12",
    "con", "nul", "x.html", "index.html", "a..b", "a.b-c_d", "theme-dark", "m-main", "length", "then", "name", "q", "f",
    "w" * 100,
]


class Ledger:
    def __init__(self, folder, seed):
        self.folder, self.random = folder, random.Random(seed)
        self.write(".arbor-ledger.yaml", {"audit_branch": "main", "alpha": 0.05})

    def write(self, path, record):
        """JSON is YAML too."""
        target = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "w", encoding="utf-8") as file:
            json.dump(record, file, ensure_ascii=False, indent=1)
            file.write("\n")


def nothing(folder, seed):
    """One question, and nothing that answers it."""
    ledger = Ledger(folder, seed)
    ledger.write("Claims/question.yaml", {"question": "How does it reason?", "why": "Nobody knows yet."})


def scripts(folder, seed):
    """Names of about 60 characters in many scripts."""

    def text(generator, length=60):
        words = SCRIPTS[generator.choice(sorted(SCRIPTS))]
        start = generator.randrange(3)
        parts = words.split(" ")[start:]
        result = " ".join(parts)
        while len(result) < length:
            result += " " + SCRIPTS["greek"]
        return result[:length].strip()

    made_up(folder, seed, text, models=14, questions=24, findings=60)


def large(folder, seed):
    """More models, questions and findings than the front page can show."""

    def text(generator, length=60):
        words = SCRIPTS["latin"].split()
        return " ".join(generator.choice(words) for _ in range(length // 6)).capitalize()

    made_up(folder, seed, text, models=90, questions=160, findings=900)


def hostile(folder, seed):
    """Texts that want to be markup or script, and names that are words of scripts or ids of pages."""
    made_up(folder, seed, lambda generator, length=60: generator.choice(HOSTILE), models=18, questions=26, findings=60,
            names=HOSTILE_NAMES, source=lambda generator: generator.choice(HOSTILE))


def made_up(folder, seed, text, models, questions, findings, names=None, source=None):
    ledger = Ledger(folder, seed)
    generator = ledger.random

    def name(kind, number):
        if names:
            chosen = names[number % len(names)]
            return chosen if number < len(names) else f"{chosen[:90]}-{number}"
        return f"{kind}-{number}"

    vocabulary = "Claims/vocabulary"
    # A number cannot name a value.
    model_names = [f"m{model}" if model.isdigit() else model for model in (name("model", number) for number in range(models))]
    for number, model in enumerate(model_names):
        ledger.write(f"{vocabulary}/conditions/model/{model}.yaml", {
            "title": f"{text(generator)} {number}", "general": number % 3 == 0, "blocks": 24, "heads": 8})
    ledger.write(f"{vocabulary}/conditions/model.yaml", {"title": text(generator)})
    ledger.write(f"{vocabulary}/conditions/layer.yaml", {"title": text(generator), "values": {"from": 0, "to": 23}})
    tasks = [f"task-{name('task', number)}" for number in range(5)]
    ledger.write(f"{vocabulary}/conditions/task.yaml", {"title": text(generator), "values": tasks})
    assumptions = [name("assumption", number) for number in range(6)]
    for number, assumption in enumerate(assumptions):
        ledger.write(f"{vocabulary}/assumptions/{assumption}.yaml", {"statement": f"{text(generator)} {number}"})
    ledger.write("Claims/question.yaml", {"question": text(generator), "why": text(generator)})
    quantities = []
    parts = [name("part", number) for number in range(max(2, questions // 8))]
    for part in parts:
        ledger.write(f"Claims/{part}/question.yaml", {"question": f"{text(generator)}?", "why": text(generator, 120)})
    for number in range(questions):
        quantity = name("quantity", number)
        labels = ["absent", "present"] if number % 5 == 4 else None
        conditions = ["model"] + [["layer"], ["task"], ["layer", "task"], []][number % 4]
        record = {"title": f"{text(generator)} {number}", "definition": text(generator, 120), "conditions": conditions}
        record.update({"labels": labels} if labels else {"range": [0, 1]})
        ledger.write(f"{vocabulary}/quantities/{quantity}.yaml", record)
        leaf = {"question": f"{text(generator)}? {number}", "why": text(generator), "quantity": quantity,
                "yes": {"any_of": ["present"]} if labels else {"at_least": 0.5}}
        ledger.write(f"Claims/{parts[number % len(parts)]}/{quantity}/question.yaml", leaf)
        if number < questions - 3:
            # The last questions stay without a claim.
            quantities.append((quantity, labels, conditions))
    slugs = []
    for number in range(findings):
        slug = name("finding", number)
        claims = [claim(generator, generator.choice(quantities), model_names, tasks, assumptions)
                  for _ in range(generator.choice([1, 1, 2, 3, 12 if number % 20 == 0 else 2]))]
        unique = {it["quantity"]: it for it in claims}
        record = {
            "title": f"{text(generator)} {number}", "authors": [text(generator, 20), text(generator, 20)],
            "contributors": [f"{text(generator, 20)} {number % 7}"],
            "date": f"20{generator.randint(19, 25)}-{generator.randint(1, 12):02}",
            "source": source(generator) if source else generator.choice(
                ["https://example.org/paper", "arXiv:2501.12948", "a note"]),
            "north_star": text(generator, 200), "claims": list(unique.values()),
        }
        if number % 3 == 0:
            record["caveats"] = [{"text": text(generator, 100), "against": {"claim": f"{slug}#1"}}]
        if number % 17 == 16:
            record["retracted"] = text(generator)
        if slugs and number % 4 == 0:
            record["builds_on"] = [generator.choice(slugs)]
        slugs.append(slug)
        ledger.write(f"Findings/{slug}.yaml", record)


def claim(generator, quantity, models, tasks, assumptions):
    slug, labels, conditions = quantity
    tested = {"model": generator.choice(models)}
    if "layer" in conditions:
        start = generator.randint(0, 20)
        tested["layer"] = generator.choice([start, {"from": start, "to": start + 3}, "unknown"])
    if "task" in conditions:
        tested["task"] = generator.choice(tasks)
    record = {"quantity": slug, "tested": tested}
    if labels:
        record["value"] = {"any_of": [generator.choice(labels)]}
    elif generator.random() < 0.3:
        record["reported"] = {"value": round(generator.uniform(0.2, 0.8), 3), "se": 0.02, "seeds": 5}
    else:
        low = generator.randint(0, 80) / 100
        record["value"] = generator.choice([[low, round(low + 0.1, 2)], {"at_least": low}, {"at_most": low}])
    if generator.random() < 0.3:
        record["assumes"] = [generator.choice(assumptions)]
    if generator.random() < 0.2:
        record["holds_for"] = {"model": generator.sample(models, 3) + [tested["model"]]}
        record["holds_for"]["model"] = sorted(set(record["holds_for"]["model"]))
    return record


KINDS = {"nothing": nothing, "scripts": scripts, "large": large, "hostile": hostile}
