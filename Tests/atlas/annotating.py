"""Tests the pages for annotating as annotators use them: from disk and from `annotate`, by keyboard and by mouse."""

import glob
import hashlib
import json
import os
import re
import subprocess

import pages as browsing
from processes import environment, run

# Emoji of several code points, combining marks, right-to-left text, an invisible character, line ends of Windows.
ODD = ("One 👩‍👩‍👧 family and 😀. Second e\u0301te\u0301 word, in parts.\r\n\r\n"
       "שלום עולם, זה טקסט. \u00a0Tabbed\tand <b>marked</b> & \u202eturned.\r\nLast one?\r\n")
# 32,000 tokens of four letters.
LONG = "So we add eight to three, and then we check the sum again. Wait, is that right? "
LONG = LONG * (130_000 // len(LONG)) + "\n"
LABELS = {
    "plan": {"definition": "Says what comes next.", "examples": ["First I add the two.", "Let me list the cases."]},
    "check": {"definition": "Tests a result.", "examples": ["Is that 5?", "Let me verify this."]},
    "doubt": {"definition": "Says that something is uncertain.", "examples": ["Hmm, maybe not.", "I am not sure."]},
}
CODEBOOKS = {
    "moves": {"unit": "segment", "scale": "nominal"},
    "parts": {"unit": "span", "scale": "nominal"},
    "steps": {"unit": "segment", "scale": "ordinal", "values": [-1, 0, 1]},
    "level": {"unit": "segment", "scale": "interval"},
    "whole": {"unit": "trace", "scale": "nominal"},
}
# The labels, links and coverage that a file must have, whether the page or the command wrote it.
SHAPE = ("labels", "links", "covers", "blind", "replaces")
SPEED = """() => { window.spent = []; let start;
    addEventListener('keydown', () => { start = performance.now(); }, true);
    addEventListener('keydown', () => { document.body.offsetHeight; spent.push(performance.now() - start); }); }"""


class Ledger:
    def __init__(self, tool, work, texts=None):
        self.tool, self.path, self.site = tool, f"{work}/annotating/ledger", f"{work}/annotating/site"
        self.around = environment(f"{work}/annotating/home")
        os.makedirs(self.path)
        run(["git", "init", "-q", "-b", "main"], self.path, self.around)
        run([tool, "init", "--no-hook"], self.path, self.around)
        os.makedirs(f"{self.path}/Codebooks", exist_ok=True)
        for name, shape in CODEBOOKS.items():
            codebook = {"title": f"Test of {name}", "contributors": ["Ada <ada@example.org>"], **shape, "labels": LABELS}
            with open(f"{self.path}/Codebooks/{name}.yaml", "w") as file:
                json.dump(codebook, file)
        for name, text in (texts or {"odd": ODD, "long": LONG}).items():
            with open(f"{work}/annotating/{name}.txt", "w", newline="") as file:
                file.write(text)
            run([tool, "new", "trace", name, "--text", f"{work}/annotating/{name}.txt", "--title", f"A {name} text",
                 "--model", "r1", "--licence", "CC0-1.0"], self.path, self.around)
        self.commit()

    def commit(self):
        run(["git", "add", "-A"], self.path, self.around)
        run(["git", "commit", "-q", "-m", "Annotate"], self.path, self.around)
        wanted = [word for name in CODEBOOKS for word in ("--annotate", name)]
        run([self.tool, "atlas", self.site, *wanted], self.path, self.around)

    @property
    def base(self):
        return f"file://{self.site}/"

    def text(self, name):
        with open(f"{self.path}/Traces/{name}/text.txt", newline="") as file:
            return file.read()

    def files(self):
        return {os.path.relpath(path, self.path) for path in glob.glob(f"{self.path}/Traces/*/annotations/*/*/*.json")}

    def place(self, download, trace, codebook, annotator):
        """Puts a downloaded file where the page says, and returns its problems with its content."""
        folder = f"{self.path}/Traces/{trace}/annotations/{codebook}/{annotator}"
        os.makedirs(folder, exist_ok=True)
        download.save_as(f"{folder}/{download.suggested_filename}")
        return self.look(os.path.relpath(f"{folder}/{download.suggested_filename}", self.path))

    def look(self, path):
        with open(f"{self.path}/{path}", "rb") as file:
            data = file.read()
        content = json.loads(data)
        problems = []
        if hashlib.sha256(data).hexdigest()[:12] + ".json" != os.path.basename(path):
            problems.append(f"{path} is not named by its content")
        text = self.text(content["trace"])
        problems += [f"{path}: wrong quote {row}" for row in content["labels"] if text[row[0]:row[1]] != row[-1]]
        done = subprocess.run([self.tool, "check", "--all"], cwd=self.path, env=self.around, capture_output=True, text=True)
        if done.returncode or path in done.stdout:
            problems.append(f"check: {done.stdout}")
        return problems, content


class Annotate:
    """A running `annotate`."""

    def __init__(self, ledger, *arguments):
        self.process = subprocess.Popen(
            [ledger.tool, "annotate", *arguments], cwd=ledger.path, env=ledger.around, stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        self.base = re.match(r"http://[^/]+/[^/]+/", self.address)[0]

    def stop(self):
        self.process.terminate()
        status = self.process.wait()
        return [] if status == 0 else [f"annotate ended with {status}"]


def open_page(context, address):
    page = context.new_page()
    page.goto(address)
    page.locator("#_tools").wait_for()
    page.locator("#_text p").first.focus()
    return page


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def labels(page):
    return [text.split("\n") if text else [] for text in page.locator("#_text .ch").all_inner_texts()]


def expect(what, found, wanted):
    return [] if found == wanted else [f"{what}: {found}, not {wanted}"]


def save(page, button="#_save"):
    with page.expect_download() as download:
        page.locator(button).click()
    return download.value


def test(tool, work, shots, report):
    ledger = Ledger(tool, work)

    def step(what, check, *arguments):
        report.add(f"annotating: {what}", browsing.with_browser(shots, lambda browser: check(browser, ledger, *arguments)))

    step("keys, undo, links, coverage, download", check_keys)
    step("characters by keyboard and mouse", check_spans)
    step("values and whole texts", check_values)
    step("drafts, two tabs", check_drafts)
    step("saved by annotate, twice", check_server)
    ledger.commit()
    step("blind, comparison, adjudication", check_comparison)
    ledger.commit()
    step("requests, console, markup, layout", check_pages)
    step("axe in five settings, print, keyboard", check_access)
    step("without script", check_without_script)
    step("speed in a long text", check_speed)


def check_keys(browser, ledger):
    context = browser.context(ledger.base, accept_downloads=True)
    page = open_page(context, f"{ledger.base}t/odd/moves.html#annotator=ada")
    press(page, "1", "2", "j", "3", "j", "l", "k", "k", "l", "j", "j", " ")
    problems = expect("labels", labels(page), [["plan", "check"], ["doubt"], ["depends on 1"], [], []])
    press(page, "u")
    problems += expect("undone", labels(page)[2], [])
    press(page, "Control+z", "Control+z", "U", "Control+y", "Shift+Control+z")
    problems += expect("done again", labels(page), [["plan", "check"], ["doubt"], ["depends on 1"], [], []])
    page.locator("#_text p").nth(1).click()
    press(page, "3", "x")
    problems += expect("toggled", labels(page)[1], [])
    text = page.locator("#_tools").inner_text()
    if "2 of 5 segments looked at, 2 labels" not in text:
        problems.append(f"progress: {text}")
    found, content = ledger.place(save(page), "odd", "moves", "ada")
    text = ledger.text("odd")
    starts = [text.index(word) for word in ("One", "Second", "שלום", "Tabbed", "Last")]
    first, third = text[:text.index("\U0001f600") + 2], "שלום עולם, זה טקסט."
    problems += found + expect("file", [content[name] for name in SHAPE], [
        [[0, len(first), "check", first], [0, len(first), "plan", first]], [[2, 0, "depends-on"]],
        [[0, len(first)], [starts[2], starts[2] + len(third)]], True, []])
    page.get_by_role("button", name="I looked at everything").click()
    page.get_by_role("button", name="Remove check from segment 1").click()
    found, content = ledger.place(save(page), "odd", "moves", "ada2")
    problems += expect("covers", content["covers"], "all") + expect("rows", len(content["labels"]), 1)
    os.remove(glob.glob(f"{ledger.path}/Traces/odd/annotations/moves/ada2/*")[0])
    browser.report(page, "keys", problems)
    context.close()


def check_spans(browser, ledger):
    context = browser.context(ledger.base, accept_downloads=True)
    page = open_page(context, f"{ledger.base}t/odd/parts.html#annotator=ada")
    # The family is one character of five code points.
    press(page, *["ArrowRight"] * 5, "Shift+ArrowRight", "1")
    press(page, "j", *["Control+ArrowRight"] * 3, "2", "3")
    # In right-to-left text, the left arrow goes on.
    press(page, "j", "ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft", "1")
    press(page, "j", "j", "2")
    box = page.locator("#_text p").nth(3).bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + 12, steps=8)
    page.mouse.up()
    page.locator("#_status", has_text="Added").wait_for()
    page.locator(".pal button").first.click()
    problems, content = ledger.place(save(page), "odd", "parts", "ada")
    rows = [(label, quote) for _, _, label, quote in content["labels"]]
    problems += expect("spans", rows[:4] + rows[5:], [
        ("plan", "👩‍👩‍👧 "), ("check", "e\u0301te\u0301"), ("doubt", "e\u0301te\u0301"), ("plan", "שלו"), ("check", "Last one?")])
    if not (rows[4][0] == "plan" and rows[4][1].startswith("Tabbed\tand <b>") and "\u202e" in rows[4][1]):
        problems.append(f"by mouse: {rows[4]}")
    marked = page.locator("#_text mark").all_inner_texts()
    problems += expect("painted", marked[:3], ["👩‍👩‍👧 ", "e\u0301te\u0301", "שלו"])
    browser.report(page, "spans", problems)
    context.close()


def check_values(browser, ledger):
    context = browser.context(ledger.base, accept_downloads=True)
    problems = []
    page = open_page(context, f"{ledger.base}t/odd/steps.html#annotator=ada")
    press(page, "1", "j", "2", "j", "3", "j", "3", "3")
    page.get_by_role("button", name="check", exact=True).click()
    page.locator("#_text p").first.click()
    press(page, "3")
    found, content = ledger.place(save(page), "odd", "steps", "ada")
    problems += found + expect("values", [row[2:4] for row in content["labels"]], [["check", 1], ["plan", -1], ["plan", 0], ["plan", 1]])
    page = open_page(context, f"{ledger.base}t/odd/level.html#annotator=ada")
    press(page, *"0.25", "Enter", *"-3", "Enter", *"0.00001", "Enter")
    found, content = ledger.place(save(page), "odd", "level", "ada")
    problems += found + expect("numbers", [row[3] for row in content["labels"]], [0.25, -3, 0.00001])
    page = open_page(context, f"{ledger.base}t/odd/whole.html#annotator=ada")
    press(page, "2")
    found, content = ledger.place(save(page), "odd", "whole", "ada")
    text = ledger.text("odd")
    problems += found + expect("whole", content["labels"], [[0, len(text), "check", text]]) + expect("covers", content["covers"], "all")
    browser.report(page, "values", problems)
    context.close()


def check_drafts(browser, ledger):
    address = f"{ledger.base}t/odd/moves.html#annotator=eve"
    context = browser.context(ledger.base)
    page = open_page(context, address)
    press(page, "1", "j", "2")
    page.reload()
    page.locator("#_text p").first.focus()
    problems = expect("after a reload", labels(page)[:2], [["plan"], ["check"]])
    other = open_page(context, address)
    press(other, "3")
    page.locator("#_status", has_text="Changed in another tab").wait_for()
    problems += expect("in the first tab", labels(page)[0], ["plan", "doubt"])
    # A tab that is not notified of another tab's changes does not overwrite them.
    other.close()
    deaf = context.new_page()
    deaf.add_init_script("addEventListener('storage', (event) => event.stopImmediatePropagation(), true);")
    deaf.goto(address)
    deaf.locator("#_tools").wait_for()
    deaf.locator("#_text p").nth(3).focus()
    press(page, "3", "k", "k")
    deaf.locator("#_text p").nth(3).click()
    press(deaf, "1")
    deaf.locator("[role=alert]", has_text="Both are kept").wait_for()
    problems += expect("the deaf tab", labels(deaf)[0] + labels(deaf)[3], ["plan", "doubt", "plan"])
    page.reload()
    page.locator("[role=alert]", has_text="another draft with 4 labels").wait_for()
    problems += expect("the first tab", labels(page)[0] + labels(page)[3], ["plan"])
    page.get_by_role("button", name="Open it").click()
    problems += expect("the other draft", labels(page)[3], ["plan"])
    # Another annotator has another draft, and hostile drafts are harmless.
    page.locator("#_annotator").fill("zoe")
    page.locator("#_annotator").press("Enter")
    page.locator("#_status").click()
    problems += expect("another annotator", labels(page)[0], [])
    browser.report(page, "drafts", problems)
    context.close()


def check_server(browser, ledger):
    problems = []
    for annotator, keys in (("bob", ["1", "j", "2", "j", "3", "j", " ", " "]), ("cleo", ["1", "j", "1", "j", "j", "3", "j", "j"])):
        server = Annotate(ledger, "odd", "--codebook", "moves", "--annotator", annotator)
        try:
            context = browser.context(server.base)
            page = open_page(context, server.address)
            before = ledger.files()
            press(page, *keys)
            page.locator("#_save").click()
            page.locator("#_status", has_text="Saved as Traces/odd/annotations/moves").wait_for()
            first = ledger.files() - before
            problems += expect("one file", len(first), 1)
            found, content = ledger.look(first.copy().pop())
            problems += found + expect("covers", content["covers"], "all")
            press(page, "k", "k", "2")
            page.locator("#_status", has_text="Added").wait_for()
            page.locator("#_save").click()
            page.locator("#_status", has_text="Saved as").wait_for()
            second = ledger.files() - before - first
            found, content = ledger.look(second.pop())
            replaced = [it[:12] + ".json" for it in content["replaces"]]
            problems += found + expect("replaces", replaced, [os.path.basename(it) for it in first])
            browser.report(page, f"annotate as {annotator}", problems)
            context.close()
            # A new start, without the draft, begins with the saved labels.
            context = browser.context(server.base)
            server.stop()
            server = Annotate(ledger, "odd", "--codebook", "moves", "--annotator", annotator)
            page = context.new_page()
            page.goto(server.address)
            page.locator("#_status", has_text="These are your saved labels").wait_for()
            problems = expect("saved labels", sum(map(len, labels(page))), len(content["labels"]))
            context.heard.clear()
            browser.report(page, f"annotate again as {annotator}", problems)
            problems = []
            context.close()
        finally:
            problems += server.stop()
    browser.problems += problems


def check_comparison(browser, ledger):
    context = browser.context(ledger.base, accept_downloads=True)
    asked = []
    context.on("request", lambda request: asked.append(request.url))
    page = open_page(context, f"{ledger.base}t/odd/moves.html#annotator=dora")
    press(page, "2", "j", "2", "j", "j")
    page_text = page.locator("main").inner_html()
    problems = [f"asks for {url}" for url in asked if "/moves/" in url]
    if re.search(r"bob: |cleo: |Compare", page_text):
        problems.append("labels of others are shown before the work is complete")
    page.get_by_role("button", name="My work is complete").click()
    page.locator("#_compare select").nth(1).select_option("bob")
    page.get_by_role("button", name="Show differences").click()
    page.locator("#_text .dis").first.wait_for()
    # Segments that both looked at: dora has check, check, nothing; bob has plan, check, and both doubt and check.
    problems += expect("differences", page.locator("#_text .dis").count(), 4)
    if not any(url.endswith("/moves/bob.js") for url in asked) or any(url.endswith("/moves/cleo.js") for url in asked):
        problems.append(f"files of others: {asked}")
    page.get_by_role("button", name="End the comparison").click()
    press(page, "k")
    press(page, "3")
    found, content = ledger.place(save(page), "odd", "moves", "dora")
    problems += found + expect("blind", content["blind"], False)
    # A judge who labels nothing decides between two others, by keys.
    page = open_page(context, f"{ledger.base}t/odd/moves.html#annotator=")
    page.locator("#_annotator").fill("")
    page.get_by_role("button", name="My work is complete").click()
    selects = page.locator("#_compare select")
    selects.nth(0).select_option("bob")
    selects.nth(1).select_option("cleo")
    page.get_by_role("button", name="Show differences").click()
    page.locator("#_text .dis").first.wait_for()
    count = page.locator("#_text .dis").count()
    page.locator("#_judge").fill("bob")
    page.locator("#_adjudicate").click()
    page.locator("#_status", has_text="Adjudicate under another handle").wait_for()
    page.locator("#_judge").fill("judge")
    page.locator("#_adjudicate").click()
    page.locator("#_status", has_text="not decided yet").wait_for()
    page.locator("#_text p").first.focus()
    for _ in range(count):
        press(page, "n", "2")
    found, content = ledger.place(save(page, "#_adjudicate"), "odd", "moves", "judge")
    cleo = [json.load(open(f"{ledger.path}/{path}")) for path in ledger.files() if "/moves/cleo/" in path]
    chosen = max(cleo, key=lambda it: len(it["replaces"]))
    problems += found + expect("adjudicated", [content[name] for name in SHAPE], [chosen["labels"], chosen["links"], "all", False, []])
    browser.report(page, "comparison", problems)
    context.close()


PAGES = ["traces.html", "t/odd.html", "t/long.html", "t/long/_2.html", "codebook/moves.html", "t/odd/moves.html",
         "t/odd/parts.html", "t/odd/level.html", "t/long/moves.html"]


def check_pages(browser, ledger):
    browsing.visit_all(browser, ledger.base, PAGES)


def check_access(browser, ledger):
    browsing.check_access(browser, ledger.base, PAGES[:2] + PAGES[4:8])
    browsing.check_keyboard(browser, ledger.base, ["t/odd/moves.html", "t/odd.html"])
    for name, options in (("light", {}), ("dark", {"color_scheme": "dark"}), ("narrow", {"viewport": {"width": 320, "height": 900}})):
        context = browser.context(ledger.base, **options)
        page = open_page(context, f"{ledger.base}t/odd/parts.html#annotator=flo")
        press(page, "1", "2", "j", "ArrowRight", "3", "l", "k", "l")
        browser.report(page, f"with labels, {name}", browser.violations(page) + page.evaluate(browsing.LAYOUT))
        page = open_page(context, f"{ledger.base}t/odd/moves.html#annotator=flo")
        page.get_by_role("button", name="I looked at everything").click()
        page.get_by_role("button", name="My work is complete").click()
        page.get_by_role("button", name="Show differences").click()
        page.locator("#_text .dis").first.wait_for()
        browser.report(page, f"with differences, {name}", browser.violations(page) + page.evaluate(browsing.LAYOUT))
        context.close()


def check_without_script(browser, ledger):
    browsing.check_without_script(browser, ledger.base, PAGES, False)
    context = browser.context(ledger.base, java_script_enabled=False)
    page = context.new_page()
    page.goto(ledger.base + "t/odd/moves.html")
    problems = [] if page.locator("noscript p").is_visible() else ["does not say that it needs script"]
    page.goto(ledger.base + "t/odd.html")
    if "≠" not in page.locator(".reading").inner_text() or "bob, moves" not in page.locator(".reading thead").inner_text():
        problems.append("the text does not stand beside the labels of all")
    browser.report(page, "without script", problems)
    context.close()


def check_speed(browser, ledger):
    context = browser.context(ledger.base)
    for codebook in ("moves", "parts"):
        page = open_page(context, f"{ledger.base}t/long/{codebook}.html#annotator=ada")
        page.evaluate(SPEED)
        for number in range(100):
            press(page, str(1 + number % 3), "j")
        spent = sorted(page.evaluate("() => spent"))
        paint = page.evaluate("() => performance.getEntriesByType('paint').at(-1).startTime")
        size = os.path.getsize(f"{ledger.site}/t/long/{codebook}.html")
        print(f"      {codebook}: page of {size} bytes, first paint {paint:.0f} ms; key to mark "
              f"{spent[len(spent) // 2]:.1f} ms, at most {spent[-1]:.1f} ms")
        browser.report(page, f"speed of {codebook}", expect("size", size <= 260_000, True))
    context.close()
