// The clipboard, and what stands in for it where the browser gives none.

/** Whether the words in `area` are on the clipboard; where not, they are shown there and selected. */
export async function toClipboard(area) {
  try {
    await navigator.clipboard.writeText(area.value);
    area.hidden = true;
    return true;
  } catch {
    // No clipboard without TLS, or none allowed in this frame.
    area.hidden = false;
    area.focus();
    area.select();
    return false;
  }
}
