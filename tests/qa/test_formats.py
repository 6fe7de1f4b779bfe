"""The same questions get the same answers, whatever form the document comes in.

The Word file and the web page give the very passages of the Markdown (tests/corpus/test_real_files
compares their texts, sections and speakers); here the PDF and the plain text are asked.
"""

import os
from pathlib import Path

import pytest

from index import Embedder, Library
from qa import Answer, Refusal
from qa.evaluation import evaluate

pytestmark = pytest.mark.model

FILES = Path(__file__).parent.parent / "corpus" / "files"
SHARED = Path(os.environ.get("SHARED", "../shared"))


# Of plain text one question of thirty stands on the edge of the refusal.
@pytest.mark.parametrize(("kind", "apart"), [("pdf", 0.03), ("txt", 0.034)])
def test_answers_from_every_form(
    kind: str, apart: float, conference: Library, packaged_embedder: Embedder, tmp_path: Path
):
    questions = SHARED / "eval" / "conference-dev.jsonl"
    if not questions.exists():
        pytest.skip(f"{questions} is not here; SHARED names the folder that holds it")
    wanted = evaluate(conference, questions)
    with Library.open(tmp_path / "library", packaged_embedder, create=True) as library:
        library.add(FILES / f"conference.{kind}")
        found = evaluate(library, questions)
    assert abs(found.as_dict()["cited@1"] - wanted.as_dict()["cited@1"]) <= apart
    assert found.as_dict()["speaker right of cited"] >= 0.95
    same = [
        first_quote(a.reply) == first_quote(b.reply)
        for a, b in zip(wanted.judged, found.judged, strict=True)
    ]
    assert sum(same) >= (0.85 if kind == "txt" else 0.97) * len(same)
    if kind == "pdf":
        pages = [
            c.page for j in found.judged if isinstance(j.reply, Answer) for c in j.reply.citations
        ]
        assert set(pages) <= set(range(1, 8))


def first_quote(reply: Answer | Refusal) -> str:
    return "".join(reply.citations[0].quote.split()) if isinstance(reply, Answer) else ""
