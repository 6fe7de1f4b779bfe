"""The widget in a portal of another origin, in a real browser."""

import re
from pathlib import Path

import pytest

import ui

pytestmark = [pytest.mark.browser, pytest.mark.model]

RATIO = "嘉兴城乡居民收入倍差是多少？"
VIOLATIONS = """
window.violations = [];
addEventListener("securitypolicyviolation", (e) => violations.push(e.effectiveDirective + " " + e.blockedURI));
"""
# Every computed property and the place of every element of the portal's own.
PORTRAIT = """() => [...document.querySelectorAll("*")]
  .filter((e) => e.localName !== "yuanwen-widget")
  .map((e) => {
    const style = getComputedStyle(e);
    const box = e.getBoundingClientRect();
    return [e.localName, box.x, box.y, box.width, box.height,
      ...Array.from(style, (name) => `${name}: ${style.getPropertyValue(name)}`)];
  })"""
# The same of the widget's own elements, at places counted from the corner it stands in. Variables of
# the portal come in too, where nothing reads them.
OWN = """(host) => [...host.shadowRoot.querySelectorAll("*")].map((e) => {
  const style = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  const names = Array.from(style).filter((name) => !name.startsWith("--"));
  return [e.localName, innerWidth - box.right, innerHeight - box.bottom, box.width, box.height,
    ...names.map((name) => `${name}: ${style.getPropertyValue(name)}`)];
})"""


def differences(before, after):
    return [
        (one[0], old, new)
        for one, other in zip(before, after, strict=True)
        for old, new in zip(one, other, strict=True)
        if old != new
    ]


def until(page, truth):
    """Playwright's own waiting compiles a string in the page, which a strict policy forbids."""
    for _ in range(100):
        if page.evaluate(truth):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never true: {truth}")


def test_before_the_click_only_the_script_is_loaded(visit, world):
    visitor = visit().goto()
    visitor.launcher.wait_for()
    visitor.page.wait_for_load_state("networkidle")
    assert visitor.to_server() == [f"{world.server}/widget.js"]
    assert visitor.page.locator("yuanwen-widget iframe").get_attribute("src") is None


def test_a_question_is_answered_and_its_source_opened_inside(visit):
    visitor = visit(script=VIOLATIONS).goto().open()
    turn = visitor.ask(RATIO)
    assert "1.51" in turn.locator(".yw-said").inner_text()
    turn.locator(".yw-chip").first.click()
    mark = visitor.frame.locator(".yw-source mark").first
    mark.wait_for()
    assert "1.51" in mark.inner_text()
    panel, box = visitor.panel.bounding_box(), mark.bounding_box()
    assert panel["y"] <= box["y"] <= panel["y"] + panel["height"]
    assert visitor.page.locator("output").inner_text() == "answer: answered"
    for frame in visitor.page.frames:
        assert frame.evaluate("window.violations") == []


def test_a_citation_opens_in_the_channels_reader(visit, world):
    visitor = visit().goto("/plain?channel=demo").open()
    turn = visitor.ask(RATIO)
    with visitor.page.context.expect_page() as opened:
        turn.locator("a[target=_blank]").first.click()
    reader = opened.value
    reader.locator("article mark").first.wait_for()
    assert "1.51" in "".join(reader.locator("article mark").all_inner_texts())
    assert reader.url.startswith(f"{world.server}/embed/demo/doc/")


def test_another_origin_is_shown_nothing(visit, world):
    visitor = visit(quiet=False).goto(origin=world.stranger)
    visitor.launcher.click()
    visitor.widget.get_by_role("alert").wait_for()
    assert "没能打开" in visitor.widget.get_by_role("alert").inner_text()
    assert visitor.widget.locator("iframe").is_hidden()
    assert any("frame-ancestors" in said for said in visitor.complaints)
    assert any(f"Is {world.stranger} among the origins" in said for said in visitor.complaints)
    assert not [frame for frame in visitor.page.frames if "/embed/" in frame.url]


@pytest.mark.parametrize("channel", ["shut", "nowhere"])
def test_a_channel_without_origins_or_of_no_settings_opens_nowhere(visit, channel):
    visitor = visit(quiet=False).goto(f"/plain?channel={channel}")
    visitor.launcher.click()
    visitor.widget.get_by_role("alert").wait_for()
    visitor.page.keyboard.press("Escape")
    assert visitor.panel.is_hidden()


def test_the_frame_alone_needs_no_script(visit, world):
    visitor = visit(script=VIOLATIONS).goto("/frame")
    frame = visitor.page.frame_locator("iframe.chat")
    frame.locator(".yw-form textarea").wait_for()
    # Reading the portal, nobody has asked for the chat yet.
    assert visitor.page.evaluate("document.activeElement.tagName") == "BODY"
    assert f"{world.server}/widget.js" not in visitor.requests
    frame.locator(".yw-form textarea").fill(RATIO)
    frame.locator(".yw-form textarea").press("Enter")
    frame.locator(".yw-chip").first.click()
    frame.locator(".yw-source mark").first.wait_for()
    assert visitor.page.evaluate("window.violations") == []


def test_the_portals_own_policy_may_be_the_strictest(visit):
    visitor = visit(script=VIOLATIONS).goto("/strict?channel=demo").open()
    assert visitor.page.evaluate("window.violations") == []
    assert visitor.panel.bounding_box()["width"] == 420


def test_by_keyboard_alone(visit):
    visitor = visit().goto("/plain?channel=demo")
    visitor.launcher.wait_for()
    keys = visitor.page.keyboard
    keys.press("Tab")
    assert visitor.focused() == "launcher"
    assert visitor.launcher.get_attribute("aria-expanded") == "false"
    keys.press("Enter")
    visitor.frame.locator(".yw-form textarea:focus").wait_for()
    assert visitor.launcher.get_attribute("aria-expanded") == "true"
    keys.type(RATIO)
    keys.press("Enter")
    visitor.frame.locator(".yw-chip").first.focus()
    keys.press("Enter")
    visitor.frame.locator(".yw-source mark").first.wait_for()
    # The document closes first, the panel then.
    keys.press("Escape")
    visitor.frame.locator(".yw-chip:focus").wait_for()
    assert visitor.panel.is_visible()
    keys.press("Escape")
    visitor.panel.wait_for(state="hidden")
    assert visitor.focused() == "launcher"
    keys.press("Space")
    visitor.panel.wait_for()
    visitor.widget.get_by_role("button", name="关闭").focus()
    keys.press("Escape")
    assert visitor.panel.is_hidden()
    assert visitor.focused() == "launcher"
    assert visitor.launcher.get_attribute("aria-expanded") == "false"


def test_escape_ends_a_composition_and_not_the_panel(visit):
    visitor = visit().goto().open()
    visitor.box.evaluate(
        "box => box.dispatchEvent(new KeyboardEvent('keydown', "
        "{key: 'Escape', isComposing: true, bubbles: true}))"
    )
    visitor.ask(RATIO)
    assert visitor.panel.is_visible()


def test_on_a_phone_it_is_a_sheet_over_the_whole_height(visit):
    visitor = visit(width=380, height=720).goto()
    assert visitor.launcher.bounding_box()["width"] == 56
    visitor.open()
    assert visitor.panel.bounding_box() == {"x": 0, "y": 0, "width": 380, "height": 720}
    assert visitor.frame.locator("html").evaluate("e => e.scrollWidth <= e.clientWidth")
    # What lies below can be neither reached nor read aloud.
    assert visitor.panel.evaluate("panel => panel.matches(':modal')")
    visitor.ask(RATIO)
    # Turned to the side, or on a larger screen, it stands beside; the talk goes on.
    visitor.page.set_viewport_size({"width": 1000, "height": 720})
    until(
        visitor.page,
        "!document.querySelector('yuanwen-widget').shadowRoot.querySelector(':modal')",
    )
    assert visitor.panel.bounding_box()["width"] == 420
    assert visitor.frame.locator(".yw-said").is_visible()
    visitor.widget.get_by_role("button", name="关闭").click()
    assert visitor.panel.is_hidden()


@pytest.mark.parametrize(
    ("theme", "scheme", "paper"),
    [
        ("", "light", "rgb(246, 245, 241)"),
        ("", "dark", "rgb(19, 23, 22)"),
        ("&theme=dark", "light", "rgb(19, 23, 22)"),
        ("&theme=light", "dark", "rgb(246, 245, 241)"),
    ],
)
def test_light_and_dark(visit, theme, scheme, paper):
    visitor = visit(scheme=scheme).goto(f"/plain?channel=demo{theme}").open()
    frame = visitor.frame.locator(".yw")
    assert frame.evaluate("e => getComputedStyle(e).backgroundColor") == paper
    dark = paper == "rgb(19, 23, 22)"
    sheet = visitor.panel.evaluate("e => getComputedStyle(e).backgroundColor")
    assert sheet == ("rgb(27, 33, 31)" if dark else "rgb(255, 255, 255)")


@pytest.mark.parametrize(
    ("language", "attributes", "button", "box"),
    [
        ("zh-CN", "", "问问文档", "问题"),
        ("zh-TW", "&lang=zh-TW", "問問文件", "問題"),
        ("zh-CN", "&lang=en", "Ask the documents", "Question"),
        ("zh-CN", "&lang=zh-Hant-HK", "問問文件", "問題"),
    ],
)
def test_it_speaks_the_language_of_its_attribute_or_of_the_page(
    visit, language, attributes, button, box
):
    visitor = visit(language=language).goto(f"/plain?channel=demo{attributes}").open()
    assert visitor.widget.get_by_role("button", name=button).is_visible()
    assert visitor.frame.get_by_role("textbox", name=box, exact=True).is_visible()


def test_attributes_set_place_title_and_colour(visit):
    visitor = visit().goto("/plain?channel=demo&position=left&title=Help%20desk&color=%23ffd700")
    visitor.open()
    assert visitor.launcher.bounding_box()["x"] == 20
    assert visitor.launcher.inner_text() == "Help desk"
    assert visitor.panel.get_by_role("heading").inner_text() == "Help desk"
    style = visitor.launcher.evaluate(
        "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
    )
    assert style == ["rgb(255, 215, 0)", "rgb(0, 0, 0)"]


def test_a_channel_brings_its_title_colour_and_language(visit):
    visitor = visit().goto("/plain?channel=harbour").open()
    assert visitor.panel.get_by_role("heading").inner_text() == "港口<问答>"
    assert visitor.frame.get_by_role("textbox", name="問題", exact=True).is_visible()
    brand = visitor.frame.locator("html").evaluate(
        "e => getComputedStyle(e).getPropertyValue('--brand')"
    )
    assert brand == "#ffd700"


def test_the_portal_looks_as_before(visit):
    without = visit(script="window.Yuanwen = { on() {} }").goto()
    before = without.page.evaluate(PORTRAIT)
    visitor = visit().goto()
    visitor.launcher.wait_for()
    closed = visitor.page.evaluate(PORTRAIT)
    assert len(before) > 30
    assert differences(before, closed) == []
    visitor.open()
    assert visitor.page.locator("output").inner_text() == "ready"
    visitor.page.evaluate("document.querySelector('output').textContent = '–'")
    assert differences(before, visitor.page.evaluate(PORTRAIT)) == []
    assert visitor.page.evaluate("Object.keys(localStorage).length + document.cookie.length") == 0


@pytest.mark.parametrize("width", [1280, 380])
def test_the_widget_looks_the_same_on_an_awkward_portal(visit, width):
    plain = visit(width=width).goto("/plain?channel=demo&lang=zh-CN").open()
    awkward = visit(width=width).goto().open()
    before, after = (each.widget.evaluate(OWN) for each in (plain, awkward))
    assert len(before) > 8
    assert differences(before, after) == []
    # Above the highest z-index of the page.
    box = awkward.panel.bounding_box()
    top = awkward.page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).localName",
        [box["x"] + box["width"] / 2, box["y"] + box["height"] - 4],
    )
    assert top == "yuanwen-widget"


def test_without_storage_the_chat_lives_as_long_as_the_page(visit):
    denied = """for (const name of ["sessionStorage", "localStorage", "indexedDB"])
      Object.defineProperty(window, name,
        { get() { throw new DOMException("Access is denied for this document.", "SecurityError"); } });"""
    visitor = visit(script=denied).goto().open()
    assert "1.51" in visitor.ask(RATIO).locator(".yw-said").inner_text()
    assert visitor.ask("那舟山呢？").locator(".yw-question").is_visible()
    assert visitor.frame.locator(".yw-turn").count() == 2


def test_the_portals_script_may_open_ask_and_hear(visit):
    visitor = visit().goto("/plain?channel=demo")
    visitor.launcher.wait_for()
    visitor.page.evaluate(
        """question => {
          window.heard = [];
          for (const name of ["ready", "open", "close", "answer"])
            Yuanwen.on(name, (detail) => heard.push([name, detail?.status]));
          Yuanwen.on("close", () => { throw new Error("of the portal's own"); });
          Yuanwen.ask(question);
        }""",
        RATIO,
    )
    visitor.frame.locator(".yw-said").wait_for()
    until(visitor.page, "heard.length === 3")
    visitor.page.evaluate("Yuanwen.close(); Yuanwen.close()")
    heard = visitor.page.evaluate("heard")
    assert heard == [["open", None], ["ready", None], ["answer", "answered"], ["close", None]]
    assert visitor.panel.is_hidden()
    assert visitor.complaints == ["of the portal's own"]
    visitor.complaints.clear()
    with pytest.raises(Exception, match=r"Yuanwen\.on: ready, open, close, answer, not opened"):
        visitor.page.evaluate("Yuanwen.on('opened', () => {})")


def test_a_second_script_tag_changes_nothing(visit, world):
    visitor = visit().goto("/plain?channel=demo").open()
    visitor.page.add_script_tag(url=f"{world.server}/widget.js")
    assert visitor.widget.count() == 1


def test_without_a_channel_the_console_says_what_is_missing(visit):
    visitor = visit(quiet=False).goto("/plain")
    visitor.page.wait_for_load_state("networkidle")
    assert visitor.widget.count() == 0
    assert any("data-channel" in said for said in visitor.complaints)


def test_messages_of_others_are_not_heard(visit, world):
    visitor = visit().goto("/plain?channel=demo").open()
    # The portal's own window, and another frame in it, are not the chat's frame.
    visitor.page.evaluate(
        """async (stranger) => {
          window.postMessage({ yuanwen: "demo", type: "close" }, "*");
          const other = document.createElement("iframe");
          other.src = stranger + "/plain";
          document.body.append(other);
          await new Promise((done) => { other.onload = done; });
        }""",
        world.stranger,
    )
    stranger = next(f for f in visitor.page.frames if f.url.startswith(world.stranger))
    forged = {"yuanwen": "demo", "type": "close"}
    stranger.evaluate("message => parent.postMessage(message, '*')", forged)
    asked = {"yuanwen": "demo", "type": "ask", "question": RATIO}
    # A sibling is not the parent, even of an origin that the channel allows.
    sibling = "message => { for (let i = 0; i < parent.length; i++) parent[i].postMessage(message, '*'); }"
    stranger.evaluate(sibling, asked)
    visitor.page.wait_for_timeout(300)
    assert visitor.panel.is_visible()
    assert visitor.frame.locator(".yw-turn").count() == 0
    visitor.complaints.clear()  # the stranger's page has no channel and says so


def test_a_window_that_somebody_opened_hears_nobody(visit, world):
    visitor = visit().goto("/plain?channel=demo", origin=world.stranger)
    with visitor.page.expect_popup() as opened:
        visitor.page.evaluate("url => { window.opened = open(url); }", f"{world.server}/embed/demo")
    chat = opened.value
    chat.locator(".yw-form textarea").wait_for()
    visitor.page.evaluate(
        "question => opened.postMessage({yuanwen: 'demo', type: 'ask', question}, '*')", RATIO
    )
    chat.wait_for_timeout(300)
    assert chat.locator(".yw-turn").count() == 0


def faults(page):
    from axe_playwright_python.sync_playwright import Axe

    return {
        fault["id"]: [node["html"][:200] for node in fault["nodes"]]
        for fault in Axe().run(page).response["violations"]
        if fault["impact"] in ("serious", "critical")
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 380])
def test_nobody_is_shut_out(visit, world, width, scheme):
    # The checker posts messages of its own into the frames.
    visitor = visit(width=width, scheme=scheme, quiet=False).goto()
    visitor.launcher.wait_for()
    assert faults(visitor.page) == {}
    visitor.open()
    assert faults(visitor.page) == {}
    visitor.goto("/frame")
    visitor.page.frame_locator("iframe.chat").locator(".yw-form textarea").wait_for()
    assert faults(visitor.page) == {}
    for channel in ("demo?widget=1", "harbour"):
        visitor.goto(f"/embed/{channel}", origin=world.server)
        visitor.page.locator(".yw-form textarea").wait_for()
        assert faults(visitor.page) == {}
        for question in (RATIO, "港口几点开放？"):
            visitor.page.locator(".yw-form textarea").fill(question)
            visitor.page.locator(".yw-form textarea").press("Enter")
            visitor.page.locator(".yw-reply:not(:has(.yw-finding))").last.wait_for()
        assert faults(visitor.page) == {}


def test_the_scripts_colours_are_the_pages():
    """One script cannot read the style sheet that all pages share; its colours are copies."""
    root = Path(ui.__file__).parent
    script = (root / "widget" / "static" / "widget.js").read_text(encoding="utf-8")
    tokens = (root / "static" / "tokens.css").read_text(encoding="utf-8")
    colours = set(re.findall(r"#[0-9a-f]{6}\b", script)) - {"#000000"}
    assert colours
    assert colours <= set(re.findall(r"#[0-9a-f]{6}\b", tokens))
