"""Checks of the files of an atlas, without a browser."""

import hashlib
import os
import re
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

# The keys of a state in a hash; a hash with another key is a mistake.
STATE_KEYS = {"find", "rows", "cols", "colour", "tracks", "depth", "level", "at", "a", "b", "q"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'"


class Page(HTMLParser):
    """The parts of a page that the checks need."""

    def __init__(self, path, text):
        super().__init__(convert_charrefs=True)
        self.path, self.problems = path, []
        self.links, self.sources, self.ids, self.headings = [], [], [], 0
        self.policy = self.title = None
        self.sections = {}  # the text of each element with an id
        self.text = []
        self.open, self.open_ids = [], []
        self.feed(text)
        self.close()
        if self.open:
            self.problems.append(f"unclosed {self.open}")

    def handle_starttag(self, tag, pairs):
        attributes = dict(pairs)
        if len(attributes) != len(pairs):
            self.problems.append(f"<{tag}> has an attribute twice")
        for name, value in pairs:
            if name.startswith("on") or name in ("style", "srcdoc", "srcset", "formaction", "ping"):
                self.problems.append(f"<{tag} {name}>")
            if name in ("href", "src", "xlink:href", "action", "data", "poster"):
                (self.links if tag == "a" else self.sources).append((tag, value or ""))
        if tag in ("style", "iframe", "object", "embed", "form", "base", "foreignobject", "animate", "set", "use"):
            self.problems.append(f"<{tag}>")
        if tag == "script" and "src" not in attributes:
            self.problems.append("a script without src")
        if tag == "meta" and attributes.get("http-equiv", "").lower() == "content-security-policy":
            self.policy = attributes.get("content")
        elif tag == "meta" and "http-equiv" in attributes:
            self.problems.append(f"meta {attributes['http-equiv']}")
        if tag == "h1":
            self.headings += 1
        identifier = attributes.get("id")
        if identifier is not None:
            self.ids.append(identifier)
            self.sections.setdefault(identifier, [])
        if tag not in VOID:
            self.open.append(tag)
            self.open_ids.append(identifier)

    def handle_startendtag(self, tag, pairs):
        self.handle_starttag(tag, pairs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.problems.append(f"</{tag}> closes {self.open[-1:] or 'nothing'}")
            return
        self.open.pop()
        self.open_ids.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] == "title" and self.title is None:
            self.title = data
        self.text.append(data)
        for identifier in self.open_ids:
            if identifier is not None:
                self.sections[identifier].append(data)

    def words(self, identifier=None):
        """The text of the page, or of one element, with single spaces and without marks of direction."""
        parts = self.text if identifier is None else self.sections.get(identifier, [])
        return plain(" ".join(parts))


def plain(text):
    text = re.sub("[\u2066-\u2069\u200e\u200f]", "", text).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text).strip()


def read_folder(root):
    files = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                files[os.path.relpath(path, root)] = file.read()
    return files


def read_pages(files):
    return {path: Page(path, data.decode()) for path, data in sorted(files.items()) if path.endswith(".html")}


def kind(path):
    """Pages of one kind have one folder, or are parts of one list."""
    top = path.split("/")[0]
    return top if "/" in path else re.sub(r"(-\d+)?\.html$", "", top)


def compare(first, second, what):
    """Reports how two builds differ."""
    for path in sorted(first.keys() | second.keys()):
        if first.get(path) != second.get(path):
            yield f"{path} differs between two builds: {what}"


def check_digests(files):
    listed = {}
    for line in files["atlas.sums"].decode().splitlines():
        digest, path = line.split("  ", 1)
        listed[path] = digest
    for path, data in files.items():
        if path != "atlas.sums" and listed.get(path) != hashlib.sha256(data).hexdigest():
            yield f"atlas.sums has another digest of {path}"
    for path in listed.keys() - files.keys():
        yield f"atlas.sums lists {path}, which does not exist"


def check_markup(pages):
    titles = {}
    for path, page in pages.items():
        yield from (f"{path}: {problem}" for problem in page.problems)
        # Only a page for annotating may send, and only to its own server.
        sends = re.fullmatch(r"t/[^/]+/[^_/][^/]*\.html", path)
        if page.policy != POLICY + ("; connect-src 'self'" if sends else ""):
            yield f"{path}: content policy {page.policy}"
        if page.headings != 1:
            yield f"{path}: {page.headings} main headings"
        if not page.title:
            yield f"{path}: no title"
        for identifier in sorted({name for name in page.ids if page.ids.count(name) > 1}):
            yield f"{path}: id {identifier} occurs twice"
        titles.setdefault(page.title, []).append(path)


def check_links(files, pages):
    reached = set()
    for path, page in pages.items():
        for tag, address in page.links + page.sources:
            parts = urlsplit(address)
            if parts.scheme:
                if tag != "a" or parts.scheme not in ("http", "https"):
                    yield f"{path}: <{tag}> leads to {address}"
                continue
            if parts.netloc or parts.path.startswith("/") or parts.query:
                yield f"{path}: {address} leaves the folder"
                continue
            target = os.path.normpath(os.path.join(os.path.dirname(path), unquote(parts.path))) if parts.path else path
            if target not in files:
                yield f"{path}: {address} leads to no file"
                continue
            reached.add(target)
            fragment = unquote(parts.fragment)
            if "=" in parts.fragment:
                keys = {pair.split("=")[0] for pair in parts.fragment.split("&")}
                if not keys <= STATE_KEYS:
                    yield f"{path}: {address} has an unknown key"
            elif fragment and target in pages and fragment not in pages[target].ids:
                yield f"{path}: {address} leads to no element"
    for path in sorted(set(pages) - reached - {"index.html"}):
        # A moved question leaves a page in its old place, to which no link leads.
        yield f"no page leads to {path}"


def check_sizes(files):
    limits = {"index.html": 160 << 10, "atlas.css": 12 << 10, "annotate.css": 8 << 10}
    limits |= {f"{name}.js": 24 << 10 for name in ("atlas", "annotate", "compare", "spans")}
    for path, data in files.items():
        if path.endswith((".html", ".css")) or path in limits:
            limit = limits.get(path, 256 << 10)
        elif path.startswith("search/"):
            limit = 128 << 10
        else:
            continue
        if len(data) > limit:
            yield f"{path} has {len(data)} bytes, more than {limit}"


def records(repository):
    """The page, and the element on it, of every record of a ledger's files."""

    def names(folder, suffix):
        for base, _, files in os.walk(os.path.join(repository, folder)):
            for name in files:
                if name.endswith(suffix):
                    yield os.path.join(base, name)

    def slug(path):
        return os.path.basename(path)[: -len(".yaml")]

    for path in names("Findings", ".yaml"):
        yield f"f/{slug(path)}.html", None
    for path in names("Claims", "question.yaml"):
        inner = os.path.relpath(os.path.dirname(path), os.path.join(repository, "Claims"))
        yield ("q/_.html" if inner == "." else f"q/{inner}.html"), None
    for folder, letter in (("Claims/vocabulary/quantities", "k"), ("Claims/vocabulary/assumptions", "a"),
                           ("Codebooks", "codebook")):
        for path in names(folder, ".yaml"):
            inner = os.path.relpath(path, os.path.join(repository, folder))
            yield f"{letter}/{inner[: -len('.yaml')]}.html", None
    for path in names("Traces", "trace.yaml"):
        yield f"t/{os.path.basename(os.path.dirname(path))}.html", None
    for path in names("Claims/vocabulary/constraints", ".yaml"):
        yield "constraints.html", slug(path)
    conditions = os.path.join(repository, "Claims/vocabulary/conditions")
    for path in names("Claims/vocabulary/conditions", ".yaml"):
        if os.path.dirname(path) == conditions:
            yield f"c/{slug(path)}.html", None
        elif os.path.basename(os.path.dirname(path)) == "model":
            yield f"m/{slug(path)}.html", None
    for path in names("Verifiers", ".yaml"):
        toy = os.path.relpath(path, os.path.join(repository, "Verifiers")).split("/")[0]
        yield f"toy/{toy}.html", None if slug(path) == "model" else slug(path)
        yield f"m/{toy}.html", None


def check_records(pages, repository):
    for path, identifier in sorted(records(repository), key=str):
        if path not in pages:
            yield f"a record has no page {path}"
        elif identifier is not None and identifier not in pages[path].ids:
            yield f"{path} has no element {identifier}"


def clicks_between(pages, start, goal):
    """The smallest number of clicks from one page to the first page for which `goal` is true."""
    distance, reached = 0, {start}
    while reached:
        if any(goal(path) for path in reached):
            return distance
        distance += 1
        reached = {
            os.path.normpath(os.path.join(os.path.dirname(path), unquote(urlsplit(address).path)))
            for path in reached if path in pages
            for tag, address in pages[path].links if not urlsplit(address).scheme and urlsplit(address).path
        }
        if distance > 9:
            return None
    return None
