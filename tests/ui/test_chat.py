"""The chat in a browser: the real server, the real model, the shipped document."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.model]

RATIO = "嘉兴城乡居民收入倍差是多少？"
NOWHERE = "杭州市去年的GDP是多少？"
WHO = "哪些单位谈到了“钱随人走”？"
SEVERAL = "嘉兴城乡居民收入倍差是多少？杭州市去年的GDP是多少？"
# A channel's page is another door to the same chat.
DOORS = pytest.mark.parametrize("door", ["", "/embed/demo"])

OVERFLOWING = """() => [...document.querySelectorAll('.yw *')].filter((each) => {
  const box = each.getBoundingClientRect();
  const hidden = each.closest('.yw-hidden') || getComputedStyle(each).visibility === 'hidden';
  return box.width && !hidden && (box.right > innerWidth + 1 || box.left < -1);
}).map((each) => each.className + ': ' + each.textContent.slice(0, 40))"""

MARK = """() => [...document.querySelectorAll('.yw-source .yw-panel-body mark')].map((each) => {
  const box = each.getBoundingClientRect();
  const view = document.querySelector('.yw-source .yw-panel-body').getBoundingClientRect();
  return {
    text: each.textContent,
    inView: box.top >= view.top && box.bottom <= view.bottom,
    focused: document.activeElement === each,
  };
})"""


def fits(page):
    assert page.evaluate(OVERFLOWING) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def marks(page):
    page.locator(".yw-source .yw-panel-body mark").first.wait_for()
    return page.evaluate(MARK)


@pytest.mark.parametrize("width", [1280, 380])
def test_a_question_is_answered_and_its_source_opened(server, browse, width):
    reader = browse(server.url, width)
    page = reader.open()
    fits(page)
    turn = reader.ask(RATIO)
    said = turn.locator(".yw-said p").first.inner_text()
    assert "城乡居民收入倍差缩小至1.51" in said
    card = turn.locator(".yw-card").first
    assert card.locator(".yw-name").inner_text() == "嘉兴市委、市政府"
    assert "深入推进“六改六融”" in card.locator(".yw-path").inner_text()
    quote = card.locator("mark").inner_text()
    assert said.startswith(quote)
    fits(page)

    turn.locator(".yw-chip").first.click()
    found = marks(page)
    assert "".join(mark["text"] for mark in found) == quote
    assert found[0]["inView"]
    assert found[0]["focused"]
    assert page.locator(".yw-source h2").inner_text() == "城乡融合 双向奔富"
    assert page.locator(".yw-source .yw-byline").count() == 6
    in_line = (".yw-bar h1", ".yw-card", ".yw-form textarea")
    assert len({round(page.locator(each).first.bounding_box()["x"]) for each in in_line}) == 1
    covers = page.evaluate("document.querySelector('.yw-source').matches(':modal')")
    assert covers == (width < 1100)
    fits(page)
    page.keyboard.press("Escape")
    assert not page.locator(".yw-source").is_visible()
    page.wait_for_function("document.activeElement.matches('.yw-chip')")


def test_a_card_opens_the_source_too(server, browse):
    reader = browse(server.url)
    page = reader.open()
    turn = reader.ask(RATIO)
    turn.locator(".yw-path").first.click()
    assert marks(page)[0]["text"]
    page.get_by_role("button", name="关闭原文").click()
    turn.locator(".yw-open").first.press("Enter")
    assert marks(page)[0]["inView"]


def test_a_source_opened_as_soon_as_it_was_closed_stays_open(server, browse):
    reader = browse(server.url)
    page = reader.open()
    turn = reader.ask(RATIO)
    turn.locator(".yw-open").first.click()
    page.locator(".yw-beside").wait_for()
    page.evaluate(
        """document.querySelector(".yw-source .yw-icon[aria-label=关闭原文]").click();
        document.querySelector(".yw-open").click();"""
    )
    page.evaluate("new Promise(done => setTimeout(done))")  # what the closing still does
    assert marks(page)[0]["inView"]
    assert page.locator(".yw-beside").count() == 1


def test_what_the_documents_do_not_tell_is_refused(server, browse):
    reader = browse(server.url)
    page = reader.open()
    turn = reader.ask(NOWHERE)
    assert turn.locator(".yw-refusal-head").inner_text() == "文档里没有写到。"
    assert turn.locator(".yw-said").count() == 0
    assert turn.locator(".yw-error").count() == 0
    near = turn.locator(".yw-near")
    assert near.locator("h3").inner_text() == "意思相近、但不能作答的段落"
    near.locator(".yw-open").first.click()
    assert marks(page)[0]["inView"]


def test_who_said_it_is_told_by_speaker(server, browse):
    reader = browse(server.url)
    reader.open()
    turn = reader.ask(WHO)
    assert {"省财政厅", "舟山市委、市政府"} <= set(turn.locator(".yw-voice h3").all_inner_texts())
    for voice in turn.locator(".yw-voice").all():
        assert "钱随人走" in voice.locator(".yw-said").inner_text()
        assert voice.locator(".yw-card mark").count() >= 1


@DOORS
@pytest.mark.parametrize("width", [1280, 380])
def test_each_thing_that_was_asked_has_its_own_answer(server, browse, door, width):
    reader = browse(server.url, width)
    page = reader.open(door)
    turn = reader.ask(SEVERAL)
    told, open_ = turn.locator(".yw-voice").all()
    assert told.locator("h3").inner_text() == "嘉兴城乡居民收入倍差是多少？"
    assert "1.51" in told.locator(".yw-said").inner_text()
    assert open_.locator("h3").inner_text() == "杭州市去年的GDP是多少？"
    assert open_.inner_text().endswith("文档里没有写到。")
    assert open_.locator(".yw-chip").count() == 0
    aloud = page.locator(".yw-main > [role=status]").text_content()
    assert aloud.endswith("文档没有说： 杭州市去年的GDP是多少？")
    fits(page)
    told.locator(".yw-chip").first.click()
    assert "1.51" in "".join(mark["text"] for mark in marks(page))


def test_a_follow_up_is_understood_from_what_went_before(server, browse):
    reader = browse(server.url)
    page = reader.open()
    reader.ask("嘉兴市的粮食播种面积怎么样？")
    turn = reader.ask("那舟山呢？")
    understood = turn.locator(".yw-understood").inner_text()
    assert understood.startswith("理解为：")
    assert "舟山" in understood
    page.get_by_role("button", name="新对话").click()
    assert page.locator(".yw-turn").count() == 0
    turn = reader.ask("那舟山呢？")
    assert turn.locator(".yw-understood").count() == 0


def test_an_example_is_asked_by_one_click(server, browse):
    reader = browse(server.url)
    page = reader.open()
    page.get_by_role("button", name=RATIO).click()
    page.locator(".yw-said").wait_for()
    assert "1.51" in page.locator(".yw-said").inner_text()
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"


@pytest.mark.parametrize(
    ("language", "query", "title", "label"),
    [
        ("en-GB", "", "Yuanwen", "Question"),
        ("zh-CN", "", "原文", "问题"),
        ("zh-HK", "", "原文", "問題"),
        ("zh-Hans-CN", "", "原文", "问题"),
        ("zh-CN", "?lang=en", "Yuanwen", "Question"),
    ],
)
def test_the_page_speaks_the_readers_language(server, browse, language, query, title, label):
    page = browse(server.url, language=language).open(query)
    assert page.title() == title
    assert page.get_by_role("textbox", name=label, exact=True).is_visible()
    assert page.locator("html").get_attribute("lang") in ("en", "zh-CN", "zh-TW")


def test_only_the_answer_is_read_aloud(server, browse):
    reader = browse(server.url)
    page = reader.open()
    turn = reader.ask(RATIO)
    said = ["".join(p.locator("bdi").all_inner_texts()) for p in turn.locator(".yw-said p").all()]
    assert page.locator(".yw-main > [role=status]").text_content() == " ".join(said)


def test_a_question_too_long_to_answer_says_so_and_the_chat_lives_on(server, browse):
    reader = browse(server.url)
    page = reader.open()
    turn = reader.ask("嘉兴怎么样？" * 20_000)
    assert turn.get_by_role("alert").is_visible()
    assert "120000 个字" in turn.get_by_role("alert").inner_text()
    fits(page)
    assert turn.locator(".yw-question").bounding_box()["height"] < 300
    # It is given back to be shortened: asked again as it is, it would fail again.
    assert len(page.locator(".yw-form textarea").input_value()) == 120_000
    assert turn.get_by_role("button", name="再试一次").count() == 0
    assert "1.51" in reader.ask(RATIO).locator(".yw-said").inner_text()


def test_the_box_grows_with_the_question_and_scrolls_only_when_it_is_high(server, browse):
    page = browse(server.url).open()
    box = page.locator(".yw-form textarea")
    sizes = []
    for question in ("", "一\n二\n三", "行\n" * 40):
        box.fill(question)
        inner, outer = box.evaluate("each => [each.clientHeight, each.scrollHeight]")
        scrolls = box.evaluate("each => getComputedStyle(each).overflowY") == "auto"
        assert scrolls == (outer > inner) == (len(question) > 40)
        sizes.append(inner)
    assert sizes == sorted(set(sizes))


def test_nothing_is_sent_for_an_empty_question(server, browse):
    reader = browse(server.url)
    page = reader.open()
    page.locator(".yw-form textarea").fill("  \n ")
    page.locator(".yw-form textarea").press("Enter")
    assert page.locator(".yw-turn").count() == 0
    assert not [url for url in reader.requests if "queue/join" in url]


@DOORS
@pytest.mark.parametrize("question", ["？？", "嘉兴\x01怎么样？"])
def test_what_is_wrong_with_a_question_is_told_in_the_readers_language(
    server, browse, door, question
):
    # The browser itself reports the status of an answer that is an error.
    reader = browse(server.url, quiet=False)
    page = reader.open(door)
    told = reader.ask(question).get_by_role("alert")
    assert "请用普通文字写出来" in told.inner_text()
    assert page.locator(".yw-form textarea").input_value() == question


def test_a_server_that_does_not_answer_leaves_the_question_to_be_asked_again(server, browse):
    reader = browse(server.url, quiet=False)
    page = reader.open()
    reader.ask(RATIO)
    page.route("**", lambda route: route.abort())
    turn = reader.ask(NOWHERE)
    assert "没有收到服务器的答复" in turn.get_by_role("alert").inner_text()
    # Gradio loads the page anew as soon as the server is back.
    with page.expect_navigation():
        page.unroute("**")
    page.wait_for_selector(".yw-form textarea")
    assert page.locator(".yw-turn").count() == 1
    assert page.locator(".yw-form textarea").input_value() == NOWHERE
    assert reader.ask(NOWHERE).locator(".yw-refusal").is_visible()


def test_a_failed_question_is_asked_again_by_one_click(server, browse):
    reader = browse(server.url)
    page = reader.open()
    held = []
    page.route("**/queue/join*", lambda route: held.append(route))
    page.locator(".yw-form textarea").fill(RATIO)
    # Held, so that no answer comes before the loss is told.
    held = []
    page.route("**/queue/join*", lambda route: held.append(route))
    page.evaluate(
        """() => {
          document.querySelector('.yw-form').requestSubmit();
          document.dispatchEvent(new CustomEvent('yuanwen:lost'));
        }"""
    )
    page.get_by_role("button", name="再试一次").wait_for()
    page.unroute("**/queue/join*")
    page.get_by_role("button", name="再试一次").click()
    page.locator(".yw-said").wait_for()
    assert "1.51" in page.locator(".yw-said").inner_text()
    assert page.locator(".yw-turn").count() == 1


def test_a_chat_outlives_a_reload_and_ends_when_told(server, browse):
    reader = browse(server.url)
    page = reader.open()
    said = reader.ask(RATIO).locator(".yw-said").inner_text()
    reader.open("?lang=en")
    assert page.locator(".yw-said").inner_text() == said
    page.locator(".yw-chip").first.click()
    assert marks(page)[0]["inView"]
    page.get_by_role("button", name="New chat").click()
    reader.open()
    assert page.locator(".yw-turn").count() == 0


# Whatever has the focus must show it.
SHOWN_FOCUS = """() => {
  const at = document.activeElement;
  const style = getComputedStyle(at);
  return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
    || style.boxShadow !== 'none' ? '' : at.outerHTML.slice(0, 80);
}"""


@pytest.mark.parametrize("width", [1280, 380])
def test_the_keyboard_alone_is_enough(server, browse, width):
    page = browse(server.url, width).open()

    def tab_to(selector, key="Tab"):
        for _ in range(60):
            page.keyboard.press(key)
            assert page.evaluate(SHOWN_FOCUS) == ""
            if page.evaluate("(it) => document.activeElement.matches(it)", selector):
                return
        pytest.fail(f"{selector} is out of reach")

    page.locator(".yw-box textarea").focus()
    page.keyboard.type(RATIO)
    page.keyboard.press("Enter")
    page.locator(".yw-said").wait_for()
    page.locator(".yw-box textarea").focus()
    tab_to(".yw-chip", "Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.matches('.yw-source mark')")
    tab_to(".yw-source .yw-icon:last-child", "Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.matches('.yw-chip')")
    tab_to(".yw-act")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.closest('.yw-menu')")
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement.matches('.yw-act')")
    tab_to(".yw-thumbs button:last-child")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.matches('.yw-feedback textarea')")
    tab_to(".yw-feedback form button:last-child")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.matches('.yw-thumbs button')")
    tab_to(".yw-filter")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.type === 'search'")
    tab_to(".yw-filters input[type=checkbox]")
    page.keyboard.press("Space")
    page.locator(".yw-chosen li").wait_for()
    assert page.evaluate("document.activeElement.type") == "checkbox"
    page.keyboard.press("Escape")
    tab_to(".yw-tool:last-child", "Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.matches('.yw-past')")
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement.matches('.yw-tool')")


def test_a_document_that_left_the_library_is_told(server, browse):
    reader = browse(server.url, quiet=False)
    page = reader.open()
    turn = reader.ask(RATIO)
    page.route("**/documents/*.json", lambda route: route.fulfill(status=404, body="{}"))
    turn.locator(".yw-chip").first.click()
    alert = page.locator(".yw-source").get_by_role("alert")
    alert.wait_for()
    assert "文档打不开" in alert.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 380])
def test_nobody_is_shut_out(server, browse, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    reader = browse(server.url, width, scheme=scheme)
    page = reader.open()

    def faults():
        found = Axe().run(page).response["violations"]
        return {
            fault["id"]: [node["html"][:200] for node in fault["nodes"]]
            for fault in found
            if fault["impact"] in ("serious", "critical")
        }

    assert faults() == {}
    for question in (WHO, NOWHERE, RATIO):
        reader.ask(question)
    assert faults() == {}
    page.locator(".yw-chip").last.click()
    page.locator(".yw-source .yw-panel-body mark").first.wait_for()
    assert faults() == {}
    page.keyboard.press("Escape")
    page.locator(".yw-filter").click()
    page.locator(".yw-filters input[type=checkbox]").first.check()
    page.locator(".yw-chosen li").wait_for()
    assert faults() == {}
    page.locator(".yw-turn").last.get_by_role("button", name="没用").click()
    page.get_by_role("button", name="复制引文").last.click()
    assert faults() == {}
    page.keyboard.press("Escape")
    page.get_by_role("button", name="历史").click()
    page.get_by_role("button", name="全部删除").click()
    assert faults() == {}
