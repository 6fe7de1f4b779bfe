// Conversations, kept in this browser and nowhere else; in memory where it keeps nothing.
//
// Each stands under a key of its own, so that tabs do not overwrite one another. Which of them a tab
// shows, and a question it still waits for, ends with the tab.

const MOST = 60;
const MOST_TURNS = 40;
// Code units of all together; browsers keep about five million.
const ROOM = 2_000_000;
const LONGEST_TITLE = 120;

export class Store {
  #local;
  #session;
  #prefix;

  /** `channel` keeps them apart from those of other pages of this server. */
  constructor(channel) {
    this.#local = usable("localStorage");
    this.#session = usable("sessionStorage") ?? new Memory();
    this.lasting = this.#local !== null;
    this.#local ??= new Memory();
    this.#prefix = `yuanwen:${channel}:`;
  }

  /** A new one, kept once it has a turn: `{question, chosen, answer, rated}` each. */
  begin() {
    // Random enough for one browser; `crypto.randomUUID` is missing where there is no TLS.
    const id = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
    return { id, at: Date.now(), title: "", turns: [] };
  }

  /** `{id, at, title, count}` of each, newest first. */
  list() {
    return this.#keys()
      .map((key) => read(this.#local, key))
      .filter((found) => Array.isArray(found?.turns))
      .map(({ id, at, title, turns }) => ({ id, at, title, count: turns.length }))
      .sort((one, other) => other.at - one.at);
  }

  load(id) {
    const found = read(this.#local, this.#key(id));
    return Array.isArray(found?.turns) ? found : null;
  }

  /** The oldest go where there is no room. */
  save(conversation) {
    conversation.turns = conversation.turns.slice(-MOST_TURNS);
    conversation.title ||= conversation.turns[0].question.slice(0, LONGEST_TITLE);
    conversation.at = Date.now();
    const key = this.#key(conversation.id);
    const text = JSON.stringify(conversation);
    const others = this.list().filter((each) => each.id !== conversation.id);
    let used = others.reduce((sum, each) => sum + this.#size(each.id), text.length);
    for (;;) {
      if (others.length < MOST && used <= ROOM && write(this.#local, key, text)) return;
      const oldest = others.pop();
      if (!oldest) return;
      used -= this.#size(oldest.id);
      this.remove(oldest.id);
    }
  }

  remove(id) {
    this.#local.removeItem(this.#key(id));
  }

  clear() {
    for (const key of this.#keys()) this.#local.removeItem(key);
  }

  /** What this tab shows, `{id, pending}`: the question that waits for its answer, if one does. */
  current() {
    return read(this.#session, this.#key("current")) ?? {};
  }

  setCurrent(id, pending) {
    write(this.#session, this.#key("current"), JSON.stringify({ id, pending }));
  }

  #key(id) {
    return this.#prefix + id;
  }

  #keys() {
    const all = Array.from({ length: this.#local.length }, (_, i) => this.#local.key(i));
    return all.filter((key) => key.startsWith(this.#prefix));
  }

  #size(id) {
    return this.#local.getItem(this.#key(id))?.length ?? 0;
  }
}

/** What of `Storage` is used here, for as long as the page lives. */
class Memory {
  #items = new Map();

  get length() {
    return this.#items.size;
  }

  key(at) {
    return [...this.#items.keys()][at];
  }

  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  setItem(key, text) {
    this.#items.set(key, text);
  }

  removeItem(key) {
    this.#items.delete(key);
  }
}

/** Null where the browser denies it: a sandboxed frame, a private window, a setting. */
function usable(name) {
  try {
    const storage = window[name];
    storage.setItem("yuanwen", "");
    storage.removeItem("yuanwen");
    return storage;
  } catch {
    return null;
  }
}

function read(storage, key) {
  try {
    return JSON.parse(storage.getItem(key));
  } catch {
    return null;
  }
}

/** Whether there was room. */
function write(storage, key, text) {
  try {
    storage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}
