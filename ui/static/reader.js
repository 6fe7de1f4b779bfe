// The reader: marks the words that the address names, and cites words that are marked or selected.
import { toClipboard } from "./clipboard.js";
import { mark, ranges, selected, unmark } from "./place.js";
import { fetchJson, site } from "./site.js";

const article = document.querySelector("article[data-length]");
const notice = document.querySelector("[data-notice]");
const tools = document.querySelector("[data-tools]");
const said = document.querySelector("[data-said]");
const hand = tools.querySelector("textarea");
const contents = document.querySelector(".contents");
const wide = matchMedia("(min-width: 901px)");
// Selecting goes on for a while; only where it ends matters.
const PAUSE_MS = 150;

let marked = [];
let chosen = [];
let pause = 0;

function show() {
  unmark(article);
  const asked = ranges(location.hash, Number(article.dataset.length));
  const found = (asked ?? []).flatMap(({ start, end }) => mark(article, start, end));
  marked = found.length ? asked : [];
  notice.hidden = asked?.length === 0 || found.length > 0;
  choose();
  for (const each of found) {
    for (let fold = each.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  }
  if (found.length) {
    found[0].tabIndex = -1;
    found[0].focus({ preventScroll: true });
    found[0].scrollIntoView({ block: "center" });
  } else if (!notice.hidden) {
    notice.scrollIntoView({ block: "center" });
  }
}

/** The tools cite what is selected, else what is marked. */
function choose() {
  const words = selected(article);
  chosen = words ? [words] : marked;
  tools.hidden = !chosen.length;
  said.textContent = "";
  hand.hidden = true;
}

function link() {
  const places = chosen.map(({ start, end }) => `${start}-${end}`).join(",");
  return `${location.origin}${location.pathname}#c=${places}`;
}

/** One citation for each place, in the form that was asked for. */
async function cited(form) {
  const texts = chosen.map(async ({ start, end }) => {
    const address = site(`doc/${article.dataset.id}/cite.json`);
    address.search = new URLSearchParams({ start, end, lang: document.documentElement.lang });
    return (await fetchJson(address))[form];
  });
  return (await Promise.all(texts)).join("\n\n");
}

async function copy(form) {
  hand.hidden = true;
  try {
    hand.value = form === "link" ? link() : await cited(form);
  } catch {
    said.textContent = said.dataset.lost;
    return;
  }
  said.textContent = (await toClipboard(hand)) ? said.dataset.done : said.dataset.failed;
}

tools.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button.dataset.copy);
});
// A click on a tool must not take the selection away.
tools.addEventListener("pointerdown", (event) => {
  if (event.target.closest("button")) event.preventDefault();
});

document.addEventListener("selectionchange", () => {
  if (tools.contains(document.activeElement)) return;
  clearTimeout(pause);
  pause = setTimeout(choose, PAUSE_MS);
});

addEventListener("hashchange", show);
article.addEventListener("click", (event) => {
  // The address does not change when the same place is asked for again.
  const way = event.target.closest('a[href^="#c="]');
  if (way && way.hash === location.hash) show();
});

// Beside the text the contents are open; above it they are a drawer.
if (contents) {
  const fit = () => (contents.open = wide.matches);
  fit();
  wide.addEventListener("change", fit);
  contents.addEventListener("click", (event) => {
    if (event.target.closest("a") && !wide.matches) contents.open = false;
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || wide.matches || !contents.open) return;
    contents.open = false;
    contents.querySelector("summary").focus();
  });
}

// On paper nothing can be opened.
addEventListener("beforeprint", () => {
  for (const fold of article.querySelectorAll("details:not([open])")) {
    fold.open = true;
    fold.dataset.folded = "";
  }
});
addEventListener("afterprint", () => {
  for (const fold of article.querySelectorAll("[data-folded]")) {
    fold.open = false;
    delete fold.dataset.folded;
  }
});

show();
