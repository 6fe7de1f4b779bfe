// The chat page, whoever carries its questions: Gradio (gradio.js) or a page that embeds it.
import { Box } from "./box.js";
import { fill, make } from "./dom.js";
import { Filters, named } from "./filters.js";
import { drawHeader } from "./header.js";
import { History } from "./history.js";
import { door, fetchJson } from "./site.js";
import { Source } from "./source.js";
import { Store } from "./store.js";
import { Turn } from "./turn.js";
import { drawWelcome } from "./welcome.js";

// Earlier questions sent along, so that "and Zhoushan?" can be understood.
const HISTORY = 8;
// Below this width a focused box would raise a keyboard over the answer.
const WIDE = matchMedia("(min-width: 641px)");

/**
 * Fills `root` (or the `.yw` in it) with the chat and gives it, with `send(question)` and `focus()`.
 *
 * An embedder passes:
 * - `ask({question, history, filters})`: a promise of `{answer}` in the wire format, or `{error,
 *   kind}`: a message, and "question", "filters" or "busy" where the page has words of its own for
 *   it; it rejects where no reply came. The one way to ask.
 * - `channel`: keeps its conversations apart from other pages' and names the door in feedback.
 * - `compact`: the frame around it has a head with the name; the document covers the chat.
 * - `ways`: other pages that its head leads to, pairs of an address and the key of its text.
 * - `onanswer(question, status)`: told of every reply; `status` is the wire format's, or "error".
 *
 * It reads `page.json`, `filters.json` and `documents/…` at the page's base address, and wants the
 * stylesheets that `STYLES` of `ui/page.py` names.
 */
export async function start(root, { ask, channel = "", compact = false, ways = [], onanswer = () => {} }) {
  const address = door("page.json");
  const wanted = new URLSearchParams(location.search).get("lang");
  if (wanted) address.searchParams.set("lang", wanted.slice(0, 35));
  const stage = root.querySelector(".yw") ?? root;
  const facts = await fetchJson(address).catch(() => null);
  if (!facts) {
    // The texts did not come, so both languages are named here.
    stage.replaceChildren(make("p", { role: "alert" }, "服务器没有答复，请刷新本页。 No reply from the server; reload this page."));
    return null;
  }
  const chat = new Chat(facts, { ask, channel, compact, ways, onanswer, store: new Store(channel) });
  stage.replaceChildren(...chat.elements);
  chat.restore();
  // In a frame the reader is with the page around it until he comes here.
  if (WIDE.matches && parent === window) chat.focus();
  return chat;
}

class Chat {
  #ask;
  #onanswer;
  #longest;
  #store;
  #conversation;
  #pending = null;

  constructor(facts, { ask, channel, compact, ways, onanswer, store }) {
    this.#ask = ask;
    this.#onanswer = onanswer;
    this.#longest = facts.longest;
    this.#store = store;
    this.#conversation = store.begin();
    this.texts = facts.texts;
    document.documentElement.lang = facts.language;
    document.title = this.texts.name;
    this.source = new Source(this.texts, compact, (open) => this.element.classList.toggle("yw-beside", open));
    this.history = new History(this.texts, facts.language, store, {
      open: (id) => this.#open(id),
      gone: (id) => id === this.#conversation.id && this.#restart(),
    });
    this.filters = new Filters(this.texts, facts.count);
    this.box = new Box(this.texts, this.filters, (question) => this.send(question));
    this.channel = channel;
    this.log = make("div", { class: "yw-log", role: "log", "aria-live": "off", "aria-label": this.texts.log });
    // Read aloud: the answer alone, without its cards.
    this.status = make("p", { class: "yw-hidden", role: "status" });
    this.welcome = drawWelcome(facts, (question) => this.send(question));
    this.header = drawHeader(this.texts, compact, ways, {
      history: () => this.history.open(),
      renew: () => this.#restart(),
      conversation: () => this.#conversation,
    });
    this.element = make(
      "div",
      { class: compact ? "yw-chat yw-compact" : "yw-chat" },
      this.header,
      make("div", { class: "yw-main" }, this.welcome, this.log, this.status),
      this.box.element,
    );
    this.elements = [this.element, this.source.element, this.history.element];
  }

  focus() {
    this.box.focus();
  }

  /** Asks; nothing happens while an answer is awaited, or where nothing is asked. */
  async send(question, chosen = this.filters.chosen) {
    if (this.#pending || !question.trim()) return;
    const conversation = this.#conversation;
    const turn = this.#append({ question, chosen });
    this.#wait(turn);
    turn.find();
    this.status.textContent = this.texts.finding;
    if (WIDE.matches) this.box.focus();
    else turn.element.focus({ preventScroll: true });
    this.#toTurn(turn);
    const history = conversation.turns.slice(-HISTORY).map((each) => each.question);
    const reply = this.#tooLong(question) ?? (await this.#ask({ question, history, filters: named(chosen) }).catch(() => null));
    // The reader has gone to another conversation meanwhile.
    if (this.#pending !== turn) return;
    this.#wait(null);
    this.#settle(turn, reply);
    this.#toTurn(turn);
    this.#onanswer(question, reply?.answer?.status ?? "error");
  }

  /** Shows again what this tab showed before the page was loaded anew. */
  restore() {
    const { id, pending } = this.#store.current();
    if (id) this.#show(id);
    this.box.value = pending ?? "";
  }

  /** Told here in the reader's language; counted in code points, as the server counts. */
  #tooLong(question) {
    const n = [...question].length;
    return n > this.#longest ? { error: fill(this.texts.too_long, { n, longest: this.#longest }) } : null;
  }

  #settle(turn, reply) {
    if (reply?.answer) {
      turn.answer(reply.answer);
      this.#conversation.turns.push(turn.record);
      this.#keep();
      this.status.textContent = turn.spoken;
    } else if (reply && reply.kind !== "busy") {
      // What the reader must mend is given back to be mended.
      turn.reject(this.texts[`error_${reply.kind}`] ?? reply.error);
      if (!this.box.value) this.box.value = turn.record.question;
    } else {
      // It stays in store: Gradio loads the page anew when a lost server is back.
      this.#store.setCurrent(this.#conversation.id, turn.record.question);
      turn.lose(reply ? this.texts.error_busy : this.texts.error_lost, () => !this.#pending && this.#again(turn));
    }
  }

  /** Asks once more, in the place of the turn that failed. */
  #again(turn, chosen = turn.record.chosen) {
    turn.element.remove();
    this.send(turn.record.question, chosen);
  }

  #append(record) {
    const turn = new Turn(record, this.texts, {
      open: (citation, place) => this.source.open(citation, place),
      everywhere: (question) => this.send(question, []),
      keep: () => this.#keep(),
      channel: this.channel,
    });
    this.welcome.hidden = true;
    this.element.classList.add("yw-talking");
    this.log.append(turn.element);
    return turn;
  }

  #wait(turn) {
    this.#pending = turn;
    this.box.busy = turn !== null;
    this.#store.setCurrent(this.#conversation.id, turn?.record.question);
  }

  #keep() {
    this.#store.save(this.#conversation);
  }

  #toTurn(turn) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    turn.element.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }

  #open(id) {
    this.#restart();
    this.#show(id);
    this.#store.setCurrent(this.#conversation.id);
  }

  #show(id) {
    const conversation = this.#store.load(id);
    if (!conversation) return;
    try {
      for (const record of conversation.turns) this.#append(record).answer(record.answer);
      this.#conversation = conversation;
    } catch {
      // Kept by another version, whose answers had another form.
      this.#store.remove(id);
      this.#restart();
    }
    this.log.lastChild?.scrollIntoView({ block: "start" });
  }

  #restart() {
    this.#conversation = this.#store.begin();
    this.#wait(null);
    this.source.close();
    this.log.replaceChildren();
    this.welcome.hidden = false;
    this.element.classList.remove("yw-talking");
    this.box.focus();
  }
}
