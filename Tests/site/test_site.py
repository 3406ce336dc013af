"""Tests the documentation as its readers use it: as files, in Chromium, with and without script.

Usage: test_site.py TOOL BUILDER REPOSITORY SHOTS

A page with a problem leaves its picture in the folder SHOTS.
"""

import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "atlas"))
import folder  # noqa: E402
import pages as browsing  # noqa: E402
from test_atlas import Report  # noqa: E402

# Unlike an atlas, the site has pictures. Every request is checked to stay in the site.
browsing.INERT = browsing.INERT.replace("|IMG|", "|")
# Pages of each kind: the front, prose, tables, code, pictures, commands.
CHOSEN = ["index.html", "tutorial/1-a-first-finding.html", "format.html", "readme.html", "atlas.html", "commands/index.html",
          "commands/tasks.html"]
# Words of a heading, of a text and of the help.
WORDS = ["independent audit", "grounded labelling", "bubblewrap"]


def build(tool, builder, repository, site, **environment):
    """Builds the site and returns its files by path."""
    around = {"PATH": os.environ["PATH"], **environment}
    help_text = subprocess.run([tool, "--experimental-dump-help"], check=True, capture_output=True).stdout
    with tempfile.NamedTemporaryFile() as commands:
        commands.write(help_text)
        commands.flush()
        # The result does not depend on the folder in which it is built.
        subprocess.run([builder, site, "--repository", repository, "--commands", commands.name, "--atlas", "../index.html"],
                       check=True, cwd=os.path.dirname(site), env=around, stdout=subprocess.DEVNULL)
    return folder.read_folder(site)


def check_links(files, pages):
    """All links of a site lead to its pages, except the one to the atlas beside it."""
    beside = {"../index.html", "../../index.html"}
    for page in pages.values():
        page.links = [(tag, address) for tag, address in page.links if address not in beside]
    return folder.check_links(files, pages)


def check_scrolling(browser, base, paths):
    """On a narrow screen, wide code and tables scroll by keyboard, and the page does not."""
    context = browser.context(base, viewport={"width": 400, "height": 800})
    page = context.new_page()
    for path in paths:
        page.goto(base + path)
        problems = page.evaluate("""() => [...document.querySelectorAll('pre, .scroll')]
            .filter(e => e.scrollWidth > e.clientWidth + 1)
            .filter(e => e.tabIndex !== 0 || !/auto|scroll/.test(getComputedStyle(e).overflowX))
            .map(e => 'does not scroll: ' + e.textContent.slice(0, 40))""")
        browser.report(page, f"{path} scrolling", problems)
    context.close()


def check_reading(browser, base):
    """Without script, a reader goes from the front page through the tutorial, and opens the lists of a narrow page."""
    context = browser.context(base, java_script_enabled=False, viewport={"width": 400, "height": 800})
    page = context.new_page()
    page.goto(base + "index.html")
    problems = []
    page.locator("main a[href^='tutorial/']").first.click()
    for step in "234":
        page.locator(".pager .next").click()
        if f"/tutorial/{step}-" not in page.url:
            problems.append(f"step {step} is not the next page: {page.url}")
    for details, link in ((".toc-narrow", "Read the answer"), (".side-narrow", "Semantics")):
        page.locator(f"{details} summary").click()
        page.locator(f"{details} a", has_text=link).click()
    if not page.url.endswith("/semantics.html"):
        problems.append(f"the list of pages leads to {page.url}")
    browser.report(page, "reading without script", problems)
    context.close()


def main():
    tool, builder, repository, shots = (os.path.abspath(it) for it in sys.argv[1:5])
    shutil.rmtree(shots, ignore_errors=True)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="test-site-") as work:
        site = f"{work}/docs"
        files = build(tool, builder, repository, site, TZ="UTC", LC_ALL="C.UTF-8")
        again = build(tool, builder, repository, f"{work}/again", TZ="Asia/Kathmandu", LC_ALL="tr_TR.UTF-8")
        report.add("builds are the same everywhere", folder.compare(files, again, "time zone, locale"))
        pages = folder.read_pages(files)
        report.add(f"markup of {len(pages)} pages", folder.check_markup(pages))
        report.add("links and anchors", check_links(files, pages))
        report.add("sizes", folder.check_sizes(files))
        base = f"file://{site}/"

        def step(what, check, *arguments):
            report.add(what, browsing.with_browser(shots, lambda browser: check(browser, base, *arguments)))

        step("requests, console, markup, layout of all pages", browsing.visit_all, sorted(pages))
        step("axe in light, dark, narrow, zoomed, forced colours; print", browsing.check_access, CHOSEN)
        step("keyboard", browsing.check_keyboard, CHOSEN)
        step("scrolling", check_scrolling, sorted(pages))
        step("search", browsing.check_search, WORDS)
        step("hostile hashes", browsing.check_hashes, CHOSEN[:1])
        step("theme", browsing.check_theme, "commands/index.html")
        step("controls without script", browsing.check_without_script, CHOSEN, False)
        step("reading without script", check_reading)
    if report.failures:
        sys.exit(f"{report.failures} problems; pictures of pages are in {shots}")


if __name__ == "__main__":
    main()
