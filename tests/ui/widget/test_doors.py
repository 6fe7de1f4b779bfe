"""A channel's door gives what the channel shows, to whom it allows, and nothing else."""

import re

import pytest
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from index import Library
from ui.app import create_app
from ui.settings import Settings
from ui.widget.channels import Channel

OPEN = "# 港口说明\n\n## 开放\n\n港务局：港口每天上午六点开放。\n\n港务局：晚上十点关闭。\n"
SHUT = "# 内部通报\n\n## 整改\n\n保密办：港口整改方案尚未公布。\n\n保密办：港口负责人另行通知。\n"
ORIGIN = "https://portal.example"
TOKEN = "0123456789abcdef"
ADMIN = "fedcba9876543210"


@pytest.fixture(scope="module")
def library(tmp_path_factory, hashing_embedder):
    folder = tmp_path_factory.mktemp("doors")
    with Library.open(folder / "library", hashing_embedder, create=True) as library:
        for name, text in (("open.md", OPEN), ("shut.md", SHUT)):
            (folder / name).write_text(text, encoding="utf-8")
            library.add(folder / name)
        yield library


@pytest.fixture(scope="module")
def hidden(library):
    (found,) = [info for info in library.documents() if info.title == "内部通报"]
    assert found.speakers == ("保密办",)
    return found


CHANNELS = {
    "all": Channel(origins=(ORIGIN, "http://127.0.0.1:8080")),
    "shut": Channel(),
    "harbour": Channel(
        origins=(ORIGIN,),
        title="<港口>",
        colour="#ffd700",
        language="zh-TW",
        documents=("港口说明",),
    ),
    "gone": Channel(documents=("no such document",)),
}


@pytest.fixture(scope="module")
def client(library):
    with TestClient(create_app(library, Settings(channels=CHANNELS))) as client:
        yield client


@pytest.fixture(scope="module")
def guarded(library):
    """The same where readers need a token."""
    settings = Settings(channels=CHANNELS, tokens=(TOKEN,), admin_token=ADMIN)
    with TestClient(create_app(library, settings)) as client:
        yield client


def ancestors(answer):
    return re.search(r"frame-ancestors ([^;]*)", answer.headers["content-security-policy"])[1]


@pytest.mark.parametrize(
    ("channel", "allowed"),
    [
        ("all", f"{ORIGIN} http://127.0.0.1:8080"),
        ("harbour", ORIGIN),
        ("shut", "'none'"),
        ("gone", "'none'"),
    ],
)
def test_the_channels_origins_may_frame_its_page(client, channel, allowed):
    for path in (f"/embed/{channel}", f"/embed/{channel}/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert ancestors(answer) == allowed
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert f'<base href="/embed/{channel}/">' in answer.text


@pytest.mark.parametrize("path", ["/", "/page.json", "/widget.js", "/embed/all/page.json"])
def test_nothing_else_may_be_framed(client, path):
    assert ancestors(client.get(path)) == "'none'"


@pytest.mark.parametrize("name", ["nowhere", "All", "harbour-2", "embed"])
def test_there_is_no_other_channel(client, name):
    assert client.get(f"/embed/{name}").status_code == 404
    assert client.get(f"/embed/{name}/page.json").status_code == 404


def test_the_page_takes_the_channels_title_colour_and_language(client):
    page = client.get("/embed/harbour", headers={"accept-language": "en"})
    assert "<title>&lt;港口&gt;</title>" in page.text
    assert 'lang="zh-TW"' in page.text
    assert "--on-brand: #000000" in client.get("/embed/harbour/colour.css").text
    facts = client.get("/embed/harbour/page.json").json()
    assert (facts["language"], facts["texts"]["name"]) == ("zh-TW", "<港口>")
    assert 'lang="en"' in client.get("/embed/harbour?lang=en").text
    assert client.get("/embed/all", headers={"accept-language": "en"}).text.count('lang="en"') == 1


@pytest.mark.parametrize("query", ['theme="><script>', "theme=neon", "lang=" + "x" * 40])
def test_a_wrong_query_is_refused(client, query):
    assert client.get(f"/embed/all?{query}").status_code == 422


def test_the_script_can_be_loaded_by_pages_that_isolate_themselves(client):
    answer = client.get("/widget.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


def routes(app, prefix=""):
    """Every route of an application and of those mounted in it: `(path, methods)`."""
    for route in app.routes:
        if isinstance(route, Mount):
            yield from routes(route, prefix + route.path)
        elif isinstance(route, Route):
            yield prefix + route.path, route.methods - {"HEAD"}


def test_no_route_of_a_door_tells_of_a_document_that_it_does_not_show(client, hidden):
    """Whatever is asked: paths, queries and bodies all name the hidden document."""
    mounts = {route.path: route for route in client.app.routes if isinstance(route, Mount)}
    door = mounts["/embed/harbour"].app
    found = sorted(routes(door))
    assert len(found) > 10
    where = {"documents": [hidden.id], "speakers": ["保密办"]}
    body = {
        "question": "保密办怎么说港口？",
        "history": ["保密办怎么说港口整改方案？"],
        "filters": where,
    }
    query = {
        "q": "港口整改方案",
        "question": "保密办怎么说？",
        "topic": "港口整改",
        "words": "港口整改",
        "document": hidden.id,
        "speaker": "保密办",
        "start": 0,
        "end": 5,
    }
    bare = [{"question": "谁谈到了港口？"}, {"question": "保密办怎么说整改？"}, body]
    told = []
    for path, methods in found:
        address = "/embed/harbour" + re.sub(r"\{[^}]+\}", hidden.id, path)
        for method in methods:
            sent = [{}] if method == "GET" else [{"json": each} for each in bare]
            for options in (*sent, {"params": query}):
                answer = client.request(method, address, **options)
                assert answer.status_code != 500, address
                if tells_of(hidden, answer.text, options):
                    told.append((method, address, answer.text[:300]))
    assert told == []


def tells_of(hidden, text, options):
    """Whether more of it comes back than was sent: its title, its words, its file."""
    words = ["内部通报", "shut.md", "尚未公布", "负责人另行", "整改"]
    if "整改" in str(options):
        words.remove("整改")
    return any(word in text for word in words)


@pytest.mark.parametrize(
    "path",
    [
        "/doc/{}",
        "/doc/{}/edits",
        "/doc/{}/cite.json?start=0&end=5",
        "/documents/{}.json",
        "/api/v1/documents/{}",
    ],
)
def test_a_hidden_document_is_as_unknown_as_any(client, hidden, path):
    answers = [client.get("/embed/harbour" + path.format(i)) for i in (hidden.id, "f" * 16)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert client.get(path.format(hidden.id)).status_code == 200
    assert client.get("/embed/all" + path.format(hidden.id)).status_code == 200


def test_what_it_shows_it_answers_as_every_other_door(client, library):
    question = {"question": "港口几点开放？"}
    (shown,) = [info.id for info in library.documents() if info.title == "港口说明"]
    limited = question | {"filters": {"documents": [shown]}}
    asked = [
        ("/embed/all/api/v1/ask", question, "/api/v1/ask", question),
        ("/embed/harbour/api/v1/ask", question, "/api/v1/ask", limited),
    ]
    for door, one, rest, other in asked:
        answers = [client.post(door, json=one).json(), client.post(rest, json=other).json()]
        for answer in answers:
            del answer["timings_ms"]
        assert answers[0] == answers[1]


def test_its_api_names_its_own_address(client):
    described = client.get("/embed/harbour/api/v1/openapi.json").json()
    assert described["servers"] == [{"url": "/embed/harbour/api/v1"}]


def test_a_channel_whose_documents_are_gone_shows_nothing(client):
    assert client.get("/embed/gone/page.json").json()["count"] == 0
    reply = client.post("/embed/gone/api/v1/ask", json={"question": "港口几点开放？"}).json()
    assert (reply["status"], reply["reason"]) == ("not_found", "no_documents")
    assert reply["nearest"] == []


def test_nobody_changes_a_library_through_a_door(guarded, hidden):
    admin = {"authorization": f"Bearer {ADMIN}"}
    for channel in ("all", "harbour"):
        rest = f"/embed/{channel}/api/v1"
        assert guarded.delete(f"{rest}/documents/{hidden.id}", headers=admin).status_code == 403
        upload = guarded.post(f"{rest}/documents?name=a.md", content=b"# A", headers=admin)
        assert upload.status_code == 403
        assert guarded.get(f"{rest}/feedback", headers=admin).status_code == 403


def test_a_channel_is_open_where_everything_else_needs_a_token(guarded, hidden):
    assert guarded.get("/page.json").status_code == 401
    assert guarded.get("/embed/harbour").status_code == 200
    asked = guarded.post("/embed/harbour/api/v1/ask", json={"question": "港口几点开放？"})
    assert asked.status_code == 200
    # The demo is no channel of the settings, and would show everything.
    assert guarded.get("/embed/demo").status_code == 404
    assert guarded.get("/embed/demo/page.json").status_code in (401, 404)


def test_questions_through_doors_are_counted_with_the_others(library):
    settings = Settings(channels=CHANNELS, rate=3)
    with TestClient(create_app(library, settings)) as client:
        statuses = [
            client.post(f"/embed/{channel}/api/v1/ask", json={"question": "港口？"}).status_code
            for channel in ("all", "harbour", "all", "all")
        ]
        assert statuses == [200, 200, 200, 429]
        assert client.get("/embed/all").status_code == 200


def test_the_reader_of_a_channel_leads_nowhere_else(client, library):
    (shown,) = [info.id for info in library.documents() if info.title == "港口说明"]
    for path in (f"/doc/{shown}", f"/doc/{shown}/edits", "/docs", "/who"):
        page = client.get(f"/embed/harbour{path}")
        assert page.status_code == 200
        addresses = re.findall(r'(?:href|src|data-cite)="([^"#][^"]*)"', page.text)
        assert len(addresses) > 3
        assert [a for a in addresses if not a.startswith("/embed/harbour/")] == []
        for address in addresses:
            if address.endswith((".css", ".js", ".svg")):
                assert client.get(address).status_code == 200
