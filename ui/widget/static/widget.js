// The one script that a portal loads. It draws a button; the chat is fetched when somebody opens it.
// All of it stands in a shadow tree with a style sheet of its own, so that neither the portal's
// styles nor its `style-src` reach it, and in the browser's top layer, above any z-index.
(() => {
  "use strict";
  const script = document.currentScript ?? document.querySelector('script[data-channel][src*="widget.js"]');
  if (!script || window.Yuanwen) return;
  const { channel, lang, theme, position, title, color } = script.dataset;
  if (!/^[a-z0-9-]{1,32}$/.test(channel ?? "")) {
    console.error('Yuanwen: the script tag needs data-channel="…", a channel of the settings.');
    return;
  }

  const TEXTS = {
    "zh-CN": { open: "问问文档", close: "关闭", failed: "聊天窗口没能打开。", again: "再试一次" },
    "zh-TW": { open: "問問文件", close: "關閉", failed: "聊天視窗沒能開啟。", again: "再試一次" },
    en: { open: "Ask the documents", close: "Close", failed: "The chat could not be opened.", again: "Try again" },
  };
  const ICONS = {
    chat: "M4 5h16v11H10l-5 4v-4H4z M8 9.5h8 M8 12.5h5",
    close: "M6 6l12 12 M18 6L6 18",
  };
  const SANDBOX = "allow-scripts allow-same-origin allow-forms allow-popups allow-downloads";
  const NARROW = matchMedia("(max-width: 640px)");
  // From the frame's load event to its first message.
  const PATIENCE_MS = 4000;

  const spoken = language(lang || document.documentElement.lang || navigator.language);
  const texts = TEXTS[spoken];
  const scheme = ["light", "dark"].includes(theme) ? theme : null;
  const side = position === "left" ? "left" : "right";
  const brand = /^#[0-9a-f]{6}$/i.test(color ?? "") ? color : "#1b5e55";

  const STYLE = `
    :host { all: initial !important; direction: ltr !important; unicode-bidi: isolate !important;
      color-scheme: ${scheme ?? "light dark"} !important; }
    .launcher, .panel, .panel * { box-sizing: border-box; }
    .launcher, .panel { position: fixed; margin: 0; padding: 0; border: 0; overflow: hidden;
      font: 15px/1.4 "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif;
      inset: auto; ${side}: max(20px, env(safe-area-inset-${side})); }
    .launcher { bottom: max(20px, env(safe-area-inset-bottom)); display: flex; align-items: center;
      gap: 8px; min-height: 48px; padding: 0 20px 0 16px; border-radius: 24px; cursor: pointer;
      background: ${brand}; color: ${readable(brand)}; font-weight: 600;
      box-shadow: 0 2px 6px rgb(0 0 0 / 20%), 0 8px 28px rgb(0 0 0 / 18%); }
    .launcher:hover { filter: brightness(1.08); }
    .launcher:focus-visible, button:focus-visible { outline: 3px solid light-dark(#1c2321, #e6ebe8);
      outline-offset: 2px; box-shadow: 0 0 0 3px light-dark(#ffffff, #1b211f); }
    svg { flex: none; width: 22px; height: 22px; fill: none; stroke: currentcolor; stroke-width: 2;
      stroke-linecap: round; stroke-linejoin: round; }
    .panel { bottom: calc(max(20px, env(safe-area-inset-bottom)) + 60px); flex-direction: column;
      width: min(420px, 100vw - 40px); height: min(680px, 100dvh - 100px); max-width: none; max-height: none;
      border-radius: 16px; background: light-dark(#ffffff, #1b211f); color: light-dark(#1c2321, #e6ebe8);
      box-shadow: 0 0 0 1px light-dark(#dfddd5, #303836), 0 12px 48px rgb(0 0 0 / 28%); }
    .panel:popover-open, .panel[open] { display: flex; }
    .panel:modal { inset: 0; width: 100%; height: 100dvh; border-radius: 0; box-shadow: none; }
    header { flex: none; display: flex; align-items: center; min-height: 52px; padding-inline: 16px 6px;
      border-block-end: 1px solid light-dark(#dfddd5, #303836); }
    h2 { all: unset; flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis;
      white-space: nowrap; font-weight: 650; }
    header button { all: unset; display: grid; place-items: center; width: 44px; height: 44px;
      border-radius: 10px; cursor: pointer; color: light-dark(#56605c, #a3aeaa); }
    header button:focus-visible { outline-offset: -4px; box-shadow: none; }
    iframe { flex: 1; min-height: 0; width: 100%; border: 0; background: light-dark(#f6f5f1, #131716); }
    .failed { flex: 1; display: grid; place-content: center; justify-items: center; gap: 12px; padding: 24px;
      text-align: center; }
    .failed button { all: unset; padding: 8px 18px; border-radius: 18px; cursor: pointer;
      box-shadow: inset 0 0 0 1px currentcolor; }
    [hidden] { display: none !important; }
    @media (max-width: 640px) {
      .launcher { padding: 0; width: 56px; min-height: 56px; border-radius: 28px; justify-content: center; }
      .launcher span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    }`;

  const address = new URL(`embed/${channel}`, script.src);
  address.searchParams.set("widget", "1");
  if (lang) address.searchParams.set("lang", spoken);
  if (scheme) address.searchParams.set("theme", scheme);

  let ready = false;
  let waiting = null;
  const listeners = new Map(["ready", "open", "close", "answer"].map((name) => [name, new Set()]));

  const host = document.createElement("yuanwen-widget");
  const shadow = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  shadow.adoptedStyleSheets = [sheet];

  const label = make("span", {}, title || texts.open);
  const launcher = make(
    "button",
    { type: "button", class: "launcher", popover: "manual", "aria-expanded": "false", "aria-haspopup": "dialog" },
    icon("chat"),
    label,
  );
  const heading = make("h2", { id: "title" }, title || texts.open);
  const shut = make("button", { type: "button", "aria-label": texts.close, title: texts.close }, icon("close"));
  const frame = make("iframe", { sandbox: SANDBOX, allow: "clipboard-write", title: title || texts.open });
  const again = make("button", { type: "button" }, texts.again);
  const failed = make("div", { class: "failed", role: "alert", hidden: "" }, make("p", {}, texts.failed), again);
  const panel = make(
    "dialog",
    { class: "panel", popover: "manual", "aria-labelledby": "title" },
    make("header", {}, heading, shut),
    frame,
    failed,
  );
  shadow.append(launcher, panel);

  launcher.addEventListener("click", () => (isOpen() ? close() : open()));
  shut.addEventListener("click", close);
  again.addEventListener("click", load);
  frame.addEventListener("load", greet);
  panel.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  shadow.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen()) return;
    event.preventDefault();
    close();
  });
  NARROW.addEventListener("change", () => {
    if (!isOpen()) return;
    hide();
    show();
  });
  window.addEventListener("message", (event) => {
    if (event.source === null || event.source !== frame.contentWindow || event.origin !== address.origin) return;
    receive(event.data ?? {});
  });

  function receive(message) {
    if (message.yuanwen !== channel) return;
    if (message.type === "ready") {
      ready = true;
      if (!title && typeof message.title === "string") heading.textContent = frame.title = message.title;
      if (isOpen()) tell("focus");
      if (waiting) tell("ask", { question: waiting });
      waiting = null;
      fire("ready");
    } else if (message.type === "close") close();
    else if (message.type === "answer") fire("answer", { question: message.question, status: message.status });
  }

  /** Only our own server's page may read this, whatever the frame shows by now. */
  function tell(type, more = {}) {
    frame.contentWindow?.postMessage({ yuanwen: channel, type, ...more }, address.origin);
  }

  function load() {
    failed.hidden = true;
    frame.hidden = false;
    ready = false;
    frame.src = address.href;
  }

  function greet() {
    if (!frame.src) return;
    tell("hello");
    // A frame that was refused holds a page of the browser, which says nothing.
    setTimeout(() => {
      if (ready) return;
      frame.hidden = true;
      failed.hidden = false;
      if (isOpen()) again.focus();
      console.warn(`Yuanwen: ${address.href} did not open. Is ${location.origin} among the origins of its channel?`);
    }, PATIENCE_MS);
  }

  function isOpen() {
    return launcher.getAttribute("aria-expanded") === "true";
  }

  function show() {
    if (NARROW.matches) panel.showModal();
    else panel.showPopover();
  }

  function hide() {
    if (panel.matches(":popover-open")) panel.hidePopover();
    else panel.close();
  }

  function open() {
    if (isOpen()) return;
    if (!frame.src) load();
    launcher.setAttribute("aria-expanded", "true");
    show();
    frame.focus();
    if (ready) tell("focus");
    fire("open");
  }

  function close() {
    if (!isOpen()) return;
    const inside = shadow.activeElement !== null;
    hide();
    launcher.setAttribute("aria-expanded", "false");
    if (inside) launcher.focus();
    fire("close");
  }

  function ask(question) {
    if (typeof question !== "string" || !question.trim()) return;
    open();
    if (ready) tell("ask", { question });
    else waiting = question;
  }

  function on(event, listener) {
    if (!listeners.has(event)) throw new RangeError(`Yuanwen.on: ${[...listeners.keys()].join(", ")}, not ${event}`);
    listeners.get(event).add(listener);
    return () => listeners.get(event).delete(listener);
  }

  function fire(event, detail) {
    for (const listener of listeners.get(event)) {
      // One listener of the portal must not keep the others, or the panel, from what they do.
      queueMicrotask(() => listener(detail));
    }
  }

  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  function icon(name) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  }

  function language(tag) {
    const [primary, ...rest] = tag.toLowerCase().split("-");
    if (primary !== "zh") return "en";
    return rest.some((part) => ["tw", "hk", "mo", "hant"].includes(part)) && !rest.includes("hans") ? "zh-TW" : "zh-CN";
  }

  /** Black or white, whichever reads better on the colour (relative luminance of WCAG 2.2). */
  function readable(colour) {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const part = parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    return 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? "#ffffff" : "#000000";
  }

  function appear() {
    document.body.append(host);
    launcher.showPopover();
  }

  if (document.body) appear();
  else document.addEventListener("DOMContentLoaded", appear);
  window.Yuanwen = Object.freeze({ open, close, ask, on });
})();
