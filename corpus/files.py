"""Files on disk: which can be read, their bytes, and what is set beside them by hand."""

import hashlib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.errors import UnreadableFile
from corpus.readers.metadata import metadata

PLAIN = {".md": "markdown", ".markdown": "markdown", ".txt": "text", ".text": "text"}
OTHERS = {".pdf": "pdf", ".docx": "docx", ".html": "html", ".htm": "html", ".xhtml": "html"}
_READS = ", ".join((*PLAIN, *OTHERS))
_LARGEST_MB = 50
_NOTE = "yuanwen.toml"
_LARGEST_NOTE = 100_000


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody set by hand, in `NAME.yuanwen.toml` or in `yuanwen.toml` for a whole folder.

    `speaker` says what nobody else says; `speakers` are names to trust wherever they stand before a
    colon or on a line of their own.
    """

    title: str = ""
    speaker: str = ""
    speakers: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class File:
    """The bytes of a file that can be read, and the bytes of the notes beside it."""

    path: Path
    form: str
    data: bytes
    notes: tuple[tuple[Path, bytes], ...]

    @property
    def digest(self) -> str:
        """Made from all bytes: it changes when the document may."""
        digest = hashlib.sha256(self.data)
        for path, data in self.notes:
            digest.update(f"\0{path.name}\0".encode("utf-8", "surrogateescape") + data)
        return digest.hexdigest()

    def note(self) -> Note:
        """What is set by hand; the file's own note before the folder's.

        Raises:
            UnreadableFile: a note is not as it must be.
        """
        fields: dict[str, Any] = {}
        for path, data in self.notes:
            fields |= _fields(path, data)
        fields["speakers"] = tuple(fields.get("speakers", ()))
        return Note(**fields)


def load(path: Path) -> File:
    """The bytes of a file.

    Raises:
        UnreadableFile: it is missing, too large, no regular file, or of a kind that is not read.
    """
    if path.is_dir():
        raise UnreadableFile(f"{path} is a folder: name a file, or index the folder as a whole.")
    if not path.exists():
        raise UnreadableFile(f"{path} does not exist: check the path.")
    form = _form(path)
    if form is None:
        raise UnreadableFile(
            f"{path} is not of a kind that is read: convert it to one of {_READS}."
        )
    try:
        if not path.is_file():
            raise UnreadableFile(f"{path} is not a regular file: name a file with text.")
        with path.open("rb") as file:
            data = file.read(_LARGEST_MB * 1_000_000 + 1)
        if len(data) > _LARGEST_MB * 1_000_000:
            raise UnreadableFile(f"{path} is larger than {_LARGEST_MB} MB: split it into parts.")
        notes = [path.with_name(_NOTE), path.with_name(f"{path.name}.{_NOTE}")]
        return File(
            path, form, data, tuple((note, _start(note)) for note in notes if note.is_file())
        )
    except OSError as error:
        raise UnreadableFile(
            f"{path} cannot be opened ({error.strerror}): check its rights."
        ) from error


def find_files(path: Path) -> list[Path]:
    """The file itself, or the files below a folder that can be read, in a stable order.

    Hidden files and folders are skipped, and links that lead out of the folder.

    Raises:
        UnreadableFile: nothing stands at `path`, or no file below it is of a kind that is read.
    """
    if not path.exists():
        raise UnreadableFile(f"{path} does not exist: check the path.")
    if not path.is_dir():
        if _form(path) is None:
            raise UnreadableFile(
                f"{path} is not of a kind that is read: convert it to one of {_READS}."
            )
        return [path]
    home = path.resolve()
    found: list[Path] = []
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            file = Path(folder, name)
            if (
                not name.startswith((".", "~$"))
                and _form(file)
                and file.is_file()
                and file.resolve().is_relative_to(home)
            ):
                found.append(file)
    if not found:
        raise UnreadableFile(f"{path} holds no document: put files there that end in {_READS}.")
    return sorted(found, key=lambda file: file.relative_to(path).parts)


def _form(path: Path) -> str | None:
    suffix = path.suffix.lower()
    return PLAIN.get(suffix) or OTHERS.get(suffix)


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_LARGEST_NOTE)


def _fields(path: Path, data: bytes) -> dict[str, Any]:
    try:
        fields = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UnreadableFile(f"{path} is not TOML ({error}): mend it, or take it away.") from error
    for key, value in fields.items():
        match key, value:
            case ("title" | "speaker", str()) | ("metadata", dict()):
                continue
            case "speakers", list() if all(isinstance(name, str) for name in value):
                continue
            case (("title" | "speaker" | "speakers" | "metadata"), _):
                wanted = {"speakers": "a list of names in quotes", "metadata": "a table"}
                raise UnreadableFile(f"{path}: {key} must be {wanted.get(key, 'words in quotes')}.")
        raise UnreadableFile(
            f"{path} sets {key!r}: it may set title, speaker, speakers and metadata."
        )
    if "metadata" in fields:
        fields["metadata"] = metadata(
            (key, value if isinstance(value, list) else str(value))
            for key, value in fields["metadata"].items()
        )
    return fields
