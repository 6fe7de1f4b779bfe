"""The laws hold for what every reader makes of damaged files: a bounded run of tests/fuzz."""

import importlib.util
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pdfminer.pdfparser import PDFSyntaxError
from pdfplumber.utils.exceptions import PdfminerException

from corpus.clean import clean
from corpus.edits import Edit, apply, undo
from corpus.errors import UnreadableFile
from corpus.readers import docx, html, pdf

spec = importlib.util.spec_from_file_location(
    "inputs", Path(__file__).parent.parent / "fuzz" / "inputs.py"
)
inputs = importlib.util.module_from_spec(spec)
spec.loader.exec_module(inputs)

READERS = {"html": html, "docx": docx, "pdf": pdf}


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(READERS)), inputs.MIXES)
def test_offsets_map_between_what_a_reader_gave_and_the_clean_text(form, text):
    try:
        source, layout = READERS[form].read(inputs.as_data(form, text))
    except (UnreadableFile, PdfminerException, PDFSyntaxError):
        return
    at = 0
    for block in layout.blocks:
        assert at <= block.start < block.end <= len(source)
        at = block.end
    for low, high in zip(layout.pages, layout.pages[1:], strict=False):
        assert low[1] == high[0]
    cleaned = clean(source, layout)
    assert apply(source, cleaned.edits) == cleaned.text
    assert undo(cleaned.text, cleaned.edits) == source
    for block in cleaned.layout.blocks:
        assert 0 <= block.start < block.end <= len(cleaned.text)


def test_a_reader_gives_no_edit_that_does_not_fit():
    data = inputs.small_pdf("BT /F1 12 Tf 72 700 Td (words and) Tj 0 -14 Td (more) Tj ET")
    source, layout = pdf.read(data)
    assert source == "words and\nmore\n\n"
    assert layout.signs == (Edit(9, "\n", " ", "line"),) or layout.signs == ()
