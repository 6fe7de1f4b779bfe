"""Why an answer is as it is, for programs and for a terminal.

Only what was found and weighed on the way is shown; nothing is searched or scored for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from qa.answer import Answer, Refusal
from qa.explain import Explanation, Search
from qa.refuse import Verdict
from qa.retrieve import Candidate, Evidence, SentenceScore
from ui.explain_words import WORDS
from ui.terminal import cells, harmless, one_line, wrap

_MOST_PASSAGES = 5
_MOST_SENTENCES = 4
_WORTH_SHOWING = 0.005
_FIGURES = tuple(f.name for f in fields(Evidence))
_SENTENCE = (
    *(f.name for f in fields(SentenceScore) if f.name not in ("span", "text", "score")),
    "score",
)
_LABEL = 24  # cells of a table's first column


def explanation_to_wire(reply: Answer | Refusal) -> list[dict[str, Any]]:
    """The `explanation` of an answer, ready for JSON: one object for each thing that it asks."""
    return [_to_wire(reply, asked, why) for asked, why in _explained(reply)]


def _explained(reply: Answer | Refusal) -> list[tuple[str, Explanation]]:
    """What was asked, and why it is answered as it is."""
    parts = reply.parts if isinstance(reply, Answer) else ()
    asked = [(p.question, p.explanation) for p in parts] or [(reply.asked_as, reply.explanation)]
    return [(question, why) for question, why in asked if why]


def _to_wire(reply: Answer | Refusal, asked: str, why: Explanation) -> dict[str, Any]:
    query, wanted = why.query, why.wanted
    return {
        "asked": asked,
        "completed_from_history": reply.asked_as != reply.question,
        "reading": {
            "asks_who": wanted.asks_who,
            "speakers": list(wanted.speakers),
            "unknown": wanted.unknown,
            "about": list(wanted.about),
            "topic": wanted.topic,
            "exact": list(wanted.exact),
        },
        "names": [query.text[start:end] for start, end in why.names],
        "words": [
            {"word": word, "weight": round(weight, 4), "known": word in query.known}
            for word, weight in query.idf.items()
        ],
        "literal": why.literal,
        "calibration": query.shift,
        "searches": [
            {"passages": [_passage(reply, *pair) for pair in _first(search)]}
            for search in why.searches
        ],
    }


def _first(search: Search) -> list[tuple[Candidate, Verdict | None]]:
    """The first passages, with their verdicts where there are some."""
    verdicts = {candidate.hit.passage.id: verdict for candidate, verdict in search.ranked}
    return [(c, verdicts.get(c.hit.passage.id)) for c in search.in_order[:_MOST_PASSAGES]]


def _passage(
    reply: Answer | Refusal, candidate: Candidate, verdict: Verdict | None
) -> dict[str, Any]:
    passage = candidate.hit.passage
    return {
        "document": passage.document_id,
        "start": passage.span.start,
        "end": passage.span.end,
        "section": list(passage.section),
        "speaker": passage.speaker,
        "citations": _citations(reply, candidate),
        "dense": round(candidate.hit.dense, 4),
        "lexical": round(candidate.hit.lexical, 4),
        "tokens": round(candidate.tokens, 4),
        "weakest": round(candidate.weakest, 4),
        "scaled": {name: round(value, 4) for name, value in asdict(candidate.evidence).items()},
        "score": round(candidate.score, 4),
        "sentences": [
            {
                "start": s.span.start,
                "end": s.span.end,
                "figures": {name: round(float(getattr(s, name)), 4) for name in _SENTENCE[:-1]},
                "score": round(s.score, 4),
                "marked": _marked(reply, candidate, s),
            }
            for s in candidate.sentences
        ],
        "verdict": _verdict(verdict) if verdict else None,
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "answers": verdict.answers,
        "logit": round(verdict.logit, 4),
        "bias": round(verdict.model["bias"], 4),
        "weighed": [
            {
                "feature": name,
                "value": round(value, 4),
                "weight": verdict.model[name],
                "contribution": round(value * verdict.model[name], 4),
            }
            for name, value in _by_contribution(verdict)
        ],
    }


def _by_contribution(verdict: Verdict) -> list[tuple[str, float]]:
    """What counted most first, for or against."""
    return sorted(verdict.features.items(), key=lambda f: -abs(f[1] * verdict.model[f[0]]))


def _citations(reply: Answer | Refusal, candidate: Candidate) -> list[int]:
    """The numbers of the citations that come from this passage."""
    passage = candidate.hit.passage
    return [
        c.n
        for c in (reply.citations if isinstance(reply, Answer) else ())
        if c.document.id == passage.document_id and c.passage_span == passage.span
    ]


def _marked(reply: Answer | Refusal, candidate: Candidate, sentence: SentenceScore) -> bool:
    return isinstance(reply, Answer) and any(
        c.document.id == candidate.hit.passage.document_id and c.span.covers(sentence.span)
        for c in reply.citations
    )


# For a terminal.


def explanation_to_terminal(
    reply: Answer | Refusal, language: str = "en", width: int = 80
) -> list[str]:
    """Lines of at most `width` cells; tables want eighty."""
    words = WORDS[language]
    lines: list[str] = []
    for asked, why in _explained(reply):
        lines += [
            *([""] if lines else []),
            *wrap(f"── {words['title'].format(one_line(asked))}", width),
            *_to_terminal(reply, why, words, width),
        ]
    return lines


def _to_terminal(
    reply: Answer | Refusal, why: Explanation, words: Mapping[str, str], width: int
) -> list[str]:
    lines = _read(reply, why, words, width)
    for search in why.searches:
        if first := _first(search):
            lines += ["", *_found(first, words)]
            best, verdict = first[0]
            lines += ["", *_sentences(reply, best, words)]
            if verdict:
                lines += ["", *_weighed(verdict, why.query.shift, words, width)]
    return lines


def _read(
    reply: Answer | Refusal, why: Explanation, words: Mapping[str, str], width: int
) -> list[str]:
    """How the question was understood, before anything was looked for."""
    wanted, query = why.wanted, why.query
    weights = sorted(query.idf.items(), key=lambda item: -item[1])
    told: Sequence[tuple[str, object, list[str | None]]] = (
        ("completed", reply.asked_as != reply.question, []),
        ("who", wanted.asks_who, [wanted.topic]),
        (
            "speakers",
            wanted.speakers and not wanted.asks_who,
            [", ".join(wanted.speakers), wanted.topic],
        ),
        ("unknown", wanted.unknown, [wanted.unknown]),
        ("about", wanted.about, [", ".join(wanted.about)]),
        ("exact", wanted.exact, [", ".join(wanted.exact)]),
        ("names", why.names, [", ".join(query.text[start:end] for start, end in why.names)]),
        ("literal", why.literal, []),
        (
            "words",
            query.known,
            [", ".join(f"{w} {x:.2f}" for w, x in weights if w in query.known)],
        ),
        (
            "strange",
            len(query.known) < len(query.idf),
            [", ".join(w for w, _ in weights if w not in query.known)],
        ),
        ("nothing", not why.searches, []),
    )
    lines = []
    for key, applies, values in told:
        if applies:
            lines += wrap(words[key].format(*(one_line(v or "–") for v in values)), width)
    return lines


def _found(
    first: Sequence[tuple[Candidate, Verdict | None]], words: Mapping[str, str]
) -> Iterable[str]:
    labels = [f"{n} {_who_and_what(c)}" for n, (c, _) in enumerate(first, 1)]
    names = ("dense", "lexical", "tokens", "coverage", "weakest", "score", "logit")
    found: list[list[float | None]] = []
    for c, verdict in first:
        figures = (c.hit.dense, c.hit.lexical, c.tokens, c.coverage, c.weakest, c.score)
        found.append([*figures, verdict.logit if verdict else None])
    yield from _table(words["found"], names, labels, found, words)
    yield ""
    scaled = [[getattr(c.evidence, name) for name in _FIGURES] for c, _ in first]
    short = [label[:2] for label in labels]
    yield from _table(words["scaled"], _FIGURES, short, scaled, words)


def _sentences(
    reply: Answer | Refusal, candidate: Candidate, words: Mapping[str, str]
) -> Iterable[str]:
    best = sorted(candidate.sentences, key=lambda s: -s.score)[:_MOST_SENTENCES]
    labels = [f"{'*' if _marked(reply, candidate, s) else ' '} {one_line(s.text)}" for s in best]
    rows = [[float(getattr(s, name)) for name in _SENTENCE] for s in best]
    return _table(words["marked"].format(1), _SENTENCE, labels, rows, words)


def _weighed(verdict: Verdict, shift: float, words: Mapping[str, str], width: int) -> Iterable[str]:
    result = words["answers" if verdict.answers else "refuses"].format(verdict.confidence)
    yield from wrap(words["weighed"].format(1, result), width)
    yield f"{verdict.model['bias']:+8.2f}  {words['bias']}"
    if shift:
        yield f"{shift:+8.2f}  {words['shift']}"
    for name, value in _by_contribution(verdict):
        weight = verdict.model[name]
        if abs(value * weight) >= _WORTH_SHOWING:
            label = words.get(f"weighs {name}", name.replace("_", " "))
            yield f"{value * weight:+8.2f}  {_clipped(label, 50)} {value:7.2f} × {weight:.2f}"
    yield f"{verdict.logit:+8.2f}"


def _who_and_what(candidate: Candidate) -> str:
    passage = candidate.hit.passage
    return one_line(" ".join([passage.speaker or "", passage.text]))


def _table(
    title: str,
    names: Sequence[str],
    labels: Sequence[str],
    rows: Sequence[Sequence[float | None]],
    words: Mapping[str, str],
) -> Iterable[str]:
    """A line of names, then one of figures for each label; as wide as the figures need."""
    yield title
    column = max(7, *(cells(words.get(name, name)) + 1 for name in names))
    label = _LABEL if max(map(cells, labels)) > 3 else 3
    yield " " * label + "".join(_right(words.get(name, name), column) for name in names)
    for text, row in zip(labels, rows, strict=True):
        shown = ["–" if value is None else f"{value:.2f}" for value in row]
        yield _clipped(text, label) + "".join(_right(figure, column) for figure in shown)


def _right(text: str, width: int) -> str:
    return " " * (width - cells(text)) + text


def _clipped(text: str, width: int) -> str:
    """Exactly `width` cells of the beginning of `text`."""
    shown, used = "", 0
    for character in harmless(text):
        if used + cells(character) > width:
            break
        shown += character
        used += cells(character)
    return shown + " " * (width - used)
