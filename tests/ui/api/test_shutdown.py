"""SIGTERM on a real process: what was asked is answered, and the end comes soon."""

import json
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from index import Library
from ui.api import wire

from .conftest import ADMIN, bearer

QUESTIONS = 12


@pytest.mark.model
def test_answers_in_flight_are_delivered_at_the_end(server_to_end):
    running = server_to_end
    session = {"session_hash": "held-at-the-end"}
    sent, listening = threading.Semaphore(0), threading.Event()

    def count_sent(event, _info):
        if event == "http11.send_request_body.complete":
            sent.release()

    def ask(client, n):
        asked = {"question": f"嘉兴城乡居民收入倍差是多少？{n}"}
        return client.post("/api/v1/ask", json=asked, extensions={"trace": count_sent})

    def chat():
        event = {"id": 1, "question": "哪些单位谈到了“钱随人走”？", "history": []}
        asked = {"data": [], "fn_index": 0, "trigger_id": 1, "event_data": event, **session}
        httpx2.post(f"{running.url}/gradio_api/queue/join", json=asked).raise_for_status()
        data = f"{running.url}/gradio_api/queue/data"
        with httpx2.stream("GET", data, params=session, timeout=20) as events:
            listening.set()
            for line in events.iter_lines():
                if '"process_completed"' in line:
                    return json.loads(line[6:])["output"]["data"][0]

    with (
        ThreadPoolExecutor(QUESTIONS + 1) as askers,
        httpx2.Client(base_url=running.url, timeout=20) as client,
    ):
        chatting = askers.submit(chat)
        asking = [askers.submit(ask, client, n) for n in range(QUESTIONS)]
        for _ in range(QUESTIONS):
            assert sent.acquire(timeout=20)
        assert listening.wait(timeout=20)
        # Connections are taken in their order: once a later one is served, all of these are inside.
        httpx2.get(f"{running.url}/healthz").raise_for_status()
        started = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        answers = [each.result() for each in asking]
        assert chatting.result()["answer"]["status"] == "answered"
        running.process.wait(timeout=20)
        assert time.monotonic() - started < 6
    assert [a.status_code for a in answers] == [200] * QUESTIONS
    assert all(wire.Reply.model_validate(a.json()).citations for a in answers)


@pytest.mark.model
def test_a_long_upload_does_not_hold_the_end(serve_process, tmp_path, packaged_embedder):
    Library.open(tmp_path / "library", packaged_embedder, create=True).close()
    settings = tmp_path / "settings.toml"
    settings.write_text(f'admin_token = "{ADMIN}"\nlibrary = "{tmp_path / "library"}"\n', "utf-8")
    long = "\n\n".join(
        f"第{n}段：渔村推进环境整治，海岛居民收入稳步增长。" * 8 for n in range(3000)
    )
    with (
        serve_process(tmp_path, "--config", str(settings)) as running,
        ThreadPoolExecutor(1) as sender,
    ):
        upload = sender.submit(
            httpx2.post,
            f"{running.url}/api/v1/documents?name=long.txt",
            content=long.encode(),
            headers=bearer(ADMIN),
            timeout=30,
        )
        time.sleep(2)
        assert not upload.done()
        started = time.monotonic()
        running.process.terminate()
        running.process.wait(timeout=20)
        assert time.monotonic() - started < 6
        assert upload.exception() or upload.result().status_code >= 500
    with Library.open(tmp_path / "library", packaged_embedder) as library:
        assert library.documents() == []
