"""`yuanwen inspect`: what was read of a file, and every edit."""

import json
from pathlib import Path

import pytest

import corpus
from corpus import from_text, passages, read
from ui.cli import main
from ui.inspect import as_json, as_lines
from ui.terminal import PLAIN, cells

SHIPPED = next((Path(corpus.__file__).parent / "documents").glob("*.md"))
FILES = Path(__file__).parent.parent / "corpus" / "files"


def test_sections_speakers_passages_and_edits_are_shown():
    document = read(FILES / "conference.docx")
    held = passages(document, lambda texts: [len(text) for text in texts])
    shown = list(as_lines(document, held, 80, PLAIN))
    text = "\n".join(shown)
    assert shown[0] == "«城乡融合 双向奔富»"
    assert "── Sections (31)" in text
    assert "嘉兴市委、市政府  ×1" in text
    assert "stands again 2 times" in text
    assert "双引«⏎⏎ → ∅»擎" in text
    assert max(map(cells, shown)) <= 80


def test_hostile_text_does_not_reach_the_terminal():
    document = from_text(
        "# a\x1b[2J\n\n张三：b\u202e。\n\n张三：c。\x1b]0;x\x07", uri="memory:x", markup="markdown"
    )
    held = passages(document, lambda texts: [len(text) for text in texts])
    shown = "\n".join(as_lines(document, held, 40, PLAIN))
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_json_has_what_maps_it_back():
    document = read(FILES / "report.pdf")
    held = passages(document, lambda texts: [len(text) for text in texts])
    told = as_json(document, held)
    assert json.loads(json.dumps(told)) == told
    for passage in told["passages"]:
        assert document.text[passage["start"] : passage["end"]] == passage["text"]
        assert passage["page"] == 1
    assert {"page", "line"} & {edit["reason"] for edit in told["edits"]}


@pytest.mark.model
def test_the_command(capsys, tmp_path):
    assert main(["inspect", str(SHIPPED)]) == 0
    assert "双引«⏎⏎ → ∅»擎" in capsys.readouterr().out
    assert main(["inspect", str(SHIPPED), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "城乡融合 双向奔富"
    assert main(["inspect", str(tmp_path / "none.md")]) == 2
