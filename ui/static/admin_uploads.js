// Files on their way into the library: one after the other, each with its progress and what became
// of it.
import { fill, make } from "./dom.js";

export class Uploads {
  #list;
  #texts;
  #server;
  #waiting = [];
  #busy = false;
  #done = 0;
  #total = 0;

  /** `server`: `address`, `token()`, `refused()` for a token that is not taken, `done(done, total)`. */
  constructor(drop, list, texts, server) {
    this.#list = list;
    this.#texts = texts;
    this.#server = server;
    const input = drop.querySelector("input");
    input.addEventListener("change", () => {
      this.add(input.files);
      input.value = "";
    });
    for (const name of ["dragover", "dragleave", "drop"]) {
      drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.toggle("over", name === "dragover");
        if (name === "drop") this.add(event.dataTransfer.files);
      });
    }
    // A file dropped beside would be opened in the place of this page.
    for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
  }

  add(files) {
    for (const file of files) {
      const bar = make("progress", { max: "1", "aria-label": fill(this.#texts.progress, { name: file.name }) });
      const said = make("span", { class: "soft" }, this.#texts.waiting);
      const row = make("li", {}, make("bdi", {}, file.name), said, bar);
      bar.value = 0;
      this.#list.append(row);
      this.#waiting.push({ file, bar, said });
      this.#total += 1;
    }
    this.#next();
  }

  /** Forgets all, those that wait too. */
  clear() {
    this.#waiting = [];
    this.#done = this.#total = 0;
    this.#list.replaceChildren();
  }

  async #next() {
    const one = this.#waiting[0];
    if (this.#busy || !one) return;
    this.#busy = true;
    const told = await this.#send(one);
    this.#busy = false;
    if (this.#waiting[0] !== one) return;
    this.#waiting.shift();
    one.bar.remove();
    one.said.className = told.status === "failed" ? "failed" : "done";
    one.said.textContent = fill(this.#texts[told.status], told);
    this.#done += 1;
    this.#server.done(this.#done, this.#total);
    this.#next();
  }

  /** What became of the file; `fetch` tells nothing of how much was sent. */
  #send({ file, bar, said }) {
    const address = new URL(this.#server.address);
    address.searchParams.set("name", file.name);
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.responseType = "json";
    request.setRequestHeader("authorization", `Bearer ${this.#server.token()}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = event.loaded / event.total;
      said.textContent = fill(this.#texts.sending, { percent: Math.floor(bar.value * 100) });
    });
    request.upload.addEventListener("load", () => {
      bar.removeAttribute("value");
      said.textContent = this.#texts.indexing;
    });
    return new Promise((resolve) => {
      request.addEventListener("loadend", () => {
        if (request.status === 401) this.#server.refused();
        const failed = { status: "failed", detail: request.response?.detail ?? this.#texts.offline };
        resolve(request.status === 200 ? request.response.files[0] : failed);
      });
      request.send(file);
    });
  }
}
