"""The command as it is installed, with the packaged model and the shipped document."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.model

QUESTION = "嘉兴城乡居民收入倍差是多少?"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


def start(data, *options, **environment):
    """Starts `yuanwen` in a process of its own, with its default library under `data`."""
    outside = {k: v for k, v in os.environ.items() if not k.upper().startswith("YUANWEN_")}
    return subprocess.Popen(
        [sys.executable, "-m", "ui.cli", *options],
        env=outside | {"XDG_DATA_HOME": str(data), "NO_COLOR": "1"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=data,
    )


def test_two_first_starts_at_once_give_the_same_cited_answer(data):
    started = [start(data, "ask", QUESTION, "--json") for _ in range(2)]
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
    assert {path.name for path in (data / "yuanwen").iterdir()} <= {"library", "library.lock"}


def test_a_batch_answers_and_refuses(data):
    (data / "q.jsonl").write_text(
        "\n".join(json.dumps({"question": q}) for q in (QUESTION, "杭州的GDP是多少?")), "utf-8"
    )
    out, err = start(data, "ask", "--batch", "q.jsonl", "--json").communicate(timeout=300)
    answered, refused = map(json.loads, out.splitlines())
    assert answered["status"] == "answered", err
    assert (refused["status"], refused["citations"]) == ("not_found", [])
    assert refused["nearest"]


def test_a_reader_that_goes_away_is_no_error(data):
    process = start(data, "documents")
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(timeout=300) == 141


def test_a_locale_that_is_not_utf_8(data):
    process = start(data, "documents", PYTHONIOENCODING="latin-1", PYTHONUTF8="0", LC_ALL="C")
    out, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, b"")
    assert b"\\u57ce\\u4e61" in out
