// What the library holds and what readers said, as tables.
import { fill, make } from "./dom.js";

const STEP = 100;
const SITE = new URL("../", import.meta.url);

/** Fills `place` with the documents; `remove(info)` is told which one is to go. */
export async function drawDocuments(place, call, texts, remove) {
  const shown = Math.max(STEP, place.querySelectorAll("tbody tr").length);
  const { total, documents } = await call(`documents?limit=${Math.min(shown, 1000)}`);
  if (!total) return place.replaceChildren(make("p", {}, texts.none));
  const row = (info) =>
    make(
      "tr",
      {},
      make("th", { scope: "row", dir: "auto" }, make("a", { href: new URL(`doc/${encodeURIComponent(info.id)}`, SITE).href }, info.title)),
      make("td", { class: "number" }, info.characters.toLocaleString(document.documentElement.lang)),
      make("td", { class: "number" }, info.passages.toLocaleString(document.documentElement.lang)),
      make(
        "td",
        {},
        make("button", { type: "button", class: "button danger", "aria-label": fill(texts.remove_which, { title: info.title }), onclick: () => remove(info) }, texts.remove),
      ),
    );
  const heads = [texts.column_title, texts.column_characters, texts.column_passages, texts.column_act];
  const body = make("tbody", {}, ...documents.map(row));
  const more = async (offset) => (await call(`documents?limit=${STEP}&offset=${offset}`)).documents.map(row);
  place.replaceChildren(table(texts.documents, heads, body), ...further(body, total, texts, more));
}

/** Fills `place` with what readers said, the newest first. */
export async function drawFeedback(place, call, texts) {
  const { total } = await call("feedback?limit=1");
  if (!total) return place.replaceChildren(make("p", {}, texts.no_feedback));
  const rows = async (from) => {
    const offset = Math.max(0, total - from - STEP);
    const { feedback } = await call(`feedback?limit=${total - from - offset}&offset=${offset}`);
    return feedback.reverse().map((said) => opinion(said, texts));
  };
  const body = make("tbody", {}, ...(await rows(0)));
  const heads = [texts.column_time, texts.column_verdict, texts.column_question, texts.column_reason, texts.column_channel];
  place.replaceChildren(table(texts.feedback, heads, body), ...further(body, total, texts, rows));
}

function opinion(said, texts) {
  const places = said.citations.map((each, i) =>
    make("a", { href: new URL(`doc/${encodeURIComponent(each.document)}#c=${each.start}-${each.end}`, SITE).href }, fill(texts.place, { n: i + 1 })),
  );
  return make(
    "tr",
    {},
    make("td", {}, make("time", { datetime: said.time }, new Date(said.time).toLocaleString(document.documentElement.lang))),
    make("td", {}, texts[said.verdict]),
    make("td", { dir: "auto" }, said.question, make("br"), make("small", {}, texts[said.status] ?? said.status, ...places.flatMap((link) => [" · ", link]))),
    make("td", { dir: "auto", class: "reason" }, said.reason),
    make("td", {}, said.channel ?? ""),
  );
}

function table(label, heads, body) {
  const head = make("thead", {}, make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text))));
  return make("div", { class: "table", tabindex: "0", role: "region", "aria-label": label }, make("table", { class: "list" }, head, body));
}

/** A button for the rows that are not shown yet; `more(from)` gives the next of them. */
function further(body, total, texts, more) {
  if (body.rows.length >= total) return [];
  const button = make("button", { type: "button", class: "button" }, texts.more);
  button.addEventListener("click", async () => {
    body.append(...(await more(body.rows.length)));
    if (body.rows.length >= total) button.remove();
  });
  return [button];
}
