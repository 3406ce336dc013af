/// The script of pages for annotating: the text in code points, labels, and the keyboard.
let annotatingScript = labelScript + "\n" + draftScript + "\n"

/// The text, the labels and the tools of the page.
private let labelScript = #"""
    "use strict";
    const all = (query, from = document) => [...from.querySelectorAll(query)];
    const make = (name, text, parent, settings = {}) => {
      const element = document.createElement(name);
      if (text) element.textContent = text;
      for (const [key, value] of Object.entries(settings)) {
        if (key in element) element[key] = value; else element.setAttribute(key, value);
      }
      if (parent) parent.append(element);
      return element;
    };
    const press = (text, parent, onclick, settings) => make("button", text, parent, { type: "button", onclick, ...settings });
    const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
    const points = (text) => [...text].length;
    const shorten = (text) => points(text) > 30 ? [...text].slice(0, 29).join("") + "…" : text;
    // Storage may be forbidden or full.
    const store = (action) => { try { return action(localStorage); } catch { return undefined; } };

    // A file has the bytes that the program writes: sorted keys, and one label, link or range on a line.
    const encode = (it, from) => {
      const quoted = (text) => JSON.stringify(text);
      const list = (rows) => rows.length ? `[\n    ${rows.join(",\n    ")}\n  ]` : "[]";
      const order = (a, b) => a.a - b.a || a.b - b.b || (a.label < b.label ? -1 : 1);
      const rows = [...from].map(([key, value]) => ({ ...parts(key), value })).sort(order);
      const marks = rows.filter((row) => !row.isLink).map(({ a, b, label, value }) =>
        `[${a}, ${b}, ${quoted(label)}${value === true ? "" : ", " + value}, ${quoted(quote(a, b))}]`);
      const links = rows.filter((row) => row.isLink).map(({ a, b }) => `[${a}, ${b}, "depends-on"]`);
      const { codebook, text, trace, version } = about;
      const members = {
        annotator: quoted(it.annotator), blind: it.blind, by: quoted("human"), codebook: quoted(codebook),
        covers: it.covers === "all" ? quoted("all") : list(it.covers.map(([start, end]) => `[${start}, ${end}]`)),
        labels: list(marks), links: list(links), minutes: it.minutes || null, replaces: list(it.replaces.map(quoted).sort()),
        text: quoted(text), tool: quoted("arbor-ledger annotate"), trace: quoted(trace), version: quoted(version),
      };
      const lines = Object.entries(members).filter(([, value]) => value !== null).map(([key, value]) => `  "${key}": ${value}`);
      return new TextEncoder().encode(`{\n${lines.join(",\n")}\n}\n`);
    };
    const digest = async (bytes) => {
      const hash = await crypto.subtle.digest("SHA-256", bytes);
      return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    };

    // Labels and links are items with a key. The value of a label without a number, and of a link, is true.
    const markKey = (start, end, label) => `m,${start},${end},${label}`;
    const linkKey = (from, to) => `l,${from},${to}`;
    const parts = (key) => {
      const [kind, a, b, label] = key.split(",");
      return { isLink: kind === "l", a: Number(a), b: Number(b), label };
    };
    const itemsOf = (files) => new Map(files.flatMap(({ labels, links }) => [
      ...labels.map((row) => [markKey(...row), row.length > 4 ? row[3] : true]),
      ...links.map(([from, to]) => [linkKey(from, to), true]),
    ]));
    const looksAt = ({ covers }, { start, end }) => covers === "all" || covers.some(([a, b]) => a <= start && end <= b);

    const body = document.getElementById("_text");
    const about = body.dataset;
    const labels = all("#_labels [data-label]").map((it) => it.dataset.label);
    const values = about.values ? about.values.split(" ").map(Number) : [];
    const isNominal = about.scale === "nominal";
    const isSpan = about.unit === "span";
    const isWhole = about.unit === "trace";
    // The saved files of each annotator.
    const saved = new Map(all("#_heads li").map((it) => [it.dataset.annotator, it.dataset.files.split(" ")]));

    // The text in code points. In the page, an invisible character is an element that names it.
    const textOf = (node) => {
      if (node.nodeType === Node.TEXT_NODE) return node.data;
      if (node.dataset?.c) return String.fromCodePoint(parseInt(node.dataset.c, 16));
      return [...node.childNodes].map(textOf).join("");
    };
    const text = [...textOf(body)];
    const quote = (start, end) => text.slice(start, end).join("");
    const named = new Map();
    const segments = all("p", body).map((p, index) => {
      const [start, end] = p.id.split("-").map(Number);
      let point = start;
      for (const part of p.childNodes) {
        if (part.dataset?.c) named.set(point, part);
        point += points(textOf(part));
      }
      const row = make("div", "", null, { className: "r" });
      p.before(row);
      row.append(p);
      p.tabIndex = -1;
      return { p, start, end, index, row, side: make("div", "", row, { className: "ch" }) };
    });
    const segmentAt = (point) => {
      let [low, high] = [0, segments.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (segments[middle].start <= point) low = middle + 1; else high = middle;
      }
      return Math.max(0, low - 1);
    };
    // The segments on which an item lies; its label is shown at the first.
    const placesOf = (key) => {
      const { isLink, a, b } = parts(key);
      if (isLink) return [segments[a]];
      return isWhole ? [segments[0]] : segments.slice(segmentAt(a), segmentAt(b - 1) + 1);
    };

    const items = new Map();
    const covered = new Set();
    const empty = () => ({ clock: {}, base: [], blind: true, isComplete: false, minutes: 0 });
    let draft = empty();
    let [current, picked, linkFrom, label] = [0, null, null, labels[0]];
    let [done, undone] = [[], []];
    // The two sides of a comparison.
    let sides = null;

    const tools = document.getElementById("_tools");
    const field = (title, parent, settings) =>
      make("input", "", make("label", title + " ", parent), { autocomplete: "off", spellcheck: false, ...settings });
    const handle = field("Your handle", make("p", "", tools), { id: "_annotator" });
    const palette = make("div", "", tools, { className: "pal", role: "group", "aria-label": "Labels" });
    const choices = labels.map((name, index) => press(isNominal && index < 9 ? `${index + 1} ${name}` : name, palette, () => {
      if (isNominal) toggle(name, true); else { label = name; showChoices(); }
    }, { "data-n": index % 8 }));
    values.forEach((value, index) => press(`${index + 1}: ${value}`, palette, () => toggle(label, value)));
    const number = about.scale === "interval" ? field("Value", palette, { type: "number", step: "any", id: "_value" }) : null;
    const progress = make("p", "", tools);
    const meter = make("progress", "", progress, { "aria-label": "Segments looked at", max: Math.max(1, segments.length) });
    const count = make("span", "", progress);
    const status = make("p", "", tools, { id: "_status", role: "status" });
    const buttons = make("p", "", tools, { className: "act" });
    press("Undo", buttons, () => undo());
    press("Redo", buttons, () => redo());
    press("I looked at everything", buttons, () => { segments.forEach((it) => cover(it.index)); keep(); });
    const complete = press("My work is complete", buttons, () => attempt(finish));
    press("Save", buttons, () => attempt(save), { id: "_save" });
    const notes = make("div", "", tools);
    const compare = make("div", "", tools, { id: "_compare" });
    const say = (message) => { status.textContent = message; };
    const note = (message, actions) => {
      const box = make("p", message + " ", notes, { role: "alert" });
      for (const [title, action] of actions) press(title, box, () => { box.remove(); action(); });
    };
    const attempt = async (action) => { try { await action(); } catch (error) { say(`That failed: ${error.message}.`); } };
    const showChoices = () => labels.forEach((name, index) => {
      choices[index].setAttribute("aria-pressed", isNominal ? items.has(markKey(...target(), name)) : name === label);
    });
    const showCount = () => {
      meter.value = covered.size;
      const marks = [...items.keys()].filter((key) => !parts(key).isLink).length;
      count.textContent = ` ${covered.size} of ${counted(segments.length, "segment")} looked at, ${counted(marks, "label")}`;
      complete.setAttribute("aria-pressed", draft.isComplete);
    };

    // A segment with its labels.
    const nameOf = (key) => {
      const { isLink, a, b, label } = parts(key);
      if (isLink) return `depends on ${b + 1}`;
      return label + (isSpan ? ` “${shorten(quote(a, b))}”` : "");
    };
    const draw = (segment) => {
      if (isSpan) paint(segment);
      segment.row.classList.toggle("seen", covered.has(segment.index));
      segment.side.replaceChildren();
      if (sides) return drawDifferences(segment);
      for (const [key, value] of items) {
        if (placesOf(key)[0] !== segment) continue;
        const name = nameOf(key) + (value === true ? "" : ` ${value}`);
        press(name, segment.side, () => change(key, undefined), {
          title: "Remove", "aria-label": `Remove ${name} from segment ${segment.index + 1}`,
          "data-n": labels.indexOf(parts(key).label) % 8,
        });
      }
      return null;
    };
    const drawAll = () => { segments.forEach(draw); showCount(); showChoices(); };
    """#
