"""REST: the same answers as in the process, exact types, and problems instead of pages."""

import json

import pytest

from corpus import from_text
from qa import ask
from qa.search import search
from ui.api import wire
from ui.api.problems import Problem
from ui.render import to_wire, wire_citation

from .conftest import ADMIN, SPEECHES, bearer

QUESTIONS = [
    "嘉兴城乡居民收入倍差缩小到多少？",
    "谁提到了收入？",
    "舟山市委对环境整治怎么说？",
    "绍兴的人口是多少？",
    "杭州市委怎么说？",
]


def untimed(answer):
    return {**answer, "timings_ms": sorted(answer["timings_ms"])}


def events(body):
    """The events of a stream, each with its name and its data."""
    for block in body.strip().split("\n\n"):
        name, data = block.split("\n")
        yield name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_way_to_ask_gives_the_answer_of_the_process(door, small_library, question):
    client = door()
    right = untimed(to_wire(ask(small_library, question)))
    answer = client.post("/api/v1/ask", json={"question": question})
    assert answer.status_code == 200
    assert untimed(answer.json()) == right
    assert wire.Reply.model_validate(answer.json(), extra="forbid")
    for path, headers in (("/ask", {"accept": "text/event-stream"}), ("/ask/stream", {})):
        stream = client.post(f"/api/v1{path}", json={"question": question}, headers=headers)
        assert stream.headers["content-type"].startswith("text/event-stream")
        *sentences, (last, whole) = events(stream.text)
        assert last == "answer"
        assert untimed(whole) == right
        assert sentences == [("sentence", each) for each in right["sentences"]]


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_with_its_explanation_is_the_same(door, small_library, question):
    client = door()
    asked = {"question": question, "explain": True}
    whole = client.post("/api/v1/ask", json=asked).json()
    assert wire.Explained.model_validate(whole, extra="forbid")
    explanation = whole.pop("explanation")
    right = to_wire(ask(small_library, question), explain=True)
    assert explanation == json.loads(json.dumps(right.pop("explanation")))
    assert untimed(whole) == untimed(right)


def test_history_and_filters_are_heard(door, small_library):
    client = door()
    asked = {"question": "那舟山呢？", "history": ["嘉兴居民收入怎么样？"]}
    answer = client.post("/api/v1/ask", json=asked).json()
    assert untimed(answer) == untimed(to_wire(ask(small_library, **asked)))
    assert "舟山" in answer["asked_as"]
    assert answer["asked_as"] != answer["question"]

    where = {"question": "收入怎么样？", "filters": {"speakers": ["舟山市委"]}}
    answer = client.post("/api/v1/ask", json=where).json()
    assert {c["speaker"] for c in answer["citations"] + answer["nearest"]} == {"舟山市委"}
    slip = {"question": "收入怎么样？", "filters": {"speakers": ["舟山市长"]}}
    assert client.post("/api/v1/ask", json=slip).status_code == 422


def test_days_and_metadata_are_heard(door, small_library):
    for year, place in ((2024, "温州"), (2025, "台州")):
        text = f"---\ndate: {year}-03-01\nauthor: {place}市委\n---\n# {place}\n\n{place}居民收入增长。\n"
        small_library.add_document(from_text(text, uri=f"file:///{place}.md", markup="markdown"))
    client = door()

    def titles(**filters):
        asked = {"question": "居民收入怎么样？", "filters": filters}
        answer = client.post("/api/v1/ask", json=asked).json()
        return {c["document"]["title"] for c in answer["citations"] + answer["nearest"]}

    assert titles(since="2025-01-01") == {"台州"}
    assert titles(until="2024-12-31") == {"温州"}
    assert titles(metadata={"author": ["台州市委"]}) == {"台州"}


def test_a_search_gives_passages_and_no_answer(door, small_library):
    client = door()
    found = client.get("/api/v1/search", params={"q": "海岛居民收入", "limit": 1}).json()
    assert found == {
        "query": "海岛居民收入",
        "passages": [wire_citation(c) for c in search(small_library, "海岛居民收入", limit=1)],
    }
    assert wire.Found.model_validate(found, extra="forbid").passages[0].speaker == "舟山市委"
    only = {"q": "海岛居民收入", "speaker": ["嘉兴市委"]}
    passages = client.get("/api/v1/search", params=only).json()["passages"]
    assert [p["speaker"] for p in passages] == ["嘉兴市委"]


def test_documents_and_speakers(door, small_library):
    client = door()
    listed = client.get("/api/v1/documents").json()
    (info,) = wire.Documents.model_validate(listed, extra="forbid").documents
    assert (listed["total"], info.title, info.passages) == (1, "大会发言", 2)
    assert client.get("/api/v1/documents?offset=1").json() == {"total": 1, "documents": []}
    whole = wire.Document.model_validate(
        client.get(f"/api/v1/documents/{info.id}").json(), extra="forbid"
    )
    assert whole.text == small_library.document(info.id).text
    assert whole.speakers == ["嘉兴市委", "舟山市委"]
    assert [s.path for s in whole.sections][1:] == [["大会发言", "嘉兴"], ["大会发言", "舟山"]]
    speakers = client.get("/api/v1/speakers").json()
    assert speakers == {
        "speakers": [{"name": name, "documents": [info.id]} for name in ("嘉兴市委", "舟山市委")]
    }


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "told"),
    [
        ("POST", "/api/v1/ask", {"json": {"question": "  "}}, 422, "empty"),
        ("POST", "/api/v1/ask", {"json": {"question": "问" * 2001}}, 422, "2000"),
        ("POST", "/api/v1/ask", {"json": {"question": "\ud800"}}, 422, "question"),
        ("POST", "/api/v1/ask", {"json": {"question": "一\x00"}}, 422, "control"),
        ("POST", "/api/v1/ask", {"json": {"question": 3}}, 422, "body.question"),
        ("POST", "/api/v1/ask", {"json": {"question": "谁", "histroy": []}}, 422, "histroy"),
        ("POST", "/api/v1/ask", {"json": {"question": "谁", "history": ["谁"] * 21}}, 422, "20"),
        ("POST", "/api/v1/ask", {"json": {"question": "谁", "filters": {"a": 1}}}, 422, "filters"),
        (
            "POST",
            "/api/v1/ask",
            {"json": {"question": "谁", "filters": {"since": "spring"}}},
            422,
            "since",
        ),
        ("POST", "/api/v1/ask", {"content": b"{"}, 422, "body"),
        ("POST", "/api/v1/ask", {"content": b"x" * 2_000_001}, 413, "2 MB"),
        ("GET", "/api/v1/search?q=", {}, 422, "query.q"),
        ("GET", "/api/v1/search?q=%00", {}, 422, "control"),
        ("GET", "/api/v1/search?q=a&limit=21", {}, 422, "limit"),
        ("GET", "/api/v1/documents/none", {}, 404, "none"),
        ("GET", "/api/v1/none", {}, 404, "Nothing"),
        ("GET", "/api/v2", {}, 404, "Nothing"),
        ("GET", "/api/v1/documents/a%0Ab", {}, 404, "Not found"),
        ("POST", "/api/predict", {"json": {}}, 404, "Nothing"),
        ("PUT", "/api/v1/ask", {}, 405, "cannot"),
        ("DELETE", "/api/v1/documents/none", {}, 403, "YUANWEN_ADMIN_TOKEN"),
        ("POST", "/api/v1/documents?name=a.md", {"content": b"a"}, 403, "YUANWEN_ADMIN_TOKEN"),
    ],
)
def test_what_is_wrong_is_a_problem(door, method, path, sent, status, told):
    if "json" in sent:
        sent = {
            "content": json.dumps(sent["json"]),
            "headers": {"content-type": "application/json"},
        }
    answer = door().request(method, path, **sent)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate(answer.json(), extra="forbid")
    assert problem.status == status
    assert told in problem.detail
    assert problem.request_id == answer.headers["x-request-id"]


def test_what_fails_in_the_server_is_a_problem_that_tells_nothing(door, small_library, monkeypatch):
    client = door()
    monkeypatch.setattr(type(small_library), "speakers", lambda self: 1 / 0)
    answer = client.post("/api/v1/ask", json={"question": "谁？"})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "division" not in answer.text
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


def test_the_api_describes_itself_and_nothing_else(door):
    client = door()
    described = client.get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) == {
        *("/ask", "/ask/stream", "/search", "/speakers", "/who", "/speech"),
        *("/documents", "/documents/{id}", "/feedback"),
    }
    for path in described["paths"].values():
        for operation in path.values():
            problems = {s: r for s, r in operation["responses"].items() if s >= "400"}
            assert {"422", "429", "500"} <= set(problems)
            assert all(
                list(r["content"]) == ["application/problem+json"] for r in problems.values()
            )
    assert client.get("/openapi.json").status_code == 404


def test_files_are_added_and_removed_without_a_restart(door, small_library):
    client = door(admin_token=ADMIN)
    client.headers.update(bearer(ADMIN))
    sent = {"name": "港口.md"}
    for text, status in [
        ("吞吐量增长", "added"),
        ("吞吐量增长", "unchanged"),
        ("吞吐量下降", "replaced"),
    ]:
        answer = client.post(
            "/api/v1/documents", params=sent, content=f"# 港口\n\n宁波港{text}。".encode()
        )
        assert answer.status_code == 200
        (taken,) = wire.Uploaded.model_validate(answer.json(), extra="forbid").files
        assert (taken.name, taken.status, taken.passages) == ("港口.md", status, 1)
    kept = small_library.folder / "uploads" / "港口.md"
    assert "下降" in kept.read_text("utf-8")
    answer = client.post("/api/v1/ask", json={"question": "宁波港吞吐量怎么样？"}).json()
    assert "下降" in answer["sentences"][0]["text"]

    assert client.delete(f"/api/v1/documents/{taken.document_id}").status_code == 204
    assert client.delete(f"/api/v1/documents/{taken.document_id}").status_code == 404
    assert not kept.exists()


def test_a_form_tells_of_each_file(door, small_library):
    client = door(admin_token=ADMIN)
    files = [
        ("files", ("b.md", "# 港口\n\n宁波港。".encode())),
        ("files", ("c.exe", b"MZ")),
        ("files", ("../../d.md", SPEECHES.encode())),
        ("files", (".hidden.md", b"# A\n\nword")),
        ("files", ("e.md", b"")),
    ]
    answer = client.post("/api/v1/documents", files=files, headers=bearer(ADMIN))
    assert answer.status_code == 200
    taken = wire.Uploaded.model_validate(answer.json(), extra="forbid").files
    assert [t.status for t in taken] == ["added", "failed", "duplicate", "failed", "failed"]
    assert taken[2].name == "d.md"
    assert all(t.detail for t in taken if t.status == "failed")
    assert str(small_library.folder) not in answer.text
    folder = small_library.folder / "uploads"
    assert sorted(path.name for path in folder.iterdir()) == ["b.md", "d.md"]


def test_a_file_that_cannot_be_read_leaves_the_former_in_place(door, small_library):
    client = door(admin_token=ADMIN)
    for content, status in [(b"# A\n\nfirst words", 200), (b"\x00\x01\x02" * 50, 422)]:
        answer = client.post("/api/v1/documents?name=a.md", content=content, headers=bearer(ADMIN))
        assert answer.status_code == status
    assert answer.json()["detail"].startswith("a.md ")
    assert (small_library.folder / "uploads" / "a.md").read_bytes() == b"# A\n\nfirst words"
    assert len(small_library.documents()) == 2


@pytest.mark.parametrize("name", ["", ".", "..", "a/..", ".a.md", "a\x00.md", "a" * 200 + ".md"])
def test_a_name_that_cannot_be_kept_is_refused(door, name):
    answer = door(admin_token=ADMIN).post(
        "/api/v1/documents", params={"name": name}, content=b"# A", headers=bearer(ADMIN)
    )
    assert answer.status_code == 422
    assert "name" in answer.json()["detail"]


def test_readers_say_what_they_think_and_the_admin_reads_it(door):
    client = door(admin_token=ADMIN)
    place = {"document": "d", "start": 1, "end": 5}
    said = {"question": "谁？", "status": "answered", "verdict": "down", "reason": "不对"}
    kept = client.post("/api/v1/feedback", json={**said, "citations": [place]})
    assert kept.status_code == 201
    assert kept.json() | said == kept.json()
    assert kept.json()["citations"] == [place]
    assert client.post("/api/v1/feedback", json={**said, "verdict": "?"}).status_code == 422
    assert client.post("/api/v1/feedback", json={**said, "reason": "不" * 1001}).status_code == 422
    assert client.get("/api/v1/feedback").status_code == 401
    read = client.get("/api/v1/feedback", headers=bearer(ADMIN)).json()
    assert read == {"total": 1, "feedback": [kept.json()]}
    assert wire.Opinions.model_validate(read, extra="forbid")
