"""Files of complicated formats are read in a process of their own, within limits.

A hostile or damaged file can then cost at most some seconds and some memory, and whatever goes
wrong with it ends that process only. The process is started anew, never forked from one with
threads; it loads neither the model nor anything else but the reader.
"""

import importlib
import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from corpus.edits import Edit
from corpus.errors import UnreadableFile
from corpus.readers.block import Block, Layout

_LOG = logging.getLogger(__name__)
_SECONDS = 60  # of the processor; on the clock three times as many
_SECONDS_PER_MB = 20
_MOST_SECONDS = 300
_MEMORY = 2_000_000_000  # bytes of address space
_MAIN = "from corpus.worker import main; main()"
_NO_MEMORY = 3  # the exit code


def read_apart(form: str, data: bytes) -> tuple[str, Layout]:
    """The text of a file's bytes and its layout, read by `corpus.readers.FORM` in a worker.

    Raises:
        UnreadableFile: the reader refused the file, failed, or took too much time or memory.
    """
    seconds = min(_MOST_SECONDS, _SECONDS + _SECONDS_PER_MB * len(data) // 1_000_000)
    home = str(Path(__file__).parent.parent)
    path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", _MAIN, form, str(seconds)],
            input=data,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": path},
            timeout=3 * seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile("takes too long to read: split it into parts") from error
    if done.returncode:
        _LOG.debug("the reader ended with %s: %s", done.returncode, done.stderr[-2000:])
    match done.returncode:
        case 0:
            fields = json.loads(done.stdout)
        case code if code == _NO_MEMORY:
            raise UnreadableFile("needs too much memory to be read: split it into parts")
        case code if -code in (getattr(signal, "SIGXCPU", None), getattr(signal, "SIGKILL", None)):
            raise UnreadableFile("takes too long to read: split it into parts")
        case _:
            raise UnreadableFile("is damaged, or not what its name says: open it and save it anew")
    if "error" in fields:
        raise UnreadableFile(fields["error"])
    return fields["text"], _layout(fields)


def main() -> None:
    """Reads a file from standard input and writes what it holds as JSON."""
    form, seconds = sys.argv[1:]
    _limit(int(seconds))
    data = sys.stdin.buffer.read()
    reader = importlib.import_module(f"corpus.readers.{form}")
    try:
        text, layout = reader.read(data)
        written = json.dumps(_fields(text, layout))
    except UnreadableFile as error:
        written = json.dumps({"error": str(error)})
    except RecursionError:
        written = json.dumps({"error": "is nested too deep: save it anew in a simpler form"})
    except MemoryError:
        sys.exit(_NO_MEMORY)
    sys.stdout.write(written)


def _limit(seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: the clock's limit holds
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _fields(text: str, layout: Layout) -> dict[str, Any]:
    return {
        "text": text,
        "blocks": [[b.kind, b.start, b.end, b.level] for b in layout.blocks],
        "signs": [[e.source_start, e.before, e.after, e.reason] for e in layout.signs],
        "bold": layout.bold,
        "pages": layout.pages,
        "metadata": dict(layout.metadata),
        "title": layout.title,
    }


def _layout(fields: dict[str, Any]) -> Layout:
    return Layout(
        blocks=tuple(Block(*block) for block in fields["blocks"]),
        signs=tuple(Edit(*sign) for sign in fields["signs"]),
        bold=tuple((start, end) for start, end in fields["bold"]),
        pages=tuple((start, end) for start, end in fields["pages"]),
        metadata=fields["metadata"],
        title=fields["title"],
    )
