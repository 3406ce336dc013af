/// The script of pages for annotating whose codebook labels spans.
let spanScript = #"""
    "use strict";
    // Labels on characters: spans are painted into the text, and a selection chooses where the next label goes.
    const fill = (parent, start, end) => {
      for (let point = start; point < end; point += 1) parent.append(named.get(point)?.cloneNode(true) ?? text[point]);
      parent.normalize();
    };
    const paint = ({ p, start, end }) => {
      const marks = [...items.keys()].map(parts).filter((it) => !it.isLink && it.a < end && it.b > start);
      const cuts = [...new Set([start, end, ...marks.flatMap((it) => [it.a, it.b])])]
        .filter((point) => point >= start && point <= end).sort((a, b) => a - b);
      p.replaceChildren();
      cuts.slice(1).forEach((to, index) => {
        const here = marks.filter((it) => it.a < to && it.b > cuts[index]);
        const settings = { "data-n": labels.indexOf(here[0]?.label) % 8, className: here.length > 1 ? "many" : "" };
        fill(here.length ? make("mark", "", p, settings) : p, cuts[index], to);
      });
    };

    // A page counts UTF-16 units, an annotation code points.
    const pointIn = ({ p, start }, node, offset, other) => {
      if (!p.contains(node)) return other;
      const range = document.createRange();
      range.setStart(p, 0);
      range.setEnd(node, offset);
      return start + points(textOf(range.cloneContents()));
    };
    const readSelection = () => {
      const selection = getSelection();
      if (!selection.rangeCount || selection.isCollapsed) return;
      const range = selection.getRangeAt(0);
      const hit = segments.filter((it) => range.intersectsNode(it.p));
      if (!hit.length) return;
      let start = pointIn(hit[0], range.startContainer, range.startOffset, hit[0].start);
      let end = pointIn(hit.at(-1), range.endContainer, range.endOffset, hit.at(-1).end);
      while (start < end && /\s/u.test(text[start])) start += 1;
      while (start < end && /\s/u.test(text[end - 1])) end -= 1;
      picked = start < end ? [start, end] : null;
      if (picked) go(segmentAt(start), false);
    };
    const placeOf = ({ p, start }, point) => {
      const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
      let rest = point - start;
      let place = [p, 0];
      while (walker.nextNode()) {
        const node = walker.currentNode;
        const isNamed = Boolean(node.parentElement.dataset.c);
        const size = isNamed ? 1 : points(node.data);
        if (rest <= size) return [node, isNamed ? rest * node.data.length : [...node.data].slice(0, rest).join("").length];
        rest -= size;
        place = [node, node.data.length];
      }
      return place;
    };
    // Arrows move a selection of one character, or of one word with Ctrl. With Shift they move its end.
    let edges = null;
    const step = (isForward, isExtending, isWord) => {
      const segment = segments[current];
      const places = [segment.start];
      const pieces = new Intl.Segmenter(undefined, { granularity: isWord ? "word" : "grapheme" });
      for (const it of pieces.segment(quote(segment.start, segment.end))) places.push(places.at(-1) + points(it.segment));
      const move = (point) => (isForward ? places.find((it) => it > point) : places.findLast((it) => it < point)) ?? point;
      const isInside = picked && edges && picked[0] >= segment.start && picked[1] <= segment.end;
      if (!isInside) edges = [segment.start, segment.start];
      else if (!isExtending) edges = isForward ? [picked[1], picked[1]] : [picked[0], picked[0]];
      edges[1] = move(edges[1]);
      if (edges[0] === edges[1]) return;
      picked = [Math.min(...edges), Math.max(...edges)];
      getSelection().setBaseAndExtent(...placeOf(segment, edges[0]), ...placeOf(segment, edges[1]));
      showChoices();
      say(`Selected: ${shorten(quote(...picked))}`);
    };
    // The browser changes the selection after the event.
    document.addEventListener("pointerup", () => setTimeout(readSelection));
    """#
