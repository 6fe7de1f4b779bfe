"""What each command does; every one prints and returns its exit code."""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from typing import Any

from corpus import YuanwenError, passages, read
from index import lazy_embedder
from qa import Answer, Refusal, ask, check_question
from qa.lines import read_text
from ui import keep
from ui.batch import Asked, read_batch
from ui.errors import BadInput, BadSetting
from ui.filters import pairs, read_filters
from ui.library import check_filters, open_library, warm
from ui.render import to_terminal, to_wire
from ui.settings import Settings, load_settings
from ui.terminal import COLOUR, PLAIN, Style, fail, one_line, show
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
        return fail(str(error))
    except BrokenPipeError:
        raise
    except OSError as error:
        # What the system refused: a full disk, a folder that may not be written, a port in use.
        return fail(str(error))


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    from ui.server import serve  # gradio takes seconds to load, and no other command needs it
    from ui.watch import watching

    with (
        open_library(settings, create=bool(options.watch)) as library,
        watching(library, options.watch),
    ):
        serve(library, settings)
    return 0


def _mcp(options: argparse.Namespace, settings: Settings) -> int:
    from ui.api.mcp import serve_stdio  # no other command needs it

    with open_library(settings) as library:
        warm(library)
        serve_stdio(library, log_questions=settings.log_questions)
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
                show(_json(to_wire(reply, explain=options.explain)))
                continue
            if options.batch is not None:
                show(f"{chr(10) if number else ''}── {one_line(asked.question)}\n")
            show(_shown(reply, explain=options.explain))
    return 0


def _asked(options: argparse.Namespace) -> list[Asked]:
    filtered = [*options.document, *options.section, *options.speaker, *options.where]
    if options.batch is not None:
        own = [options.question is not None, options.history, options.since, options.until]
        if any([*own, filtered]):
            raise BadInput("--batch takes question, history and filters from its lines only.")
        return read_batch(options.batch)
    if options.question is None:
        raise BadInput('nothing was asked. Give a question: yuanwen ask "…", or --batch FILE.')
    question = read_text("-") if options.question == "-" else options.question
    for text in (*options.history, question):
        check_question(text)
    fields = {
        "documents": options.document,
        "sections": options.section,
        "speakers": options.speaker,
        "since": options.since,
        "until": options.until,
        "metadata": pairs(options.where),
    }
    filters = read_filters(fields)
    return [Asked("", question, tuple(options.history), filters)]


def _eval(options: argparse.Namespace, settings: Settings) -> int:
    from qa.evaluation import evaluate

    with open_library(settings) as library:
        report = evaluate(library, options.file)
    show(_json(report.as_dict()) if options.json else report.table())
    return 0


def _calibrate(options: argparse.Namespace, settings: Settings) -> int:
    from qa.evaluation import calibrate

    if options.reset == (options.file is not None) or (options.reset and options.save):
        raise BadInput("calibrate takes either a file of questions, or --reset alone.")
    with open_library(settings) as library:
        if options.reset:
            library.calibrate(0.0)
            show("The threshold is the shipped one again.")
            return 0
        fitted = calibrate(library, options.file)
        if options.save:
            library.calibrate(fitted.best.shift)
    if options.json:
        show(_json({**fitted.as_dict(), "saved": options.save}))
        return 0
    show(fitted.table())
    show(
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


def _inspect(options: argparse.Namespace, settings: Settings) -> int:
    from ui.inspect import as_json, as_lines  # no other command needs it

    document = read(options.file)
    counted = lazy_embedder(settings.model).token_counts
    held = passages(document, counted)
    if options.json:
        show(_json(as_json(document, held)))
        return 0
    width, style = _screen()
    for line in as_lines(document, held, width, style):
        show(line)
    return 0


_COMMANDS: Mapping[str, _Command] = {
    "serve": _serve,
    "mcp": _mcp,
    "ask": _ask,
    "index": keep.index,
    "documents": keep.documents,
    "remove": keep.remove,
    "backup": keep.backup,
    "copy": keep.copy,
    "restore": keep.restore,
    "check": keep.check,
    "eval": _eval,
    "inspect": _inspect,
    "calibrate": _calibrate,
    "portal": _portal,
}


def _shown(reply: Answer | Refusal, *, explain: bool) -> str:
    return to_terminal(reply, *_screen(), explain=explain)


def _screen() -> tuple[int, Style]:
    """How wide the terminal is, and how it shows marked words."""
    colour = (
        sys.stdout.isatty()
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM", "dumb") != "dumb"
    )
    return min(shutil.get_terminal_size().columns, 100), COLOUR if colour else PLAIN


def _json(value: Mapping[str, Any]) -> str:
    """One line; ASCII alone where the output cannot hold more, so that it stays JSON."""
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    return json.dumps(value, ensure_ascii=not utf8, allow_nan=False)
