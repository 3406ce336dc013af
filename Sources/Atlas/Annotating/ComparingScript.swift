/// The script that compares annotators. A page loads it when its annotator is done.
let comparingScript = #"""
    "use strict";
    // Compares two annotators. Where they differ, an adjudicator chooses a side; the choices are saved as a separate
    // file.
    const allKeys = () => [...new Set(sides.flatMap((side) => [...side.items.keys()]))].filter(isSeenByBoth);
    const isSeenByBoth = (key) => {
      const { isLink, a, b } = parts(key);
      const seen = isLink ? [segments[a], segments[b]] : isWhole ? segments : placesOf(key);
      return sides.every((side) => seen.every((it) => side.seen.has(it.index)));
    };
    const differs = (key) => sides[0].items.get(key) !== sides[1].items.get(key);
    const undecided = (segment) => differing.filter((key) => !decided.has(key) && placesOf(key)[0] === segment);
    const hasUndecided = (segment) => undecided(segment).length > 0;
    let [decided, differing, compared] = [new Map(), [], []];
    let counter = null;
    const valueIn = (side, key) => {
      const value = side.items.get(key);
      return value === undefined ? "no" : value === true ? "yes" : String(value);
    };
    const drawDifferences = (segment) => {
      if (!sides.every((side) => side.seen.has(segment.index))) return make("small", "Not looked at by both.", segment.side);
      for (const key of compared.filter((key) => placesOf(key)[0] === segment)) {
        const line = make("div", nameOf(key) + " ", segment.side, { className: differs(key) ? "dis" : "" });
        if (!differs(key)) { make("span", `both: ${valueIn(sides[0], key)}`, line); continue; }
        sides.forEach((side, index) => press(`${side.name}: ${valueIn(side, key)}`, line, () => decide(key, index),
          { "aria-pressed": String(decided.get(key) === index) }));
      }
      return null;
    };
    const showDecided = () => { counter.textContent = `${decided.size} of ${counted(differing.length, "difference")} decided. `; };
    const decide = (key, index) => {
      decided.set(key, index);
      draw(placesOf(key)[0]);
      showDecided();
    };
    // The first open difference of the current segment.
    const decideNext = (index) => {
      const [key] = undecided(segments[current]);
      if (key && index in sides) decide(key, index);
    };
    const sideOf = async (name) => {
      if (!name) return { name: handle.value || "you", items: new Map(items), seen: new Set(covered) };
      if (name !== handle.value) draft.sawOthers = true;
      const files = await load(name);
      const seen = segments.filter((it) => files.some((file) => looksAt(file, it))).map((it) => it.index);
      return { name, items: itemsOf(files), seen: new Set(seen) };
    };
    const showDifferences = async (a, b) => {
      if (a === b) return say("Choose two annotators.");
      sides = await Promise.all([sideOf(a), sideOf(b)]);
      keep();
      compared = allKeys().sort();
      differing = compared.filter(differs);
      decided = new Map();
      all("p.end", compare).forEach((it) => it.remove());
      const line = make("p", "", compare, { className: "end" });
      counter = make("span", "", line);
      const judge = field("Handle of the adjudicator", line, { id: "_judge" });
      press("Save the adjudication", line, () => attempt(() => adjudicate(judge)), { id: "_adjudicate" });
      press("End the comparison", line, () => { endComparison(); offerComparison(); });
      body.classList.add("cmp");
      drawAll();
      showDecided();
      return say(`${counted(differing.length, "difference")}. n goes to the next, 1 and 2 choose a side.`);
    };
    const adjudicate = (judge) => {
      const name = judge.value;
      if (!name) { judge.focus(); return say("Write the handle of the adjudicator."); }
      if (saved.has(name) || sides.some((side) => side.name === name)) {
        return say(`${name} has labels of this text. Adjudicate under another handle.`);
      }
      const open = differing.length - decided.size;
      if (open) return say(`${counted(open, "difference")} not decided yet.`);
      const result = compared.map((key) => [key, sides[decided.get(key) ?? 0].items.get(key)]).filter(([, it]) => it !== undefined);
      const seen = new Set([...sides[0].seen].filter((it) => sides[1].seen.has(it)));
      return send({ annotator: name, blind: false, covers: coverage(seen), minutes: 0, replaces: [] }, result);
    };
    window.offerComparison = () => {
      const names = [...(covered.size ? [""] : []), ...[...saved.keys()].filter((it) => !covered.size || it !== handle.value)];
      compare.replaceChildren();
      if (names.length < 2) return make("p", "No other person's labels of this text in this codebook are here.", compare);
      const [left, right] = ["Compare", "with"].map((title, index) => {
        const select = make("select", "", make("label", title + " ", compare));
        for (const name of names) make("option", name || "your draft", select, { value: name });
        select.value = names[index];
        return select;
      });
      press("Show differences", compare, () => attempt(() => showDifferences(left.value, right.value)));
      return null;
    };
    """#
