// A cited passage: who, where, the words in their surroundings, and what can be done with them.
import { copyMenu } from "./copy.js";
import { fill, icon, make, marked, units } from "./dom.js";
import { site } from "./site.js";

// A card shows this much of a passage on each side of the quoted words before it is unfolded.
const AROUND = 90;

/** `kind`: `yw-near` for near misses, which have no number; `yw-own` under their speaker's name. */
export function drawCards(citations, texts, open, { heading = null, kind = "" }) {
  return make(
    "div",
    { class: `yw-cards ${kind}` },
    heading && make("h3", {}, heading),
    make("ol", {}, ...citations.map((citation) => card(citation, texts, open, kind))),
  );
}

function card(citation, texts, open, kind) {
  const show = () => open(citation, citation);
  const where = make("p", { class: "yw-path" }, ...path(citation, texts));
  const element = make(
    "li",
    { class: "yw-card" },
    make(
      "div",
      { class: "yw-card-head" },
      kind !== "yw-near" && make("span", { class: "yw-number", "aria-hidden": "true" }, String(citation.n)),
      kind === "yw-own" ? where : make("bdi", { class: "yw-name" }, citation.speaker ?? texts.no_speaker),
    ),
    kind !== "yw-own" && where,
    passage(citation, texts),
    also(citation, texts, open),
    make(
      "div",
      { class: "yw-card-foot" },
      make("button", { type: "button", class: "yw-open", onclick: show }, texts.open, icon("open")),
      ...copyMenu(citation, texts),
      make(
        "a",
        { class: "yw-act", href: site(citation.link).href, target: "_blank", rel: "noopener", title: texts.permalink },
        icon("link"),
        make("span", {}, texts.reader),
      ),
    ),
  );
  // The whole card is a large target for the pointer; its button serves the keyboard.
  element.addEventListener("click", (event) => {
    if (!event.target.closest("button, a, [popover]") && !String(getSelection())) show();
  });
  return element;
}

function path(citation, texts) {
  const names = [...citation.section];
  const squeeze = (name) => (name ?? "").replace(/\s+/g, "");
  if (squeeze(names[0]) !== squeeze(citation.document.title)) names.unshift(citation.document.title);
  const parts = names.map((name) => make("bdi", {}, name));
  if (citation.page !== null) parts.push(make("span", { class: "yw-page" }, fill(texts.page, { n: citation.page })));
  return parts;
}

function passage(citation, texts) {
  const at = units(citation.passage, [
    citation.start - citation.passage_start,
    citation.end - citation.passage_start,
  ]);
  const [start, end] = [...at.values()];
  const parts = marked(citation.passage, start, end);
  const quote = make("blockquote", { dir: "auto" });
  const points = [Array.from(parts[0]), Array.from(parts[2])];
  if (points.every((side) => side.length <= AROUND + 20)) {
    quote.append(...parts);
    return quote;
  }
  const before = points[0].length > AROUND + 20 ? "…" + points[0].slice(-AROUND).join("") : parts[0];
  const after = points[1].length > AROUND + 20 ? points[1].slice(0, AROUND).join("") + "…" : parts[2];
  const body = make("span", {}, before, parts[1].cloneNode(true), after);
  const toggle = make("button", { type: "button", class: "yw-more", "aria-expanded": "false" }, texts.more);
  toggle.addEventListener("click", () => {
    const whole = toggle.getAttribute("aria-expanded") === "false";
    toggle.setAttribute("aria-expanded", String(whole));
    toggle.textContent = whole ? texts.less : texts.more;
    body.replaceChildren(...(whole ? parts : [before, parts[1].cloneNode(true), after]));
  });
  quote.append(body, " ", toggle);
  return quote;
}

function also(citation, texts, open) {
  if (!citation.also_at.length) return null;
  const places = citation.also_at.map((place, i) =>
    make(
      "button",
      { type: "button", class: "yw-place", onclick: () => open(citation, place) },
      fill(texts.place, { n: i + 1 }),
    ),
  );
  return make("p", { class: "yw-also" }, make("span", {}, texts.also), ...places);
}
