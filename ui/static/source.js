// The source panel: a whole document with the quoted words marked, scrolled to and focused.
import { fill, icon, make, units } from "./dom.js";

// Below this width the panel covers the chat and holds the focus; above, both stand side by side.
const BESIDE = matchMedia("(min-width: 1100px)");

export class Source {
  #texts;
  #onchange;
  #documents = new Map();
  #opener = null;
  #asked = 0;
  #moving = false;

  /** `onchange(open)` is told when the panel opens and closes. */
  constructor(texts, onchange) {
    this.#texts = texts;
    this.#onchange = onchange;
    this.title = make("h2", { id: "yw-source-title", dir: "auto" });
    this.body = make("div", { class: "yw-source-body", tabindex: "0", role: "region", "aria-labelledby": "yw-source-title" });
    this.jump = make(
      "button",
      { type: "button", class: "yw-icon", "aria-label": texts.to_mark, title: texts.to_mark, onclick: () => this.#toMark() },
      icon("mark"),
    );
    const close = make(
      "button",
      { type: "button", class: "yw-icon", "aria-label": texts.close, title: texts.close, onclick: () => this.close() },
      icon("close"),
    );
    this.element = make(
      "dialog",
      { class: "yw-source", "aria-labelledby": "yw-source-title" },
      make("header", {}, make("p", {}, texts.source), this.title, this.jump, close),
      this.body,
    );
    this.element.addEventListener("close", () => this.#closed());
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        this.close();
      }
    });
    // All the dialog's own area is covered; what it receives itself fell on the backdrop.
    this.element.addEventListener("click", (event) => event.target === this.element && this.close());
    BESIDE.addEventListener("change", () => {
      if (this.element.open) this.#show();
    });
  }

  /** Opens `place` (`start` and `end` in code points) of the citation's document. */
  async open(citation, place) {
    const asked = (this.#asked += 1);
    if (!this.element.open) this.#opener = document.activeElement;
    this.title.textContent = citation.document.title;
    this.jump.hidden = true;
    this.body.replaceChildren(make("p", { class: "yw-note", role: "status" }, this.#texts.source_loading));
    this.#show();
    try {
      const found = await this.#fetch(citation.document.id);
      if (asked !== this.#asked) return;
      this.element.lang = found.language;
      this.body.replaceChildren(...drawDocument(found, place, this.#texts));
      this.jump.hidden = false;
      this.#toMark();
    } catch (error) {
      if (asked !== this.#asked) return;
      console.info(String(error));
      this.body.replaceChildren(make("p", { class: "yw-note", role: "alert" }, this.#texts.source_error));
    }
  }

  close() {
    if (this.element.open) this.element.close();
  }

  #show() {
    if (this.element.open) {
      if (this.element.matches(":modal") !== BESIDE.matches) return;
      this.#moving = true;
      this.element.close();
    }
    if (BESIDE.matches) this.element.show();
    else this.element.showModal();
    this.#onchange(true);
  }

  #closed() {
    if (this.#moving) {
      this.#moving = false;
      return;
    }
    this.#asked += 1;
    this.#onchange(false);
    if (this.#opener?.isConnected) this.#opener.focus();
    this.#opener = null;
  }

  #toMark() {
    const mark = this.body.querySelector("mark");
    if (!mark) return;
    mark.focus({ preventScroll: true });
    mark.scrollIntoView({ block: "center" });
  }

  #fetch(id) {
    if (!this.#documents.has(id)) {
      const address = new URL(`documents/${encodeURIComponent(id)}.json`, document.baseURI);
      const found = fetch(address).then((response) => {
        if (!response.ok) throw new Error(`${address.pathname}: ${response.status}`);
        return response.json();
      });
      found.catch(() => this.#documents.delete(id));
      this.#documents.set(id, found);
    }
    return this.#documents.get(id);
  }
}

/** Paragraphs, headings, lead-ins and speakers, with the words of `place` in <mark>. */
function drawDocument(found, place, texts) {
  const offsets = [place.start, place.end];
  for (const each of [...found.sections, ...found.turns]) offsets.push(each.start, each.end);
  const at = units(found.text, offsets);
  const mark = { start: at.get(place.start), end: at.get(place.end) };
  const titles = found.sections
    .filter((section) => section.level > 0)
    .map((section) => title(found.text, at.get(section.start), section));
  const turns = found.turns.map((turn) => ({ speaker: turn.speaker, start: at.get(turn.start) }));

  const parts = [];
  let named = null;
  for (const line of found.text.matchAll(/[^\n]+/g)) {
    const start = line.index;
    const end = start + line[0].length;
    if (!line[0].trim()) continue;
    const byline = turns.some((turn) => turn.speaker === line[0].trim());
    if (byline) named = line[0].trim();
    for (const turn of turns.filter((each) => each.start >= start && each.start < end)) {
      // A byline above, or a name before a colon, tells it already.
      if (turn.speaker !== named && !line[0].trim().startsWith(turn.speaker)) {
        parts.push(make("p", { class: "yw-speaker", dir: "auto" }, fill(texts.speaker, { speaker: turn.speaker })));
      }
      named = null;
    }
    const inside = titles.filter((each) => each && each.start < end && each.end > start);
    const whole = inside.find((each) => found.text.slice(each.end, end).trim() === "");
    const tag = whole && whole.start <= start + leading(line[0]) ? `h${Math.min(6, whole.level + 2)}` : "p";
    const cuts = tag === "p" ? inside : [];
    parts.push(make(tag, { dir: "auto", class: byline ? "yw-byline" : null }, ...runs(found.text, start, end, mark, cuts)));
  }
  // The first mark takes the focus.
  const marks = parts.flatMap((part) => [...part.querySelectorAll("mark")]);
  marks[0]?.setAttribute("tabindex", "-1");
  return parts;
}

/** Where the section's own title stands in the text; null where the text does not begin with it. */
function title(text, start, section) {
  const name = section.path.at(-1);
  const from = start + leading(text.slice(start, start + 200));
  return text.startsWith(name, from) ? { start: from, end: from + name.length, level: section.level } : null;
}

function leading(text) {
  return text.length - text.trimStart().length;
}

/** The text from `start` to `end`, cut where a mark or a lead-in begins or ends. */
function runs(text, start, end, mark, leads) {
  const edges = [mark.start, mark.end, ...leads.flatMap((lead) => [lead.start, lead.end])];
  const cuts = [start, ...new Set(edges.filter((edge) => edge > start && edge < end).sort((a, b) => a - b)), end];
  return cuts.slice(1).map((to, i) => {
    const from = cuts[i];
    const words = text.slice(from, to);
    const inLead = leads.some((lead) => lead.start <= from && to <= lead.end);
    const node = inLead ? make("strong", {}, words) : document.createTextNode(words);
    return mark.start <= from && to <= mark.end && from < to ? make("mark", {}, node) : node;
  });
}
