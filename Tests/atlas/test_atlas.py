"""Tests an atlas as its readers use it: as files and over http, in Chromium, with and without script.

Usage: test_atlas.py TOOL REPOSITORY SHOTS [--every]

REPOSITORY is a clone of a ledger. --every opens every page; otherwise, of each kind, some. A page with a problem leaves
its picture in the folder SHOTS.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import annotating
import claims
import folder
import pages as browsing
from processes import environment, run


def build_twice(tool, repository, work):
    """Builds the atlas of two clones in two surroundings, at once."""

    def build(name, extra):
        clone, home = f"{work}/{name}/ledger", f"{work}/{name}/home"
        around = environment(home, **extra)
        run(["git", "clone", "-q", "-c", "core.autocrlf=false", repository, clone], work, around)
        # Evidence counts only if the audit branch exists.
        if "main" not in run(["git", "branch", "--format=%(refname:short)"], clone, around).split():
            run(["git", "branch", "main", "HEAD"], clone, around)
        run([tool, "atlas", f"{work}/{name}/site"], clone, around)
        return clone, f"{work}/{name}/site", around

    surroundings = {
        "one": {"TZ": "UTC", "LC_ALL": "C.UTF-8"},
        "another folder": {"TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8", "ARBOR_LEDGER_NO_CACHE": "1"},
    }
    with ThreadPoolExecutor() as pool:
        return list(pool.map(build, surroundings.keys(), surroundings.values()))


class Server:
    """A running `serve`."""

    def __init__(self, tool, clone, around):
        self.process = subprocess.Popen([tool, "serve"], cwd=clone, env=around, stdout=subprocess.PIPE, text=True)
        self.base = self.process.stdout.readline().strip().removesuffix("index.html")

    def differing(self, files):
        for path, data in files.items():
            if path == "atlas.sums":
                continue
            with urllib.request.urlopen(self.base + path) as response:
                if response.read() != data:
                    yield f"serve has other bytes of {path}"

    def stop(self):
        self.process.terminate()
        status = self.process.wait()
        return [] if status == 0 else [f"serve ended with {status}"]


class Report:
    def __init__(self):
        self.failures, self.start = 0, time.monotonic()

    def add(self, what, problems):
        problems = list(problems)
        now = time.monotonic()
        print(f"{'FAIL' if problems else 'ok  '}  {what} ({now - self.start:.1f} s)", flush=True)
        for problem in problems[:20]:
            print(f"      {problem}")
        if len(problems) > 20:
            print(f"      and {len(problems) - 20} more")
        self.failures += len(problems)
        self.start = now


def main():
    tool, repository, shots = (os.path.abspath(it) for it in sys.argv[1:4])
    every = "--every" in sys.argv[4:]
    shutil.rmtree(shots, ignore_errors=True)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="test-atlas-") as work:
        test(tool, repository, shots, every, work, report)
        annotating.test(tool, work, shots, report)
    if report.failures:
        sys.exit(f"{report.failures} problems; pictures of pages are in {shots}")


def test(tool, repository, shots, every, work, report):
    (clone, site, around), (_, other, _) = build_twice(tool, repository, work)
    files = folder.read_folder(site)
    report.add("builds are the same everywhere", folder.compare(files, folder.read_folder(other), "folder, time zone, locale, cache"))
    report.add("digests", folder.check_digests(files))
    pages = folder.read_pages(files)
    report.add(f"markup of {len(pages)} pages", folder.check_markup(pages))
    report.add("links and anchors", folder.check_links(files, pages))
    report.add("a page for every record", folder.check_records(pages, clone))
    report.add("sizes", folder.check_sizes(files))
    report.add("numbers of every claim and answer", claims.check_numbers(tool, clone, around, pages))
    report.add("disagreements", claims.check_conflicts(tool, clone, around, pages))
    test_in_browser(tool, clone, around, site, files, pages, shots, every, report)


def test_in_browser(tool, clone, around, site, files, pages, shots, every, report):
    chosen = browsing.samples(pages, folder.kind)
    some = [path for paths in chosen.values() for path in paths]
    one = [paths[0] for paths in chosen.values()]
    base = f"file://{os.path.abspath(site)}/"
    has_conflict = "conflicts.html#" in files["index.html"].decode()

    def step(what, check, *arguments):
        report.add(what, browsing.with_browser(shots, lambda browser: check(browser, *arguments)))

    visited = sorted(pages) if every else some
    step(f"requests, console, markup, layout of {len(visited)} pages", browsing.visit_all, base, visited)
    step("axe in light, dark, narrow, zoomed, forced colours; print", browsing.check_access, base, one)
    step("keyboard", browsing.check_keyboard, base, one)
    step("keys of the map", browsing.check_map_keys, base)
    step("choices in the address", browsing.check_state, base, one)
    if "search/directory.js" in files:
        step("search", browsing.check_search, base, search_words(pages))
    controlled = [path for path in one if folder.kind(path) in ("index", "pair", "m", "q")]
    step("hostile hashes", browsing.check_hashes, base, controlled)
    step("theme", browsing.check_theme, base)
    step("without script", browsing.check_without_script, base, one, has_conflict)
    server = Server(tool, clone, around)
    try:
        report.add("serve has the same files", server.differing(files))
        step("over http: requests, console, markup, layout", browsing.visit_all, server.base, one)
        step("over http: choices in the address", browsing.check_state, server.base, ["index.html"])
        if "search/directory.js" in files:
            step("over http: search", browsing.check_search, server.base, search_words(pages)[:1])
    finally:
        report.add("serve ends", server.stop())


def search_words(pages):
    """The first words of some titles of findings, which search must find."""
    titles = [page.title for path, page in sorted(pages.items()) if path.startswith("f/")]
    return [" ".join(title.split()[:2]) for title in titles[:: max(1, len(titles) // 3)]][:3]


if __name__ == "__main__":
    main()
