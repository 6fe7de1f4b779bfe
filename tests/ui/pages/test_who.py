"""Who said what: the page, its table as CSV, and the same by REST."""

import csv
import io
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

import corpus
import ui.service
from index import Library
from qa.names import bare
from qa.survey import survey
from ui.api.who import Spoken, WhoSaid
from ui.app import create_app
from ui.settings import Settings

TOPIC = "基本公共服务"


@pytest.fixture(scope="module")
def client(pages_library):
    with TestClient(create_app(pages_library, Settings()), base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 380])
def test_a_topic_gives_its_speakers_their_words_and_the_silent(
    site, browse, pages_library, width, fits
):
    page = browse(site, width).page
    page.goto(f"{site}/who")
    page.get_by_label("话题", exact=True).fill(TOPIC)
    page.keyboard.press("Enter")
    page.locator(".voices").wait_for()
    fits(page)
    found = survey(pages_library, TOPIC)
    names = page.locator(".voices tbody th").all_inner_texts()
    assert names == [voice.speaker for voice in found.voices]
    assert "舟山市委、市政府" in names
    counts = page.locator(".voices td.number").all_inner_texts()
    assert counts == [str(voice.passages) for voice in found.voices]
    assert page.locator(".silent li").all_inner_texts() == list(found.silent)
    for mark in page.locator(".voices mark").all_text_contents():
        assert TOPIC in bare(mark)
    # The words lead to their place in the document.
    words = page.locator(".voices mark").first.text_content()
    page.locator(".voices figcaption a").first.click()
    page.locator("article mark").first.wait_for()
    assert "".join("".join(page.locator("article mark").all_text_contents()).split()) == "".join(
        words.split()
    )


@pytest.mark.browser
def test_a_speaker_gives_all_he_says_by_section(site, browse, shipped):
    page = browse(site).page
    page.goto(f"{site}/who")
    page.get_by_label("发言者", exact=True).select_option("省财政厅")
    page.get_by_role("button", name="查看").click()
    page.locator(".speech").first.wait_for()
    said = "".join("".join(page.locator(".speech blockquote").all_text_contents()).split())
    assert said.startswith("省财政厅紧扣“4+1”重要要求")
    # Text that stands twice is told once.
    assert said.count("实施家庭型财税集成改革") == 1
    assert page.locator(".speech h3").count() == 3
    page.goto(f"{site}/who?speaker=nobody")
    assert "没有这位发言者" in page.locator("main").inner_text()


@pytest.mark.browser
def test_the_heat_map_counts_what_a_search_finds(site, browse, pages_library):
    page = browse(site).page
    page.goto(f"{site}/who?topic={quote(TOPIC)}")
    topics = page.locator(".heat thead th").all_inner_texts()
    assert topics[0] == TOPIC
    assert len(topics) > 8
    rows = {
        row.locator("th").inner_text(): [
            int(cell) for cell in row.locator("td").all_text_contents()
        ]
        for row in page.locator(".heat tbody tr").all()
    }
    for i in (0, 1, 5):
        found = survey(pages_library, topics[i])
        counted = {voice.speaker: voice.passages for voice in found.voices if voice.speaker}
        assert {name: counts[i] for name, counts in rows.items() if counts[i]} == counted
    page.locator(".heat thead a").nth(1).click()
    page.locator(".voices").wait_for()
    assert page.locator("h2 q").inner_text().strip("“”") == topics[1]


@pytest.mark.browser
def test_one_document_can_be_chosen(site, browse, mixed):
    page = browse(site).page
    page.goto(f"{site}/who")
    page.get_by_label("文档", exact=True).select_option(mixed.id)
    page.get_by_label("话题", exact=True).fill("湖边种树")
    page.get_by_role("button", name="查看").click()
    page.locator(".voices").wait_for()
    assert page.locator(".voices tbody th").all_inner_texts() == ["水务局", "林业局"]
    assert page.get_by_label("发言者", exact=True).locator("option").count() == 3


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 380])
def test_nobody_is_shut_out(site, browse, faults, fits, width, scheme):
    page = browse(site, width, scheme=scheme, quiet=False).page
    paths = (
        "",
        f"?topic={quote(TOPIC)}",
        f"?speaker={quote('省财政厅')}",
        "?topic=？！",
        "?topic=xyz",
    )
    for path in paths:
        page.goto(f"{site}/who{path}")
        assert faults(page) == {}, path
        fits(page)


@pytest.mark.browser
def test_an_empty_library_says_so(tmp_path, hashing_embedder, serve_here, browse, faults):
    with Library.open(tmp_path, hashing_embedder, create=True) as library:
        site = serve_here(library)
        page = browse(site).page
        for path, says in (("/who", "还没有署名的发言"), ("/docs", "还没有收录文档")):
            page.goto(site + path)
            assert says in page.locator("main").inner_text()
            assert faults(page) == {}


@pytest.mark.model
@pytest.mark.browser
def test_page_and_chat_agree_on_a_running_server(server, browse):
    page = browse(server.url).page
    for topic in ("钱随人走", "小岛迁", "足球"):
        asked = page.request.post(
            f"{server.url}/api/v1/ask", data={"question": f"谁提到了{topic}？"}
        )
        told = {citation["speaker"] for citation in asked.json()["citations"]}
        page.goto(f"{server.url}/who?topic={quote(topic)}")
        assert set(page.locator(".voices tbody th").all_inner_texts()) == told
        rest = page.request.get(f"{server.url}/api/v1/who?topic={quote(topic)}").json()
        assert {voice["speaker"] for voice in rest["voices"]} == told


def rows(answer):
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_the_table_as_csv(client, pages_library):
    head, *told = rows(client.get("/who.csv", params={"topic": TOPIC, "lang": "zh-CN"}))
    assert head == ["发言者", "段落", "标题", "章节", "原话", "链接"]
    found = survey(pages_library, TOPIC)
    places = [(v.speaker, str(v.passages), c.quote) for v in found.voices for c in v.citations]
    assert [(row[0], row[1], row[4]) for row in told if row[1] != "0"] == places
    assert [row[0] for row in told if row[1] == "0"] == list(found.silent)
    assert told[0][5].startswith("http://127.0.0.1/doc/")
    _, *said = rows(client.get("/who.csv", params={"speaker": "省财政厅"}))
    assert {row[0] for row in said} == {"省财政厅"}
    assert client.get("/who.csv", params={"topic": "？"}).status_code == 422


def test_no_cell_of_a_spreadsheet_is_a_formula(tmp_path, hashing_embedder):
    signs = "=", "+", "-", "@", "＝", "　="
    lines = "\n\n".join(
        f"{sign}cmd|'/C calc'!A{i} 修路的事，\"真\"要\t紧。" for i, sign in enumerate(signs)
    )
    text = f"# =HYPERLINK 会\n\n## +一\n\n甲局\n\n{lines}\n\n## @二\n\n乙局\n\n修路的事另说一遍。"
    with Library.open(tmp_path, hashing_embedder, create=True) as library:
        library.add_document(corpus.from_text(text, uri="u", title="=1+1", markup="markdown"))
        client = TestClient(create_app(library, Settings()))
        told = rows(client.get("/who.csv", params={"topic": "修路的事"}))
    assert len(told) == 3
    for row in told:
        assert len(row) == 6
        for cell in row:
            assert not cell.lstrip(" \u3000").startswith(tuple("=+-@＝\t\r"))


def test_the_same_by_rest(client, pages_library):
    answer = client.get("/api/v1/who", params={"topic": TOPIC})
    told = WhoSaid.model_validate(answer.json(), strict=True)
    found = survey(pages_library, TOPIC)
    assert [voice.speaker for voice in told.voices] == [voice.speaker for voice in found.voices]
    assert told.silent == list(found.silent)
    assert told.literal
    answer = client.get("/api/v1/speech", params={"speaker": "省财政厅"})
    assert len(Spoken.model_validate(answer.json(), strict=True).sections) == 3
    for wrong in ({}, {"topic": ""}, {"topic": "？！"}, {"topic": "字" * 3000}):
        answer = client.get("/api/v1/who", params=wrong)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("language", ["zh-CN", "zh-TW", "en"])
@pytest.mark.parametrize(
    "query", [{}, {"topic": TOPIC}, {"speaker": "省财政厅"}, {"topic": "？"}, {"speaker": "x"}]
)
def test_every_state_has_its_page(client, language, query):
    answer = client.get("/who", params={**query, "lang": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert client.get("/who", params={"document": "none"}).status_code == 404


def test_a_full_server_asks_to_come_back(client, monkeypatch):
    monkeypatch.setattr(ui.service, "WAITING", -ui.service.THREADS)
    for path in ("/who", f"/who.csv?topic={TOPIC}", f"/api/v1/who?topic={TOPIC}"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "2"
