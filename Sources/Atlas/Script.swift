/// The script of the atlas: the theme, the state of controls in the address, search, the keyboard and saving figures.
/// Without it, every page can still be read.
let script = #"""
    "use strict";
    (() => {
      const root = document.documentElement;
      const base = document.currentScript.src.replace(/atlas\.js$/, "");
      const all = (query, from = document) => [...from.querySelectorAll(query)];
      const make = (name, text, parent) => {
        const element = document.createElement(name);
        if (text) element.textContent = text;
        if (parent) parent.append(element);
        return element;
      };

      // The theme is the only thing that is kept between visits. Storage may be forbidden.
      const kept = (action) => { try { return action(localStorage); } catch { return null; } };
      const setTheme = (theme) => {
        if (theme === "light" || theme === "dark") root.dataset.theme = theme;
        else delete root.dataset.theme;
      };
      setTheme(kept((store) => store.getItem("atlas-theme")));

      // The state of the controls is in the hash. Unknown keys and values are ignored, and a hash without an equals
      // sign is a place on the page.
      const isState = () => location.hash.includes("=");
      const state = () => new URLSearchParams(isState() ? location.hash.slice(1) : "");
      const keys = ["find", "rows", "cols", "colour", "tracks", "depth", "level", "at", "a", "b", "q"];
      const setState = (key, value, isTyped) => {
        const next = new URLSearchParams();
        const old = state();
        for (const name of keys) {
          const content = name === key ? value : old.get(name);
          if (content) next.set(name, content);
        }
        const hash = next.toString();
        if (hash === old.toString()) return;
        const address = hash ? "#" + hash : location.pathname + location.search;
        // Typing changes the current entry of the history; a choice adds one.
        if (isTyped) history.replaceState(null, "", address); else history.pushState(null, "", address);
      };

      const showState = () => {
        // A place on the page leaves the controls as they are.
        if (location.hash.length > 1 && !isState()) return;
        const wanted = state();
        for (const group of all("fieldset.seg")) {
          const inputs = all("input", group);
          if (!inputs.length || inputs[0].name === "theme") continue;
          const value = wanted.get(inputs[0].name);
          (inputs.find((input) => input.value === value) || inputs[0]).checked = true;
        }
        const field = document.getElementById("_find");
        const text = (wanted.get("find") || "").slice(0, 200);
        if (field && field.value !== text) { field.value = text; find(text); }
        const parts = all("[data-pair]");
        const known = new Set(parts.flatMap((part) => part.dataset.pair.split(" ")));
        for (const part of parts) {
          const names = part.dataset.pair.split(" ");
          part.hidden = ["a", "b", "q"].some((key) => known.has(wanted.get(key)) && !names.includes(wanted.get(key)));
        }
        const place = wanted.get("at");
        const target = place && document.getElementById(place);
        if (target) { target.scrollIntoView(); target.focus({ preventScroll: true }); }
      };

      // Search reads a directory, then one file for each word and one for each result.
      const loaded = new Map();
      window.atlasData = (name, value) => loaded.get(name).done(value);
      const load = (name) => {
        if (!loaded.has(name)) {
          const entry = {};
          entry.promise = new Promise((done, failed) => {
            entry.done = done;
            const element = make("script");
            element.src = base + name + ".js";
            element.onerror = failed;
            document.head.append(element);
          });
          loaded.set(name, entry);
        }
        return loaded.get(name).promise;
      };
      const words = (text) => {
        // Text is lower-cased letter by letter, as in the index. Scripts without blanks are searched by character.
        const lower = [...text.normalize("NFC")].map((letter) => letter.toLowerCase()).join("");
        const single = "\\u3040-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}\\u0e00-\\u0e7f";
        const pattern = new RegExp(`[${single}]|(?:(?![${single}])[\\p{L}\\p{N}])+`, "gu");
        return [...new Set(lower.match(pattern) || [])];
      };
      const shard = (list, word) => {
        let [low, high] = [0, list.length];
        while (low < high) {
          const middle = (low + high) >> 1;
          if (list[middle] <= word) low = middle + 1; else high = middle;
        }
        return Math.max(0, low - 1);
      };
      const matches = async (word, directory) => {
        const number = shard(directory.first, word);
        const found = new Map();
        // A list is cut if the word is on too many pages, or if too many words begin with it.
        let isCut = false;
        for (let index = number; index < directory.first.length; index += 1) {
          if (index === number + 3) { isCut = true; break; }
          const { words: list, pages, cut } = await load("search/w" + index);
          list.forEach((entry, place) => {
            if (!entry.startsWith(word)) return;
            isCut ||= cut.includes(place);
            let page = 0;
            pages[place].forEach((step) => {
              page += step;
              const weight = entry === word ? 2 : 1;
              found.set(page, Math.max(found.get(page) || 0, weight));
            });
          });
          const next = directory.first[index + 1];
          if (next === undefined || !next.startsWith(word)) break;
        }
        return { found, isCut };
      };
      let latest = 0;
      const find = async (text) => {
        const box = document.getElementById("_found");
        const turn = (latest += 1);
        const wanted = words(text).slice(0, 6);
        if (!wanted.length) return box.replaceChildren();
        try {
          const directory = await load("search/directory");
          const results = await Promise.all(wanted.map((word) => matches(word, directory)));
          const whole = results.filter((result) => !result.isCut);
          // If a list was cut, a page may have the word without being in the list.
          const needed = (whole.length ? whole : results).map((result) => result.found);
          const lists = results.map((result) => result.found);
          needed.sort((a, b) => a.size - b.size);
          const hits = [...needed[0]].filter(([page]) => needed.every((list) => list.has(page)))
            .map(([page]) => [page, lists.reduce((sum, list) => sum + (list.get(page) || 0), 0)])
            .sort((a, b) => b[1] - a[1] || a[0] - b[0]);
          const shown = hits.slice(0, 12).map(([page]) => page);
          const parts = await Promise.all(shown.map((page) => load("search/p" + Math.floor(page / directory.chunk))));
          if (turn !== latest) return;
          box.replaceChildren();
          if (!hits.length) make("p", "Nothing found. Every word must occur.", box);
          shown.forEach((page, index) => {
            const chunk = parts[index];
            const place = page % directory.chunk;
            const link = make("a", chunk.title[place], box);
            link.href = base + chunk.path[place];
            make("small", chunk.kind[place], link);
          });
          const rest = hits.length > shown.length ? `${shown.length} of ${hits.length} shown. ` : "";
          const vague = wanted.filter((word, index) => results[index].isCut).join(", ");
          if (rest || vague) make("p", rest + (vague && `Not searched completely, because it is on many pages: ${vague}.`), box);
        } catch {
          if (turn === latest) { box.replaceChildren(); make("p", "The search index could not be read.", box); }
        }
      };

      // Saves a figure as it is shown: its shapes with their computed style, and every line of text at its place.
      const names = "http://www.w3.org/2000/svg";
      const painted = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity"];
      const save = (figure) => {
        const frame = figure.getBoundingClientRect();
        const svg = document.createElementNS(names, "svg");
        const add = (name, attributes) => {
          const element = document.createElementNS(names, name);
          for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
          svg.append(element);
          return element;
        };
        svg.setAttribute("xmlns", names);
        svg.setAttribute("width", Math.ceil(frame.width + 16));
        svg.setAttribute("height", Math.ceil(frame.height + 16));
        add("title", {}).textContent = figure.querySelector("h3,caption")?.textContent || document.title;
        add("rect", { width: "100%", height: "100%", fill: getComputedStyle(document.documentElement).backgroundColor });
        const pattern = document.querySelector("#_hx");
        const at = (box) => ({ x: box.left - frame.left + 8, y: box.top - frame.top + 8 });
        if (pattern) {
          const copy = pattern.cloneNode(true);
          const style = getComputedStyle(pattern.querySelector("line"));
          copy.querySelector("line").setAttribute("stroke", style.stroke);
          copy.querySelector("line").setAttribute("stroke-width", "2");
          svg.append(copy);
        }
        for (const cell of all(".cell,.g", figure)) {
          const box = cell.getBoundingClientRect();
          const style = getComputedStyle(cell);
          if (!box.width) continue;
          add("rect", {
            ...at(box), width: box.width, height: box.height, stroke: style.borderTopColor,
            fill: cell.classList.contains("x") ? "url(#_hx)" : style.backgroundColor,
          });
        }
        for (const picture of all("svg", figure)) {
          const box = picture.getBoundingClientRect();
          if (!box.width) continue;
          const copy = picture.cloneNode(true);
          all("*", picture).forEach((element, index) => {
            const style = getComputedStyle(element);
            const target = copy.querySelectorAll("*")[index];
            for (const name of painted) target.setAttribute(name, style.getPropertyValue(name));
            if (element.tagName === "text") target.setAttribute("visibility", "hidden");
          });
          for (const [name, value] of Object.entries({ ...at(box), width: box.width, height: box.height })) {
            copy.setAttribute(name, value);
          }
          copy.setAttribute("overflow", "visible");
          svg.append(copy);
        }
        const walker = document.createTreeWalker(figure, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
          const node = walker.currentNode;
          const parent = node.parentElement;
          if (!node.data.trim() || parent.closest("button,.vh,.seg,[hidden]")) continue;
          const style = getComputedStyle(parent);
          const font = { "font-size": style.fontSize, "font-weight": style.fontWeight, "font-family": style.fontFamily };
          if (style.writingMode.startsWith("vertical")) {
            // Names of columns run upwards; text that does not fit is cut, as on the page.
            const box = parent.getBoundingClientRect();
            if (!box.height) continue;
            const { x, y } = at({ left: box.right - 5, top: box.bottom });
            const fitting = Math.floor(node.data.length * Math.min(1, parent.clientHeight / parent.scrollHeight));
            add("text", { x, y, transform: `rotate(-90 ${x} ${y})`, fill: style.color, ...font }).textContent =
              fitting < node.data.length ? node.data.slice(0, fitting - 1) + "…" : node.data;
            continue;
          }
          const range = document.createRange();
          // One text element for each line.
          let line = null;
          for (let index = 0; index < node.data.length; index += 1) {
            range.setStart(node, index);
            range.setEnd(node, index + 1);
            const box = range.getClientRects()[0];
            if (!box || !box.width) continue;
            if (!line || Math.abs(line.top - box.top) > 4) {
              line = { top: box.top };
              const place = at(box);
              line.element = add("text", {
                x: place.x, y: place.y + box.height * 0.78, fill: parent.namespaceURI === names ? style.fill : style.color,
                ...font,
              });
              line.element.setAttribute("xml:space", "preserve");
            }
            line.element.textContent += node.data[index];
          }
        }
        const link = make("a");
        link.href = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }));
        link.download = (document.title || "figure").replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60) + ".svg";
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 1000);
      };

      // Arrow keys move between the cells of the map.
      const move = (event) => {
        const cell = event.target.closest(".cell");
        const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
        const step = steps[event.key];
        if (!cell || !step || event.altKey || event.ctrlKey || event.metaKey) return;
        const from = cell.getBoundingClientRect();
        const distance = (other) => {
          const box = other.getBoundingClientRect();
          const [x, y] = [box.left - from.left, box.top - from.top];
          const [along, across] = step[0] ? [x * step[0], y] : [y * step[1], x];
          return along > 2 ? along + 3 * Math.abs(across) : Infinity;
        };
        const others = all(".map .cell").filter((other) => other.offsetParent);
        const best = others.reduce((a, b) => (distance(b) < distance(a) ? b : a), cell);
        if (distance(best) < Infinity) { best.focus(); event.preventDefault(); }
      };

      addEventListener("DOMContentLoaded", () => {
        for (const control of all(".find,.seg[hidden],.ctl[hidden]")) control.hidden = false;
        const theme = kept((store) => store.getItem("atlas-theme")) || "auto";
        const chosen = document.getElementById("_theme-" + theme);
        if (chosen) chosen.checked = true;
        document.addEventListener("change", (event) => {
          const input = event.target;
          if (input.name === "theme") {
            setTheme(input.value);
            kept((store) => store.setItem("atlas-theme", input.value));
          } else if (input.type === "radio") {
            const first = input.closest("fieldset").querySelector("input");
            setState(input.name, input === first ? "" : input.value);
          }
        });
        const field = document.getElementById("_find");
        let pause = 0;
        field.addEventListener("input", () => {
          clearTimeout(pause);
          pause = setTimeout(() => {
            const text = field.value.trim().slice(0, 200);
            setState("find", text, true);
            find(text);
          }, 80);
        });
        const close = () => { field.value = ""; setState("find", "", true); find(""); };
        document.addEventListener("keydown", (event) => {
          const isTyping = event.target.closest("input[type=search],textarea");
          if (event.key === "/" && !isTyping && !event.ctrlKey && !event.altKey && !event.metaKey) { field.focus(); event.preventDefault(); }
          if (event.key === "Escape" && event.target.closest(".find")) { close(); field.focus(); }
          const links = all("#_found a");
          if (event.target.closest(".find") && links.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
            const place = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
            (links[place] || field).focus();
            event.preventDefault();
          }
          move(event);
        });
        const detail = document.getElementById("_detail");
        if (detail) {
          const show = (event) => {
            const cell = event.target.closest(".cell");
            if (cell) detail.textContent = cell.closest("tr").querySelector("th").textContent + " " + cell.title;
          };
          document.addEventListener("pointerover", show);
          document.addEventListener("focusin", show);
        }
        for (const figure of all("figure")) {
          if (!figure.querySelector("svg,.map")) continue;
          const button = make("button", "Save as SVG", figure);
          button.type = "button";
          button.addEventListener("click", () => save(figure));
        }
        showState();
        addEventListener("hashchange", showState);
        addEventListener("popstate", showState);
      });
    })();
    """#
