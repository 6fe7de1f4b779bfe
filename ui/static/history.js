// The panel of past conversations.
import { fill, icon, make } from "./dom.js";
import { Panel } from "./panel.js";

export class History {
  #texts;
  #store;
  #acts;
  #dates;
  #panel;

  /** `acts`: `open(id)` shows one; `gone(id)` is told of each that was deleted. */
  constructor(texts, language, store, acts) {
    this.#texts = texts;
    this.#store = store;
    this.#acts = acts;
    this.#dates = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
    this.#panel = new Panel("yw-history", { close: texts.history_close });
    this.#panel.title.textContent = texts.history;
    this.element = this.#panel.element;
  }

  open() {
    this.#draw();
    this.#panel.show();
    this.#panel.body.querySelector("button")?.focus();
  }

  #draw() {
    const texts = this.#texts;
    const past = this.#store.list();
    const note = this.#store.lasting ? texts.history_note : texts.history_memory;
    this.#panel.body.replaceChildren(
      ...(past.length
        ? [make("ul", {}, ...past.map((each) => this.#item(each))), this.#clearing(past)]
        : [make("p", { class: "yw-note" }, texts.history_none)]),
      make("p", { class: "yw-note" }, note),
    );
  }

  #item({ id, at, title, count }) {
    const texts = this.#texts;
    const remove = fill(texts.history_delete, { title: title.slice(0, 60) });
    return make(
      "li",
      {},
      make(
        "button",
        {
          type: "button",
          class: "yw-past",
          onclick: () => {
            this.#panel.close();
            this.#acts.open(id);
          },
        },
        make("bdi", {}, title),
        make("span", {}, `${this.#dates.format(at)} · ${fill(texts.history_count, { n: count })}`),
      ),
      make(
        "button",
        { type: "button", class: "yw-icon", "aria-label": remove, title: remove, onclick: (event) => this.#remove([id], event) },
        icon("bin"),
      ),
    );
  }

  /** Asks once before all are deleted: there is no way back. */
  #clearing(past) {
    const texts = this.#texts;
    const all = make("button", { type: "button", class: "yw-plain" }, texts.history_clear);
    const sure = make(
      "div",
      { class: "yw-sure", hidden: true },
      make("p", {}, fill(texts.history_sure, { n: past.length })),
      make(
        "button",
        { type: "button", class: "yw-plain yw-danger", onclick: (event) => this.#remove(past.map((each) => each.id), event) },
        texts.history_clear,
      ),
      make("button", { type: "button", class: "yw-plain", onclick: () => turn(false) }, texts.cancel),
    );
    const turn = (asking) => {
      sure.hidden = !asking;
      all.hidden = asking;
      (asking ? sure.querySelector("button") : all).focus();
    };
    all.addEventListener("click", () => turn(true));
    return make("div", { class: "yw-clearing" }, all, sure);
  }

  #remove(ids, event) {
    const at = [...this.#panel.body.querySelectorAll("li")].indexOf(event.target.closest("li"));
    for (const id of ids) {
      this.#store.remove(id);
      this.#acts.gone(id);
    }
    this.#draw();
    // The focus stays in the place of what is gone.
    const left = this.#panel.body.querySelectorAll(".yw-past");
    (left[Math.min(Math.max(at, 0), left.length - 1)] ?? this.#panel.body).focus();
  }
}
