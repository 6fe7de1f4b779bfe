// One question and what came of it: awaited, answered, refused, to be mended, or lost.
import { drawAnswer } from "./answer.js";
import { fill, make } from "./dom.js";
import { drawFeedback } from "./feedback.js";

// A question longer than this is folded.
const LONG = 280;
const LONG_LINES = 6;

export class Turn {
  #texts;
  #acts;
  #reply;

  /**
   * `record` is `{question, chosen}`, and `answer` once there is one; `acts` are
   * `open(citation, place)`, `everywhere(question)` and `keep()`, and the `channel`.
   */
  constructor(record, texts, acts) {
    this.record = record;
    this.#texts = texts;
    this.#acts = acts;
    this.#reply = make("div", { class: "yw-reply" });
    this.element = make("article", { class: "yw-turn", tabindex: "-1" }, this.#drawQuestion(), this.#reply);
  }

  find() {
    const dots = make("span", { class: "yw-dots", "aria-hidden": "true" }, make("i"), make("i"), make("i"));
    this.#show(make("p", { class: "yw-finding" }, dots, this.#texts.finding));
  }

  answer(answer) {
    this.record.answer = answer;
    const narrow = answer.status !== "answered" && this.record.chosen?.length > 0;
    this.#show(
      ...drawAnswer(answer, this.#texts, this.#acts.open),
      narrow && this.#everywhere(),
      drawFeedback(this.record, this.#texts, this.#acts),
    );
  }

  /** Ends it with what the reader must mend. */
  reject(message) {
    this.#show(this.#notice(message), this.record.chosen?.length > 0 && this.#everywhere());
  }

  /** Ends it without an answer; `again` asks anew. */
  lose(message, again) {
    const retry = make("button", { type: "button", class: "yw-retry", onclick: again }, this.#texts.retry);
    this.#show(this.#notice(message, retry));
  }

  /** The answer as it is read aloud. */
  get spoken() {
    const { status, sentences, reason, parts } = this.record.answer;
    if (status !== "answered") return this.#texts[`refused_${reason}`];
    const open = parts.filter((part) => !part.citations.length).map((part) => part.question);
    return [...sentences.map((each) => each.text), ...(open.length ? [this.#texts.unanswered, ...open] : [])].join(" ");
  }

  #show(...parts) {
    this.#reply.replaceChildren(...parts.filter(Boolean));
  }

  #notice(message, ...more) {
    return make(
      "div",
      { class: "yw-error", role: "alert" },
      make("p", { class: "yw-error-head" }, this.#texts.error),
      make("p", { dir: "auto" }, message),
      ...more,
    );
  }

  /** A filter may be why nothing was found. */
  #everywhere() {
    const { narrow, narrow_ask } = this.#texts;
    const ask = () => this.#acts.everywhere(this.record.question);
    return make("p", { class: "yw-narrow" }, narrow, " ", make("button", { type: "button", class: "yw-more", onclick: ask }, narrow_ask));
  }

  #drawQuestion() {
    const { question, chosen = [] } = this.record;
    const texts = this.#texts;
    const words = make("p", { dir: "auto" }, question);
    const element = make("div", { class: "yw-question" }, make("h2", { class: "yw-hidden" }, texts.you_asked), words);
    if (question.length > LONG || question.split("\n").length > LONG_LINES) {
      words.classList.add("yw-folded");
      const more = make("button", { type: "button", class: "yw-more", "aria-expanded": "false" }, texts.whole_question);
      more.addEventListener("click", () => {
        const whole = !words.classList.toggle("yw-folded");
        more.setAttribute("aria-expanded", String(whole));
        more.textContent = whole ? texts.less : texts.whole_question;
      });
      element.append(more);
    }
    if (chosen.length) {
      const where = chosen.map((each) => each.label).join(texts.comma);
      element.append(make("p", { class: "yw-where", dir: "auto" }, fill(texts.only_in, { where })));
    }
    return element;
  }
}
