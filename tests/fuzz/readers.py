"""Feeds the readers damaged files: `make fuzz`, or `python tests/fuzz/readers.py RUNS [SEED]`.

Half of the inputs are atheris's, who follows the branches that an input takes; half are Hypothesis'
mixes of the signs that the readers look at. Each input is read in this process, without the limits
of a worker. A find is an error of our own code, or a document against the laws; what a PDF or zip
library raises ends a worker only, and counts as refused.
"""

import atexit
import logging
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

import atheris
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from inputs import FORMS, MIXES, as_data

with atheris.instrument_imports(include=["corpus"]):
    from corpus import from_text
    from corpus.clean import clean
    from corpus.edits import apply, undo
    from corpus.errors import UnreadableFile
    from corpus.files import Note
    from corpus.read import _document
    from corpus.readers import docx, html, pdf
    from corpus.readers.encoding import decode

HOME = Path(__file__).parents[2]
FILES = HOME / "tests" / "corpus" / "files"
counts: Counter[str] = Counter()


def check(form: str, text: str, data: bytes) -> None:
    """Reads one input; an error of our own code comes through."""
    counts[form] += 1
    try:
        match form:
            case "markdown" | "text":
                document = from_text(text, uri="memory:x", markup=form)  # type: ignore[arg-type]
                assert undo(document.text, document.edits) == text
            case "bytes":
                decode(data)
            case _:
                source, layout = {"html": html, "docx": docx, "pdf": pdf}[form].read(data)
                cleaned = clean(source, layout)
                assert apply(source, cleaned.edits) == cleaned.text
                assert undo(cleaned.text, cleaned.edits) == source
                _document(source, layout, Note(), uri="memory:x", stem="x", digest="")
    except UnreadableFile:
        counts["refused"] += 1
    except Exception as error:  # told apart and raised again
        innermost = traceback.extract_tb(error.__traceback__)[-1].filename
        if form == "pdf" and str(HOME / "corpus") not in innermost:
            counts["refused"] += 1
            return
        print(f"FIND {form} {text!r} {data!r}", file=sys.stderr)
        raise


def mixed(runs: int, number: int) -> None:
    """Hypothesis' inputs."""

    @seed(number)
    @settings(
        max_examples=runs,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(FORMS), MIXES)
    def run(form: str, text: str) -> None:
        check(form, text, as_data(form, text))

    run()


def one(data: bytes) -> None:
    """One input of atheris: its first byte chooses the form; odd ones are whole files."""
    provider = atheris.FuzzedDataProvider(data)
    number = provider.ConsumeIntInRange(0, 255)
    form = FORMS[number % len(FORMS)]
    rest = provider.ConsumeBytes(len(data))
    text = rest.decode("utf-8", "replace")
    whole = number >= 128 and form in ("docx", "pdf", "html")
    check(form, text, rest if whole else as_data(form, text) if form != "bytes" else rest)


def seeds(folder: Path) -> None:
    """The files of the tests, as inputs to start from."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, number in (
        ("news.html", 128 + 4),
        ("report.docx", 128 + 1),
        ("columns.pdf", 128 + 2),
    ):
        (folder / name).write_bytes((FILES / name).read_bytes()[:40_000] + bytes([number]))
    shipped = next((HOME / "corpus" / "documents").glob("*.md")).read_bytes()
    (folder / "shipped").write_bytes(shipped[:3000] + bytes([0]))


def main() -> None:
    runs, number = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    began = time.perf_counter()
    atexit.register(lambda: print(dict(counts), f"{time.perf_counter() - began:.0f} s", flush=True))
    logging.disable(logging.WARNING)  # pdfminer's, of every odd number
    mixed(runs // 2, number)
    folder = HOME / ".fuzz"
    seeds(folder)
    arguments = [sys.argv[0], str(folder), f"-atheris_runs={runs - runs // 2}", "-max_len=4096"]
    arguments += [f"-artifact_prefix={folder}/", f"-seed={number}"]
    atheris.Setup(arguments, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
