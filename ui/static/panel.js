// A panel at the side of the chat: a dialog that covers it, or stands beside it where there is room.
import { icon, make } from "./dom.js";

let count = 0;

export class Panel {
  #beside;
  #onchange;
  #opener = null;
  #shown = false;

  /**
   * `kind` is the class of its element. `label` stands above the title, `close` names the button that
   * closes; `acts` are buttons beside it. `beside` is a media query under which chat and panel stand
   * side by side; `onchange(open)` is told when it opens and closes.
   */
  constructor(kind, { label = null, close, acts = [], beside = null, onchange = () => {} }) {
    this.#beside = beside && matchMedia(beside);
    this.#onchange = onchange;
    const id = `yw-panel-${(count += 1)}`;
    this.title = make("h2", { id, dir: "auto" });
    this.body = make("div", { class: "yw-panel-body", tabindex: "0", role: "region", "aria-labelledby": id });
    this.element = make(
      "dialog",
      { class: `yw-panel ${kind}`, "aria-labelledby": id },
      make(
        "header",
        {},
        label && make("p", {}, label),
        this.title,
        ...acts,
        make(
          "button",
          { type: "button", class: "yw-icon", "aria-label": close, title: close, onclick: () => this.close() },
          icon("close"),
        ),
      ),
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
    this.#beside?.addEventListener("change", () => {
      if (this.element.open) this.show();
    });
  }

  get isOpen() {
    return this.element.open;
  }

  show() {
    const beside = this.#beside?.matches ?? false;
    if (this.element.open) {
      if (this.element.matches(":modal") !== beside) return;
      this.element.close();
    } else {
      this.#opener = document.activeElement;
    }
    if (beside) this.element.show();
    else this.element.showModal();
    this.#shown = true;
    this.#onchange(true);
  }

  close() {
    this.element.close();
    this.#closed();
  }

  // The event that tells of a closing comes later, when the panel may stand open again.
  #closed() {
    if (this.element.open || !this.#shown) return;
    this.#shown = false;
    this.#onchange(false);
    if (this.#opener?.isConnected) this.#opener.focus();
    this.#opener = null;
  }
}
