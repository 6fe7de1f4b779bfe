"""Conversations are kept in the browser, found again, deleted, and taken along as files."""

import json

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.model]

RATIO = "嘉兴城乡居民收入倍差是多少？"
ISLANDS = "舟山两年内要搬迁多少个海岛？"
NOWHERE = "杭州市去年的GDP是多少？"

# As a sandboxed frame or a browser that keeps nothing has it.
DENY = """for (const name of ['localStorage', 'sessionStorage']) {
  Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });
}"""
# Half of the room that browsers give, and everything in it taken.
FULL = """Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"""


def past(page):
    page.get_by_role("button", name="历史").click()
    return page.locator(".yw-history .yw-past bdi").all_inner_texts()


def test_past_conversations_are_listed_opened_and_deleted(server, browse):
    reader = browse(server.url)
    page = reader.open()
    assert past(page) == []
    page.keyboard.press("Escape")
    said = reader.ask(RATIO).locator(".yw-said").inner_text()
    reader.ask(NOWHERE)
    page.get_by_role("button", name="新对话").click()
    reader.ask(ISLANDS)
    assert past(page) == [ISLANDS, RATIO]
    assert "2 个问题" in page.locator(".yw-past").nth(1).inner_text()
    page.locator(".yw-past").nth(1).click()
    assert page.locator(".yw-turn").count() == 2
    assert page.locator(".yw-said").first.inner_text() == said
    # What is asked now belongs to the conversation that was opened, and makes it the newest.
    reader.ask("那舟山呢？")
    assert past(page) == [RATIO, ISLANDS]
    assert "3 个问题" in page.locator(".yw-past").first.inner_text()
    page.get_by_role("button", name=f"删除“{ISLANDS}”").click()
    assert page.locator(".yw-past").count() == 1
    assert page.evaluate("document.activeElement.className") == "yw-past"
    assert page.locator(".yw-turn").count() == 3
    page.get_by_role("button", name="全部删除").click()
    page.get_by_role("button", name="取消").click()
    assert page.locator(".yw-past").count() == 1
    page.get_by_role("button", name="全部删除").click()
    page.locator(".yw-sure .yw-danger").press("Enter")
    assert page.locator(".yw-past").count() == 0
    assert page.locator(".yw-turn").count() == 0
    assert page.evaluate("localStorage.length") == 0


def test_another_tab_has_a_chat_of_its_own_and_the_same_history(server, browse):
    reader = browse(server.url)
    page = reader.open()
    reader.ask(RATIO)
    with page.expect_popup() as opened:
        page.evaluate("open(location.href, '_blank', 'noopener')") or None
    other = opened.value
    other.wait_for_selector(".yw-form textarea")
    assert other.locator(".yw-turn").count() == 0
    assert past(other) == [RATIO]


@pytest.mark.parametrize("hindrance", [DENY, FULL])
def test_where_the_browser_keeps_nothing_the_chat_lives_as_long_as_the_page(
    server, browse, hindrance
):
    reader = browse(server.url)
    reader.page.add_init_script(hindrance)
    page = reader.open()
    reader.ask(RATIO)
    page.get_by_role("button", name="新对话").click()
    assert past(page) == [RATIO]
    assert "不保存数据" in page.locator(".yw-history").inner_text()
    page.locator(".yw-past").click()
    assert "1.51" in page.locator(".yw-said").inner_text()
    reader.open()
    assert page.locator(".yw-turn").count() == 0


def test_the_oldest_goes_where_there_is_no_room(server, browse):
    page = browse(server.url).open()
    left = page.evaluate(
        """async () => {
          const { Store } = await import(new URL('page/store.js', document.baseURI).href);
          const store = new Store('room');
          for (let i = 0; i < 70; i += 1) {
            const conversation = store.begin();
            const answer = 'x'.repeat(60000);
            conversation.turns = [{ question: `${i}`, answer }];
            store.save(conversation);
            await new Promise((done) => setTimeout(done, 2));
          }
          const titles = store.list().map((each) => each.title);
          const used = Object.entries(localStorage).reduce((sum, [, text]) => sum + text.length, 0);
          store.clear();
          return { titles, used, kept: localStorage.length };
        }"""
    )
    assert left["titles"] == [str(n) for n in range(69, 69 - len(left["titles"]), -1)]
    assert 1_500_000 < left["used"] <= 2_000_000
    assert left["kept"] == 0


@pytest.mark.parametrize(
    "kept", ['{"turns": [{}]}', '{"turns": [{"question": 1}]}', "[]", "null", "{", '"x"']
)
def test_what_another_version_kept_does_no_harm(server, browse, kept):
    reader = browse(server.url)
    page = reader.open()
    page.evaluate(
        """(kept) => {
          localStorage.setItem('yuanwen::old', kept);
          sessionStorage.setItem('yuanwen::current', '{"id": "old"}');
        }""",
        kept,
    )
    reader.open()
    assert page.locator(".yw-turn").count() == 0
    assert page.locator(".yw-examples").is_visible()
    reader.ask(RATIO)
    assert RATIO in past(page)


def export(page, label):
    page.get_by_role("button", name="导出", exact=True).click()
    with page.expect_download() as begun:
        page.get_by_role("button", name=label).click()
    path = begun.value.path()
    return begun.value.suggested_filename, path.read_text(encoding="utf-8")


def test_a_conversation_is_exported(server, browse):
    reader = browse(server.url, accept_downloads=True)
    page = reader.open()
    assert not page.get_by_role("button", name="导出", exact=True).is_visible()
    reader.ask(RATIO)
    reader.ask(NOWHERE)
    name, text = export(page, "导出为 JSON")
    assert name.startswith("yuanwen-")
    assert name.endswith(".json")
    exported = json.loads(text)
    assert exported["title"] == RATIO
    assert [turn["question"] for turn in exported["turns"]] == [RATIO, NOWHERE]
    answer, refusal = (turn["answer"] for turn in exported["turns"])
    assert "1.51" in answer["citations"][0]["quote"]
    assert refusal["status"] == "not_found"
    name, text = export(page, "导出为 Markdown")
    assert name.endswith(".md")
    assert f"](http{server.url[4:]}{answer['citations'][0]['link']})" in text
    assert answer["sentences"][0]["text"] in text.replace("\\", "")
    assert "文档里没有写到。" in text
