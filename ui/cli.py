"""The command line: what can be typed. What it does stands in `ui.commands`, loaded when needed."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, as for every other error."""
        self.exit(2, f"yuanwen: {message}. See {self.prog} --help.\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code: 0, 2 for an error a user can mend, 130 on Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        # A locale that is not UTF-8 cannot write every character: escapes, instead of a crash.
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")
    options = _parser().parse_args(argv)
    # Read when numpy loads: its products here are small, and threads that wait in circles for their
    # share cost a question three times its work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from ui.commands import run

        code = run(options)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader has gone; what Python still holds must not raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="yuanwen", description="Answers in the document's own words, each cited.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, summary: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=summary, description=summary)
        added.add_argument(
            "--library",
            metavar="FOLDER|URL",
            help="the library to use (without it, the default one, made on first use)",
        )
        added.add_argument("--config", type=Path, metavar="FILE", help="a settings file in TOML")
        return added

    serve = command("serve", "open the web chat")
    serve.add_argument("--host", help="the address to listen on (127.0.0.1)")
    serve.add_argument("--port", type=int, help="the port to listen on (7860)")

    serve.add_argument(
        "--watch",
        action="append",
        default=[],
        type=Path,
        metavar="FOLDER",
        help="keep the library as this folder is; may be repeated",
    )
    command("mcp", "answer an assistant (MCP) on standard input and output")

    ask = command("ask", "answer one question, or a file of them")
    ask.add_argument("question", nargs="?", help="the question; - reads standard input")
    ask.add_argument(
        "--batch", metavar="FILE.jsonl", help="answer each line; - reads standard input"
    )
    ask.add_argument("--json", action="store_true", help="write JSON, one object a line")
    ask.add_argument("--explain", action="store_true", help="show what the answer was weighed from")
    for name, metavar, summary in (
        ("history", "QUESTION", "an earlier question, oldest first"),
        ("document", "ID", "search this document only"),
        ("section", "HEADING", "search under this heading only"),
        ("speaker", "NAME", "search the words of this speaker only"),
        ("where", "KEY=VALUE", "search documents that say this of themselves, as author=张三"),
    ):
        ask.add_argument(
            f"--{name}",
            action="append",
            default=[],
            metavar=metavar,
            help=f"{summary}; may be repeated",
        )

    ask.add_argument("--since", metavar="DAY", help="search documents of this day or later")
    ask.add_argument("--until", metavar="DAY", help="search documents of this day or earlier")

    index = command("index", "add files, or all files of folders")
    index.add_argument("paths", nargs="+", type=Path, metavar="PATH")

    index.add_argument(
        "--keep-versions",
        action="store_true",
        help="keep the text that a newer one replaces: it can be read, and is not searched",
    )

    inspect = command("inspect", "show what is read of a file: sections, speakers, every edit")
    inspect.add_argument("file", type=Path, metavar="FILE")
    inspect.add_argument("--json", action="store_true", help="write JSON")

    command("documents", "list what the library holds")

    remove = command("remove", "take a document out of the library")
    remove.add_argument("id", metavar="ID", help="as `yuanwen documents` shows it")

    backup = command("backup", "copy the library into one file, while it is in use")
    backup.add_argument("file", type=Path, metavar="FILE")

    restore = command("restore", "put a backup in the library's place, and keep what stood there")
    restore.add_argument("file", type=Path, metavar="FILE")

    copy = command("copy", "bring the library to another place, without embedding it again")
    copy.add_argument(
        "--to", required=True, metavar="FOLDER|URL", help="where to; what stands there stays"
    )

    check = command("check", "hold the library against every law")
    check.add_argument(
        "--repair",
        action="store_true",
        help="make the library again from every document that is whole; the old file is kept",
    )

    evaluate = command("eval", "ask a question set and count the right answers")
    evaluate.add_argument("file", type=Path, metavar="FILE.jsonl")
    evaluate.add_argument("--json", action="store_true", help="write the figures as JSON")

    calibrate = command("calibrate", "fit the threshold of refusal on your own questions")
    calibrate.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE.jsonl",
        help='questions with "evidence", or with "answerable": true or false',
    )
    calibrate.add_argument("--json", action="store_true", help="write the figures as JSON")
    calibrate.add_argument("--save", action="store_true", help="keep what was fitted")
    calibrate.add_argument("--reset", action="store_true", help="take it back")

    portal = command("portal", "open a demo page that embeds the chat")
    portal.add_argument(
        "--port", type=int, dest="portal_port", metavar="PORT", help="the port to listen on (7861)"
    )
    portal.add_argument("--server", metavar="URL", help="where `yuanwen serve` answers")
    return parser


if __name__ == "__main__":
    sys.exit(main())
