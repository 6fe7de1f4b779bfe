"""A small library and the whole application over it, without a browser or the real model."""

import pytest
from starlette.testclient import TestClient

from index import Library
from ui.app import create_app
from ui.settings import Settings

SPEECHES = """# 大会发言

## 嘉兴

嘉兴市委

嘉兴城乡居民收入倍差缩小到1.51。农村居民人均收入连续21年居全省首位。

## 舟山

舟山市委

舟山渔村推进环境整治。海岛居民收入稳步增长。
"""
ADMIN = "the-admin-s-own-token"
READER = "the-reader-s-own-token"
ANOTHER = "token-of-another-reader"


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def small_library(tmp_path, hashing_embedder):
    path = tmp_path / "大会发言.md"
    path.write_text(SPEECHES, "utf-8")
    with Library.open(tmp_path / "library", hashing_embedder, create=True) as library:
        library.add(path)
        yield library


@pytest.fixture
def door(small_library, monkeypatch):
    """`door(**settings)` is a client of the application with these settings."""
    monkeypatch.delenv("YUANWEN_RATE", raising=False)
    clients = []

    def make(**settings):
        app = create_app(small_library, Settings.model_validate(settings))
        client = TestClient(app, raise_server_exceptions=False)
        clients.append(client.__enter__())
        return client

    yield make
    for client in clients:
        client.__exit__(None, None, None)
