"""The command line: each command, each wrong input, and what a script can rely on."""

import io
import json
import os
import subprocess
import sys

import pytest

import ui.library
from index import Library
from qa import ask
from ui.cli import main
from ui.render import to_wire

NOTE = """# 城乡融合

## 加快融合

嘉兴市委、市政府

嘉兴城乡居民收入倍差缩小到1.51。农村公路全部通车。

## 财政改革

省财政厅

省财政今年投入资金三百亿元。中心镇建设得到支持。
"""


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path, hashing_embedder):
    """The small model, a data folder of the test's own, and no settings."""
    for name in [name for name in os.environ if name.upper().startswith("YUANWEN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(ui.library, "lazy_embedder", lambda name=None: hashing_embedder)
    monkeypatch.setattr(ui.library, "default_library", lambda: tmp_path / "data" / "library")


@pytest.fixture
def note(tmp_path):
    path = tmp_path / "note.md"
    path.write_text(NOTE, "utf-8")
    return path


@pytest.fixture
def folder(tmp_path, note):
    """A library that holds the note."""
    assert main(["index", "--library", str(tmp_path / "lib"), str(note)]) == 0
    return tmp_path / "lib"


@pytest.fixture
def run(capsys, folder):
    """Runs one command on the library: exit code, output, errors."""

    def go(command, *options):
        capsys.readouterr()
        code = main([command, "--library", str(folder), *map(str, options)])
        return code, *capsys.readouterr()

    return go


def give(monkeypatch, data):
    """Standard input of these bytes."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), "utf-8"))


def one_error(code, err):
    """The exit code and the single line of an error a user can mend."""
    assert code == 2
    assert err.startswith("yuanwen: ")
    assert err.count("\n") == 1
    return err


def documents(run):
    code, out, _ = run("documents")
    assert code == 0
    return out


# What can be typed


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["no-such"],
        ["ask", "--no-such"],
        ["index"],
        ["remove"],
        ["eval"],
        ["serve", "--port", "x"],
    ],
)
def test_a_usage_error_is_one_line_and_exit_2(argv, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(argv)
    one_error(exit_.value.code, capsys.readouterr().err)


def test_ask_without_a_question(run):
    code, _, err = run("ask")
    assert "--batch" in one_error(code, err)


def test_batch_and_a_question_do_not_go_together(run, tmp_path):
    code, _, err = run("ask", "问?", "--batch", tmp_path / "q.jsonl")
    one_error(code, err)


def test_help_loads_nothing_heavy():
    code = (
        "import sys\nfrom ui.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'numpy', 'gradio', 'faiss', 'pydantic', 'sentence_transformers'}\n"
        "sys.exit(bool(heavy & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


# ask


def test_json_is_the_one_answer(run, folder, hashing_embedder):
    code, out, err = run("ask", "嘉兴城乡居民收入倍差是多少?", "--json")
    assert (code, err) == (0, "")
    given = json.loads(out)
    expected = to_wire(ask(Library.open(folder, hashing_embedder), "嘉兴城乡居民收入倍差是多少?"))
    del given["timings_ms"], expected["timings_ms"]
    assert given == json.loads(json.dumps(expected))
    assert out.count("\n") == 1


def test_a_person_reads_the_same(run):
    code, out, _ = run("ask", "嘉兴城乡居民收入倍差是多少?")
    wire = json.loads(run("ask", "嘉兴城乡居民收入倍差是多少?", "--json")[1])
    assert code == 0
    assert "\x1b" not in out
    for found in wire["citations"] or wire["nearest"]:
        assert found["quote"][:10] in "".join(out.split())


def test_the_question_comes_from_standard_input(run, monkeypatch):
    give(monkeypatch, "嘉兴城乡居民收入倍差是多少?\n".encode())
    code, out, _ = run("ask", "-", "--json")
    assert code == 0
    assert json.loads(out)["question"].strip() == "嘉兴城乡居民收入倍差是多少?"


def test_filters_keep_to_one_speaker(run):
    _, out, _ = run("ask", "投入资金多少?", "--json", "--speaker", "省财政厅")
    wire = json.loads(out)
    assert {c["speaker"] for c in wire["citations"] + wire["nearest"]} <= {"省财政厅"}


@pytest.mark.parametrize(
    "question",
    ["", "   ", "\x00\x01\x1b", "问" * 100_000],
    ids=["empty", "blank", "control", "long"],
)
@pytest.mark.parametrize("door", ["argument", "stdin", "batch"])
def test_a_bad_question(run, monkeypatch, question, door, tmp_path):
    if door == "argument":
        code, out, err = run("ask", question)
    elif door == "stdin":
        give(monkeypatch, question.encode())
        code, out, err = run("ask", "-")
    else:
        lines = [json.dumps({"question": q}) for q in ("好问题?", question)]
        (tmp_path / "q.jsonl").write_text("\n".join(lines), "utf-8")
        code, out, err = run("ask", "--batch", tmp_path / "q.jsonl", "--json")
        assert "line 2" in err
    one_error(code, err)
    assert out == ""
    assert len(err) < 500


def test_standard_input_that_is_not_utf_8(run, monkeypatch):
    give(monkeypatch, b"\xff\xfe")
    code, _, err = run("ask", "-")
    assert "UTF-8" in one_error(code, err)


@pytest.mark.parametrize(
    "filters",
    [
        ["--speaker", "省财政"],
        ["--document", "none"],
        ["--speaker", "省财政厅", "--section", "加快融合"],
    ],
)
def test_filters_that_leave_nothing(run, filters):
    code, out, err = run("ask", "投入资金多少?", *filters)
    assert "yuanwen documents" in one_error(code, err)
    assert out == ""


def test_filters_of_an_empty_library_are_no_error(run):
    run("remove", documents(run).split()[0])
    code, out, _ = run("ask", "投入资金多少?", "--json", "--speaker", "省财政厅")
    assert (code, json.loads(out)["reason"]) == (0, "no_documents")


# ask --batch


def test_a_batch_is_answered_in_order(run, tmp_path):
    batch = [
        {"question": "嘉兴城乡居民收入倍差是多少?", "id": "mine"},
        {"question": "省财政今年投入多少?", "history": ["中心镇呢?"]},
        {"question": "农村公路通车了吗?", "filters": {"speakers": ["省财政厅"]}},
    ]
    lines = "\n\n".join(json.dumps(item, ensure_ascii=False) for item in batch)
    (tmp_path / "q.jsonl").write_text(lines + "\n", "utf-8")
    code, out, err = run("ask", "--batch", tmp_path / "q.jsonl", "--json")
    assert (code, err) == (0, "")
    wires = [json.loads(line) for line in out.splitlines()]
    assert [wire["question"] for wire in wires] == [item["question"] for item in batch]
    alone = json.loads(run("ask", batch[0]["question"], "--json")[1])
    assert wires[0]["citations"] == alone["citations"]


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        '["a list"]',
        '{"query": "x"}',
        '{"question": 1}',
        '{"question": "x", "history": "y"}',
        '{"question": "x", "filters": []}',
        '{"question": "x", "filters": {"speaker": ["y"]}}',
        '{"question": "x", "filters": {"speakers": "y"}}',
        '{"question": "x", "filters": {"speakers": ["y"]}}',
        "[" * 100_000,
    ],
)
def test_a_bad_line_is_named_before_anything_is_answered(run, tmp_path, line):
    path = tmp_path / "q.jsonl"
    path.write_text('{"question": "嘉兴城乡居民收入倍差是多少?"}\n' + line + "\n", "utf-8")
    code, out, err = run("ask", "--batch", path, "--json")
    assert f"{path}, line 2" in one_error(code, err)
    assert out == ""


def test_a_batch_shows_each_question_to_people(run, tmp_path):
    questions = ["嘉兴城乡居民收入倍差是多少?", "省财政今年\n投入多少?"]
    lines = [json.dumps({"question": question}) for question in questions]
    (tmp_path / "q.jsonl").write_text("\n".join(lines), "utf-8")
    _, out, _ = run("ask", "--batch", tmp_path / "q.jsonl")
    alone = run("ask", questions[0])[1]
    assert out.startswith(f"── {questions[0]}\n\n{alone}\n── 省财政今年 投入多少?\n\n")


@pytest.mark.parametrize("content", [None, b"", b"\n\n", b"\xff\xff"])
def test_a_batch_that_cannot_be_read(run, tmp_path, content):
    path = tmp_path / "q.jsonl"
    if content is not None:
        path.write_bytes(content)
    code, _, err = run("ask", "--batch", path, "--json")
    assert str(path) in one_error(code, err)


# index, documents, remove


def test_a_file_is_added_once(run, note, tmp_path):
    assert "城乡融合" in documents(run)
    assert "unchanged" in run("index", note)[1]
    note.write_text(NOTE.replace("1.51", "1.49"), "utf-8")
    assert run("index", note)[0] == 0
    assert documents(run).count("城乡融合") == 1
    assert "1.49" in run("ask", "嘉兴城乡居民收入倍差是多少?", "--json")[1]


def test_gb18030_is_read(run, tmp_path):
    path = tmp_path / "gb.md"
    path.write_bytes(NOTE.replace("城乡融合", "国标文件").encode("gb18030"))
    assert run("index", path)[0] == 0
    assert "国标文件" in documents(run)


@pytest.mark.parametrize("bad", ["missing", "no documents", "binary", "encoding", "empty"])
def test_what_cannot_be_read_loses_nothing(run, tmp_path, bad):
    path = tmp_path / "bad.md"
    if bad == "no documents":
        path.mkdir()
        (path / "picture.png").write_bytes(b"\x89PNG")
    elif bad != "missing":
        path.write_bytes(
            {"binary": bytes(range(256)) * 20, "encoding": b"a\xff\xfe\x80b" * 99}.get(bad, b"")
        )
    other = tmp_path / "other.md"
    other.write_text("# 另一篇\n\n这里说的是别的事情。\n", "utf-8")
    code, out, err = run("index", path, other)
    assert str(path) in one_error(code, err)
    assert "1 failed" in out
    assert "城乡融合" in documents(run)
    assert "另一篇" in documents(run)


def test_a_document_leaves(run, folder):
    id_ = documents(run).split()[0]
    assert run("remove", id_)[0] == 0
    assert "城乡融合" not in documents(run)
    wire = json.loads(run("ask", "嘉兴城乡居民收入倍差是多少?", "--json")[1])
    assert (wire["status"], wire["reason"]) == ("not_found", "no_documents")


def test_an_unknown_id(run):
    code, _, err = run("remove", "no\x1b[2Jsuch")
    assert "\x1b" not in one_error(code, err)
    assert "城乡融合" in documents(run)


def test_a_library_that_is_not_there(tmp_path, capsys):
    code = main(["documents", "--library", str(tmp_path / "nowhere")])
    assert "nowhere" in one_error(code, capsys.readouterr().err)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("command", [["documents"], ["ask", "倍差是多少?"], ["remove", "x"]])
def test_a_damaged_library(run, folder, command):
    for file in folder.rglob("*"):
        if file.is_file():
            file.write_bytes(b"not a library" * 100)
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    code, out, err = run(*command)
    assert str(folder) in one_error(code, err)
    assert out == ""
    assert before == {file: file.read_bytes() for file in before}


# eval


def test_a_question_set_is_counted(run, tmp_path):
    path = tmp_path / "set.jsonl"
    line = {"question": "嘉兴城乡居民收入倍差是多少?", "evidence": ["1.51"], "speakers": []}
    path.write_text(json.dumps(line), "utf-8")
    assert json.loads(run("eval", path, "--json")[1])["questions"] == 1
    assert "cited@1" in run("eval", path)[1]


def test_a_question_set_that_cannot_be_read(run, tmp_path):
    code, _, err = run("eval", tmp_path / "none.jsonl")
    assert "none.jsonl: cannot be read (No such file or directory)" in one_error(code, err)
    (tmp_path / "bad.jsonl").write_text('{"question": "问?"}\n{"question": 3}\n', "utf-8")
    code, _, err = run("eval", tmp_path / "bad.jsonl")
    assert "bad.jsonl, line 2" in one_error(code, err)


def test_a_question_set_from_standard_input(run, monkeypatch):
    line = {"question": "嘉兴城乡居民收入倍差是多少?", "evidence": ["1.51"], "speakers": []}
    give(monkeypatch, json.dumps(line).encode())
    assert json.loads(run("eval", "-", "--json")[1])["questions"] == 1


# calibrate


@pytest.fixture
def own(tmp_path):
    """Questions of the user's own, some with an answer."""
    path = tmp_path / "own.jsonl"
    told = [{"question": q, "answerable": True} for q in ("收入倍差是多少?", "农村公路通车了吗?")]
    not_told = [{"question": q} for q in ("火星上有几座城市?", "量子计算机多少钱?")]
    path.write_text("\n".join(map(json.dumps, told + not_told)), "utf-8")
    return path


def test_the_threshold_is_fitted_and_kept_only_when_asked(run, own, folder, hashing_embedder):
    def kept():
        with Library.open(folder, hashing_embedder) as library:
            return library.calibration()

    code, out, _ = run("calibrate", own)
    assert code == 0
    assert "left out of the fit" in out
    assert kept() == 0
    figures = json.loads(run("calibrate", own, "--json", "--save")[1])
    assert figures["saved"]
    assert kept() == figures["best"]["shift"]
    assert run("calibrate", "--reset")[0] == 0
    assert kept() == 0


@pytest.mark.parametrize("options", [[], ["--reset", "--save"]])
def test_calibrate_takes_a_file_or_reset(run, options):
    code, _, err = run("calibrate", *options)
    assert "--reset" in one_error(code, err)


def test_calibrate_needs_both_kinds_of_question(run, tmp_path):
    path = tmp_path / "own.jsonl"
    path.write_text('{"question": "嘉兴收入倍差是多少?"}', "utf-8")
    code, _, err = run("calibrate", path)
    assert "with an answer" in one_error(code, err)


# What a script can rely on


def test_ctrl_c_is_130(run, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("ui.commands.ask", stop)
    assert run("ask", "问题?")[0] == 130


def test_a_wrong_setting_is_an_error_of_every_command(run, monkeypatch):
    monkeypatch.setenv("YUANWEN_PORT", "many")
    code, _, err = run("documents")
    assert "YUANWEN_PORT" in one_error(code, err)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gb2312"])
def test_an_output_that_cannot_write_every_character(run, monkeypatch, encoding):
    for options in (["--json"], []):
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding))
        assert run("ask", "嘉兴城乡居民收入倍差是多少?", *options)[0] == 0
        if options:
            assert json.loads(raw.getvalue())["question"] == "嘉兴城乡居民收入倍差是多少?"
