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
