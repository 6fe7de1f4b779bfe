// The admin's desk. The token goes out as a Bearer header, and stays in this tab.
import { drawDocuments, drawFeedback } from "./admin_lists.js";
import { Uploads } from "./admin_uploads.js";
import { fill } from "./dom.js";

const KEPT = "yuanwen:admin";
const API = new URL("../api/v1/", import.meta.url);

const find = (name) => document.querySelector(`[data-${name}]`);
const gate = find("gate");
const desk = find("desk");
const refused = gate.querySelector("[role=alert]");
const texts = JSON.parse(gate.dataset.texts);
let token = kept() ?? "";

/** The JSON of an answer; an error's message is what the server says of it. */
async function call(path, method = "GET") {
  const response = await fetch(new URL(path, API), { method, headers: { authorization: `Bearer ${token}` }, cache: "no-store" });
  if (response.ok) return response.status === 204 ? null : response.json();
  if (response.status === 401) leave(texts.wrong);
  throw new Error((await response.json().catch(() => null))?.detail ?? texts.offline);
}

async function enter() {
  refused.hidden = true;
  try {
    await call("feedback?limit=1");
  } catch (error) {
    if (refused.hidden) refuse(error instanceof TypeError ? texts.offline : error.message);
    return;
  }
  keep(token);
  gate.token.value = "";
  gate.hidden = true;
  desk.hidden = false;
  await Promise.all([lists.documents(), lists.feedback()]).catch(say);
}

function leave(why) {
  token = "";
  keep(null);
  desk.hidden = true;
  gate.hidden = false;
  find("documents").replaceChildren();
  find("feedback").replaceChildren();
  if (why) refuse(why);
  gate.token.focus();
}

function refuse(why) {
  refused.textContent = why;
  refused.hidden = false;
  gate.token.select();
}

function say(said) {
  find("said").textContent = said instanceof Error ? said.message : said;
}

const lists = {
  documents: () => drawDocuments(find("documents"), call, texts, remove),
  feedback: () => drawFeedback(find("feedback"), call, texts),
};

async function remove(info) {
  const sure = find("sure");
  sure.querySelector("p").textContent = fill(texts.sure_more, { title: info.title });
  sure.returnValue = "keep";
  sure.showModal();
  await new Promise((closed) => sure.addEventListener("close", closed, { once: true }));
  if (sure.returnValue !== "remove") return;
  try {
    await call(`documents/${encodeURIComponent(info.id)}`, "DELETE");
    await lists.documents();
    say(fill(texts.removed, { title: info.title }));
    document.getElementById("held").focus();
  } catch (error) {
    say(error);
  }
}

const uploads = new Uploads(find("drop"), find("queue"), texts, {
  address: new URL("documents", API),
  token: () => token,
  refused: () => leave(texts.wrong),
  done: (done, total) => {
    say(fill(texts.done, { done, total }));
    lists.documents().catch(say);
  },
});

function kept() {
  try {
    return sessionStorage.getItem(KEPT);
  } catch {
    return null; // no storage here: the token lives as long as the page
  }
}

function keep(value) {
  try {
    if (value === null) sessionStorage.removeItem(KEPT);
    else sessionStorage.setItem(KEPT, value);
  } catch {
    // see above
  }
}

gate.addEventListener("submit", (event) => {
  event.preventDefault();
  token = gate.token.value.trim();
  enter();
});
find("leave").addEventListener("click", () => {
  uploads.clear();
  leave();
});
if (token) enter();
