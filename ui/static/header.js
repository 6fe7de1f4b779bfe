// The head of the page: name, ways to the other pages, a new chat, export, past conversations.
import { icon, make } from "./dom.js";
import { exportAs } from "./export.js";
import { menu } from "./menu.js";
import { site } from "./site.js";

/**
 * `ways` are other pages to lead to: pairs of an address and the key of its text. `acts` are
 * `history()`, `renew()`, and `conversation()`, which gives the one that is shown.
 */
export function drawHeader(texts, compact, ways, acts) {
  const save = (form) => (list) => {
    list.hidePopover();
    exportAs(form, acts.conversation(), texts);
  };
  return make(
    "header",
    { class: "yw-top" },
    make(
      "div",
      { class: "yw-bar" },
      make("h1", { class: compact && "yw-hidden" }, texts.name),
      make("nav", { "aria-label": texts.ways, hidden: ways.length === 0 }, ...ways.map(([path, key]) => way(path, texts[key]))),
      tool("new", texts.new, { class: "yw-tool yw-new yw-later", onclick: acts.renew }),
      ...menu(tool("export", texts.export, { class: "yw-tool yw-later" }), [
        [texts.export_markdown, save("markdown")],
        [texts.export_json, save("json")],
      ]),
      // Last, so that it stays in its place when the others come.
      tool("history", texts.history, { onclick: acts.history }),
    ),
  );
}

function way(path, label) {
  const address = site(path);
  const wanted = new URLSearchParams(location.search).get("lang");
  if (wanted) address.searchParams.set("lang", wanted);
  return make("a", { class: "yw-way", href: address }, label);
}

function tool(sign, label, more) {
  return make("button", { type: "button", class: "yw-tool", title: label, ...more }, icon(sign), make("span", {}, label));
}
