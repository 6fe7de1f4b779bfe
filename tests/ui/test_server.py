"""The server as a whole: what it opens and closes, how it starts and ends."""

import json
import socket
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

from ui.errors import BadSetting
from ui.listen import listen


def get(url, method="GET", headers=None, data=None):
    """Status, headers and body, whatever the status."""
    request = urllib.request.Request(url, method=method, headers=headers or {}, data=data)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def test_a_taken_port_names_the_way_out():
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadSetting, match=rf"127\.0\.0\.1:{port}.*--port"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_machine_names_the_way_out(host):
    with pytest.raises(BadSetting, match="--host"):
        listen(host, 0)


def test_it_listens_where_it_is_told_and_nowhere_else():
    with listen("127.0.0.1", 0) as listener:
        address, port = listener.getsockname()
        assert address == "127.0.0.1"
        # Only a socket that says so has Nagle's algorithm switched off by the loop.
        assert listener.proto == socket.IPPROTO_TCP
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.2", port), timeout=2)


@pytest.mark.model
def test_the_document_is_handed_out_whole(server):
    status, _, body = get(server.url + "/page.json?lang=zh-CN")
    assert status == 200
    facts = json.loads(body)
    assert facts["language"] == "zh-CN"
    assert [document["title"] for document in facts["documents"]] == ["城乡融合 双向奔富"]
    assert len(facts["examples"]) == 5
    status, headers, body = get(f"{server.url}/documents/{facts['documents'][0]['id']}.json")
    assert status == 200
    assert "no-cache" in headers["cache-control"]
    document = json.loads(body)
    assert "城乡居民收入倍差缩小至1.51" in document["text"]
    speakers = {turn["speaker"] for turn in document["turns"]}
    assert "嘉兴市委、市政府" in speakers
    assert document["sections"][-1]["end"] == len(document["text"])


@pytest.mark.model
def test_what_a_question_can_be_limited_to(server):
    documents = json.loads(get(server.url + "/filters.json")[2])["documents"]
    assert [document["title"] for document in documents] == ["城乡融合 双向奔富"]
    assert "嘉兴市委、市政府" in documents[0]["speakers"]
    address = f"{server.url}/documents/{documents[0]['id']}/headings.json"
    headings = json.loads(get(address)[2])["headings"]
    assert any("六改六融" in heading for heading in headings)
    assert len(headings) == len(set(headings))
    assert get(f"{server.url}/documents/none/headings.json")[0] == 404


@pytest.mark.model
@pytest.mark.parametrize("document", ["none", "%2e%2e%2fetc%2fpasswd", "x" * 3000])
def test_an_unknown_document_is_not_found(server, document):
    assert get(f"{server.url}/documents/{document}.json")[0] == 404


@pytest.mark.model
@pytest.mark.parametrize(
    "path",
    [
        "/upload",
        "/gradio_api/upload",
        "/gradio_api//upload",
        "/monitoring",
        "/monitoring/summary",
        "/gradio_api/run/asked",
        "/gradio_api/call/asked",
        "/gradio_api/proxy=http://192.0.2.1/",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/info",
        "/gradio_api/vibe-edit/",
        "/page/../app.py",
        "/page/%2e%2e/app.py",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_gradio_opens_and_we_do_not_need_is_closed(server, path, method):
    data = b"{}" if method == "POST" else None
    status, _, body = get(server.url + path, method, {"content-type": "application/json"}, data)
    assert status in (404, 405), body[:200]


@pytest.mark.model
def test_a_body_without_bounds_is_refused(server):
    join = server.url + "/gradio_api/queue/join"
    for _ in range(20):
        assert get(join, "POST", data=b"x" * 2_000_001)[0] == 413
        parts = iter([b"x" * 50_000] * 10)
        assert get(join, "POST", {"transfer-encoding": "chunked"}, parts)[0] == 411


@pytest.mark.model
def test_a_sender_that_never_sends_is_answered_and_let_go(server):
    address = urllib.parse.urlsplit(server.url)
    started = []
    for length in ("Content-Length: 2000001", "Transfer-Encoding: chunked"):
        sender = socket.create_connection((address.hostname, address.port), timeout=10)
        lines = ["POST /gradio_api/queue/join HTTP/1.1", "Host: x", "Connection: close", length]
        sender.sendall("\r\n".join([*lines, "", ""]).encode())
        started.append(sender)
    statuses = []
    for sender in started:
        with sender, sender.makefile("rb") as stream:
            statuses.append(stream.read().split()[1])
    assert statuses == [b"413", b"411"]


@pytest.mark.model
@pytest.mark.parametrize("path", ["/", "/config", "/page.json", "/page/chat.js", "/upload"])
def test_every_answer_carries_the_headers(server, path):
    origin = "https://elsewhere.example"
    _, headers, _ = get(server.url + path, headers={"Origin": origin, "Host": "chat.example"})
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["access-control-allow-origin"] is None
    assert headers["access-control-allow-credentials"] is None


@pytest.mark.model
def test_the_server_asks_no_other_host_and_ends_when_told(server_to_end):
    running = server_to_end
    assert get(running.url + "/")[0] == 200
    # An open page holds this stream for as long as it lives.
    with urllib.request.urlopen(running.url + "/gradio_api/heartbeat/open", timeout=10) as page:
        page.read(1)
        assert running.outside() == []
        started = time.monotonic()
        running.process.terminate()
        running.process.wait(timeout=20)
        assert time.monotonic() - started < 6
