"""What the packaged model is taught with: passages, and questions that one of them answers.

The question sets of `question_sets` and the texts of `written`, less what is held out. Passages are
cut as the library cuts them. Where a set has its questions in Chinese alone, each is put once more
word by word in English, by the glossary: no sentence a person would write, but its words mean the
same.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import opencc
from pypinyin import lazy_pinyin
from question_sets import is_held_out, paragraphs
from written import KINDS, Written, written

import corpus
from index import Encoded, glossary
from index.embedding import own_tokens
from index.indexing import sentence_texts
from index.lexical import fold
from index.packed import PROMPTS
from index.unigram import Unigram
from qa.retrieve import _token_weights
from qa.words import carrying

_ASKED = {"谁": "who", "多少": "how many", "何时": "when", "为什么": "why", "哪": "which"}
_RUN = re.compile("[\u3400-\u9fff]+|[^\u3400-\u9fff]+")


@dataclass
class Text:
    """A text as the model reads it: token `numbers`; which of them are its `own` and not the
    prompt's; `weights` of a question's tokens; `groups`, the sentence of each token of its own, and
    `starts`, where it stands in the text.
    """

    text: str
    numbers: list[int]
    own: npt.NDArray[np.bool_]
    weights: npt.NDArray[np.float64] | None = None
    groups: npt.NDArray[np.int64] | None = None
    starts: npt.NDArray[np.uint16] | None = None
    sentences: list["Text"] = field(default_factory=list)

    @cached_property
    def bare(self) -> str:
        """Without blanks."""
        return "".join(self.text.split())


@dataclass
class Question:
    """One question in several languages or scripts, and its answers by the passages' language; it
    has none where its context does not tell.
    """

    forms: dict[str, Text]
    answers: dict[str, list[str]]


@dataclass
class Context:
    """The passages of one context, by language, and what is asked of it."""

    passages: dict[str, list[Text]]
    questions: list[Question]

    def language(self, wanted: str) -> str:
        """The wanted language of passages, or the one there is."""
        return wanted if wanted in self.passages else next(iter(self.passages))


def lessons(tokenizer: Unigram) -> dict[str, list[Context]]:
    """The contexts of each set."""
    simplify = opencc.OpenCC("t2s").convert
    read = _Reader(tokenizer)

    def chinese(text: str) -> dict[str, str]:
        return {"zh": text, "zh-Hans": simplify(text), "en": glossed(text)}

    sets = {name: read.set({"zh": name}, chinese) for name in ("cmrc2018-trial", "drcd-dev")}
    sets["xquad"] = read.set({"zh": "xquad.zh", "en": "xquad.en"}, None, ["xquad.ru"])
    for kind in KINDS:
        sets[kind] = [
            read.written(one) for one in written(kind) if not is_held_out("written", one.name)
        ]
    return sets


def glossed(text: str) -> str:
    """A Chinese question word by word in English; names by their sound."""
    words = [next((word for sign, word in _ASKED.items() if sign in fold(text)), "what")]
    for run in _RUN.findall(carrying(text)):
        if not "\u3400" <= run[0] <= "\u9fff":
            words += run.split()
            continue
        unknown = ""
        for piece, senses, _ in [*glossary.from_chinese([run]), ("", [("",)], False)]:
            if not senses:
                unknown += piece
                continue
            if len(unknown) > 1:
                words.append("".join(lazy_pinyin(unknown)).capitalize())
            unknown = ""
            if len(piece) > 1:  # a single character has too many senses
                words.append(" ".join(senses[0]))
    return " ".join(words)


class _Reader:
    def __init__(self, tokenizer: Unigram) -> None:
        self._tokenizer = tokenizer

    def set(self, contexts, chinese, others=()) -> list[Context]:
        """`contexts`: the file of each language; `others`: files of questions alone."""
        files = {file.partition(".")[2] or "zh": paragraphs(file) for file in others}
        files |= {language: paragraphs(file) for language, file in contexts.items()}
        first = next(iter(contexts.values()))
        return [
            self._context(
                {language: rows[n][1] for language, rows in files.items()}, contexts, chinese
            )
            for n, (article, _) in enumerate(paragraphs(first))
            if not is_held_out(first, article)
        ]

    def written(self, one: Written) -> Context:
        questions = [
            Question(
                {form: self._question(text) for form, text in asked.forms.items()},
                {one.language: ["".join(asked.answer.split())] if asked.answer else []},
            )
            for asked in one.questions
        ]
        return Context({one.language: list(self._passages(one.text))}, questions)

    def _context(self, rows, contexts, chinese) -> Context:
        questions = []
        for asked in zip(*(row["qas"] for row in rows.values()), strict=True):
            forms = {language: one["question"] for language, one in zip(rows, asked, strict=True)}
            if not any(c.isalnum() for c in forms["zh"]):
                continue
            answers = {
                language: ["".join(answer["text"].split()) for answer in one["answers"]]
                for language, one in zip(rows, asked, strict=True)
            }
            forms = chinese(forms["zh"]) if chinese else forms
            questions.append(Question({k: self._question(f) for k, f in forms.items()}, answers))
        texts = {language: rows[language]["context"] for language in contexts}
        return Context({k: list(self._passages(text)) for k, text in texts.items()}, questions)

    def _question(self, text: str) -> Text:
        one, tokens = self._text(text, "query")
        one.weights = _token_weights(text, [], Encoded(np.zeros(1, np.float32), tokens))
        return one

    def _passages(self, text: str) -> Iterator[Text]:
        document = corpus.from_text(text, uri="lesson", title=" ")
        for passage in corpus.passages(document, self._counts):
            one, tokens = self._text(passage.text, "document")
            starts = [span.start - passage.span.start for span in passage.sentences]
            one.starts = tokens.starts
            one.groups = np.searchsorted(starts, tokens.starts, side="right") - 1
            one.sentences = [self._text(s, "document")[0] for s in sentence_texts(passage)]
            yield one

    def _counts(self, texts: Sequence[str]) -> list[int]:
        return [self._tokenizer.count(text) for text in texts]

    def _text(self, text, kind):
        prompt = PROMPTS[kind]
        numbers, places = self._tokenizer.encode(prompt + text)
        spans = np.array(places, np.int64).reshape(-1, 2)
        own = (spans[:, 1] > len(prompt)) & (spans[:, 1] > spans[:, 0])
        tokens = own_tokens(np.zeros((len(numbers), 1), np.float32), places, prompt)
        return Text(text, list(numbers), own), tokens
