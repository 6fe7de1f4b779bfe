"""The file that spares making the vector index again: mapped into memory, so that opening reads
little of it however large it is.

FAISS's own form comes first, as it must be to be mapped; at the end stand a stamp, which says what
state of which library it holds, and a checksum of both ends of the file, where all that tells FAISS
how to read it stands. Between them are vectors and codes alone; an error there changes the likeness
of a few rows, and `check` finds it.
"""

import logging
import os
import struct
import tempfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO

from index.copies import put

_LOG = logging.getLogger(__name__)
_TAIL = struct.Struct("<QI32s4s")  # length of what comes before, checksum, stamp, magic
_MAGIC = b"YWV2"
_ENDS = 16 * 2**20  # bytes at each end


def save(index: Any, path: Path, stamp: str) -> None:  # noqa: ANN401  # FAISS has no types
    """Writes the file whole or not at all; `stamp` has at most 32 ASCII characters.

    Raises:
        OSError: it cannot be written.
    """
    import faiss

    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    os.close(handle)
    new = Path(name)
    try:
        try:
            faiss.write_index(index, name)
        except RuntimeError as error:
            raise OSError(f"{path}: {error}") from error
        with new.open("rb+") as file:
            size = file.seek(0, os.SEEK_END)
            checksum = _checksum(file, size)
            file.seek(size)
            file.write(_TAIL.pack(size, checksum, stamp.encode("ascii"), _MAGIC))
        put(new, path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def load(path: Path) -> tuple[Any, str] | None:
    """The index, which must not be changed, and its stamp; None where there is none or a damaged
    one.
    """
    import faiss

    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END) - _TAIL.size
            file.seek(max(0, size))
            length, checksum, stamp, magic = _TAIL.unpack(file.read())
            whole = magic == _MAGIC and length == size and checksum == _checksum(file, size)
            if not whole:
                _LOG.warning("%s is damaged or of another version, and is made again", path)
                return None
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
            if not os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return load(path)  # another process has put a newer one in its place
    except FileNotFoundError:
        return None
    except (OSError, struct.error, RuntimeError) as error:
        _LOG.warning("%s cannot be read (%s) and is made again", path, error)
        return None
    return index, stamp.rstrip(b"\0").decode("ascii")


def _checksum(file: BinaryIO, size: int) -> int:
    file.seek(0)
    start = zlib.crc32(file.read(min(size, _ENDS)))
    file.seek(max(0, size - _ENDS))
    return zlib.crc32(file.read(min(size, _ENDS)), start)
