"""What a reader thinks of an answer reaches the library's database."""

import shutil

import pytest

from index import Library

pytestmark = [pytest.mark.browser, pytest.mark.model]

RATIO = "嘉兴城乡居民收入倍差是多少？"
NOWHERE = "杭州市去年的GDP是多少？"


@pytest.fixture
def library(shipped_data, tmp_path, packaged_embedder):
    """A copy of the shipped library: what is said of its answers stays out of the others' tests."""
    shutil.copytree(shipped_data / "yuanwen" / "library", tmp_path / "library")
    with Library.open(tmp_path / "library", packaged_embedder) as opened:
        yield opened


def test_thumbs_by_mouse_and_by_keyboard(library, serve_here, browse):
    reader = browse(serve_here(library))
    page = reader.open()
    turn = reader.ask(RATIO)
    turn.get_by_role("button", name="有用", exact=True).click()
    turn.get_by_text("谢谢您的反馈。").wait_for()

    turn = reader.ask(NOWHERE)
    turn.get_by_role("button", name="没用").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("文档里 <b>有</b>！")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    turn.get_by_text("谢谢您的反馈。").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "谢谢您的反馈。"

    up, down = library.feedback()
    assert (up.verdict, up.question, up.status, up.reason) == ("up", RATIO, "answered", "")
    document_id, span = up.citations[0]
    assert "1.51" in span.of(library.document(document_id).text)
    assert (down.verdict, down.status, down.reason) == ("down", "not_found", "文档里 <b>有</b>！")
    assert down.channel is None

    # It was said once: a reload does not ask again.
    reader.open()
    assert page.locator(".yw-thumbs").count() == 0
    assert page.get_by_text("谢谢您的反馈。").count() == 2


def test_what_could_not_be_sent_is_told_and_kept_to_be_sent_again(library, serve_here, browse):
    reader = browse(serve_here(library), quiet=False)
    page = reader.open()
    turn = reader.ask(RATIO)
    page.route("**/api/v1/feedback", lambda route: route.abort())
    turn.get_by_role("button", name="没用").click()
    turn.get_by_role("textbox").fill("不对")
    turn.get_by_role("button", name="提交").click()
    turn.get_by_text("反馈没能送出").wait_for()
    assert turn.get_by_role("textbox").input_value() == "不对"
    page.unroute("**/api/v1/feedback")
    turn.get_by_role("button", name="提交").click()
    turn.get_by_text("谢谢您的反馈。").wait_for()
    assert [each.reason for each in library.feedback()] == ["不对"]
