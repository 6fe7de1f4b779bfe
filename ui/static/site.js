// Where things stand: `door` holds what this page shows, `site` what every page of the server shares.
// A channel has a door of its own, at the base of its page.

/** An address of this page's own door. */
export function door(path) {
  return new URL(path, document.baseURI);
}

/** An address of the whole server; `path` may begin with a slash, as links of the wire format do. */
export function site(path) {
  return new URL(path.replace(/^\/+/, ""), new URL("../", import.meta.url));
}

/** The JSON at `address`. Rejects where there is none. */
export async function fetchJson(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address.pathname}: ${response.status}`);
  return response.json();
}
