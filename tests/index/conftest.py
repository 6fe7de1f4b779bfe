"""Where a library can stand: each kind of place, for the tests that all of them must pass."""

import itertools
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SERVER = Path(__file__).with_name("milvus_server.py")
_numbers = itertools.count()


def _cannot(reason: str) -> None:
    """Skips; where REQUIRE_CLUSTER is 1, fails."""
    if os.environ.get("REQUIRE_CLUSTER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def milvus_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server, which any process may ask."""
    folder = tmp_path_factory.mktemp("milvus")
    with subprocess.Popen(
        [sys.executable, SERVER, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout
        assert server.stdin
        address = server.stdout.readline().strip()
        if not address:
            assert server.stderr
            _cannot(f"no Milvus server can be had here: {server.stderr.read().strip()[-200:]}")
        yield address
        server.stdin.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(
    scope="session",
    params=[
        "folder",
        pytest.param("lite", marks=pytest.mark.cluster),
        pytest.param("server", marks=pytest.mark.cluster),
        pytest.param("MILVUS_URI", marks=pytest.mark.cluster),
    ],
)
def new_place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Path | str]:
    """Makes places where nothing stands yet.

    MILVUS_URI in the environment adds a server or cluster of your own; collections whose names
    begin with "test" are left in it.
    """

    def place() -> Path | str:
        prefix = f"test{secrets.token_hex(4)}"
        match request.param:
            case "folder":
                return tmp_path_factory.mktemp("folder") / "library"
            case "lite":
                return f"milvus-lite:{tmp_path_factory.mktemp('lite') / 'library.db'}"
            case "server":
                return f"{request.getfixturevalue('milvus_server')}?prefix={prefix}"
        if "MILVUS_URI" not in os.environ:
            pytest.skip("MILVUS_URI names no server")
        return f"{os.environ['MILVUS_URI']}?prefix={prefix}"

    return place
