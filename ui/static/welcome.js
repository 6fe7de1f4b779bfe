// The empty page: what is asked here, and how.
import { fill, icon, make } from "./dom.js";

/** `facts` as `page.json` gives them; `send(question)` asks an example. */
export function drawWelcome({ texts, documents, count, examples }, send) {
  const titles = documents.map((each) => make("li", { dir: "auto" }, each.title));
  if (count > documents.length) titles.push(make("li", { class: "yw-rest" }, fill(texts.knows_more, { n: count })));
  const ways = examples.length
    ? examples.map((question) =>
        make("li", {}, make("button", { type: "button", onclick: () => send(question) }, make("bdi", {}, question), icon("open"))),
      )
    : ["hint_fact", "hint_who", "hint_speaker"].map((name) => make("li", { class: "yw-hint" }, texts[name]));
  return make(
    "div",
    { class: "yw-welcome" },
    make("p", { class: "yw-tagline" }, texts.tagline),
    make(
      "section",
      { class: "yw-knows" },
      make("h2", {}, texts.knows),
      count ? make("ul", {}, ...titles) : make("p", {}, texts.knows_none),
    ),
    count > 0 && make("section", { class: "yw-examples" }, make("h2", {}, texts.examples), make("ul", {}, ...ways)),
  );
}
