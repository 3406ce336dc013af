/// Changes, drafts, files and the keyboard of the page for annotating.
let draftScript = #"""
    // Changes with undo. A change is a key with its value before and after.
    const play = ([key, before, after], isBack) => {
      const value = isBack ? before : after;
      if (value === undefined) items.delete(key); else items.set(key, value);
      if (draft.sawOthers) draft.blind = false;
      placesOf(key).forEach(draw);
      showCount();
      showChoices();
      keep();
    };
    const isLocked = () => { if (sides) say("End the comparison before you change labels."); return sides !== null; };
    const change = (key, value) => {
      if (isLocked()) return;
      done.push([key, items.get(key), value]);
      undone = [];
      play(done.at(-1), false);
    };
    const repeat = (from, to, isBack) => {
      if (!from.length || isLocked()) return;
      to.push(from.pop());
      play(to.at(-1), isBack);
      say(isBack ? "Undone." : "Done again.");
    };
    const undo = () => repeat(done, undone, true);
    const redo = () => repeat(undone, done, false);

    // A label goes to the whole text, to the selected characters, or to the current segment.
    const target = () => {
      if (isWhole) return [0, text.length];
      return isSpan && picked || [segments[current].start, segments[current].end];
    };
    const toggle = (name, value) => {
      if (isLocked()) return;
      const [start, end] = target();
      const key = markKey(start, end, name);
      const isOn = items.get(key) === value;
      segments.slice(segmentAt(start), segmentAt(end - 1) + 1).forEach((it) => cover(it.index));
      change(key, isOn ? undefined : value);
      const place = isWhole ? "whole text" : `segment ${current + 1}`;
      say(`${isOn ? "Removed" : "Added"}: ${name}${value === true ? "" : ` ${value}`}, ${place}.`);
    };
    const cover = (index, isOn = true) => {
      if (isOn) covered.add(index); else covered.delete(index);
      segments[index].row.classList.toggle("seen", isOn);
      showCount();
    };
    const go = (index, isFocused = true) => {
      const { p, row } = segments[current];
      p.tabIndex = -1;
      row.classList.remove("now");
      current = Math.max(0, Math.min(segments.length - 1, index));
      segments[current].p.tabIndex = 0;
      segments[current].row.classList.add("now");
      if (isFocused) segments[current].p.focus();
      showChoices();
    };
    const pass = () => {
      cover(current);
      keep();
      unpick();
      if (current + 1 < segments.length) go(current + 1); else say("This was the last segment.");
    };

    const unpick = () => { picked = null; getSelection().removeAllRanges(); };
    // A link says that the first chosen segment depends on the second.
    const endLink = () => {
      if (linkFrom !== null) segments[linkFrom].row.classList.remove("from");
      linkFrom = null;
    };
    const link = () => {
      if (isLocked()) return;
      const [from, to] = [linkFrom, current];
      endLink();
      if (from === null) {
        linkFrom = current;
        segments[current].row.classList.add("from");
        say(`On which segment does segment ${current + 1} depend? Go there and press l. Escape cancels.`);
      } else if (from === to) {
        say("A segment cannot depend on itself.");
      } else {
        const key = linkKey(from, to);
        change(key, items.has(key) ? undefined : true);
        say(`Segment ${from + 1} ${items.has(key) ? "depends" : "does not depend"} on segment ${to + 1}.`);
      }
    };

    // The clock of a draft counts the changes of each tab, so that no tab overwrites changes that it has not read.
    const tab = crypto.getRandomValues(new Uint32Array(1))[0].toString(36);
    let draftKey = null;
    const seenKey = ["atlas-seen", about.trace, about.codebook].join(" ");
    const seen = () => (store((it) => it.getItem(seenKey)) || "").split(" ").filter(Boolean);
    const mainKey = () => ["atlas-draft", about.trace, about.codebook, handle.value, about.text.slice(0, 12)].join(" ");
    const read = (key) => { try { return JSON.parse(store((it) => it.getItem(key))); } catch { return null; } };
    const write = () => {
      draft.clock[tab] = (draft.clock[tab] || 0) + 1;
      const content = JSON.stringify({ ...draft, items: [...items], covered: [...covered] });
      const isKept = store((it) => { it.setItem(draftKey, content); return true; });
      if (!isKept) say("This browser keeps no drafts: save before you close the page.");
    };
    const keep = () => {
      if (!draftKey) return;
      const there = read(draftKey);
      if (there && Object.entries(there.clock).some(([name, count]) => count > (draft.clock[name] || 0))) part();
      write();
    };
    const part = () => {
      draftKey = `${mainKey()} ${tab}`;
      note("Another tab changed this draft at the same time. Both are kept, and this tab goes on with its own.",
        [["Use the other draft", () => open(mainKey())]]);
    };
    const adopt = ({ items: list, covered: seen, ...rest }) => {
      draft = rest;
      items.clear();
      covered.clear();
      [done, undone] = [[], []];
      const known = list.filter(([key]) => parts(key).isLink || labels.includes(parts(key).label));
      known.forEach(([key, value]) => items.set(key, value));
      seen.forEach((it) => covered.add(it));
      const lost = list.length - known.length;
      if (lost) note(`${counted(lost, "label")} of this draft are not in the codebook any more and were left out.`, []);
      endComparison();
    };
    const open = (key) => { draftKey = key; if (read(key)) adopt(read(key)); };
    addEventListener("storage", ({ key, newValue }) => {
      if (key !== draftKey || !newValue) return;
      const there = read(draftKey);
      // A draft that contains all changes of this tab is newer and does not conflict with it.
      if ((there.clock[tab] || 0) === (draft.clock[tab] || 0)) { adopt(there); say("Changed in another tab."); }
      else { part(); write(); }
    });
    const choose = async () => {
      notes.replaceChildren();
      draftKey = null;
      adopt({ ...empty(), items: [], covered: [] });
      if (!handle.value) return;
      if (!/^[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9_-])?$/.test(handle.value)) {
        say("A handle has lower-case letters, digits, and - or _ within.");
        return;
      }
      store((it) => it.setItem("atlas-annotator", handle.value));
      const key = mainKey();
      if (read(key)) open(key);
      else if (saved.has(handle.value)) {
        const files = await load(handle.value);
        if (key !== mainKey()) return;
        store((it) => it.setItem(seenKey, [...seen(), handle.value].join(" ")));
        draftKey = key;
        adopt({
          ...empty(), base: saved.get(handle.value), blind: files.every((it) => it.blind), items: [...itemsOf(files)],
          minutes: files.reduce((sum, it) => sum + (it.minutes || 0), 0),
          covered: segments.filter((it) => files.some((file) => looksAt(file, it))).map((it) => it.index),
        });
        say("These are your saved labels.");
      } else draftKey = key;
      // A person who opened the labels of another handle in this browser has seen labels of others.
      if (seen().some((name) => name !== handle.value)) draft.sawOthers = true;
      for (const copy of store((it) => Object.keys(it).filter((name) => name.startsWith(key + " "))) || []) {
        note(`There is another draft with ${counted(read(copy)?.items.length || 0, "label")}.`,
          [["Open it", () => open(copy)], ["Delete it", () => store((it) => it.removeItem(copy))]]);
      }
    };

    // A server of `annotate` writes files; elsewhere they are downloaded. Only a server on this machine is asked.
    const canSend = async () => {
      if (!["127.0.0.1", "localhost"].includes(location.hostname)) return false;
      const reply = await fetch(location.pathname, { method: "HEAD" });
      return (reply.headers.get("allow") || "").includes("POST");
    };
    // Returns the digest of a file that the server has written.
    const send = async (it, from) => {
      const bytes = encode(it, from);
      const hash = await digest(bytes);
      if (await canSend()) {
        const headers = { "Content-Type": "application/json" };
        const reply = await fetch(location.pathname, { method: "POST", body: bytes, headers });
        const answer = (await reply.text()).trim();
        say(reply.ok ? `Saved as ${answer}. Commit it with git.` : `Not saved: ${answer}`);
        return reply.ok ? hash : null;
      }
      const download = `${hash.slice(0, 12)}.json`;
      const href = URL.createObjectURL(new Blob([bytes], { type: "application/json" }));
      make("a", "", null, { download, href }).click();
      setTimeout(() => URL.revokeObjectURL(href), 10000);
      const place = `Traces/${about.trace}/annotations/${about.codebook}/${it.annotator}/${download}`;
      say(`Downloaded. Its place in the ledger is ${place}. If you download again, keep only the last file.`);
      return null;
    };
    const coverage = (seen) => {
      if (isWhole || seen.size === segments.length) return "all";
      const ranges = [];
      segments.forEach(({ start, end, index }) => {
        if (!seen.has(index)) return;
        if (seen.has(index - 1)) ranges.at(-1)[1] = end; else ranges.push([start, end]);
      });
      return ranges;
    };
    const save = async () => {
      if (!draftKey) { handle.focus(); return say("Write your handle first."); }
      if (!covered.size) return say("Nothing to save: no segment was looked at.");
      const hash = await send({
        annotator: handle.value, blind: draft.blind, covers: coverage(covered),
        minutes: Math.round(draft.minutes * 10) / 10, replaces: draft.base,
      }, items);
      if (hash) { draft.base = [hash]; keep(); }
      return null;
    };

    // Labels of others come from their files, and only after the work is complete.
    const run = (path) => new Promise((resolve, reject) => {
      const script = make("script", "", document.head, { src: path });
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${path} cannot be read`));
    });
    const received = new Map();
    const receive = window.atlasData;
    window.atlasData = (path, value) => {
      if (path.startsWith(about.labels)) received.set(path, value.files); else receive(path, value);
    };
    const load = async (name) => {
      await run(`../../${about.labels}${name}.js`);
      return received.get(about.labels + name);
    };
    const endComparison = () => {
      sides = null;
      compare.replaceChildren();
      body.classList.remove("cmp");
      drawAll();
    };
    const finish = async () => {
      draft.isComplete = !draft.isComplete;
      keep();
      endComparison();
      if (!draft.isComplete) return;
      if (!window.offerComparison) await run("../../compare.js");
      window.offerComparison();
    };

    const keyed = (event) => {
      const { key, shiftKey } = event;
      const isControl = event.ctrlKey || event.metaKey;
      const isStep = isSpan && /^Arrow(Left|Right)$/.test(key);
      if (event.altKey || isControl && !isStep && !/^[zy]$/i.test(key)) return false;
      if (isControl && !isStep) {
        if (shiftKey || key === "y") redo(); else undo();
      } else if (isStep) {
        const isReversed = getComputedStyle(segments[current].p).direction === "rtl";
        step((key === "ArrowRight") !== isReversed, shiftKey, isControl);
      } else if (key === "j" || key === "ArrowDown" || key === " ") {
        pass();
      } else if (key === "k" || key === "ArrowUp") {
        unpick();
        go(current - 1);
      } else if (key === "n") {
        const left = segments.filter((it) => sides ? hasUndecided(it) : !covered.has(it.index));
        const next = left.find((it) => it.index > current) || left[0];
        if (next) go(next.index); else say("None is left.");
      } else if (key === "u") undo();
      else if (key === "U") redo();
      else if (key === "x") { cover(current, !covered.has(current)); keep(); }
      else if (key === "l" || key === "Enter" && linkFrom !== null) link();
      else if (key === "Escape") { endLink(); unpick(); say(""); }
      else if (/^[0-9.-]$/.test(key)) {
        const index = Number(key) - 1;
        if (sides) decideNext(index);
        // The text field handles the key itself.
        else if (number) { number.value = ""; number.focus(); return false; }
        else if (isNominal && index in labels) toggle(labels[index], true);
        else if (index in values) toggle(label, values[index]);
      } else return false;
      return true;
    };
    let last = 0;
    const work = () => {
      const now = Date.now();
      if (now - last < 60000) draft.minutes += (now - last) / 60000;
      last = now;
    };
    document.addEventListener("keydown", (event) => {
      work();
      const { key, target } = event;
      if (target === number) {
        const value = number.valueAsNumber;
        const isPlain = value === 0 || Math.abs(value) >= 1e-6 && Math.abs(value) < 1e15;
        if (key === "Enter" && isPlain) { toggle(label, value); pass(); }
        if (key === "Escape") segments[current].p.focus();
      } else if (target.closest(/^( |Enter)$/.test(key) ? "input,select,button,summary,a" : "input,select")) return;
      else if (keyed(event)) event.preventDefault();
    });
    document.addEventListener("pointerdown", (event) => {
      work();
      // The selection must outlive a click on a label.
      if (event.target.closest(".pal button")) event.preventDefault();
    });
    body.addEventListener("click", (event) => {
      const row = event.target.closest("button") ? null : event.target.closest(".r");
      if (!row || !getSelection().isCollapsed) return;
      picked = null;
      go(segments.findIndex((it) => it.row === row));
      if (linkFrom !== null) link();
    });
    handle.addEventListener("change", () => attempt(choose));
    handle.value = new URLSearchParams(location.hash.slice(1)).get("annotator") || store((it) => it.getItem("atlas-annotator")) || "";
    go(0, false);
    attempt(async () => {
      const hash = await digest(new TextEncoder().encode(quote(0, text.length)));
      if (hash !== about.text) throw new Error("the text of this page is not that of the trace");
      tools.hidden = false;
      document.getElementById("_keys").hidden = false;
      await choose();
    });
    """#
