"""Takes the README's pictures of a running chat into docs/."""

import tempfile
from io import BytesIO
from pathlib import Path

from conftest import CHROMIUM, FLAGS, Reader, served
from PIL import Image
from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parents[2] / "docs"
SIZES = {"": (1280, 800), "-380": (380, 800)}
LIMIT = 300_000


def take(browser, url):
    for suffix, (width, height) in SIZES.items():
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="zh-CN",
            color_scheme="light",
            reduced_motion="reduce",
        )

        def keep(page, name, suffix=suffix, *, whole=False):
            path = DOCS / f"{name}{suffix}.png"
            page.evaluate("document.activeElement.blur()")
            # A page of few colours: a palette of 256 shows them all in a third of the bytes.
            shot = Image.open(BytesIO(page.screenshot(full_page=whole))).convert("RGB")
            shot.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
            if path.stat().st_size > LIMIT:
                raise SystemExit(f"{path} is larger than {LIMIT} bytes")
            print(path.relative_to(DOCS.parent))

        reader = Reader(context.new_page(), url)
        page = reader.open()
        turn = reader.ask("嘉兴城乡居民收入倍差是多少？")
        keep(page, "answer")
        turn.locator(".yw-chip").first.click()
        page.locator(".yw-source .yw-panel-body mark").first.wait_for()
        keep(page, "source")
        page.get_by_role("button", name="关闭原文").click()
        reader.ask("杭州市去年的GDP是多少？")
        keep(page, "refusal")
        reader.ask("哪些单位谈到了“钱随人走”？")
        keep(page, "who")
        reader.ask("嘉兴城乡居民收入倍差是多少？杭州市去年的GDP是多少？")
        keep(page, "parts")
        page.goto(f"{url}/who?topic=钱随人走")
        page.locator("table.heat").wait_for()
        keep(page, "topics", whole=True)
        context.close()


def main():
    DOCS.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        served(folder) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        take(browser, server.url)
        browser.close()


if __name__ == "__main__":
    main()
