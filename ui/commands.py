"""What each command does; every one prints and returns its exit code."""

import argparse
import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from corpus import UnreadableFile, YuanwenError, find_files
from index import Filters, Library
from qa import Answer, Refusal, ask, check_question
from qa.lines import read_text
from ui.batch import Asked, read_batch
from ui.errors import BadInput, BadSetting
from ui.library import add, check_filters, open_library, warm
from ui.render import to_terminal, to_wire
from ui.settings import Settings, load_settings
from ui.terminal import COLOUR, PLAIN, one_line
from ui.widget.channels import check_origin

_Command = Callable[[argparse.Namespace, Settings], int]


def run(options: argparse.Namespace) -> int:
    """Runs the command of `options`; an error that a user can mend is one line and exit code 2."""
    try:
        settings = load_settings(
            options.config,
            library=options.library,
            host=getattr(options, "host", None),
            port=getattr(options, "port", None),
        )
        return _COMMANDS[options.command](options, settings)
    except YuanwenError as error:
        return _fail(str(error))
    except BrokenPipeError:
        raise
    except OSError as error:
        # What the system refused: a full disk, a folder that may not be written, a port in use.
        return _fail(str(error))


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    from ui.server import serve  # gradio takes seconds to load, and no other command needs it

    with open_library(settings) as library:
        serve(library, settings)
    return 0


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    batch = _asked(options)
    with open_library(settings) as library:
        for asked in batch:
            check_filters(library, asked)
        warm(library)
        for number, asked in enumerate(batch):
            reply = ask(library, asked.question, asked.history, asked.filters)
            if options.json:
                _print(_json(to_wire(reply, explain=options.explain)))
                continue
            if options.batch is not None:
                _print(f"{chr(10) if number else ''}── {one_line(asked.question)}\n")
            _print(_shown(reply, explain=options.explain))
    return 0


def _asked(options: argparse.Namespace) -> list[Asked]:
    own = [options.question is not None, options.history, options.document, options.section]
    if options.batch is not None:
        if any([*own, options.speaker]):
            raise BadInput("--batch takes question, history and filters from its lines only.")
        return read_batch(options.batch)
    if options.question is None:
        raise BadInput('nothing was asked. Give a question: yuanwen ask "…", or --batch FILE.')
    question = read_text("-") if options.question == "-" else options.question
    for text in (*options.history, question):
        check_question(text)
    filters = Filters(
        documents=frozenset(options.document),
        sections=frozenset(options.section),
        speakers=frozenset(options.speaker),
    )
    return [Asked("", question, tuple(options.history), filters)]


def _index(options: argparse.Namespace, settings: Settings) -> int:
    files: list[Path] = []
    failed = 0
    for path in options.paths:
        try:
            files += find_files(path)
        except YuanwenError as error:
            failed += 1
            _fail(str(error))
    if files:
        with open_library(settings, create=True) as library:
            counts = Counter(_added(library, file) for file in files)
    else:
        counts = Counter()
    counts.update(failed=failed)
    _print(", ".join(f"{count} {status}" for status, count in sorted(counts.items()) if count))
    return 2 if counts["failed"] else 0


def _added(library: Library, file: Path) -> str:
    """Adds one file and tells how it went; returns that in a word."""
    try:
        change = add(library, file)
    except UnreadableFile as error:
        _fail(str(error))
        return "failed"
    _print(f"{change.status:<10}{one_line(str(file))}  ({_passages(change.passages)})")
    return change.status


def _documents(options: argparse.Namespace, settings: Settings) -> int:
    with open_library(settings) as library:
        documents = library.documents()
    for info in documents:
        _print(f"{info.id}  {one_line(info.title)}")
        _print(f"    {info.language}, {info.characters} characters, {_passages(info.passages)}")
        if info.speakers:
            _print(f"    speakers: {one_line(', '.join(info.speakers))}")
        _print(f"    {one_line(unquote(info.uri))}")
    if not documents:
        _print("The library is empty. Add files: yuanwen index PATH")
    return 0


def _remove(options: argparse.Namespace, settings: Settings) -> int:
    with open_library(settings) as library:
        library.remove(options.id)
    _print(f"removed {one_line(options.id)}")
    return 0


def _eval(options: argparse.Namespace, settings: Settings) -> int:
    from qa.evaluation import evaluate

    with open_library(settings) as library:
        report = evaluate(library, options.file)
    _print(_json(report.as_dict()) if options.json else report.table())
    return 0


def _calibrate(options: argparse.Namespace, settings: Settings) -> int:
    from qa.evaluation import calibrate

    if options.reset == (options.file is not None) or (options.reset and options.save):
        raise BadInput("calibrate takes either a file of questions, or --reset alone.")
    with open_library(settings) as library:
        if options.reset:
            library.calibrate(0.0)
            _print("The threshold is the shipped one again.")
            return 0
        fitted = calibrate(library, options.file)
        if options.save:
            library.calibrate(fitted.best.shift)
    if options.json:
        _print(_json({**fitted.as_dict(), "saved": options.save}))
        return 0
    _print(fitted.table())
    _print(
        f"\nKept: {fitted.best.shift:+.2f} is added from now on. --reset takes it back."
        if options.save
        else "\nNothing is changed. --save keeps the best shift."
    )
    return 0


def _portal(options: argparse.Namespace, settings: Settings) -> int:
    from ui.widget.portal import serve_portal  # the web server takes a second to load

    try:
        server = check_origin(options.server or f"http://127.0.0.1:{settings.port}")
    except ValueError as error:
        raise BadSetting(f"--server {options.server!r}: {error}.") from error
    serve_portal(options.portal_port, server, settings.doors)
    return 0


_COMMANDS: Mapping[str, _Command] = {
    "serve": _serve,
    "ask": _ask,
    "index": _index,
    "documents": _documents,
    "remove": _remove,
    "eval": _eval,
    "calibrate": _calibrate,
    "portal": _portal,
}


def _passages(count: int) -> str:
    return f"{count} passage{'' if count == 1 else 's'}"


def _shown(reply: Answer | Refusal, *, explain: bool) -> str:
    colour = (
        sys.stdout.isatty()
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM", "dumb") != "dumb"
    )
    width = min(shutil.get_terminal_size().columns, 100)
    return to_terminal(reply, width, COLOUR if colour else PLAIN, explain=explain)


def _json(value: Mapping[str, Any]) -> str:
    """One line; ASCII alone where the output cannot hold more, so that it stays JSON."""
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    return json.dumps(value, ensure_ascii=not utf8, allow_nan=False)


def _print(text: str) -> None:
    print(text, flush=True)


def _fail(message: str) -> int:
    print(f"yuanwen: {one_line(message)}", file=sys.stderr, flush=True)
    return 2
