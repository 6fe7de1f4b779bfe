"""A real server with the real model and the shipped document, and a browser to read it."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn

from ui.app import create_app
from ui.listen import listen
from ui.settings import Settings

CHROMIUM = Path("/usr/bin/chromium")
# Without a sandbox for root; the others keep the browser from calling its maker.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOOKED = Path(__file__).with_name("hooked.py")


class Server:
    """A running `yuanwen serve`; `outside` tells which other hosts it asked for."""

    def __init__(self, process, url, log):
        self.process = process
        self.url = url
        self._log = log

    def outside(self):
        return self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []


@contextmanager
def served(data, *options):
    """Starts `yuanwen serve` in a process of its own, with its default library under `data`."""
    log = Path(tempfile.mkdtemp(dir=data)) / "outside.log"
    environment = {k: v for k, v in os.environ.items() if not k.upper().startswith("YUANWEN_")}
    process = subprocess.Popen(
        [sys.executable, HOOKED, log, "serve", "--port", "0", *options],
        env=environment | {"XDG_DATA_HOME": str(data), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        for line in process.stdout:
            if line.startswith("Yuanwen: http"):
                yield Server(process, line.split()[1], log)
                break
        else:
            pytest.fail(f"yuanwen serve ended with code {process.wait()}")
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


@pytest.fixture
def serve_here():
    """`serve_here(library, **settings)` serves a library of the test's own; gives the address."""
    with serving_here() as start:
        yield start


@pytest.fixture(scope="module")
def serve_for_module():
    """The same for all tests of a module."""
    with serving_here() as start:
        yield start


@contextmanager
def serving_here():
    """Servers in threads of this process, until the end."""
    running = []

    def start(library, **settings):
        listener = listen("127.0.0.1", 0)
        app = create_app(library, Settings.model_validate(settings))
        config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1)
        uvicorn_server = uvicorn.Server(config)
        thread = threading.Thread(target=uvicorn_server.run, args=([listener],), daemon=True)
        thread.start()
        running.append((uvicorn_server, thread, listener))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for uvicorn_server, thread, listener in running:
        uvicorn_server.should_exit = True
        thread.join(timeout=10)
        listener.close()


@pytest.fixture
def serve_process():
    """Starts a server in a process of its own, as `served` does."""
    return served


@pytest.fixture
def server_to_end(shipped_data):
    """A server of the test's own."""
    with served(shipped_data) as running:
        yield running


@pytest.fixture(scope="session")
def server(shipped_data):
    with served(shipped_data) as running:
        yield running


@pytest.fixture(scope="session")
def chromium():
    """A browser; its absence is an error where REQUIRE_BROWSER is 1."""
    if not CHROMIUM.exists():
        reason = f"{CHROMIUM} is not installed (Debian: apt-get install chromium)"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Reader:
    """A page of the chat, and what it asked of the network and said on the console."""

    def __init__(self, page, url):
        self.page = page
        self.url = url
        self.requests = []
        self.complaints = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: said.type in ("error", "warning") and self.complaints.append(said.text),
        )

    def open(self, query=""):
        self.page.goto(self.url + query)
        self.page.wait_for_selector(".yw-form textarea")
        return self.page

    def ask(self, question):
        """Asks by keyboard and gives the newest turn once it is answered."""
        page = self.page
        before = page.locator(".yw-turn").count()
        page.locator(".yw-form textarea").fill(question)
        page.locator(".yw-form textarea").press("Enter")
        turn = page.locator(".yw-turn").nth(before)
        turn.locator(".yw-reply:not(:has(.yw-finding))").wait_for()
        return turn

    def outside(self):
        return [url for url in self.requests if not url.startswith((self.url, "data:"))]


@pytest.fixture
def browse(chromium):
    """`browse(url, width=…, language=…)` opens a page; afterwards it must have been quiet."""
    readers, contexts = [], []

    def make(url, width=1280, height=800, language="zh-CN", scheme="light", quiet=True, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale=language,
            color_scheme=scheme,
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        reader = Reader(context.new_page(), url)
        if quiet:
            readers.append(reader)
        return reader

    yield make
    for context in contexts:
        context.close()
    for reader in readers:
        assert reader.outside() == []
        assert reader.complaints == []
