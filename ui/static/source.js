// The source panel: a whole document with the quoted words marked, scrolled to and focused.
import { icon, make } from "./dom.js";
import { drawDocument } from "./drawn.js";
import { Panel } from "./panel.js";
import { door, fetchJson } from "./site.js";

const BESIDE = "(min-width: 1100px)";

export class Source {
  #texts;
  #panel;
  #jump;
  #documents = new Map();
  #asked = 0;

  /** `covers`: never beside the chat. `onchange(open)` is told when the panel opens and closes. */
  constructor(texts, covers, onchange) {
    this.#texts = texts;
    this.#jump = make(
      "button",
      { type: "button", class: "yw-icon", "aria-label": texts.to_mark, title: texts.to_mark, onclick: () => this.#toMark() },
      icon("mark"),
    );
    this.#panel = new Panel("yw-source", {
      label: texts.source,
      close: texts.close,
      acts: [this.#jump],
      beside: covers ? null : BESIDE,
      onchange,
    });
    this.element = this.#panel.element;
  }

  /** Opens `place` (`start` and `end` in code points) of the citation's document. */
  async open(citation, place) {
    const asked = (this.#asked += 1);
    const overtaken = () => asked !== this.#asked || !this.#panel.isOpen;
    const { title, body } = this.#panel;
    title.textContent = citation.document.title;
    this.#jump.hidden = true;
    body.replaceChildren(make("p", { class: "yw-note", role: "status" }, this.#texts.source_loading));
    this.#panel.show();
    try {
      const found = await this.#fetch(citation.document.id);
      if (overtaken()) return;
      this.element.lang = found.language;
      body.replaceChildren(...drawDocument(found, place, this.#texts));
      this.#jump.hidden = false;
      this.#toMark();
    } catch (error) {
      if (overtaken()) return;
      console.info(String(error));
      body.replaceChildren(make("p", { class: "yw-note", role: "alert" }, this.#texts.source_error));
    }
  }

  close() {
    this.#panel.close();
  }

  #toMark() {
    const mark = this.#panel.body.querySelector("mark");
    if (!mark) return;
    mark.focus({ preventScroll: true });
    mark.scrollIntoView({ block: "center" });
  }

  #fetch(id) {
    if (!this.#documents.has(id)) {
      const found = fetchJson(door(`documents/${encodeURIComponent(id)}.json`));
      found.catch(() => this.#documents.delete(id));
      this.#documents.set(id, found);
    }
    return this.#documents.get(id);
  }
}
