"""What the operator sees, and what he does not."""

import json
import logging

import pytest

from index.errors import LibraryDamaged
from ui.observe import LOG, JsonLines

from .conftest import READER, bearer

ASK = {"question": "嘉兴城乡居民收入倍差缩小到多少？"}


class _Kept(logging.Handler):
    def __init__(self):
        super().__init__()
        self.setFormatter(JsonLines())
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


@pytest.fixture
def lines():
    """The log of the server, as it is written."""
    kept, root, level = _Kept(), logging.getLogger(), LOG.level
    root.addHandler(kept)
    LOG.setLevel(logging.INFO)
    yield kept.lines
    root.removeHandler(kept)
    LOG.setLevel(level)


def test_each_request_is_a_line_with_its_id(door, lines):
    client = door()
    named = client.post("/api/v1/ask", json=ASK, headers={"X-Request-Id": "from-the-proxy.1"})
    assert named.headers["x-request-id"] == "from-the-proxy.1"
    missing = client.get("/api/v1/search?q=秘密&limit=x")
    told = [json.loads(line) for line in lines]
    question, request, wrong = (t for t in told if t["event"] in ("question", "request"))
    assert request | {"ms": 0, "time": ""} == {
        "time": "",
        "level": "info",
        "event": "request",
        "request_id": "from-the-proxy.1",
        "method": "POST",
        "path": "/api/v1/ask",
        "status": 200,
        "ms": 0,
    }
    assert (question["door"], question["status"]) == ("rest", "answered")
    assert question["request_id"] == "from-the-proxy.1"
    assert wrong["request_id"] == missing.headers["x-request-id"]
    assert wrong["status"] == 422


@pytest.mark.parametrize("given", ["x" * 65, "a b", "<script>", "", "é"])
def test_an_id_that_is_not_tame_is_not_taken(door, given):
    answer = door().get("/healthz", headers={"X-Request-Id": given.encode()})
    assert len(answer.headers["x-request-id"]) == 16


def test_no_line_holds_a_question_or_a_token(door, lines, small_library, monkeypatch):
    client = door(tokens=[READER])
    client.post("/api/v1/ask", json=ASK, headers=bearer(READER))
    client.get("/api/v1/search", params={"q": ASK["question"]}, headers=bearer(READER))
    client.get("/api/v1/search", params={"q": ASK["question"]}, headers=bearer(READER[:-1] + "x"))

    def fail(self):
        raise LookupError(ASK["question"])

    monkeypatch.setattr(type(small_library), "speakers", fail)
    client.post("/api/v1/ask", json=ASK, headers=bearer(READER))
    written = "\n".join(lines)
    assert '"status": 500' in written
    assert json.dumps(ASK["question"])[1:-1] not in written
    assert "嘉兴" not in written
    assert READER[:-1] not in written


def test_questions_are_logged_where_the_setting_says_so(door, lines):
    door(log_questions=True).post("/api/v1/ask", json=ASK)
    told = [json.loads(line) for line in lines]
    assert [t["question"] for t in told if t["event"] == "question"] == [ASK["question"]]


def test_figures_for_prometheus(door):
    client = door(rate=5)
    client.post("/api/v1/ask", json=ASK)
    client.post("/api/v1/ask", json={"question": "绍兴的人口是多少？"})
    client.post("/api/v1/ask", json={"question": "？"})
    for _ in range(4):
        client.get("/api/v1/documents")
    figures = dict(
        line.rsplit(" ", 1)
        for line in client.get("/metrics").text.splitlines()
        if not line.startswith("#")
    )
    assert figures['yuanwen_questions_total{status="answered"}'] == "1.0"
    assert figures['yuanwen_questions_total{status="not_found"}'] == "1.0"
    assert figures['yuanwen_questions_total{status="error"}'] == "1.0"
    assert figures['yuanwen_rejected_total{status="429"}'] == "2.0"
    assert figures["yuanwen_documents"] == "1.0"
    assert figures["yuanwen_passages"] == "2.0"
    assert figures['yuanwen_stage_seconds_count{stage="total"}'] == "2.0"
    assert figures['yuanwen_stage_seconds_count{stage="embed"}'] == "2.0"
    assert not any(name.startswith(("python_", "process_")) for name in figures)


def test_ready_once_the_library_answers(door, small_library, monkeypatch):
    client = door()
    assert client.get("/healthz").text == "ok"
    assert client.get("/readyz").status_code == 200

    def damaged(self):
        raise LibraryDamaged("it is damaged")

    monkeypatch.setattr(type(small_library), "passage_count", damaged)
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
