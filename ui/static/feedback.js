// What a reader thinks of an answer: a thumb, and why.
import { icon, make } from "./dom.js";
import { site } from "./site.js";

const LONGEST = 1000;

/** `record` is `{question, answer}`, and `rated` once it was; `keep()` keeps that. */
export function drawFeedback(record, texts, { keep, channel }) {
  const element = make("div", { class: "yw-feedback", role: "group", "aria-label": texts.feedback });
  const told = make("p", { role: "status" });
  const why = make("textarea", { rows: "2", maxlength: String(LONGEST), "aria-label": texts.feedback_why, placeholder: texts.feedback_why });
  const form = make(
    "form",
    { hidden: true },
    why,
    make("button", { type: "submit", class: "yw-plain" }, texts.feedback_send),
    make("button", { type: "button", class: "yw-plain", onclick: () => ask(false) }, texts.cancel),
  );
  const up = thumb("up", texts.feedback_up, () => send("up"));
  const down = thumb("down", texts.feedback_down, () => ask(true));
  const thumbs = make("div", { class: "yw-thumbs" }, make("span", { "aria-hidden": "true" }, texts.feedback), up, down);

  function ask(open) {
    form.hidden = !open;
    down.setAttribute("aria-expanded", String(open));
    (open ? why : down).focus({ preventScroll: true });
    if (open) form.scrollIntoView({ block: "nearest" });
  }

  async function send(verdict) {
    told.textContent = "";
    const held = element.contains(document.activeElement);
    try {
      await post(record, channel, verdict, verdict === "down" ? why.value.trim() : "");
      record.rated = verdict;
      keep();
      thank();
      if (held) told.focus();
    } catch (error) {
      console.info(String(error));
      told.textContent = texts.feedback_error;
    }
  }

  function thank() {
    told.setAttribute("tabindex", "-1");
    told.textContent = texts.feedback_thanks;
    element.replaceChildren(icon(record.rated), told);
  }

  down.setAttribute("aria-expanded", "false");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send("down");
  });
  element.append(thumbs, form, told);
  if (record.rated) thank();
  return element;
}

function thumb(name, label, act) {
  return make("button", { type: "button", class: "yw-icon", "aria-label": label, title: label, onclick: act }, icon(name));
}

async function post({ question, answer }, channel, verdict, reason) {
  const shown = answer.citations.concat(answer.nearest);
  const body = {
    question,
    status: answer.status,
    verdict,
    reason,
    channel: channel || null,
    citations: shown.map(({ document, start, end }) => ({ document: document.id, start, end })),
  };
  const response = await fetch(site("api/v1/feedback"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`feedback: ${response.status}`);
}
