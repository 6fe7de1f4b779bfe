"""The command as it is installed, with the packaged model and the shipped document."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import corpus

pytestmark = pytest.mark.model

SHIPPED = Path(corpus.__file__).parent / "documents"
QUESTION = "嘉兴城乡居民收入倍差是多少?"


# Runs the command where the libraries that run models cannot be imported.
WITHOUT_MODEL = """
import sys
sys.modules |= dict.fromkeys(("torch", "onnxruntime", "sentence_transformers"))
from ui.cli import main
sys.exit(main(sys.argv[1:]))
"""


def start(data, *options, python=("-m", "ui.cli"), **environment):
    """Starts `yuanwen` in a process of its own, with its default library under `data`."""
    outside = {k: v for k, v in os.environ.items() if not k.upper().startswith("YUANWEN_")}
    return subprocess.Popen(
        [sys.executable, *python, *options],
        env=outside | {"XDG_DATA_HOME": str(data), "NO_COLOR": "1"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=data,
    )


def test_two_first_starts_at_once_give_the_same_cited_answer(tmp_path):
    started = [start(tmp_path, "ask", QUESTION, "--json") for _ in range(2)]
    wires = []
    for process in started:
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        wires.append(json.loads(out))
    first = wires[0]["citations"][0]
    assert "1.51" in first["quote"]
    assert first["speaker"] == "嘉兴市委、市政府"
    assert first["quote"] in first["passage"]
    assert wires[0]["citations"] == wires[1]["citations"]
    assert {path.name for path in (tmp_path / "yuanwen").iterdir()} <= {"library", "library.lock"}


def test_a_batch_answers_and_refuses(shipped_data, tmp_path):
    batch = tmp_path / "q.jsonl"
    batch.write_text(
        "\n".join(json.dumps({"question": q}) for q in (QUESTION, "杭州的GDP是多少?")), "utf-8"
    )
    out, err = start(shipped_data, "ask", "--batch", str(batch), "--json").communicate(timeout=300)
    answered, refused = map(json.loads, out.splitlines())
    assert answered["status"] == "answered", err
    assert (refused["status"], refused["citations"]) == ("not_found", [])
    assert refused["nearest"]


def test_a_reader_that_goes_away_is_no_error(shipped_data):
    process = start(shipped_data, "documents")
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(timeout=300) == 141


def test_a_locale_that_is_not_utf_8(shipped_data):
    process = start(
        shipped_data, "documents", PYTHONIOENCODING="latin-1", PYTHONUTF8="0", LC_ALL="C"
    )
    out, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, b"")
    assert b"\\u57ce\\u4e61" in out


def test_the_model_is_not_loaded_where_nothing_is_asked(tmp_path, shipped_data):
    shutil.copytree(shipped_data / "yuanwen", tmp_path / "yuanwen")

    def run(*options):
        out, err = start(tmp_path, *options, python=("-c", WITHOUT_MODEL)).communicate(timeout=60)
        return out.decode(), err.decode()

    out, err = run("documents")
    assert "城乡融合 双向奔富" in out, err
    library = str(tmp_path / "yuanwen" / "library")
    again, err = run("index", "--library", library, str(SHIPPED))
    assert again == "1 unchanged\n", err
    out, err = run("remove", out.split()[0])
    assert out.startswith("removed "), err
    assert "empty" in run("documents")[0]
    # To read a file it is needed, and missed here.
    note = tmp_path / "note.md"
    note.write_text("# 便条\n\n明天开会。\n", "utf-8")
    assert "onnxruntime" in run("index", str(note))[1]
