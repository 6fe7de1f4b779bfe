// Where to look: documents, sections and speakers, chosen from lists that are fetched when opened.
import { fill, icon, make } from "./dom.js";
import { door, fetchJson } from "./site.js";

// Of each list so many are shown; typing finds the others.
const SHOWN = 40;
// Headings are listed for so many documents; in a larger library documents are chosen first.
const HEADINGS_OF = 12;
const KINDS = ["documents", "sections", "speakers"];

/** What was chosen, in the wire format's form of filters: lists of ids and names. */
export function named(chosen) {
  const of = (kind) => chosen.filter((each) => each.kind === kind).map((each) => each.value);
  return Object.fromEntries(KINDS.map((kind) => [kind, of(kind)]));
}

export class Filters {
  #texts;
  #library = null;
  #headings = new Map();
  #search;
  #lists = {};
  #drawn = 0;
  // What stood first when the lists were opened or searched: nothing moves under the pointer.
  #first = [];

  /** `chosen` holds `{kind, value, label}` of each filter that is on; `count` is of documents. */
  constructor(texts, count) {
    this.#texts = texts;
    this.chosen = [];
    this.button = make(
      "button",
      {
        type: "button",
        class: "yw-icon yw-filter",
        "aria-label": texts.filter,
        title: texts.filter,
        "aria-expanded": "false",
        "aria-controls": "yw-filters",
        hidden: count === 0,
        onclick: () => this.#toggle(),
      },
      icon("filter"),
    );
    this.chips = make("ul", { class: "yw-chosen", "aria-label": texts.filtered_by, hidden: true });
    this.panel = this.#drawPanel();
  }

  close() {
    this.panel.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
  }

  async #toggle() {
    if (!this.panel.hidden) return this.close();
    this.panel.hidden = false;
    this.#first = this.chosen;
    this.button.setAttribute("aria-expanded", "true");
    await this.#draw();
    this.#search.focus();
  }

  #drawPanel() {
    const texts = this.#texts;
    this.#search = make("input", {
      type: "search",
      placeholder: texts.filter_search,
      "aria-label": texts.filter_search,
      autocomplete: "off",
      oninput: () => {
        this.#first = this.chosen;
        this.#draw();
      },
    });
    const groups = KINDS.map((kind) => {
      this.#lists[kind] = make("div", { class: "yw-options" });
      return make("fieldset", {}, make("legend", {}, texts[`filter_${kind}`]), this.#lists[kind]);
    });
    const panel = make(
      "section",
      { class: "yw-filters", id: "yw-filters", "aria-label": texts.filter, hidden: true },
      make(
        "div",
        { class: "yw-filters-head" },
        this.#search,
        make("button", { type: "button", class: "yw-plain", onclick: () => this.#choose([]) }, texts.filter_clear),
        make("button", { type: "button", class: "yw-plain", onclick: () => this.#leave() }, texts.filter_done),
      ),
      make("div", { class: "yw-groups" }, ...groups),
    );
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        this.#leave();
      } else if (event.key === "Enter" && event.target === this.#search) {
        // Enter in the search must not ask the question below it.
        event.preventDefault();
      }
    });
    return panel;
  }

  #leave() {
    this.close();
    this.button.focus();
  }

  async #draw() {
    const drawn = (this.#drawn += 1);
    try {
      this.#library ??= await fetchJson(door("filters.json"));
      const options = { documents: this.#documents(), speakers: this.#speakers(), sections: await this.#sections() };
      if (drawn !== this.#drawn) return;
      for (const kind of KINDS) this.#drawList(kind, options[kind]);
    } catch (error) {
      console.info(String(error));
      for (const kind of KINDS) this.#lists[kind].replaceChildren(make("p", { class: "yw-note", role: "alert" }, this.#texts.filter_error));
    }
  }

  #documents() {
    return this.#library.documents.map(({ id, title }) => ({ kind: "documents", value: id, label: title }));
  }

  /** Of the documents that are chosen, or of all. */
  #speakers() {
    const names = new Set(this.#within().flatMap((each) => each.speakers));
    return [...names].map((name) => ({ kind: "speakers", value: name, label: name }));
  }

  /** Null where documents must be chosen first. */
  async #sections() {
    const documents = this.#within();
    if (documents.length > HEADINGS_OF) return null;
    const lists = await Promise.all(documents.map(({ id }) => this.#headingsOf(id)));
    return [...new Set(lists.flat())].map((name) => ({ kind: "sections", value: name, label: name }));
  }

  #within() {
    const ids = new Set(named(this.chosen).documents);
    return this.#library.documents.filter((each) => !ids.size || ids.has(each.id));
  }

  #headingsOf(id) {
    if (!this.#headings.has(id)) {
      const found = fetchJson(door(`documents/${encodeURIComponent(id)}/headings.json`)).then((it) => it.headings);
      found.catch(() => this.#headings.delete(id));
      this.#headings.set(id, found);
    }
    return this.#headings.get(id);
  }

  #drawList(kind, options) {
    const texts = this.#texts;
    const list = this.#lists[kind];
    if (options === null) {
      list.replaceChildren(make("p", { class: "yw-note" }, texts.filter_documents_first));
      return;
    }
    const wanted = folded(this.#search.value);
    const found = options.filter((each) => this.#has(each) || folded(each.label).includes(wanted));
    // What is on stands first, so that it can be found and switched off.
    const leads = (option) => this.#first.some((each) => same(each, option));
    found.sort((one, other) => leads(other) - leads(one));
    const shown = found.slice(0, SHOWN).map((each) => this.#option(each));
    const rest = found.length - shown.length;
    if (rest > 0) shown.push(make("p", { class: "yw-note" }, fill(texts.filter_more, { n: rest })));
    if (!shown.length) shown.push(make("p", { class: "yw-note" }, texts.filter_none));
    // The box that has the focus keeps it.
    const focused = list.contains(document.activeElement) ? document.activeElement.value : null;
    list.replaceChildren(...shown);
    if (focused !== null) [...list.querySelectorAll("input")].find((each) => each.value === focused)?.focus();
  }

  #option(option) {
    const box = make("input", { type: "checkbox", value: option.value, checked: this.#has(option) });
    box.addEventListener("change", () =>
      this.#choose(box.checked ? [...this.chosen, option] : this.chosen.filter((each) => !same(each, option))),
    );
    return make("label", {}, box, make("bdi", {}, option.label));
  }

  #has(option) {
    return this.chosen.some((each) => same(each, option));
  }

  #choose(chosen) {
    this.chosen = chosen;
    this.button.classList.toggle("yw-on", chosen.length > 0);
    this.chips.hidden = chosen.length === 0;
    this.chips.replaceChildren(...chosen.map((each) => this.#chip(each)));
    if (!this.panel.hidden) this.#draw();
  }

  #chip(option) {
    const label = fill(this.#texts.filter_remove, { name: option.label });
    const remove = () => {
      this.#choose(this.chosen.filter((each) => !same(each, option)));
      (this.chips.querySelector("button") ?? this.button).focus();
    };
    return make(
      "li",
      {},
      make("bdi", {}, option.label),
      make("button", { type: "button", "aria-label": label, title: label, onclick: remove }, icon("close")),
    );
  }
}

function same(one, other) {
  return one.kind === other.kind && one.value === other.value;
}

/** Letters of any case and width alike. */
function folded(text) {
  return text.normalize("NFKC").toLowerCase().trim();
}
