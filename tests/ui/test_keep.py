"""The commands that keep a library: many files, versions, backups, checks, watched folders."""

import json
import os
import sqlite3
import threading
import time

import pytest

import ui.keep
import ui.library
from corpus import YuanwenError
from index import Library
from index.database import FILE
from ui.cli import main
from ui.watch import Watcher, watching


@pytest.fixture(autouse=True)
def small(monkeypatch, hashing_embedder):
    """The small model and no settings."""
    for name in [name for name in os.environ if name.upper().startswith("YUANWEN_")]:
        monkeypatch.delenv(name)
    for module in (ui.library, ui.keep):
        monkeypatch.setattr(module, "lazy_embedder", lambda name=None: hashing_embedder)


@pytest.fixture
def notes(tmp_path):
    folder = tmp_path / "notes"
    folder.mkdir()
    for i in range(30):
        write(folder, i)
    return folder


def write(folder, i, words="城乡融合"):
    head = f"---\ndate: 2025-01-{i % 28 + 1:02}\nauthor: 张三\n---\n"
    path = folder / f"{i:02}.md"
    path.write_text(f"{head}# 题{i}\n\n第{i}号文件讲{words}。\n", "utf-8")
    return path


@pytest.fixture
def run(tmp_path, capsys):
    """Runs one command on the library `lib`: exit code, output, errors."""

    def go(command, *options):
        capsys.readouterr()
        code = main([command, "--library", str(tmp_path / "lib"), *map(str, options)])
        return code, *capsys.readouterr()

    return go


# Folders


def test_what_failed_and_why_stands_at_the_end(run, notes):
    (notes / "empty.md").write_bytes(b"")
    code, out, err = run("index", notes)
    assert code == 2
    assert out.splitlines()[-1] == "30 added, 1 failed"
    assert err.startswith(f"yuanwen: {notes / 'empty.md'}")
    assert err.count("\n") == 1
    write(notes, 3, "共同富裕")
    code, out, _ = run("index", notes)
    assert out.splitlines()[-1] == "1 failed, 1 replaced, 29 unchanged"
    assert out.count("\n") == 2


def test_ctrl_c_keeps_what_is_done_and_the_same_command_goes_on(run, notes, monkeypatch):
    for i in range(30, 200):
        write(notes, i)
    add_documents, calls = Library.add_documents, []

    def stop(*args, **options):
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return add_documents(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Library, "add_documents", stop)
        code, out, err = run("index", notes)
    assert code == 130
    done = int(out.splitlines()[-1].split()[0])
    assert 0 < done < 200
    assert f"stopped with {200 - done} files to go" in err
    code, out, _ = run("index", notes)
    assert code == 0
    assert out.splitlines()[-1] == f"{200 - done} added, {done} unchanged"


def test_versions_are_kept_where_that_is_asked(run, notes, tmp_path, hashing_embedder):
    run("index", notes)
    with Library.open(tmp_path / "lib", hashing_embedder) as library:
        old = library.documents()[3].id
    write(notes, 3, "共同富裕")
    run("index", "--keep-versions", notes)
    with Library.open(tmp_path / "lib", hashing_embedder) as library:
        assert "城乡融合" in library.document(old).text
        assert "共同富裕" in library.document(library.newer(old).id).text


# Filters


@pytest.mark.parametrize(
    ("options", "days"),
    [
        (["--since", "2025-01-20", "--until", "2025-01-21"], {"2025-01-20", "2025-01-21"}),
        (["--since", "2025-01-28", "--where", "author=张三"], {"2025-01-28"}),
    ],
)
def test_days_and_metadata_say_where_to_look(run, notes, tmp_path, hashing_embedder, options, days):
    run("index", notes)
    wire = json.loads(run("ask", "文件讲什么?", "--json", *options)[1])
    shown = wire["citations"] + wire["nearest"]
    with Library.open(tmp_path / "lib", hashing_embedder) as library:
        dates = {info.id: info.date for info in library.documents()}
    assert shown
    assert {dates[found["document"]["id"]] for found in shown} <= days
    batch = tmp_path / "q.jsonl"
    fields = dict(zip((o[2:] for o in options[::2]), options[1::2], strict=True))
    if where := fields.pop("where", None):
        fields["metadata"] = {where.split("=")[0]: [where.split("=")[1]]}
    batch.write_text(json.dumps({"question": "文件讲什么?", "filters": fields}), "utf-8")
    asked = json.loads(run("ask", "--batch", batch, "--json")[1])
    assert asked["citations"] + asked["nearest"] == shown


@pytest.mark.parametrize(
    "options",
    [["--since", "spring"], ["--until", "2025-02-30"], ["--where", "author"], ["--where", "=x"]],
)
def test_a_wrong_filter_is_named(run, notes, options):
    run("index", notes)
    code, _, err = run("ask", "文件讲什么?", *options)
    assert code == 2
    assert options[0][2:] in err
    assert err.count("\n") == 1


# Backups and checks


def test_a_backup_comes_back(run, notes, tmp_path):
    run("index", notes)
    before = run("documents")[1]
    assert run("backup", tmp_path / "kept")[0] == 0
    run("remove", before.split()[0])
    code, out, _ = run("restore", tmp_path / "kept")
    assert code == 0
    assert "before-restore" in out
    assert run("documents")[1] == before
    assert run("backup", tmp_path / "kept")[0] == 2
    assert run("restore", tmp_path / "none")[0] == 2


def test_a_check_prints_a_table_and_mends_what_it_can(run, notes, tmp_path):
    run("index", notes)
    code, out, err = run("check")
    assert (code, err) == (0, "")
    assert out.count("holds\n") == out.count("\n") >= 10
    with sqlite3.connect(tmp_path / "lib" / FILE) as database:
        database.execute("UPDATE passages SET start = start + 1 WHERE row = 9")
    database.close()
    code, out, _ = run("check")
    assert code == 1
    assert "1 broken" in out
    code, out, _ = run("check", "--repair")
    assert code == 0
    assert "saved 30 documents" in out
    assert run("check")[0] == 0


def test_a_damaged_library_is_named_and_mended(run, notes, tmp_path):
    run("index", notes)
    path = tmp_path / "lib" / FILE
    data = bytearray(path.read_bytes())
    data[-4096:] = os.urandom(4096)
    path.write_bytes(data)
    code, _, err = run("check")
    assert code == 2
    assert "check --repair" in err
    code, out, _ = run("check", "--repair")
    assert code in (0, 1)
    assert "the old library is kept in" in out
    assert run("check")[0] == 0


# Watched folders


@pytest.fixture
def watcher(tmp_path, notes, hashing_embedder):
    with Library.open(tmp_path / "lib", hashing_embedder, create=True) as library:
        yield Watcher(library, [notes]), library


def titles(library):
    return {info.title for info in library.documents()}


def test_a_library_follows_its_folder(watcher, notes):
    rounds, library = watcher
    assert rounds.round()  # all is new, and may still be written
    assert titles(library) == set()
    assert not rounds.round()
    assert len(titles(library)) == 30
    (notes / "05.md").unlink()
    (notes / "06.md").rename(notes / "again.md")
    write(notes, 7, "共同富裕")
    while rounds.round():
        pass
    assert titles(library) == {f"题{i}" for i in range(30)} - {"题5"}
    assert (notes / "again.md").as_uri() in library.uris()
    assert library.document_frequencies(["共同"]) == {"共同": 1}


def test_a_file_that_is_being_written_is_waited_for(watcher, notes):
    rounds, library = watcher
    with (notes / "long.md").open("w", encoding="utf-8") as file:
        for i in range(4):
            file.write(f"# 长\n\n第{i}段。\n")
            file.flush()
            assert rounds.round()
            assert "长" not in titles(library)
    rounds.round()
    assert "长" in titles(library)


def test_a_folder_that_is_gone_takes_nothing_with_it(watcher, notes):
    rounds, library = watcher
    while rounds.round():
        pass
    notes.rename(notes.with_name("unmounted"))
    for _ in range(3):
        rounds.round()
    notes.mkdir()
    for _ in range(3):
        rounds.round()
    assert len(titles(library)) == 30


def test_an_error_is_told_and_the_watch_goes_on(watcher, notes, monkeypatch, caplog):
    rounds, library = watcher
    failed = threading.Event()

    def fail(*_, **__):
        failed.set()
        raise YuanwenError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(ui.watch, "add_all", fail)
        stop = threading.Event()
        thread = threading.Thread(target=rounds.run, args=(stop,))
        thread.start()
        assert failed.wait(20)
    until(lambda: len(titles(library)) == 30)
    stop.set()
    thread.join()
    assert "the disk is full" in caplog.text


def test_changes_reach_a_library_that_is_in_use(tmp_path, notes, hashing_embedder):
    with (
        Library.open(tmp_path / "lib", hashing_embedder, create=True) as library,
        watching(library, [notes]),
    ):
        until(lambda: len(titles(library)) == 30)
        write(notes, 99)
        until(lambda: "题99" in titles(library))
        (notes / "99.md").unlink()
        until(lambda: "题99" not in titles(library))


def test_a_folder_to_watch_must_be_one(run, notes):
    run("index", notes)
    code, _, err = run("serve", "--watch", notes / "none", "--port", "0")
    assert code == 2
    assert "--watch" in err


def until(holds):
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)
