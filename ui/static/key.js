// Fetches the page that was wanted with the reader's token, and puts it in the place of this one.
// The page then fetches with the same token: `fetch` outlives the document that it was changed in.

const KEPT = "yuanwen:token";
const plain = window.fetch;
let token = kept();

window.fetch = (resource, options = {}) => {
  const address = new URL(resource instanceof Request ? resource.url : resource, document.baseURI);
  const headers = new Headers(options.headers ?? (resource instanceof Request ? resource.headers : {}));
  // An admin page sends a token of its own.
  if (token && address.origin === location.origin && !headers.has("authorization")) {
    headers.set("authorization", `Bearer ${token}`);
  }
  return plain.call(window, resource, { ...options, headers });
};

function kept() {
  try {
    return sessionStorage.getItem(KEPT);
  } catch {
    return null; // no storage here: the token lives as long as the page
  }
}

function keep() {
  try {
    sessionStorage.setItem(KEPT, token);
  } catch {
    // see above
  }
}

async function open() {
  const page = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
  if (page.status === 401) return false;
  keep();
  if (!page.headers.get("content-type")?.startsWith("text/html")) {
    // A file is no page: written into one, what it says could run.
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await page.blob());
    link.download = location.pathname.split("/").pop();
    link.click();
    history.back();
    return true;
  }
  const text = await page.text();
  document.open();
  document.write(text);
  document.close();
  return true;
}

function ask() {
  const form = document.querySelector("form");
  document.querySelector("main").hidden = false;
  form.key.focus();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    token = form.key.value.trim();
    const opened = await open().catch(() => false);
    if (!opened) {
      form.querySelector("[role=alert]").hidden = false;
      form.key.select();
    }
  });
}

if (!token || !(await open())) ask();
