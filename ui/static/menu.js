// A short list of actions behind a button. The browser's popover brings Escape and the click outside.
import { make } from "./dom.js";

const GAP = 6;
let count = 0;

/** `items` are pairs of a label and what it does. Gives the button and its list, side by side. */
export function menu(button, items, more = []) {
  const id = `yw-menu-${(count += 1)}`;
  const list = make(
    "div",
    { class: "yw-menu", popover: "auto", id },
    make(
      "ul",
      {},
      ...items.map(([label, act]) =>
        make("li", {}, make("button", { type: "button", onclick: () => act(list) }, label)),
      ),
    ),
    ...more,
  );
  button.setAttribute("popovertarget", id);
  button.setAttribute("aria-expanded", "false");
  list.addEventListener("toggle", (event) => {
    const open = event.newState === "open";
    button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    place(list, button.getBoundingClientRect());
    list.querySelector("button").focus();
  });
  return [button, list];
}

/** Under the button, or above it where no room is left, within the window. */
function place(list, at) {
  const { width, height } = list.getBoundingClientRect();
  const below = at.bottom + GAP + height <= innerHeight;
  list.style.left = `${Math.max(GAP, Math.min(at.right - width, innerWidth - width - GAP))}px`;
  list.style.top = `${Math.max(GAP, below ? at.bottom + GAP : at.top - GAP - height)}px`;
}
