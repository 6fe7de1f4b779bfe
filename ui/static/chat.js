// The page: questions and answers, the box, the examples. Gradio carries them (see chat.py).
import { drawAnswer } from "./answer.js";
import { fill, icon, make } from "./dom.js";
import { Source } from "./source.js";

// Earlier questions sent along, so that "and Zhoushan?" can be understood.
const HISTORY = 8;
// A question longer than this is folded.
const LONG = 280;
// While no answer comes the server is looked for this often, and given up after so many times:
// Gradio keeps a lost connection to itself.
const LOOK_MS = 3000;
const LOOKS = 15;
// Gradio loads the page anew when a lost server is back: the chat of this tab is kept for it.
const KEPT = "yuanwen:chat";
const KEPT_TURNS = 20;
// Below this width a focused box would raise a keyboard over the answer.
const WIDE = matchMedia("(min-width: 641px)");

/** Fills `root`. `ask(asked)` sends a question through Gradio; its reply comes as `props.value`. */
export async function start(root, props, watch, ask) {
  const address = new URL("page.json", document.baseURI);
  const wanted = new URLSearchParams(location.search).get("lang");
  if (wanted) address.searchParams.set("lang", wanted.slice(0, 35));
  const stage = root.querySelector(".yw") ?? root;
  const facts = await fetch(address).then((response) => response.json()).catch(() => null);
  if (!facts) {
    // The texts did not come, so both languages are named here.
    stage.replaceChildren(make("p", { role: "alert" }, "服务器没有答复，请刷新本页。 No reply from the server; reload this page."));
    return;
  }
  const chat = new Chat(facts, ask);
  stage.replaceChildren(chat.element, chat.source.element);
  watch("value", () => chat.receive(props.value));
  document.addEventListener("yuanwen:lost", () => chat.fail(chat.texts.error_lost));
  chat.restore();
  if (WIDE.matches) chat.box.focus({ preventScroll: true });
}

class Chat {
  #ask;
  #turns = [];
  #pending = null;
  #count = 0;

  constructor(facts, ask) {
    this.#ask = ask;
    this.facts = facts;
    this.texts = facts.texts;
    document.documentElement.lang = facts.language;
    document.title = this.texts.name;
    this.source = new Source(this.texts, (open) => this.element.classList.toggle("yw-beside", open));
    this.log = make("div", { class: "yw-log", role: "log", "aria-live": "off", "aria-label": this.texts.log });
    // Read aloud: the answer alone, without its cards.
    this.status = make("p", { class: "yw-hidden", role: "status" });
    this.welcome = this.#drawWelcome();
    this.renew = make(
      "button",
      { type: "button", class: "yw-new", hidden: true, onclick: () => this.#restart() },
      icon("new"),
      make("span", {}, this.texts.new),
    );
    this.element = make(
      "div",
      { class: "yw-chat" },
      make(
        "header",
        { class: "yw-top" },
        make("div", { class: "yw-bar" }, make("h1", {}, this.texts.name), make("p", {}, this.texts.tagline), this.renew),
      ),
      make("div", { class: "yw-main" }, this.welcome, this.log, this.status),
      this.#drawForm(),
    );
  }

  /** Takes a reply of the server: `{id, answer}` or `{id, error}`. */
  receive(reply) {
    if (!reply || reply.id !== this.#pending?.id) return;
    if (reply.error) return this.#reject(reply.error);
    this.#turns.push({ question: this.#pending.question, answer: reply.answer });
    this.#settle(this.#drawAnswer(reply.answer));
    this.#keep();
    const { status, sentences, reason } = reply.answer;
    const said = status === "answered" ? sentences.map((each) => each.text) : [this.texts[`refused_${reason}`]];
    this.status.textContent = said.join(" ");
  }

  /** Shows again what this tab showed before the page was loaded anew. */
  restore() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEPT));
      for (const turn of kept?.turns ?? []) {
        this.#append(turn.question, this.#drawAnswer(turn.answer));
        this.#turns.push(turn);
      }
      this.box.value = kept?.pending ?? "";
    } catch {
      // No storage here, or an answer of another version: an empty chat.
      this.#restart();
    }
    this.#grow();
    this.log.lastChild?.scrollIntoView({ block: "start" });
  }

  /** Ends the pending question with a message and a way to ask it again. */
  fail(message) {
    if (!this.#pending) return;
    const { question } = this.#pending;
    const retry = make("button", { type: "button", class: "yw-retry" }, this.texts.retry);
    const notice = this.#notice(message, retry);
    retry.addEventListener("click", () => {
      if (this.#pending) return;
      notice.closest(".yw-turn").remove();
      this.send(question);
    });
    this.#settle([notice]);
  }

  /** Ends it with what the reader must mend, and gives the question back to be mended. */
  #reject(message) {
    this.box.value ||= this.#pending.question;
    this.#grow();
    this.#settle([this.#notice(message)]);
  }

  #notice(message, ...more) {
    return make(
      "div",
      { class: "yw-error", role: "alert" },
      make("p", { class: "yw-error-head" }, this.texts.error),
      make("p", { dir: "auto" }, message),
      ...more,
    );
  }

  send(question) {
    if (this.#pending || !question.trim()) return;
    const id = (this.#count += 1);
    const finding = make(
      "p",
      { class: "yw-finding" },
      make("span", { class: "yw-dots", "aria-hidden": "true" }, make("i"), make("i"), make("i")),
      this.texts.finding,
    );
    const turn = this.#append(question, [finding]);
    this.#pending = { id, question, turn };
    this.#look(id, LOOKS);
    this.#keep();
    this.button.setAttribute("aria-disabled", "true");
    this.status.textContent = this.texts.finding;
    (WIDE.matches ? this.box : turn).focus({ preventScroll: true });
    this.#toTurn(turn);
    this.#ask({ id, question, history: this.#turns.slice(-HISTORY).map((each) => each.question) });
  }

  #append(question, parts) {
    const reply = make("div", { class: "yw-reply" }, ...parts);
    const turn = make("article", { class: "yw-turn", tabindex: "-1" }, this.#drawQuestion(question), reply);
    this.welcome.hidden = true;
    this.renew.hidden = false;
    this.element.classList.add("yw-talking");
    this.log.append(turn);
    return turn;
  }

  #drawAnswer(answer) {
    return drawAnswer(answer, this.texts, (citation, place) => this.source.open(citation, place));
  }

  #keep() {
    const kept = { turns: this.#turns.slice(-KEPT_TURNS), pending: this.#pending?.question };
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(kept));
    } catch {
      // No storage, or none left: the chat lives as long as the page.
    }
  }

  #look(id, left) {
    setTimeout(async () => {
      if (this.#pending?.id !== id) return;
      const there = await fetch(new URL("page/icon.svg", document.baseURI), { cache: "no-store" }).then(
        (response) => response.ok,
        () => false,
      );
      if (this.#pending?.id !== id) return;
      if (there && left > 0) this.#look(id, left - 1);
      else this.fail(this.texts.error_lost);
    }, LOOK_MS);
  }

  #settle(parts) {
    const { turn } = this.#pending;
    this.#pending = null;
    this.button.removeAttribute("aria-disabled");
    turn.querySelector(".yw-reply").replaceChildren(...parts);
    this.#toTurn(turn);
  }

  #toTurn(turn) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    turn.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }

  #restart() {
    this.#pending = null;
    this.#turns = [];
    this.#keep();
    this.source.close();
    this.log.replaceChildren();
    this.welcome.hidden = false;
    this.renew.hidden = true;
    this.element.classList.remove("yw-talking");
    this.button.removeAttribute("aria-disabled");
    this.box.focus();
  }

  #drawQuestion(question) {
    const words = make("p", { dir: "auto" }, question);
    const element = make("div", { class: "yw-question" }, make("h2", { class: "yw-hidden" }, this.texts.you_asked), words);
    if (question.length > LONG || question.split("\n").length > 6) {
      words.classList.add("yw-folded");
      const more = make("button", { type: "button", class: "yw-more", "aria-expanded": "false" }, this.texts.whole_question);
      more.addEventListener("click", () => {
        const whole = !words.classList.toggle("yw-folded");
        more.setAttribute("aria-expanded", String(whole));
        more.textContent = whole ? this.texts.less : this.texts.whole_question;
      });
      element.append(more);
    }
    return element;
  }

  #drawWelcome() {
    const { documents, count, examples } = this.facts;
    const titles = documents.map((each) => make("li", { dir: "auto" }, each.title));
    if (count > documents.length) titles.push(make("li", { class: "yw-rest" }, fill(this.texts.knows_more, { n: count })));
    const ways = examples.length
      ? examples.map((question) =>
          make("li", {}, make("button", { type: "button", onclick: () => this.send(question) }, make("bdi", {}, question), icon("open"))),
        )
      : ["hint_fact", "hint_who", "hint_speaker"].map((name) => make("li", { class: "yw-hint" }, this.texts[name]));
    return make(
      "div",
      { class: "yw-welcome" },
      make("p", { class: "yw-tagline" }, this.texts.tagline),
      make(
        "section",
        { class: "yw-knows" },
        make("h2", {}, this.texts.knows),
        count ? make("ul", {}, ...titles) : make("p", {}, this.texts.knows_none),
      ),
      count ? make("section", { class: "yw-examples" }, make("h2", {}, this.texts.examples), make("ul", {}, ...ways)) : null,
    );
  }

  #drawForm() {
    this.box = make("textarea", {
      rows: "1",
      "aria-label": this.texts.box,
      placeholder: this.texts.placeholder,
      autocomplete: "off",
      dir: "auto",
      enterkeyhint: "send",
    });
    this.button = make("button", { type: "submit", class: "yw-send", "aria-label": this.texts.send }, icon("send"));
    const form = make("form", { class: "yw-form" }, make("div", {}, this.box, this.button));
    this.box.addEventListener("input", () => this.#grow());
    this.box.addEventListener("keydown", (event) => {
      // While an input method composes, Enter chooses its characters.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      form.requestSubmit();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#pending || !this.box.value.trim()) return;
      const question = this.box.value;
      this.box.value = "";
      this.#grow();
      this.send(question);
    });
    return form;
  }

  #grow() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, 180)}px`;
  }
}
