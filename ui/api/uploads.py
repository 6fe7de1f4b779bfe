"""Files that come in by the door, added as every other file is.

They are kept beside the library; where it has no folder, only what was read of them is.
"""

import asyncio
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from anyio import to_thread
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from corpus import read
from corpus.errors import UnreadableFile
from index.library import Library
from ui.errors import BadInput

FOLDER = "uploads"
_MOST_FILES = 100
_LONGEST_NAME = 200  # bytes; file systems take 255
_UNFIT = re.compile(r"[\x00-\x1f\x7f/\\\ud800-\udfff]")


class _Stopped(Exception):
    """The server ends; what was not yet written is not added."""


class Uploads:
    """The files of one library. They are taken one after the other."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._folder = library.folder / FOLDER if library.folder else None
        self._turn = threading.Lock()

    async def take(self, request: Request, name: str) -> list[dict[str, Any]]:
        """What became of each file of a request.

        Raises:
            HTTPException: the body is neither a file nor a form.
            UnreadableFile: there is one file alone, and it cannot be read.
        """
        if not request.headers.get("content-type", "").startswith("multipart/form-data"):
            return [await self._add(name, await request.body())]
        async with request.form(max_files=_MOST_FILES, max_fields=0) as form:
            files = [part for _, part in form.multi_items() if isinstance(part, UploadFile)]
            if not files:
                raise HTTPException(400, "The form holds no file: send at least one.")
            if len(files) == 1:
                return [await self._add(files[0].filename or "", await files[0].read())]
            return [await self._told(f.filename or "", await f.read()) for f in files]

    async def _told(self, name: str, data: bytes) -> dict[str, Any]:
        """What became of one file of several: one that fails does not stop the others."""
        try:
            return await self._add(name, data)
        except (UnreadableFile, BadInput) as error:
            told = {"status": "failed", "document_id": None, "passages": 0, "detail": str(error)}
            return {"name": name, **told}

    async def _add(self, name: str, data: bytes) -> dict[str, Any]:
        stop = threading.Event()
        try:
            return await to_thread.run_sync(
                partial(self._write, check_name(name), data, stop), abandon_on_cancel=True
            )
        except asyncio.CancelledError:
            stop.set()
            raise

    def _write(self, name: str, data: bytes, stop: threading.Event) -> dict[str, Any]:
        def stop_when_told(done: int, total: int) -> None:
            if stop.is_set():
                raise _Stopped

        with self._turn, self._placed(name, data) as path:
            try:
                document = read(path)
                if self._folder is None:
                    document = replace(document, uri=f"upload:{quote(name)}")
                change = self._library.add_document(document, stop_when_told)
            except UnreadableFile as error:
                raise UnreadableFile(str(error).replace(str(path), name)) from error
        told = {"status": change.status, "document_id": change.document_id}
        return {"name": name, **told, "passages": change.passages, "detail": None}

    @contextmanager
    def _placed(self, name: str, data: bytes) -> Iterator[Path]:
        """The file in its place; the one that stood there comes back where it cannot be added."""
        if self._folder is None:
            with tempfile.TemporaryDirectory() as passing:
                path = Path(passing) / name
                path.write_bytes(data)
                yield path
            return
        self._folder.mkdir(exist_ok=True)
        path, former = self._folder / name, self._folder / f".{name}"
        if path.exists():
            path.replace(former)
        path.write_bytes(data)
        try:
            yield path
        except BaseException:
            path.unlink()
            if former.exists():
                former.replace(path)
            raise
        former.unlink(missing_ok=True)

    def remove(self, document_id: str) -> None:
        """Takes a document out, and its file where it was uploaded.

        Raises:
            UnknownDocument: the library holds no such document.
        """
        uri = self._library.document(document_id).uri
        self._library.remove(document_id)
        path = Path(unquote(urlsplit(uri).path))
        if self._folder and path.parent == self._folder.resolve():
            path.unlink(missing_ok=True)


def check_name(name: str) -> str:
    """A file's name without its folders.

    Raises:
        BadInput: it is none that can be kept.
    """
    last = name.replace("\\", "/").rpartition("/")[2].strip()
    if not last or last.startswith(".") or _UNFIT.search(last):
        raise BadInput(f"{name!r} is not the name of a file: send one such as speeches.md.")
    if len(last.encode()) > _LONGEST_NAME:
        raise BadInput(f"The file's name has more than {_LONGEST_NAME} bytes: shorten it.")
    return last


def upload_schema() -> dict[str, Any]:
    """The request body as OpenAPI describes it: a form with files, or one file by itself."""
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    return {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"files": {"type": "array", "items": file, "minItems": 1}},
                    "required": ["files"],
                }
            },
            "application/octet-stream": {"schema": {"type": "string"}},
        },
    }
