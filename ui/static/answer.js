// Draws one answer or refusal, in the wire format, as elements.
import { fill, icon, make, marked, units } from "./dom.js";

// A card shows this much of a passage on each side of the quoted words before it is unfolded.
const AROUND = 90;

/** `open(citation, place)` shows `place` of the citation's document in the source panel. */
export function drawAnswer(reply, texts, open) {
  const parts = [];
  if (reply.asked_as.trim() !== reply.question.trim()) {
    parts.push(
      make("p", { class: "yw-understood", dir: "auto" }, fill(texts.understood, { question: reply.asked_as })),
    );
  }
  if (reply.status !== "answered") return [...parts, ...refusal(reply, texts, open)];
  return [...parts, ...(reply.by_speaker ? voices(reply, texts, open) : plain(reply, texts, open))];
}

function plain(reply, texts, open) {
  return [
    make("div", { class: "yw-said" }, ...sentences(reply.sentences, reply, texts, open)),
    ...aloud(reply, texts),
    cards(reply.citations, texts, open, texts.sources),
  ];
}

function voices(reply, texts, open) {
  const speakers = new Map();
  for (const citation of reply.citations) {
    const who = citation.speaker ?? texts.no_speaker;
    speakers.set(who, [...(speakers.get(who) ?? []), citation]);
  }
  const list = [...speakers].map(([who, citations]) => {
    const numbers = new Set(citations.map((citation) => citation.n));
    const own = reply.sentences.filter((sentence) => numbers.has(sentence.citation));
    return make(
      "li",
      { class: "yw-voice" },
      make("h3", { dir: "auto" }, who),
      make("div", { class: "yw-said" }, ...sentences(own, reply, texts, open)),
      cards(citations, texts, open, null, "yw-own"),
    );
  });
  return [
    make("p", { class: "yw-lead" }, texts.speakers_say),
    make("ul", { class: "yw-voices" }, ...list),
    ...aloud(reply, texts),
  ];
}

function aloud(reply, texts) {
  if (!reply.silent.length) return [];
  const names = reply.silent.map((who) => make("bdi", { class: "yw-name" }, who));
  return [make("p", { class: "yw-silent" }, make("span", {}, texts.silent), ...names)];
}

function sentences(list, reply, texts, open) {
  return list.map((sentence) => {
    const citation = reply.citations.find((each) => each.n === sentence.citation);
    const chip = make(
      "button",
      {
        type: "button",
        class: "yw-chip",
        "aria-label": fill(texts.cite, { n: citation.n }),
        onclick: () => open(citation, citation),
      },
      `[${citation.n}]`,
    );
    // The last character keeps the chip beside it, so that no chip begins a line alone.
    const at = sentence.text.length - lastCharacter(sentence.text).length;
    const last = make("span", { class: "yw-last" }, make("bdi", {}, sentence.text.slice(at)), chip);
    return make("p", {}, make("bdi", {}, sentence.text.slice(0, at)), last);
  });
}

function lastCharacter(text) {
  return [...new Intl.Segmenter().segment(text)].at(-1)?.segment ?? "";
}

function refusal(reply, texts, open) {
  const parts = [
    make(
      "div",
      { class: "yw-refusal" },
      make("p", { class: "yw-refusal-head" }, texts[`refused_${reply.reason}`]),
      make("p", {}, texts[`refused_${reply.reason}_more`]),
    ),
  ];
  if (reply.nearest.length) parts.push(cards(reply.nearest, texts, open, texts.near, "yw-near"));
  return parts;
}

function cards(citations, texts, open, heading, kind = "") {
  return make(
    "div",
    { class: `yw-cards ${kind}` },
    heading && make("h3", {}, heading),
    make("ol", {}, ...citations.map((citation) => card(citation, texts, open, kind))),
  );
}

/** Near misses have no number, and the cards under a speaker do not name him again. */
function card(citation, texts, open, kind) {
  const show = () => open(citation, citation);
  const where = make("p", { class: "yw-path" }, ...path(citation));
  const element = make(
    "li",
    { class: "yw-card" },
    make(
      "div",
      { class: "yw-card-head" },
      kind !== "yw-near" && make("span", { class: "yw-number", "aria-hidden": "true" }, String(citation.n)),
      kind !== "yw-own" && make("bdi", { class: "yw-name" }, citation.speaker ?? texts.no_speaker),
      kind === "yw-own" && where,
    ),
    kind !== "yw-own" && where,
    passage(citation, texts),
    make(
      "div",
      { class: "yw-card-foot" },
      make("button", { type: "button", class: "yw-open", onclick: show }, texts.open, icon("open")),
      ...also(citation, texts, open),
    ),
  );
  // The whole card is a large target for the pointer; its button serves the keyboard.
  element.addEventListener("click", (event) => {
    if (!event.target.closest("button") && !String(getSelection())) show();
  });
  return element;
}

function path(citation) {
  const names = [...citation.section];
  const squeeze = (name) => (name ?? "").replace(/\s+/g, "");
  if (squeeze(names[0]) !== squeeze(citation.document.title)) names.unshift(citation.document.title);
  return names.map((name) => make("bdi", {}, name));
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
  if (!citation.also_at.length) return [];
  const places = citation.also_at.map((place, i) =>
    make(
      "button",
      { type: "button", class: "yw-place", onclick: () => open(citation, place) },
      fill(texts.place, { n: i + 1 }),
    ),
  );
  return [make("span", { class: "yw-also" }, make("span", {}, texts.also), ...places)];
}
