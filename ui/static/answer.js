// Draws one answer or refusal, in the wire format, as elements.
import { drawCards } from "./card.js";
import { fill, make } from "./dom.js";

/** `open(citation, place)` shows `place` of the citation's document in the source panel. */
export function drawAnswer(reply, texts, open) {
  const parts = [];
  if (reply.asked_as.trim() !== reply.question.trim()) {
    parts.push(
      make("p", { class: "yw-understood", dir: "auto" }, fill(texts.understood, { question: reply.asked_as })),
    );
  }
  if (reply.status !== "answered") return [...parts, ...refusal(reply, texts, open)];
  const draw = reply.parts.length ? severally : reply.by_speaker ? voices : plain;
  return [...parts, ...draw(reply, texts, open)];
}

function plain(reply, texts, open) {
  return [
    make("div", { class: "yw-said" }, ...sentences(reply.sentences, reply.citations, texts, open)),
    ...aloud(reply, texts),
    drawCards(reply.citations, texts, open, { heading: texts.sources }),
  ];
}

/** Each thing that was asked, with what answers it, or that nothing does. */
function severally(reply, texts, open) {
  const list = reply.parts.map((part) => {
    const own = reply.sentences.filter((sentence) => part.citations.includes(sentence.citation));
    const said = own.length
      ? make("div", { class: "yw-said" }, ...sentences(own, reply.citations, texts, open))
      : make("p", { class: "yw-silent" }, texts.refused_not_in_documents);
    return make("li", { class: "yw-voice" }, make("h3", { dir: "auto" }, part.question), said);
  });
  return [
    make("ul", { class: "yw-voices" }, ...list),
    ...aloud(reply, texts),
    drawCards(reply.citations, texts, open, { heading: texts.sources }),
  ];
}

/** Who said what: each speaker once, with all his own words under his name. */
function voices(reply, texts, open) {
  const speakers = Map.groupBy(reply.citations, (citation) => citation.speaker ?? texts.no_speaker);
  const list = [...speakers].map(([who, citations]) => {
    const numbers = new Set(citations.map((citation) => citation.n));
    const own = reply.sentences.filter((sentence) => numbers.has(sentence.citation));
    return make(
      "li",
      { class: "yw-voice" },
      make("h3", { dir: "auto" }, who),
      make("div", { class: "yw-said" }, ...sentences(own, citations, texts, open)),
      drawCards(citations, texts, open, { kind: "yw-own" }),
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

function sentences(list, citations, texts, open) {
  return list.map((sentence) => {
    const citation = citations.find((each) => each.n === sentence.citation);
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
      ...aloud(reply, texts),
    ),
  ];
  if (reply.nearest.length) parts.push(drawCards(reply.nearest, texts, open, { heading: texts.near, kind: "yw-near" }));
  return parts;
}
