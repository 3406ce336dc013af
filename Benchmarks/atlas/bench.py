"""Measures atlases of made-up ledgers: building, size, first paint and search. Prints Markdown.

Usage: bench.py TOOL BENCH-TOOL OUTPUT [SIZE ...]
"""

import datetime
import functools
import gzip
import http.server
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from playwright.sync_api import sync_playwright

SIZES = [100, 10_000, 100_000]
# The network of a slow telephone: 1.6 Mbit/s, with a round trip of 150 ms.
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 95_000}
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def run(arguments, directory, environment, **options):
    return subprocess.run(arguments, cwd=directory, env=environment, check=True, capture_output=True, **options)


def timed(arguments, directory, environment):
    """Wall seconds, seconds of all processors, and peak memory in MiB."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    child = subprocess.Popen(arguments, cwd=directory, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{arguments} ended with {child.returncode}")
    return time.monotonic() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def make_ledger(bench, size, folder, environment):
    stream = run([bench, "ledger", str(size)], folder, environment).stdout
    run(["git", "init", "-q", "-b", "main", "ledger"], folder, environment)
    ledger = f"{folder}/ledger"
    run(["git", "fast-import", "--quiet", "--done"], ledger, environment, input=stream)
    run(["git", "reset", "-q", "--hard"], ledger, environment)
    return ledger


def change_finding(ledger, environment):
    """Commits another title of one finding."""
    path = run(["git", "ls-files", "Findings"], ledger, environment, text=True).stdout.splitlines()[0]
    with open(f"{ledger}/{path}", encoding="utf-8") as file:
        lines = file.read().splitlines()
    lines[0] = "title: Another title of this finding"
    with open(f"{ledger}/{path}", "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    run(["git", "commit", "-q", "-a", "-m", "Change a title"], ledger, environment)


def sizes(site):
    total, count, largest = 0, 0, (0, "")
    for folder, _, names in os.walk(site):
        for name in names:
            path = os.path.join(folder, name)
            size = os.path.getsize(path)
            total, count = total + size, count + 1
            if name.endswith(".html"):
                largest = max(largest, (size, os.path.relpath(path, site)))
    with open(f"{site}/index.html", "rb") as file:
        index = file.read()
    return {"files": count, "bytes": total, "largest": largest, "index": len(index), "gzip": len(gzip.compress(index, 9))}


def paint(browser, address, slow):
    """The median time of the first paint in milliseconds."""
    times = []
    for _ in range(5):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        if slow:
            session = context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", SLOW)
            session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.goto(address)
        while (value := page.evaluate(PAINT)) is None:
            page.wait_for_timeout(20)
        times.append(value)
        context.close()
    return statistics.median(times)


def search(browser, site, words):
    """The median milliseconds until results of a search are shown, without the 80 ms that the field waits, and the
    bytes of the files that it reads."""
    times, read = [], set()
    for _ in range(5):
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"file://{site}/index.html")
        page.on("request", lambda request: read.add(request.url.removeprefix("file://")))
        # From the change of the address, which is when the script begins, to the first result.
        page.evaluate("""() => { window.took = new Promise(done => { let start;
            const replace = history.replaceState.bind(history);
            history.replaceState = (...all) => { start = performance.now(); replace(...all); };
            new MutationObserver(() => { if (document.querySelector('#_found a, #_found p')) done(performance.now() - start); })
                .observe(document.getElementById('_found'), {childList: true}); }); }""")
        page.locator("#_find").fill(words)
        times.append(page.evaluate("() => window.took"))
        context.close()
    return statistics.median(times), sum(os.path.getsize(path) for path in read if os.path.isfile(path))


def common_words(ledger, environment):
    """Three words of one title."""
    path = run(["git", "ls-files", "Findings"], ledger, environment, text=True).stdout.splitlines()[1]
    with open(f"{ledger}/{path}", encoding="utf-8") as file:
        return " ".join(file.readline().split()[1:4])


def measure(browser, tool, bench, size, folder):
    environment = {
        "PATH": os.environ["PATH"], "HOME": folder, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL":
        "a@example.org", "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org", "LC_ALL": "C"}
    ledger, site = make_ledger(bench, size, folder, environment), f"{folder}/site"
    build = [tool, "atlas", site]
    row = {"size": size, "load": os.getloadavg()[0], "merge": timed([tool, "merge", "--at", "HEAD", "--format", "json"], ledger, {**environment, "ARBOR_LEDGER_NO_CACHE": "1"})}
    row["cold"] = timed(build, ledger, environment)
    row["same"] = timed(build, ledger, environment)
    change_finding(ledger, environment)
    row["changed"] = timed(build, ledger, environment)
    row.update(sizes(site))
    address = f"file://{site}/index.html"
    row["paint"], row["slow paint"] = paint(browser, address, False), slow_paint(browser, site)
    row["largest paint"] = paint(browser, f"file://{site}/{row['largest'][1]}", False)
    row["search"], row["read"] = search(browser, site, common_words(ledger, environment))
    return row


class Host(http.server.SimpleHTTPRequestHandler):
    """Serves a folder compressed, as hosts of static pages do."""

    def do_GET(self):
        with open(self.translate_path(self.path), "rb") as file:
            data = gzip.compress(file.read(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(self.path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def slow_paint(browser, site):
    """Browsers do not slow files down, so the folder is served."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Host, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        return paint(browser, f"http://127.0.0.1:{server.server_port}/index.html", True)
    finally:
        server.shutdown()


def megabytes(count):
    return f"{count / 1e6:.1f} MB"


LINES = [
    ("load average before the builds, with other work on the machine", None, lambda r: f"{r['load']:.1f}"),
    ("`merge`, the part of the build that is no page (s)", None, lambda r: f"{r['merge'][0]:.2f}"),
    ("build, cold (s)", "< 20 at 100,000", lambda r: f"{r['cold'][0]:.2f}"),
    ("build, cold, all processors (s)", None, lambda r: f"{r['cold'][1]:.2f}"),
    ("peak memory (MiB)", None, lambda r: f"{r['cold'][2]:.0f}"),
    ("build again, nothing changed (s)", None, lambda r: f"{r['same'][0]:.2f}"),
    ("build, one changed finding (s)", "< 2", lambda r: f"{r['changed'][0]:.2f}"),
    ("build, one changed finding, all processors (s)", None, lambda r: f"{r['changed'][1]:.2f}"),
    ("files", None, lambda r: f"{r['files']:,}"),
    ("all files", None, lambda r: megabytes(r["bytes"])),
    ("largest page (KB)", "≤ 256", lambda r: f"{r['largest'][0] / 1024:.0f}, `{r['largest'][1]}`"),
    ("index.html, raw (KB)", "≤ 160", lambda r: f"{r['index'] / 1024:.0f}"),
    ("index.html, gzip (KB)", "≤ 16", lambda r: f"{r['gzip'] / 1024:.1f}"),
    ("first paint of index.html (ms)", "< 300", lambda r: f"{r['paint']:.0f}"),
    ("first paint at 4x slower CPU and 1.6 Mbit/s (ms)", "< 1500", lambda r: f"{r['slow paint']:.0f}"),
    ("first paint of the largest page (ms)", "< 300", lambda r: f"{r['largest paint']:.0f}"),
    ("search of three words (ms)", "< 200", lambda r: f"{r['search']:.0f}"),
    ("bytes that it reads (KB)", "< 200", lambda r: f"{r['read'] / 1024:.0f}"),
]


def written(rows, version):
    lines = [
        f"# Atlases of made-up ledgers, {datetime.date.today()}", "",
        f"Made by `make bench-atlas` on {os.cpu_count()} cores, with Chromium {version.split('.')[0]}. Times of paint and search are medians of five;",
        "pages are opened from disk, on a slow network from a server that compresses. A build is one process; *cold* is the first one in a clone, which has no cache and no",
        "folder. Each ledger has one commit, so the history of belief takes no time.", "",
        "| | goal | " + " | ".join(f"{row['size']:,} findings" for row in rows) + " |",
        "|---|---|" + "---:|" * len(rows),
    ]
    for name, goal, value in LINES:
        lines.append(f"| {name} | {goal or ''} | " + " | ".join(value(row) for row in rows) + " |")
    return "\n".join(lines) + "\n"


def main():
    tool, bench, output = (os.path.abspath(it) for it in sys.argv[1:4])
    wanted = [int(it) for it in sys.argv[4:]] or SIZES
    rows = []
    with sync_playwright() as play:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = play.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=arguments)
        for size in wanted:
            folder = tempfile.mkdtemp(prefix="bench-atlas-")
            try:
                rows.append(measure(browser, tool, bench, size, folder))
                print(f"{size}: {rows[-1]}", file=sys.stderr, flush=True)
            finally:
                shutil.rmtree(folder)
        version = browser.version
        browser.close()
    text = written(rows, version)
    print(text, end="")
    with open(output, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
