// Places in a drawn document: code points of its text to nodes of the page, and back. Each element
// with `data-at` draws the text that begins there, and nothing else.
import { units } from "./dom.js";

/** How many code points a string has. */
export function points(text) {
  let count = 0;
  for (let at = 0; at < text.length; at += text.codePointAt(at) > 0xffff ? 2 : 1) count += 1;
  return count;
}

/** The ranges that an address names (`#c=120-188,300-310`), `[]` where it names none at all, and
    null where it is no range of a text so long. */
export function ranges(hash, length) {
  const asked = hash.split(":~:")[0].replaceAll(/%2c/gi, ",");
  if (!asked.startsWith("#c=")) return [];
  if (!/^#c=\d{1,9}-\d{1,9}(?:,\d{1,9}-\d{1,9})*$/.test(asked)) return null;
  const found = asked.slice(3).split(",").map((range) => range.split("-").map(Number));
  const real = ([start, end]) => start < end && end <= length;
  return found.every(real) ? found.map(([start, end]) => ({ start, end })) : null;
}

/** Puts the words from `start` to `end` into <mark>s; gives these. */
export function mark(article, start, end) {
  const blocks = [...article.querySelectorAll("[data-at]")];
  const first = blocks.findLastIndex((block) => Number(block.dataset.at) <= start);
  const found = [];
  for (const block of blocks.slice(Math.max(0, first))) {
    let at = Number(block.dataset.at);
    if (at >= end) break;
    for (const node of texts(block)) {
      const length = points(node.data);
      const from = Math.max(start - at, 0);
      const to = Math.min(end - at, length);
      if (from < to) found.push(wrap(node, from, to));
      at += length;
    }
  }
  return found;
}

/** Takes every <mark> out again. */
export function unmark(article) {
  for (const each of article.querySelectorAll("mark")) {
    const parent = each.parentNode;
    each.replaceWith(...each.childNodes);
    parent.normalize();
  }
}

/** Where the selected words stand, or null where none of the document's are selected. */
export function selected(article) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!range.intersectsNode(article)) return null;
  let found = null;
  for (const block of article.querySelectorAll("[data-at]")) {
    if (!range.intersectsNode(block)) {
      if (found) break;
      continue;
    }
    const at = Number(block.dataset.at);
    const inside = (node) => block.contains(node);
    const start = inside(range.startContainer) ? offset(block, range.startContainer, range.startOffset) : 0;
    const end = inside(range.endContainer)
      ? offset(block, range.endContainer, range.endOffset)
      : points(block.textContent);
    if (start < end) found = { start: found?.start ?? at + start, end: at + end };
  }
  return found;
}

function offset(block, node, at) {
  const before = document.createRange();
  before.setStart(block, 0);
  before.setEnd(node, at);
  return points(before.toString());
}

function texts(block) {
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  return found;
}

function wrap(node, from, to) {
  const at = units(node.data, [from, to]);
  const words = document.createRange();
  words.setStart(node, at.get(from));
  words.setEnd(node, at.get(to));
  const element = document.createElement("mark");
  words.surroundContents(element);
  return element;
}
