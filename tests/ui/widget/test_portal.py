"""The demo portal as its command serves it, without a browser."""

import re
import signal
import subprocess
import sys
import urllib.request

import pytest
from starlette.testclient import TestClient

from ui.widget.portal import create_portal

SERVER = "http://127.0.0.1:7999"


@pytest.fixture
def portal():
    with TestClient(create_portal(SERVER)) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/frame"])
def test_its_policy_allows_nothing_inline_and_one_other_origin(portal, path):
    answer = portal.get(path)
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "*" not in policy
    assert set(re.findall(r"https?://[^ ;]+", policy)) == {SERVER}
    assert "<style" not in answer.text
    assert not re.search(r"<script(?! src)| style=| on\w+=", answer.text)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("zh-CN", "把原文嵌进门户"),
        ("zh-TW", "把原文嵌進入口網站"),
        ("fr", "Yuanwen inside a portal"),
    ],
)
def test_it_speaks_the_readers_language(portal, language, title):
    assert title in portal.get("/", headers={"accept-language": language}).text


def test_it_shows_the_tags_that_it_uses(portal):
    shown = portal.get("/").text
    tag = f'src="{SERVER}/widget.js" data-channel="demo"'
    assert tag in shown
    assert tag.replace('"', "&#34;") in shown
    frame = portal.get("/frame").text
    assert f'src="{SERVER}/embed/demo?' in frame
    assert f"src=&#34;{SERVER}/embed/demo&#34;" in frame


@pytest.mark.parametrize("path", ["/nowhere", "/texts.json", "/page.html", "/../__init__.py"])
def test_it_serves_nothing_else(portal, path):
    assert portal.get(path).status_code == 404


def test_the_command_says_where_it_is_and_what_the_chat_needs():
    command = [sys.executable, "-m", "ui.cli", "portal", "--port", "0", "--server", SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as running:
        try:
            address = re.search(r"http://127\.0\.0\.1:\d+", running.stdout.readline())[0]
            hint = "".join(running.stdout.readline() for _ in range(3))
            assert f'[channels.demo]\norigins = ["{address}"]' in hint
            with urllib.request.urlopen(address, timeout=10) as page:
                assert SERVER in page.read().decode()
        finally:
            running.send_signal(signal.SIGTERM)


@pytest.mark.parametrize("server", ["chat.example", "http://a/b", "http://a; script-src *"])
def test_a_wrong_server_is_named(server):
    command = [sys.executable, "-m", "ui.cli", "portal", "--server", server]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"yuanwen: --server {server!r}: write an origin")
