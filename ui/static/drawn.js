// Draws a whole document as the source panel shows it.
import { fill, make, units } from "./dom.js";

/** Paragraphs, headings, lead-ins and speakers, with the words of `place` in <mark>. */
export function drawDocument(found, place, texts) {
  const offsets = [place.start, place.end];
  for (const each of [...found.sections, ...found.turns]) offsets.push(each.start, each.end);
  const at = units(found.text, offsets);
  const mark = { start: at.get(place.start), end: at.get(place.end) };
  const titles = found.sections
    .filter((section) => section.level > 0)
    .map((section) => title(found.text, at.get(section.start), section));
  const turns = found.turns.map((turn) => ({ speaker: turn.speaker, start: at.get(turn.start) }));

  const parts = [];
  let named = null;
  for (const line of found.text.matchAll(/[^\n]+/g)) {
    const start = line.index;
    const end = start + line[0].length;
    if (!line[0].trim()) continue;
    const byline = turns.some((turn) => turn.speaker === line[0].trim());
    if (byline) named = line[0].trim();
    for (const turn of turns.filter((each) => each.start >= start && each.start < end)) {
      // A byline above, or a name before a colon, tells it already.
      if (turn.speaker !== named && !line[0].trim().startsWith(turn.speaker)) {
        parts.push(make("p", { class: "yw-speaker", dir: "auto" }, fill(texts.speaker, { speaker: turn.speaker })));
      }
      named = null;
    }
    const inside = titles.filter((each) => each && each.start < end && each.end > start);
    const whole = inside.find((each) => found.text.slice(each.end, end).trim() === "");
    const tag = whole && whole.start <= start + leading(line[0]) ? `h${Math.min(6, whole.level + 2)}` : "p";
    const cuts = tag === "p" ? inside : [];
    parts.push(make(tag, { dir: "auto", class: byline ? "yw-byline" : null }, ...runs(found.text, start, end, mark, cuts)));
  }
  // The first mark takes the focus.
  const marks = parts.flatMap((part) => [...part.querySelectorAll("mark")]);
  marks[0]?.setAttribute("tabindex", "-1");
  return parts;
}

/** Where the section's own title stands in the text; null where the text does not begin with it. */
function title(text, start, section) {
  const name = section.path.at(-1);
  const from = start + leading(text.slice(start, start + 200));
  return text.startsWith(name, from) ? { start: from, end: from + name.length, level: section.level } : null;
}

function leading(text) {
  return text.length - text.trimStart().length;
}

/** The text from `start` to `end`, cut where a mark or a lead-in begins or ends. */
function runs(text, start, end, mark, leads) {
  const edges = [mark.start, mark.end, ...leads.flatMap((lead) => [lead.start, lead.end])];
  const cuts = [start, ...new Set(edges.filter((edge) => edge > start && edge < end).sort((a, b) => a - b)), end];
  return cuts.slice(1).map((to, i) => {
    const from = cuts[i];
    const words = text.slice(from, to);
    const inLead = leads.some((lead) => lead.start <= from && to <= lead.end);
    const node = inLead ? make("strong", {}, words) : document.createTextNode(words);
    return mark.start <= from && to <= mark.end && from < to ? make("mark", {}, node) : node;
  });
}
