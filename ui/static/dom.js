// Builds elements from text nodes only: nothing a document says is ever read as markup.

/** An element with attributes (`on…` functions become listeners) and children (strings or nodes). */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Turns code point offsets, as the server counts them, into offsets of a JavaScript string. */
export function units(text, offsets) {
  if (!/[\ud800-\udbff][\udc00-\udfff]/.test(text)) return new Map(offsets.map((at) => [at, at]));
  const found = new Map();
  const sorted = [...new Set(offsets)].sort((a, b) => a - b);
  let next = 0;
  let points = 0;
  for (let at = 0; at <= text.length && next < sorted.length; points += 1) {
    while (sorted[next] === points) found.set(sorted[next++], at);
    at += text.codePointAt(at) > 0xffff ? 2 : 1;
  }
  return found;
}

/** `text` with the words from `start` to `end` (string offsets) in a <mark>. */
export function marked(text, start, end) {
  return [text.slice(0, start), make("mark", {}, text.slice(start, end)), text.slice(end)];
}

/** Fills `{name}` in a text of the page. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

const ICONS = {
  send: "M12 19V5M5 12l7-7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  new: "M12 5v14M5 12h14",
  open: "M9 6l6 6-6 6",
  mark: "M12 5v14M6 13l6 6 6-6",
  history: "M3.5 12a8.5 8.5 0 1 0 2.6-6.1L3.5 8.3M3.5 3.8v4.5H8M12 7.5V12l3.2 2",
  export: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  filter: "M4 6h16M7 12h10M10 18h4",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4.2 4.2 0 0 0-6-6l-1.5 1.6M14 10a4 4 0 0 0-6-.4l-3 3a4.2 4.2 0 0 0 6 6l1.5-1.6",
  up: "M7 21V10l4.2-7.2a2.3 2.3 0 0 1 2.3 2.7L12.8 9H19a2 2 0 0 1 2 2.3l-1.2 7.9A2 2 0 0 1 17.8 21zM7 10H3.5v11H7",
  down: "M17 3v11l-4.2 7.2a2.3 2.3 0 0 1-2.3-2.7l.7-3.5H5a2 2 0 0 1-2-2.3l1.2-7.9A2 2 0 0 1 6.2 3zM17 14h3.5V3H17",
  bin: "M4 7h16M9 7V4h6v3M6.5 7l1 13h9l1-13M10 11v5M14 11v5",
};

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", "aria-hidden": "true" })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}
