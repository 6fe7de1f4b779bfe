"""An answer comes soon, and nothing on the page jumps when it does."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.model]

QUESTIONS = (
    "嘉兴城乡居民收入倍差是多少？",
    "杭州市去年的GDP是多少？",
    "哪些单位谈到了“钱随人走”？",
)
# From the key to the frame that shows the answer; machines that test are busy, hence so much.
SLOWEST_MS = 3000

WATCH = """() => {
  window.pace = { shifts: [], places: [], from: Infinity };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const moved = entry.sources.map(({ node }) => node?.className ?? node?.nodeName);
      window.pace.shifts.push([entry.value, entry.startTime, moved.join()]);
    }
  }).observe({ type: 'layout-shift' });
  document.querySelector('.yw-form textarea').addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    const started = performance.now();
    const look = () => {
      const turn = document.querySelector('.yw-turn:last-child');
      const at = (each) => Math.round(each?.getBoundingClientRect().top ?? 0);
      const there = turn?.querySelector('.yw-said, .yw-refusal');
      if (turn) window.pace.places.push([at(turn.querySelector('.yw-question')), at(document.querySelector('.yw-box'))]);
      if (there) window.pace.took = performance.now() - started;
      else requestAnimationFrame(look);
    };
    // From the frame that shows the question; what that frame itself moves is told a frame later.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      look();
      requestAnimationFrame((now) => { window.pace.from = now; });
    }));
  });
}"""


@pytest.mark.parametrize("width", [1280, 380])
def test_nothing_jumps_when_the_answer_comes(server, browse, width):
    reader = browse(server.url, width)
    page = reader.open()
    for question in QUESTIONS:
        page.evaluate(WATCH)
        reader.ask(question)
        page.wait_for_function("window.pace.took")
        page.wait_for_timeout(300)
        pace = page.evaluate("window.pace")
        # The question and the box stand from the first frame where they stay.
        assert len({tuple(place) for place in pace["places"]}) == 1, pace["places"]
        after = [shift for shift in pace["shifts"] if shift[1] > pace["from"]]
        assert sum(value for value, *_ in after) < 0.005, after
        assert len(pace["places"]) > 1
        assert pace["took"] < SLOWEST_MS
        page.reload()
        page.wait_for_selector(".yw-form textarea")
