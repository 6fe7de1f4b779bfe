"""What can be done with a cited passage: copied with its source, opened for good."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.model]

RATIO = "嘉兴城乡居民收入倍差是多少？"
WHO = "哪些单位谈到了“钱随人走”？"
ALLOWED = {"permissions": ["clipboard-read", "clipboard-write"]}
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined });"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("纯文本", "“{quote}”——嘉兴市委、市政府"),
        ("Markdown", "> {quote}\n"),
        ("GB/T 7714 参考文献", "嘉兴市委、市政府. "),
    ],
)
def test_words_are_copied_with_their_source(server, browse, form, said):
    reader = browse(server.url, **ALLOWED)
    page = reader.open()
    turn = reader.ask(RATIO)
    quote = turn.locator(".yw-card mark").first.inner_text()
    turn.get_by_role("button", name="复制引文").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.closest('.yw-menu')")
    page.get_by_role("button", name=form).press("Enter")
    turn.get_by_text("已复制").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(said.format(quote=quote))
    assert turn.locator(".yw-card a").first.get_attribute("href") in copied
    assert page.evaluate("document.activeElement.className") == "yw-act"


def test_without_a_clipboard_the_words_are_there_to_be_copied(server, browse):
    reader = browse(server.url)
    reader.page.add_init_script(NO_CLIPBOARD)
    page = reader.open()
    turn = reader.ask(RATIO)
    turn.get_by_role("button", name="复制引文").first.click()
    page.get_by_role("button", name="纯文本").click()
    hand = page.get_by_role("textbox", name="请手动复制这段文字")
    hand.wait_for()
    assert "1.51" in page.evaluate("String(getSelection())") or "1.51" in hand.input_value()
    page.keyboard.press("Escape")
    assert not hand.is_visible()


def test_a_citation_that_does_not_come_is_told(server, browse):
    reader = browse(server.url, quiet=False)
    page = reader.open()
    turn = reader.ask(RATIO)
    page.route("**/cite.json*", lambda route: route.abort())
    turn.get_by_role("button", name="复制引文").first.click()
    page.get_by_role("button", name="纯文本").click()
    assert "引文没能取到" in page.locator(".yw-menu").get_by_role("alert").first.inner_text()


def test_words_that_stand_elsewhere_too_are_opened_there(server, browse):
    reader = browse(server.url)
    page = reader.open()
    turn = reader.ask(WHO)
    turn.locator(".yw-also .yw-place").last.click()
    page.locator(".yw-source mark").first.wait_for()
    elsewhere = page.locator(".yw-source mark").first.inner_text()
    assert elsewhere == turn.locator(".yw-card mark").first.inner_text()
    assert page.evaluate("document.querySelector('.yw-source mark') === document.activeElement")


def test_a_stranger_with_the_link_sees_the_words(server, browse):
    reader = browse(server.url)
    reader.open()
    card = reader.ask(RATIO).locator(".yw-card").first
    quote, link = card.locator("mark").inner_text(), card.locator("a").get_attribute("href")
    assert link.startswith(server.url + "/doc/")
    page = browse(server.url).page
    page.goto(link)
    page.locator("mark").first.wait_for()
    assert "".join(page.locator("mark").all_text_contents()) == quote


def test_a_passage_names_its_page(server, browse):
    page = browse(server.url).open()
    shown = page.evaluate(
        """async () => {
          const { drawCards } = await import(new URL('page/card.js', document.baseURI).href);
          const { texts } = await fetch('page.json').then((it) => it.json());
          const citation = { n: 1, document: { id: 'd', title: '甲' }, section: ['甲', '乙'], speaker: null,
            quote: '词', start: 3, end: 4, passage: '一个词。', passage_start: 1, page: 7, also_at: [],
            link: '/doc/d#c=3-4' };
          return drawCards([citation], texts, () => {}, {}).querySelector('.yw-path').textContent;
        }"""
    )
    assert shown == "甲乙第 7 页"
