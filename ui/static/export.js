// A conversation as a file: Markdown to read, JSON to work with.
import { fill } from "./dom.js";
import { site } from "./site.js";

/** Downloads it; `form` is "markdown" or "json". */
export function exportAs(form, conversation, texts) {
  const [text, type, suffix] =
    form === "json"
      ? [toJson(conversation), "application/json", "json"]
      : [toMarkdown(conversation, texts), "text/markdown", "md"];
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `yuanwen-${new Date(conversation.at).toISOString().slice(0, 10)}.${suffix}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

/** Every question, where it looked, and its answer in the wire format. */
export function toJson({ title, at, turns }) {
  const asked = turns.map(({ question, chosen, answer }) => ({ question, filters: chosen, answer }));
  return `${JSON.stringify({ title, at: new Date(at).toISOString(), turns: asked }, null, 2)}\n`;
}

export function toMarkdown({ title, turns }, texts) {
  const blocks = [`# ${plain(title)}`];
  for (const { question, chosen = [], answer } of turns) {
    blocks.push(`## ${plain(question)}`);
    if (chosen.length) blocks.push(plain(fill(texts.only_in, { where: chosen.map((each) => each.label).join(texts.comma) })));
    if (answer.asked_as !== answer.question) blocks.push(plain(fill(texts.understood, { question: answer.asked_as })));
    blocks.push(...(answer.status === "answered" ? answered(answer, texts) : refused(answer, texts)));
  }
  return `${blocks.join("\n\n")}\n`;
}

function answered(answer, texts) {
  const who = new Map(answer.citations.map(({ n, speaker }) => [n, speaker ?? texts.no_speaker]));
  const said = answer.sentences.map(({ text, citation }) => {
    const speaker = answer.by_speaker ? `**${plain(who.get(citation))}** ` : "";
    return `> ${speaker}${plain(text)} \\[${citation}\\]`;
  });
  const silent = answer.silent.length ? [plain(`${texts.silent} ${answer.silent.join(texts.comma)}`)] : [];
  const open = answer.parts.filter((part) => !part.citations.length).map((part) => part.question);
  if (open.length) silent.push(plain(`${texts.unanswered} ${open.join(texts.comma)}`));
  return [said.join("\n>\n"), ...silent, `${plain(texts.sources)}\n\n${answer.citations.map((each) => place(each, texts)).join("\n")}`];
}

function refused(answer, texts) {
  const near = answer.nearest.map((each) => `${place({ ...each, n: null }, texts)}\n  ${plain(each.quote)}`);
  const told = plain(`${texts[`refused_${answer.reason}`]} ${texts[`refused_${answer.reason}_more`]}`);
  return near.length ? [told, `${plain(texts.near)}\n\n${near.join("\n")}`] : [told];
}

function place({ n, speaker, document, section, page, link }, texts) {
  const where = [speaker ?? texts.no_speaker, document.title, section.join(" › ")];
  if (page !== null) where.push(fill(texts.page, { n: page }));
  return `- ${n === null ? "" : `\\[${n}\\] `}[${plain(where.filter(Boolean).join(" · "))}](${site(link).href})`;
}

/** On one line, and every sign that Markdown or HTML reads as its own escaped. */
function plain(text) {
  return text.replace(/\s+/g, " ").trim().replace(/[\\`*_{}[\]()<>#+\-.!|~&$:@^=]/g, "\\$&");
}
