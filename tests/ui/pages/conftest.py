"""A served library of the shipped document and of one that tries everything a page draws."""

import random
from pathlib import Path

import pytest

import corpus
from index import Library

MIXED = """# 蓝湖治理 交流会

会议记录如下。

## 水务局谈水质

水务局

😀𠮷 蓝湖水质逐年变好，总库容三亿立方米。e\u0301te\u0301 湖边种树，共有一万亩地。👩‍👩‍👧 其余照常。

- 第一项：清淤
- 第二项：**截污**
  - 细项 𠮷

| 年份 | 水质 | 说明 |
|------|:----:|------|
| 2024 | 三类😀 | 好 |
| 2025 | 二类 | |

```
code  𠮷
  in
```

## 林业局谈种树

林业局

湖边种树的工作由林业局负责，共有一万亩。林业局每年春天组织全市的志愿者上山。
湖边种树的工作由林业局负责，共有一万亩。林业局每年春天组织全市的志愿者上山。

系 统治理要靠大家，系统治理也要靠制度。𠮷𠮷𠮷 结束了。
"""


@pytest.fixture(scope="session")
def mixed():
    return corpus.from_text(MIXED, uri="file:///lake.md", markup="markdown")


@pytest.fixture(scope="session")
def shipped():
    return corpus.read(next((Path(corpus.__file__).parent / "documents").glob("*.md")))


@pytest.fixture(scope="session")
def long():
    """A megabyte of text."""
    chance = random.Random(7)
    words = "城乡融合发展推进改革创新服务保障产业要素人口资源集聚"
    lines = ["# 长文"]
    size = 0
    while size < 1_000_000:
        if len(lines) % 30 == 1:
            lines.append(f"## 第{len(lines)}节")
        line = "".join(chance.choices(words, k=120)) + "。"
        lines.append(line)
        size += len(line.encode())
    return corpus.from_text("\n\n".join(lines), uri="file:///long.md", markup="markdown")


@pytest.fixture(scope="session")
def pages_library(tmp_path_factory, hashing_embedder, mixed, shipped):
    folder = tmp_path_factory.mktemp("pages")
    with Library.open(folder, hashing_embedder, create=True) as library:
        library.add_document(mixed)
        library.add_document(shipped)
        yield library


@pytest.fixture(scope="module")
def site(pages_library, serve_for_module):
    return serve_for_module(pages_library)


@pytest.fixture
def faults():
    """`faults(page)` gives the serious and critical faults that axe finds."""
    from axe_playwright_python.sync_playwright import Axe

    def find(page):
        found = Axe().run(page).response["violations"]
        return {
            fault["id"]: [node["html"][:200] for node in fault["nodes"]]
            for fault in found
            if fault["impact"] in ("serious", "critical")
        }

    return find


@pytest.fixture
def fits():
    """`fits(page)` asserts that nothing stands out of the page, to the right or to the left."""

    def check(page):
        wide = """() => [...document.querySelectorAll('body *')].filter((each) => {
          const box = each.getBoundingClientRect();
          const scrolls = each.closest('.table, pre, .skip');
          return box.width && !scrolls && (box.right > innerWidth + 1 || box.left < -1);
        }).map((each) => `${each.tagName} ${each.className}: ${each.textContent.slice(0, 40)}`)"""
        assert page.evaluate(wide) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    return check
