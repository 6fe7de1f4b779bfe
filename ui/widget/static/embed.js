// The chat in a portal: questions go through the channel's door. The widget around the frame is heard
// only where it is the parent, and of an origin that the channel allows.
import { start } from "../page/chat.js";

const { channel, origins, widget } = document.documentElement.dataset;
const allowed = origins.split(" ").filter(Boolean);
let portal = null;

const started = start(document.body, {
  ask,
  channel,
  compact: widget !== undefined,
  onanswer: (question, status) => tell("answer", { question, status }),
});

async function ask(asked) {
  const response = await fetch(new URL("api/v1/ask", document.baseURI), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(asked),
  });
  const reply = await response.json();
  return response.ok ? { answer: reply } : { error: reply.detail, kind: reply.kind };
}

function tell(type, more = {}) {
  if (portal) parent.postMessage({ yuanwen: channel, type, ...more }, portal);
}

addEventListener("message", async (event) => {
  if (parent === window || event.source !== parent || !allowed.includes(event.origin)) return;
  const message = event.data ?? {};
  if (message.yuanwen !== channel) return;
  portal = event.origin;
  const chat = await started;
  if (message.type === "hello") tell("ready", { title: document.title });
  else if (message.type === "focus") focus(chat);
  else if (message.type === "ask" && typeof message.question === "string") chat?.send(message.question.slice(0, 2000));
});

/** Where one types by touch, a focused box would raise a keyboard over the examples. */
function focus(chat) {
  if (matchMedia("(pointer: fine)").matches) chat?.focus();
  else window.focus();
}

addEventListener("keydown", (event) => {
  // While an input method composes, Escape drops its characters; what is open here closes first.
  if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
  if (!document.querySelector("dialog[open], :popover-open")) tell("close");
});
