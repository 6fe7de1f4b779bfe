"""Kills a process at many moments of a library's life, and looks at what the next one finds.

    python tests/index/crash.py [--every N] [--moments N] [--seed N]

A life is a fixed row of changes: a migration from version 1, adding, changing with versions kept,
feedback, removing, a rebuild, a backup and its coming back. Each trial lives it anew in a process
that is killed: at the n-th change of a file (written by halves, see kill.c), at the n-th statement of
SQL, or after a random time. Then another process opens the library; it must be in the state after
the last change that was acknowledged, or after the one in hand, and every law must hold on it.
"""

import argparse
import ctypes
import gzip
import hashlib
import importlib.util
import json
import logging
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import corpus
from index import Library, indexing
from index.database import FILE
from index.rescue import repair, restore

HERE = Path(__file__).parent

# As in version 1: a library of other passages asks to be indexed again.
indexing.MAX_TOKENS = 224


def small_embedder():
    spec = importlib.util.spec_from_file_location("shared", HERE.parent / "conftest.py")
    shared = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shared)
    return shared.HashingEmbedder()


EMBEDDER = small_embedder()


def document(i, words="城乡融合"):
    text = f"# 题{i}\n\n第{i}号文件讲{words}。另有一句话。\n"
    return corpus.from_text(text, uri=f"file:///{i}.md", markup="markdown")


def life(folder):
    """The changes, one after another; each ends in a `yield` that acknowledges it."""
    library = Library.open(folder, EMBEDDER)
    yield
    library.add_document(document(7))
    yield
    library.add_documents([document(i) for i in range(10, 30)])
    yield
    library.add_documents([document(11, "共同富裕"), document(12, "数字乡村")], keep_versions=True)
    yield
    library.add_feedback("问?", "answered", "up")
    yield
    library.remove(document(13).id)
    yield
    library.backup(folder / f"backup-{time.time_ns()}")
    yield
    library.remove_sources([document(i).uri for i in range(14, 20)])
    yield
    library.close()
    yield
    repair(folder, EMBEDDER)
    yield
    library = Library.open(folder, EMBEDDER)
    library.add_documents([document(i) for i in range(40, 44)])
    yield
    restore(folder, min(folder.glob("backup-*")), EMBEDDER)
    yield
    library.add_document(document(50))
    yield
    library.close()
    yield


def state(folder):
    """What a user can see of the library; complains where a law does not hold."""
    with Library.open(folder, EMBEDDER) as library:
        if complaints := [law.findings for law in library.check() if law.broken]:
            raise AssertionError(complaints)
        infos = library.documents()
        hits = library.search("城乡", EMBEDDER.encode_query(["城乡"])[0])
        seen = [
            [(info.id, info.uri, info.title, info.passages) for info in infos],
            [library.document(info.id).text for info in infos],
            [(hit.passage.id, round(hit.dense, 4), round(hit.lexical, 4)) for hit in hits],
            sorted(library.engine.store.versions()),
            [said.question for said in library.feedback()],
        ]
    return hashlib.sha256(repr(seen).encode()).hexdigest()


def born(folder):
    folder.mkdir()
    (folder / FILE).write_bytes(gzip.decompress((HERE / "version-1.sqlite3.gz").read_bytes()))


def in_child(work):
    """Runs `work(write)` in a process of its own; gives its exit status and what it wrote."""
    reads, writes = os.pipe()
    if (pid := os.fork()) == 0:
        os.close(reads)
        code = 1
        try:
            work(lambda words: os.write(writes, f"{words}\n".encode()))
            code = 0
        except BaseException as error:
            os.write(writes, f"{type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(code)
    os.close(writes)
    return pid, reads


def ended(pid, reads):
    with os.fdopen(reads, "rb") as pipe:
        lines = pipe.read().decode().splitlines()
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), lines


class Harness:
    def __init__(self, home, killer):
        self.home = home
        self.killer = killer
        killer.arm.argtypes, killer.remaining.restype = [ctypes.c_long], ctypes.c_long
        self.tried = dict.fromkeys(("file changes", "statements", "random moments"), 0)
        self.killed = 0
        self.losses = []
        self.expected, self.boundaries, self.statements, self.seconds = self._reference()

    def _reference(self):
        """The state after each change, and how many file changes and statements a life has."""

        def states(write):
            born(self.home / "states")
            for _ in life(self.home / "states"):
                copy = self.home / "copy"
                shutil.copytree(self.home / "states", copy)
                write(state(copy))
                shutil.rmtree(copy)

        def count(write):
            folder = self.home / "count"
            born(folder)
            self.killer.arm(1 << 40)
            for _ in life(folder):
                pass
            write((1 << 40) - self.killer.remaining())

        def statements(write):
            folder = self.home / "statements"
            born(folder)
            seen = [0]
            trace(lambda: seen.__setitem__(0, seen[0] + 1))
            started = time.monotonic()
            for _ in life(folder):
                pass
            write(seen[0])
            write(time.monotonic() - started)

        code, expected = ended(*in_child(states))
        assert code == 0, expected
        _, (boundaries,) = ended(*in_child(count))
        _, (number, seconds) = ended(*in_child(statements))
        return expected, int(boundaries), int(number), float(seconds)

    def trial(self, kind, at):
        """One life that ends at the moment `at`, and a look at what it leaves."""
        folder = self.home / f"{kind}-{at}"
        born(folder)

        def live(write):
            if kind == "file changes":
                self.killer.arm(at)
            elif kind == "statements":
                left = [at]

                def step():
                    left[0] -= 1
                    if left[0] < 0:
                        os.kill(os.getpid(), signal.SIGKILL)

                trace(step)
            for number, _ in enumerate(life(folder)):
                write(number)

        pid, reads = in_child(live)
        if kind == "random moments":
            time.sleep(at)
            os.kill(pid, signal.SIGKILL)
        code, told = ended(pid, reads)
        self.killed += code == -signal.SIGKILL
        if code > 0:
            self.losses.append(f"{kind} {at}: the life itself failed: {told[-1]}")
        # One more change than was acknowledged may stand; before the first one all is as born.
        done = len(told)
        allowed = self.expected[max(0, done - 1) : done + 1]
        code, found = ended(*in_child(lambda write: write(state(folder))))
        if code or found[0] not in allowed:
            self.losses.append(f"{kind} {at}, after {done} changes: {found}")
        self.tried[kind] += 1
        shutil.rmtree(folder)


def trace(call):
    """Calls before each statement of every connection opened from now on."""
    connect = sqlite3.connect

    def traced(*args, **options):
        connection = connect(*args, **options)
        connection.set_trace_callback(lambda _: call())
        return connection

    sqlite3.connect = traced


def run(every, moments, seed):
    """Every `every`-th boundary and `moments` random ones; gives the report."""
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="crash-") as home:
        # What is loaded and made here is not made again in each process to come.
        with Library.open(Path(home) / "warm", EMBEDDER, create=True) as library:
            library.add_document(document(0))
        state(Path(home) / "warm")
        harness = Harness(Path(home), ctypes.CDLL(os.environ["LD_PRELOAD"]))
        chance = random.Random(seed)
        for kind, number in (
            ("file changes", harness.boundaries),
            ("statements", harness.statements),
        ):
            for at in range(chance.randrange(every), number, every):
                harness.trial(kind, at)
        for _ in range(moments):
            harness.trial("random moments", chance.uniform(0, harness.seconds))
        return {
            "a life has": {
                "changes": len(harness.expected),
                "file changes": harness.boundaries,
                "statements": harness.statements,
                "seconds": round(harness.seconds, 2),
            },
            "tried": harness.tried,
            "killed": harness.killed,
            "losses": harness.losses,
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1, help="every N-th boundary (1)")
    parser.add_argument("--moments", type=int, default=50, help="random moments (50)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if "LD_PRELOAD" not in os.environ:
        with tempfile.TemporaryDirectory() as folder:
            killer = Path(folder) / "kill.so"
            subprocess.run(
                ["cc", "-shared", "-fPIC", "-O1", "-o", killer, HERE / "kill.c", "-ldl"], check=True
            )
            again = subprocess.run(
                [sys.executable, __file__, *sys.argv[1:]],
                env=os.environ | {"LD_PRELOAD": str(killer), "OMP_NUM_THREADS": "1"},
            )
        return again.returncode
    report = run(options.every, options.moments, options.seed)
    print(json.dumps(report, indent=2, ensure_ascii=False))
    return 1 if report["losses"] else 0


if __name__ == "__main__":
    sys.exit(main())
