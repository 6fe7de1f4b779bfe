"""What the reader is told when a question cannot be answered."""

import threading

import pytest

import ui.chat
import ui.service
from corpus.errors import YuanwenError
from index import Library

pytestmark = pytest.mark.browser


@pytest.fixture
def library(tmp_path, hashing_embedder):
    """A library that is never asked."""
    with Library.open(tmp_path, hashing_embedder, create=True) as opened:
        yield opened


@pytest.mark.parametrize("error", [YuanwenError("把 <b>它</b> 改短。"), RuntimeError("secret")])
def test_an_error_is_shown_and_the_chat_lives_on(library, serve_here, browse, monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(ui.service, "ask", fail)
    reader = browse(serve_here(library))
    reader.open()
    for _ in range(2):
        told = reader.ask("一？").get_by_role("alert").inner_text()
        assert ("把 <b>它</b> 改短。" in told) == isinstance(error, YuanwenError)
        assert "secret" not in told


def test_where_too_many_wait_the_next_is_told(library, serve_here, browse, monkeypatch):
    go = threading.Event()

    def wait(*_, **__):
        go.wait(20)
        raise YuanwenError("fertig")

    monkeypatch.setattr(ui.service, "ask", wait)
    monkeypatch.setattr(ui.chat, "CONCURRENT", 1)
    monkeypatch.setattr(ui.chat, "WAITING", 1)
    url = serve_here(library)
    pages = [browse(url, quiet=False).open() for _ in range(3)]
    for page in pages:
        page.locator(".yw-form textarea").fill("一？")
        page.locator(".yw-form textarea").press("Enter")
        page.wait_for_timeout(700)
    pages[2].get_by_role("alert").wait_for()
    assert "提问太多" in pages[2].get_by_role("alert").inner_text()
    go.set()
    for page in pages[:2]:
        page.get_by_text("fertig").wait_for()
