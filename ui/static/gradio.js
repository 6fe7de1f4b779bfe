// Asks through Gradio: an event carries the question, the component's value brings the reply
// (see chat.py).
import { start } from "./chat.js";
import { door } from "./site.js";

// While no answer comes the server is looked for this often, and given up after so many times:
// Gradio keeps a lost connection to itself.
const LOOK_MS = 3000;
const LOOKS = 15;
// Too many questions: of this reader, or of all.
const BUSY = new Set([429, 503]);
// The browser tells of a request a little after its end.
const STATUS_MS = 150;

/** Opens the chat in Gradio's component; `send` triggers the event. */
export function open(root, props, watch, send) {
  const waiting = new Map();
  let count = 0;

  function end(id, how, what) {
    const promise = waiting.get(id);
    waiting.delete(id);
    promise?.[how](what);
  }

  function look(id, left) {
    setTimeout(async () => {
      if (!waiting.has(id)) return;
      const there = await fetch(door("page/icon.svg"), { cache: "no-store" }).then(
        (response) => response.ok,
        () => false,
      );
      if (there && left > 0) look(id, left - 1);
      else end(id, "reject", new Error("no reply"));
    }, LOOK_MS);
  }

  // A status is the only trace of a question that was turned away: Gradio keeps the rest to itself.
  let status = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.name.includes("/queue/join")) status = entry.responseStatus;
  }).observe({ type: "resource" });

  watch("value", () => end(props.value?.id, "resolve", props.value));
  document.addEventListener("yuanwen:lost", () => {
    const lost = [...waiting.keys()];
    setTimeout(() => {
      const busy = BUSY.has(status);
      for (const id of lost) end(id, ...(busy ? ["resolve", { kind: "busy" }] : ["reject", new Error("lost")]));
    }, STATUS_MS);
  });

  return start(root, {
    ways: [
      ["who", "who"],
      ["docs", "documents"],
    ],
    ask: (asked) =>
      new Promise((resolve, reject) => {
        const id = (count += 1);
        waiting.set(id, { resolve, reject });
        look(id, LOOKS);
        send({ id, ...asked });
      }),
  });
}
