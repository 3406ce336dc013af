"""Checks of pages in Chromium."""

import os
import random
import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

WIDTHS = {"wide": 1440, "narrow": 320}
# Of each kind: the largest page, the smallest, and this many others.
OTHERS = 1

# What a reader sees: every visible element with its place. Two equal lists are the same view.
VIEW = """() => [...document.querySelectorAll('main *, header *')].filter(e => e.checkVisibility() && !e.closest('defs'))
    .map(e => { const b = e.getBoundingClientRect();
                return [e.tagName, Math.round(b.x), Math.round(b.y + scrollY), getComputedStyle(e).backgroundColor].join(' '); }).join('\\n')"""

# Elements, attributes and addresses that no record may bring in.
INERT = """() => {
    const wrong = [];
    for (const e of document.querySelectorAll('*')) {
        for (const a of e.attributes) {
            if (/^on|^style$|^srcdoc$/i.test(a.name)) wrong.push(e.tagName + ' ' + a.name);
            if (/^(href|src|xlink:href)$/i.test(a.name) && /^\\s*(javascript|data|vbscript|blob):/i.test(a.value))
                wrong.push(e.tagName + ' ' + a.value);
        }
        if (/^(IFRAME|OBJECT|EMBED|FORM|BASE|STYLE|ANIMATE|SET|FOREIGNOBJECT|IMG|VIDEO|AUDIO)$/i.test(e.tagName))
            wrong.push(e.tagName);
        if (e.tagName === 'SCRIPT' && (!e.src || e.textContent)) wrong.push('inline script');
    }
    return wrong;
}"""

# Text that is cut or that lies on other text, and figures that reach over their edges.
LAYOUT = """() => {
    const problems = [];
    const page = document.documentElement;
    if (page.scrollWidth > innerWidth + 1) {
        const wide = [...document.querySelectorAll('main *, header *, footer *')].filter(e => e.checkVisibility() &&
            !e.closest('.vh') && e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3);
        problems.push('wider than the window by ' + (page.scrollWidth - innerWidth) + ': ' +
            wide.map(e => e.tagName + '.' + e.getAttribute('class') + ' ' + e.textContent.slice(0, 30)).join(' | '));
    }
    const boxes = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (walker.nextNode()) {
        const node = walker.currentNode, parent = node.parentElement;
        if (!node.data.trim() || !parent || parent.closest('.vh, .skip, script, #_found, option') || !parent.checkVisibility()) continue;
        range.selectNodeContents(node);
        const hides = [];
        for (let e = parent; e && e !== document.body; e = e.parentElement)
            if (getComputedStyle(e).overflowX !== 'visible') hides.push(e.getBoundingClientRect());
        const svg = parent.closest('svg');
        const frame = svg && svg.getBoundingClientRect();
        for (const r of range.getClientRects()) {
            if (r.width < 1 || r.height < 1) continue;
            let [l, t, R, b] = [r.left, r.top, r.right, r.bottom];
            for (const h of hides) { l = Math.max(l, h.left); t = Math.max(t, h.top); R = Math.min(R, h.right); b = Math.min(b, h.bottom); }
            if (R - l < 1 || b - t < 1) continue;
            if (frame && (l < frame.left - 1 || R > frame.right + 1 || t < frame.top - 3 || b > frame.bottom + 3))
                problems.push('text outside its figure: ' + node.data.slice(0, 40));
            if (R > innerWidth + 1 || l < -1) problems.push('text outside the window: ' + node.data.slice(0, 40));
            boxes.push([l, t, R, b, node.data.trim().slice(0, 40), parent]);
        }
    }
    boxes.sort((a, b) => a[1] - b[1]);
    for (let i = 0; i < boxes.length; i++)
        for (let j = i + 1; j < boxes.length && boxes[j][1] < boxes[i][3] - 3; j++) {
            const [a, b] = [boxes[i], boxes[j]];
            const across = Math.min(a[2], b[2]) - Math.max(a[0], b[0]), down = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
            if (across > 1.5 && down > 4 && a[5] !== b[5]) problems.push('text on text: ' + a[4] + ' / ' + b[4]);
        }
    return [...new Set(problems)].slice(0, 8);
}"""

# The element that has the focus: whether a reader can see it and its ring.
FOCUS = """() => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const label = e.labels && e.labels[0] && getComputedStyle(e).opacity === '0' ? e.labels[0] : e;
    const style = getComputedStyle(label), box = label.getBoundingClientRect();
    return {
        key: e.tagName + (e.id || '') + (e.getAttribute('href') || '') + Math.round(box.x) + ',' + Math.round(box.y + scrollY),
        ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1,
        seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
        what: e.tagName + ' ' + (e.getAttribute('href') || e.id),
    };
}"""

HOSTILE_HASHES = [
    "#find=%3Cscript%3Ealert(1)%3C/script%3E", "#find=%3Cimg%20src=x%20onerror=alert(1)%3E", "#rows=__proto__",
    "#rows=constructor&cols=%00", "#at=javascript:alert(1)", "#at=..%2F..%2Fetc", "#at=%22onload=%22", "#%", "#%E0%A4%A",
    "#find=%E0%A4%A", "#=&&&==", "#find=" + "a" * 10000, "#rows=all&rows=disputed&rows=unseen", "#unknown=1&rows=nothing",
    "#javascript:alert(1)", "#a=../x&b=../y&q=%2e%2e", "#at=_main&find=", "#depth=-1e309&level=NaN&tracks=%F0%9F%92%A9",
]


class Browser:
    """Opens pages and collects problems. A page with a problem leaves its picture."""

    def __init__(self, play, shots):
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        self.chromium = play.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=arguments)
        self.shots, self.problems = shots, []
        self.axe = Axe()

    def context(self, base, **options):
        options.setdefault("viewport", {"width": 1440, "height": 900})
        context = self.chromium.new_context(**options)
        context.set_default_timeout(10000)
        context.heard = heard = []

        def requested(request):
            if not request.url.startswith(base):
                heard.append(f"asks for {request.url}")

        def failed(request):
            if request.failure != "net::ERR_ABORTED":
                heard.append(f"cannot load {request.url}: {request.failure}")

        context.on("request", requested)
        context.on("requestfailed", failed)
        context.on("response", lambda it: it.status >= 400 and heard.append(f"{it.url}: status {it.status}"))
        context.on("console", lambda message: heard.append(f"console: {message.text}"))
        context.on("weberror", lambda error: heard.append(f"error: {error.error}"))
        context.on("dialog", lambda dialog: (heard.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        return context

    def report(self, page, where, problems):
        """Notes problems, with what the page said meanwhile."""
        heard = page.context.heard
        problems = list(problems) + heard
        heard.clear()
        for problem in problems:
            self.problems.append(f"{where}: {problem}")
        if problems:
            os.makedirs(self.shots, exist_ok=True)
            name = re.sub(r"[^\w.-]+", "_", where)[:100]
            page.screenshot(path=f"{self.shots}/{name}.png", full_page=True, timeout=20000)

    def violations(self, page):
        # The preloading of styles would need a connection, which the content policy forbids.
        result = self.axe.run(page, options={"resultTypes": ["violations"], "preload": False})
        return [
            f"axe {violation['id']}: {violation['nodes'][0]['html'][:120]} ({len(violation['nodes'])})"
            for violation in result.response["violations"]
        ]


def samples(pages, kind, seed=1):
    """Some pages of each kind: the largest, the smallest, and a few others."""
    chosen = {}
    for path, page in pages.items():
        chosen.setdefault(kind(path), []).append((sum(map(len, page.text)), path))
    generator = random.Random(seed)
    for name, sized in chosen.items():
        sized.sort()
        rest = [path for _, path in sized[1:-1]]
        chosen[name] = list(dict.fromkeys([sized[-1][1], sized[0][1]] + generator.sample(rest, min(OTHERS, len(rest)))))
    return chosen


def visit_all(browser, base, paths):
    """Opens pages once, and looks at their markup and layout at both widths."""
    contexts = {name: browser.context(base, viewport={"width": width, "height": 900}) for name, width in WIDTHS.items()}
    for name, context in contexts.items():
        page = context.new_page()
        for path in paths:
            page.goto(base + path)
            browser.report(page, f"{path} {name}", page.evaluate(INERT) + page.evaluate(LAYOUT))
        context.close()


def check_access(browser, base, paths):
    """axe at each setting, and the layout at twice the size of text and in print."""
    settings = {
        "light": {"color_scheme": "light"},
        "dark": {"color_scheme": "dark"},
        "narrow": {"viewport": {"width": 320, "height": 900}},
        "zoomed": {"viewport": {"width": 720, "height": 450}, "device_scale_factor": 2},
        "forced": {"forced_colors": "active"},
    }
    for name, options in settings.items():
        context = browser.context(base, **options)
        page = context.new_page()
        for path in paths:
            page.goto(base + path)
            browser.report(page, f"{path} {name}", browser.violations(page) + page.evaluate(LAYOUT))
        context.close()
    context = browser.context(base, viewport={"width": 720, "height": 1000})
    page = context.new_page()
    page.emulate_media(media="print")
    for path in paths:
        page.goto(base + path)
        shown = page.evaluate(
            "() => [...document.querySelectorAll('input, button, fieldset')].filter(e => e.checkVisibility()).map(e => 'prints ' + e.outerHTML.slice(0, 60))")
        browser.report(page, f"{path} print", shown[:3] + page.evaluate(LAYOUT))
    context.close()


def check_keyboard(browser, base, paths, stops=40):
    """The tabulator reaches one element after another, each in sight and with a ring."""
    context = browser.context(base)
    page = context.new_page()
    for path in paths:
        page.goto(base + path)
        problems, last = [], None
        for _ in range(stops):
            page.keyboard.press("Tab")
            focus = page.evaluate(FOCUS)
            if focus is None:
                break
            if focus["key"] == last:
                problems.append(f"focus stays at {focus['what']}")
                break
            last = focus["key"]
            if not focus["ring"]:
                problems.append(f"no ring around {focus['what']}")
            if not focus["seen"]:
                problems.append(f"focus out of sight at {focus['what']}")
        if last is None:
            problems.append("nothing takes the focus")
        browser.report(page, f"{path} keyboard", problems[:4])
    context.close()


def check_map_keys(browser, base):
    """Slash searches, Escape leaves the search, and arrows move between the cells of the map."""
    context = browser.context(base)
    page = context.new_page()
    page.goto(base + "index.html")
    problems = []
    page.keyboard.press("/")
    if page.evaluate("() => document.activeElement.id") != "_find":
        problems.append("slash does not search")
    page.keyboard.type("a")
    page.keyboard.press("Escape")
    if page.locator("#_find").input_value():
        problems.append("Escape does not clear the search")
    cells = page.locator(".map .cell")
    if cells.count() > 1:
        cells.first.focus()
        start = page.evaluate(FOCUS)["key"]
        moved = []
        for key in ("ArrowDown", "ArrowRight", "ArrowLeft", "ArrowUp"):
            page.keyboard.press(key)
            moved.append(page.evaluate(FOCUS)["key"] != start)
        if not any(moved):
            problems.append("arrows do not move between cells")
        cells.first.focus()
        address = page.evaluate("() => document.activeElement.href")
        page.keyboard.press("Enter")
        page.wait_for_url(address)
    browser.report(page, "index.html keys", problems)
    context.close()


def check_state(browser, base, paths):
    """Each choice of each group is in the address, and a fresh browser shows the same view for it."""
    for path in paths:
        context = browser.context(base)
        page = context.new_page()
        page.goto(base + path)
        problems = []
        groups = page.evaluate(
            """() => [...document.querySelectorAll('fieldset')].filter(f => f.checkVisibility()).map(f =>
                [...f.querySelectorAll('input[type=radio]')].map(i => [i.name, i.value, i.id])).filter(g => g.length)""")
        for group in groups:
            if group[0][0] == "theme":
                continue
            views = []
            for name, value, identifier in group:
                page.locator(f"label[for='{identifier}']").click()
                view, address = page.evaluate(VIEW), page.url
                views.append(view)
                if identifier != group[0][2] and f"{name}={value}" not in address:
                    problems.append(f"{name}={value} is not in the address")
                problems += same_in_fresh_context(browser, base, address, identifier, view)
            if len(set(views)) == 1:
                problems.append(f"no choice of {group[0][0]} changes the view")
            problems += back_and_forward(page, group)
        browser.report(page, f"{path} state", problems[:4])
        context.close()


def same_in_fresh_context(browser, base, address, identifier, view):
    context = browser.context(base)
    page = context.new_page()
    page.goto(address)
    problems = list(context.heard)
    if not page.locator(f"#{identifier}").is_checked():
        problems.append(f"{address} does not choose {identifier}")
    elif page.evaluate(VIEW) != view:
        problems.append(f"{address} shows another view")
    context.close()
    return problems


def back_and_forward(page, group):
    if len(group) < 2:
        return
    first, second = group[0][2], group[1][2]
    page.locator(f"label[for='{first}']").click()
    page.locator(f"label[for='{second}']").click()
    page.go_back()
    if not page.locator(f"#{first}").is_checked():
        yield f"back does not choose {first}"
    page.go_forward()
    if not page.locator(f"#{second}").is_checked():
        yield f"forward does not choose {second}"


def check_search(browser, base, words):
    """A search is in the address, finds a page, and a fresh browser finds the same."""
    context = browser.context(base)
    page = context.new_page()
    page.goto(base + "index.html")
    problems = []
    for word in words:
        page.locator("#_find").fill(word)
        page.locator("#_found a").first.wait_for()
        found = page.locator("#_found a").all_inner_texts()
        other = browser.context(base)
        copy = other.new_page()
        copy.goto(page.url)
        copy.locator("#_found a").first.wait_for()
        if copy.locator("#_found a").all_inner_texts() != found:
            problems.append(f"{page.url} finds something else")
        other.close()
        page.locator("#_find").fill("")
        page.locator("#_found a").first.wait_for(state="detached")
    if not words:
        # A ledger without findings has nothing to find.
        context.close()
        return problems
    page.locator("#_find").fill(words[0])
    page.keyboard.press("ArrowDown")
    page.locator("#_found a").first.wait_for()
    page.keyboard.press("ArrowDown")
    target = page.evaluate("() => document.activeElement.href")
    if target:
        page.keyboard.press("Enter")
        page.wait_for_url(target)
    else:
        problems.append("the down arrow does not reach the first result")
    browser.report(page, "index.html search", problems)
    context.close()


def check_hashes(browser, base, paths):
    """Hostile hashes change nothing of the page."""
    context = browser.context(base)
    page = context.new_page()
    count = """() => [...document.querySelectorAll('body *')].filter(e => !e.closest('#_found')).length"""
    for path in paths:
        page.goto(base + path)
        expected, problems = page.evaluate(count), []
        for text in HOSTILE_HASHES:
            page.goto("about:blank")
            page.goto(base + path + text)
            if page.evaluate(count) != expected:
                problems.append(f"{text[:40]} changes the page")
            problems += page.evaluate(INERT)
        page.context.heard[:] = [it for it in page.context.heard if "about:blank" not in it]
        browser.report(page, f"{path} hashes", problems)
    context.close()


def check_theme(browser, base, other="about.html"):
    """The theme is kept from page to page."""
    context = browser.context(base)
    page = context.new_page()
    page.goto(base + "index.html")
    page.locator("label[for='_theme-dark']").click()
    dark = page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")
    page.goto(base + other)
    again = page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")
    page.locator("label[for='_theme-light']").click()
    light = page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")
    browser.report(page, "theme", [] if dark == again != light else ["the theme is not kept"])
    context.close()


def check_without_script(browser, base, paths, has_conflict):
    """Without script: three clicks to a conflict, its explanation and a task, and no control that does nothing."""
    context = browser.context(base, java_script_enabled=False)
    page = context.new_page()
    for path in paths:
        page.goto(base + path)
        problems = []
        for selector in ("input[type=search]", "button", "select", "textarea", "input[type=text]"):
            problems += [f"dead control {selector}" for it in page.locator(selector).all() if it.is_visible()]
        for group in page.locator("fieldset").all():
            if not group.is_visible():
                continue
            before = pixels(page)
            labels = group.locator("label").all()
            for label in labels[1:]:
                label.click()
                if pixels(page) != before:
                    break
            else:
                problems.append(f"dead control {group.inner_text()[:40]}")
            labels[0].click()
        browser.report(page, f"{path} without script", problems)
    if has_conflict:
        page.goto(base + "index.html")
        problems = []
        page.locator("main a[href^='conflicts.html#']").first.click()
        target = page.url.split("#")[1]
        place = page.locator(f"[id='{target}']")
        if not place.is_visible() or not re.search(r"separate|explain|differ", place.inner_text()):
            problems.append("the first link to a conflict does not lead to its explanation")
        page.locator("a[href='tasks.html']").first.click()
        if not page.locator("main code", has_text="arbor-ledger").first.is_visible():
            problems.append("no task to take after two clicks")
        browser.report(page, "three clicks without script", problems)
    context.close()


def pixels(page):
    """A picture of the main part: choices that work without script change it."""
    return page.locator("main").screenshot(animations="disabled")


def with_browser(shots, body):
    with sync_playwright() as play:
        browser = Browser(play, shots)
        try:
            body(browser)
        finally:
            browser.chromium.close()
        return browser.problems
