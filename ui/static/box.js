// The box: a question, where to look for its answer, and the button that asks.
import { icon, make } from "./dom.js";

const HIGHEST = 180;

export class Box {
  #area;
  #button;

  /** `filters` has its button and panel here; `send(question)` is told what was asked. */
  constructor(texts, filters, send) {
    this.#area = make("textarea", {
      rows: "1",
      "aria-label": texts.box,
      placeholder: texts.placeholder,
      autocomplete: "off",
      dir: "auto",
      enterkeyhint: "send",
    });
    this.#button = make("button", { type: "submit", class: "yw-send", "aria-label": texts.send }, icon("send"));
    this.element = make(
      "form",
      { class: "yw-form" },
      make("div", {}, filters.panel, filters.chips, make("div", { class: "yw-box" }, filters.button, this.#area, this.#button)),
    );
    this.#area.addEventListener("input", () => this.#grow());
    this.#area.addEventListener("keydown", (event) => {
      // While an input method composes, Enter chooses its characters.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.element.requestSubmit();
    });
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      const question = this.value;
      if (this.#button.hasAttribute("aria-disabled") || !question.trim()) return;
      this.value = "";
      filters.close();
      send(question);
    });
  }

  get value() {
    return this.#area.value;
  }

  set value(text) {
    this.#area.value = text;
    this.#grow();
  }

  /** Whether an answer is awaited. */
  set busy(waits) {
    if (waits) this.#button.setAttribute("aria-disabled", "true");
    else this.#button.removeAttribute("aria-disabled");
  }

  focus() {
    this.#area.focus({ preventScroll: true });
  }

  #grow() {
    const { style } = this.#area;
    style.height = "auto";
    const borders = this.#area.offsetHeight - this.#area.clientHeight;
    const wanted = this.#area.scrollHeight + borders;
    style.height = `${Math.min(wanted, HIGHEST)}px`;
    style.overflowY = wanted > HIGHEST ? "auto" : "hidden";
  }
}
