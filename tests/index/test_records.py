"""What goes into the database comes back equal."""

import json
from dataclasses import replace

from corpus import Span, from_text
from index.records import pack_document, unpack_document


def test_a_document_comes_back_with_its_pages_and_metadata():
    document = from_text(
        "---\ndate: 2024-06-20\n---\n# 甲\n\n文。", uri="memory:x", markup="markdown"
    )
    paged = replace(document, pages=(Span(0, 2), Span(2, len(document.text))))
    assert unpack_document(pack_document(paged)) == paged
    assert [paged.page_at(at) for at in (0, 1, 2, len(paged.text) - 1)] == [1, 1, 2, 2]
    assert document.page_at(0) is None


def test_a_document_of_an_earlier_version_has_neither():
    document = from_text("文。", uri="memory:x")
    fields = json.loads(pack_document(document))
    del fields["pages"], fields["metadata"]
    assert unpack_document(json.dumps(fields)) == document
