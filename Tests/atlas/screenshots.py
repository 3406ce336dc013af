"""Takes the pictures of docs/atlas.md.

Usage: screenshots.py SITE FOLDER
"""

import os
import sys

from playwright.sync_api import sync_playwright

# Name, page, width, height and theme of each picture.
PICTURES = [
    ("index", "index.html", 1280, 1000, "light"),
    ("question", "q/search/world-model/board-linear.html", 1280, 900, "dark"),
    ("finding", "f/half-a-dimension.html", 1280, 900, "light"),
    ("narrow", "index.html", 320, 900, "light"),
]


def main(site, folder):
    os.makedirs(folder, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, page, width, height, theme in PICTURES:
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
            tab = context.new_page()
            tab.goto(f"file://{os.path.abspath(site)}/{page}")
            tab.screenshot(path=f"{folder}/{name}.png")
            context.close()
        browser.close()


main(*sys.argv[1:])
