"""Takes the pictures of docs/atlas.md and docs/traces.md.

Usage: screenshots.py TOOL SITE FOLDER
"""

import os
import sys
import tempfile

from playwright.sync_api import sync_playwright

import annotating

# Name, page, width, height and theme of each picture.
PICTURES = [
    ("index", "index.html", 1280, 1000, "light"),
    ("question", "q/search/world-model/board-linear.html", 1280, 900, "dark"),
    ("finding", "f/half-a-dimension.html", 1280, 900, "light"),
    ("narrow", "index.html", 320, 900, "light"),
]
# A made-up text, which no model wrote.
TEXT = """I need 24 from 3, 8, 8 and 3, each used once. The obvious way is 8 times 3, which leaves an 8 and a 3 over.
I recall that 8 / (3 - 8/3) is a classic for this set. Let me try it: 8/3 is about 2.667. 3 minus 2.667 is 0.333, and 8
divided by that is 24. Wait, does it use every number once? It uses 8, 3, 8 and 3, so yes. Hmm, but is 8/3 allowed if it
is not whole? The rules only say division, so fractions should be fine.
The answer is 8 / (3 - 8/3).
""".replace("\n", " ").strip() + "\n"


def main(tool, site, folder):
    os.makedirs(folder, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as work:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, page, width, height, theme in PICTURES:
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
            tab = context.new_page()
            tab.goto(f"file://{os.path.abspath(site)}/{page}")
            tab.screenshot(path=f"{folder}/{name}.png")
            context.close()
        ledger = annotating.Ledger(os.path.abspath(tool), work, {"sample": TEXT})
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = annotating.open_page(context, f"{ledger.base}t/sample/moves.html#annotator=ada")
        annotating.press(page, "1", "j", "1", "j", "j", "2", "j", "j", "2", "3", "l", "k", "k", "l", "j", "j", "j")
        page.screenshot(path=f"{folder}/annotate.png")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
