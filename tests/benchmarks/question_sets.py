"""Question sets that tell right answers, and a library of each one's contexts.

A set is read in SQuAD's form from the folder that SHARED names. Each context is a document
of its own, and a passage is right when it belongs to the question's document and holds a gold
answer. The libraries are kept: one is built again when the passages or the model have changed.
"""

import hashlib
import json
import os
import random
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm
from written import written

import corpus
from corpus import Passage
from index import Embedder, Library, LibraryDamaged, ModelMismatch, late
from index.indexing import indexed_text
from index.records import VECTOR_FORMAT
from qa.words import script

SHARED = Path(os.environ.get("SHARED", "../shared")) / "eval"


@dataclass(frozen=True)
class QuestionSet:
    """Its name, the file of the questions, and that of the contexts and answers, in one order."""

    name: str
    questions: str
    contexts: str


SETS = (
    QuestionSet("CMRC 2018 trial", "cmrc2018-trial", "cmrc2018-trial"),
    QuestionSet("DRCD dev", "drcd-dev", "drcd-dev"),
    QuestionSet("XQuAD zh→zh", "xquad.zh", "xquad.zh"),
    QuestionSet("XQuAD en→zh", "xquad.en", "xquad.zh"),
    QuestionSet("XQuAD ru→zh", "xquad.ru", "xquad.zh"),
    QuestionSet("XQuAD en→en", "xquad.en", "xquad.en"),
    QuestionSet("XQuAD zh→en", "xquad.zh", "xquad.en"),
)


@dataclass(frozen=True)
class Asked:
    """A question, its answers, and the number of the context that holds them, or that does not tell
    where there are none.
    """

    text: str
    answers: tuple[str, ...]
    context: int

    def answered_by(self, text: str) -> bool:
        """Whether a gold answer stands in `text`, blanks ignored."""
        bare = "".join(text.split())
        return any("".join(answer.split()) in bare for answer in self.answers)


def read_set(
    named: QuestionSet, most: int | None = None, *, held_out: bool = False
) -> tuple[list[str], list[Asked]]:
    """The contexts, and the questions with the answers as the contexts' language has them; at most
    so many questions, drawn by lot, and where `held_out` is true only of articles that the model
    was not taught with.
    """
    texts: list[str] = []
    asked: list[Asked] = []
    ours, theirs = paragraphs(named.questions), paragraphs(named.contexts)
    for (article, question), (_, context) in zip(ours, theirs, strict=True):
        texts.append(context["context"])
        if held_out and not is_held_out(named.contexts, article):
            continue
        for put, answered in zip(question["qas"], context["qas"], strict=True):
            answers = tuple({answer["text"] for answer in answered["answers"]})
            # Two in CMRC 2018 are empty.
            if any(c.isalnum() for c in put["question"]):
                asked.append(Asked(put["question"], answers, len(texts) - 1))
    return texts, _drawn(asked, most)


def read_written(
    kind: str, most: int | None = None, *, same: bool = True
) -> tuple[list[str], list[Asked]]:
    """The texts of one kind of `written` that taught nothing, and the questions on them, each form by
    itself: those in the text's script or those in another. What a text does not tell has no answers.
    """
    texts = [one for one in written(kind) if is_held_out("written", one.name)]
    asked = [
        Asked(form, (one.answer,) if one.answer else (), n)
        for n, text in enumerate(texts)
        for one in text.questions
        for form in one.forms.values()
        if (script(form) == script(text.text)) == same
    ]
    return [text.text for text in texts], _drawn(asked, most)


def _drawn(asked: list[Asked], most: int | None) -> list[Asked]:
    return random.Random(0).sample(asked, most) if most and most < len(asked) else asked


def paragraphs(file: str) -> list[tuple[int, dict[str, Any]]]:
    """The paragraphs of a file in SQuAD's form, each with the number of its article."""
    articles = json.loads((SHARED / f"{file}.json").read_text("utf-8"))["data"]
    return [
        (n, paragraph) for n, article in enumerate(articles) for paragraph in article["paragraphs"]
    ]


def is_held_out(file: str, article: int | str) -> bool:
    """Whether `adapt.py` leaves the article out, in every language: one in four, by a hash."""
    (name,) = re.findall("^[a-z]+", file)
    return int(hashlib.sha256(f"{name} {article}".encode()).hexdigest(), 16) % 4 == 0


@contextmanager
def open_library(
    keep: Path, name: str, texts: Sequence[str], embedder: Embedder
) -> Iterator[tuple[Library, list[str]]]:
    """The library of these texts in the folder `keep`, and the document id of each text."""
    documents = [
        corpus.from_text(text, uri=f"context:{n:05}", title=" ") for n, text in enumerate(texts)
    ]
    cut = [p for d in documents for p in corpus.passages(d, embedder.token_counts)]
    folder = keep / f"{name}-{_digest(cut, embedder)}"
    for stale in keep.glob(f"{name}-*"):
        if stale != folder and stale.is_dir():
            shutil.rmtree(stale)
    with open_kept(folder, embedder) as library:
        ids = [
            library.add_document(document).document_id
            for document in tqdm(documents, desc=name, file=sys.stderr, mininterval=5)
        ]
        yield library, ids


def open_shipped(keep: Path, embedder: Embedder) -> Library:
    """The library of the shipped document in the folder `keep`."""
    library = open_kept(keep / f"shipped-{embedder.digest[:12]}", embedder)
    for path in sorted((Path(corpus.__file__).parent / "documents").glob("*.md")):
        library.add(path)
    return library


def open_kept(folder: Path, embedder: Embedder) -> Library:
    """The library in `folder`, made anew where it is of another version or left half made."""
    try:
        return Library.open(folder, embedder, create=True)
    except (ModelMismatch, LibraryDamaged):
        shutil.rmtree(folder)
        return Library.open(folder, embedder, create=True)


def _digest(passages: Sequence[Passage], embedder: Embedder) -> str:
    """Tells a library that must be built again: other passages, or another model."""
    made_of = [embedder.digest, VECTOR_FORMAT, late.FORMAT, *map(indexed_text, passages)]
    return hashlib.sha256("\0".join(made_of).encode()).hexdigest()[:12]
