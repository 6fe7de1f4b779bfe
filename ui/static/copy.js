// Copies quoted words with their source, in the forms that the server writes (see citation.py).
import { toClipboard } from "./clipboard.js";
import { icon, make } from "./dom.js";
import { menu } from "./menu.js";
import { fetchJson, site } from "./site.js";

const SHOWN_MS = 2000;

/** A button and its menu of forms. */
export function copyMenu(citation, texts) {
  const label = make("span", { "aria-live": "polite" }, texts.copy);
  const button = make("button", { type: "button", class: "yw-act", title: texts.copy_title }, icon("copy"), label);
  // Where the browser gives no clipboard, the words are there to be copied by hand.
  const hand = make("textarea", { class: "yw-hand", readonly: true, rows: "4", hidden: true, "aria-label": texts.copy_hand });
  const trouble = make("p", { class: "yw-note", role: "alert", hidden: true });

  const copy = (form) => async (list) => {
    try {
      hand.value = (await cited(citation, document.documentElement.lang))[form];
    } catch {
      trouble.textContent = texts.copy_error;
      trouble.hidden = false;
      return;
    }
    if (await toClipboard(hand)) {
      list.hidePopover();
      button.focus();
      label.textContent = texts.copied;
      setTimeout(() => (label.textContent = texts.copy), SHOWN_MS);
    }
  };

  const [opener, list] = menu(
    button,
    [
      [texts.copy_plain, copy("plain")],
      [texts.copy_markdown, copy("markdown")],
      [texts.copy_gbt7714, copy("gbt7714")],
    ],
    [trouble, hand],
  );
  list.addEventListener("toggle", () => {
    trouble.hidden = true;
    hand.hidden = true;
  });
  return [opener, list];
}

function cited(citation, language) {
  const address = site(`doc/${encodeURIComponent(citation.document.id)}/cite.json`);
  address.search = new URLSearchParams({ start: citation.start, end: citation.end, lang: language });
  return fetchJson(address);
}
