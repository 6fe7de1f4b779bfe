"""Makes tests/corpus/files/: run once by hand, with LibreOffice Writer, pandoc and Chromium.

The tests read what it made; they need none of these programs.
"""

import subprocess
import tempfile
from pathlib import Path

import corpus

HOME = Path(__file__).parent / "files"
CONFERENCE = Path(corpus.__file__).parent / "documents" / "城乡融合双向奔富.md"

REPORT = """\
---
title: 2023年度工作报告
author: 调查一科
date: 2024-03-01
---

# 一、总体情况

全年粮食产量为21.5万吨[^1]，比上年增长2.3%。农民收入继续增长，城乡差距继续缩小。

[^1]: 产量由抽样调查得出，误差在百分之一以内。

| 地区 | 粮食产量（万吨） | 人均收入（元） | 增速 |
|---|---:|---:|---:|
| 东山县 | 8.2 | 38,120 | 7.4% |
| 西河县 | 6.9 | 35,604 | 6.8% |
| 南湖区 | 6.4 | 41,987 | 5.9% |

# 二、主要做法

1. 建立台账，逐户核对。
2. 开展培训，共办三十六期。

- 东山县推广了节水灌溉。
- 西河县改造了旧渠道[^2]。

[^2]: 旧渠道建于1958年。
"""

SENTENCES = [
    "The harbour board met on Tuesday to hear how the new breakwater had stood the winter storms.",
    "Its engineer told the members that the outer wall had moved by less than four millimetres.",
    "Fishing crews had asked for a second lamp at the entrance, which will be lit in October.",
    "The cost of the lamp is 48,300 crowns, and the board agreed to pay it from the reserve.",
    "Several members wondered whether the old crane should be repaired or sold for scrap.",
    "The crane was built in 1931 and has not lifted a load since the railway was closed.",
    "A museum in the capital has offered to take it, if the town carries it to the station.",
    "Nobody could say what the carriage would cost, so the question was put off until spring.",
    "The warden reported that seals had come back to the sandbank north of the lighthouse.",
    "He counted sixty-one animals in January, more than in any year since the counting began.",
    "Visitors are asked to keep two hundred metres away, and to leave their dogs at home.",
    "The school has begun to measure the temperature of the water every morning at eight.",
    "Its pupils send the figures to the institute, which compares them with those of 1960.",
    "On the average the water is now one degree and a half warmer than it was in those days.",
    "The board thanked the pupils and gave them a barometer that had belonged to a pilot.",
    "",
][:-1]

TWO_COLUMNS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0">
<office:styles>
 <style:style style:name="Heading" style:family="paragraph">
  <style:paragraph-properties fo:margin-top="0.2in" fo:margin-bottom="0.1in"/>
  <style:text-properties fo:font-size="15pt" fo:font-weight="bold"/></style:style>
</office:styles>
<office:automatic-styles>
 <style:style style:name="Body" style:family="paragraph">
  <style:paragraph-properties fo:text-align="justify" fo:text-indent="0.2in"/>
  <style:text-properties fo:font-size="10.5pt"/></style:style>
 <style:style style:name="Head" style:family="paragraph">
  <style:paragraph-properties fo:text-align="center"/>
  <style:text-properties fo:font-size="9pt"/></style:style>
 <style:style style:name="Columns" style:family="section">
  <style:section-properties><style:columns fo:column-count="2" fo:column-gap="0.3in"/>
  </style:section-properties></style:style>
 <style:page-layout style:name="A5"><style:page-layout-properties fo:page-width="5.83in"
  fo:page-height="8.27in" fo:margin="0.6in"/>
  <style:header-style><style:header-footer-properties fo:min-height="0.3in"/></style:header-style>
  <style:footer-style><style:header-footer-properties fo:min-height="0.3in"/></style:footer-style>
 </style:page-layout>
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="A5">
 <style:header><text:p text:style-name="Head">Minutes of the Harbour Board, Volume 12</text:p></style:header>
 <style:footer><text:p text:style-name="Head">– <text:page-number/> –</text:p></style:footer>
</style:master-page></office:master-styles>
<office:body><office:text>
<text:h text:style-name="Heading" text:outline-level="1">The Winter Meeting of the Harbour Board</text:h>
<text:section text:style-name="Columns" text:name="s">{paragraphs}</text:section>
</office:text></office:body></office:document>
"""

NEWS = """<!DOCTYPE html>
<html lang="zh"><head><meta charset="utf-8"><title>东山县新建水库今日蓄水 - 本地新闻网</title>
<meta name="author" content="王小明"><meta property="article:published_time" content="2024-05-06">
<style>.x {color: red}</style></head><body>
<header><a href="/">本地新闻网</a></header>
<nav><ul><li><a href="/a">首页</a><li><a href="/b">要闻</a><li><a href="/c">体育</a></ul></nav>
<div class="cookie" style="display:none">本站使用 Cookie，请点击同意。</div>
<main><article><h1>东山县新建水库今日蓄水</h1>
<p class="meta">2024-05-06 08:30　来源：本地新闻网</p>
<div id="text"></div>
<h2>后续安排</h2><p>二期工程将于明年三月开工，总投资<b>4.6亿元</b>。</p>
<table border="1"><caption>水库主要指标</caption><thead><tr><th>指标</th><th>一期</th><th>二期</th></tr></thead>
<tr><th>库容（万立方米）</th><td>1,280</td><td>760</td></tr>
<tr><th>灌溉面积（亩）</th><td>23,500</td><td>14,200</td></tr></table>
</article></main>
<aside><h3>相关新闻</h3><ul><li><a href="/1">西河县修路</a><li><a href="/2">南湖区植树</a></ul></aside>
<footer>版权所有，未经许可不得转载。</footer>
<script>
document.getElementById("text").innerHTML = "<p>记者今天从东山县水利局获悉，新建水库于上午九时下闸蓄水。</p>"
 + "<p>水库建成后，可保障下游三个乡镇的饮水安全。<br>张三（水利局局长）：我们用了四年时间。</p>";
</script></body></html>
"""


def main() -> None:
    HOME.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "conference.md").write_bytes(CONFERENCE.read_bytes())
        (work / "report.md").write_text(REPORT)
        for name, kinds in (
            ("conference", ("docx", "pdf", "html", "txt:Text (encoded):UTF8")),
            ("report", ("docx", "pdf", "html")),
        ):
            run(work, "pandoc", f"{name}.md", "-o", f"{name}.odt")
            for kind in kinds:
                office(work, f"{name}.odt", kind)
        paragraphs = "".join(
            f'<text:p text:style-name="Body">{" ".join(SENTENCES[i % 15] for i in range(n, n + 4))}</text:p>'
            for n in range(0, 15 * 4, 4)
        )
        (work / "columns.fodt").write_text(TWO_COLUMNS.format(paragraphs=paragraphs))
        office(work, "columns.fodt", "pdf")
        (work / "encrypted.txt").write_text("Nobody reads this.")
        secret = '{"EncryptFile":{"type":"boolean","value":"true"},'
        secret += '"DocumentOpenPassword":{"type":"string","value":"secret"}}'
        office(work, "encrypted.txt", f"pdf:writer_pdf_Export:{secret}")
        (work / "encrypted.txt").unlink()
        (work / "page.html").write_text(NEWS)
        chromium = ("chromium", "--headless", "--no-sandbox", "--disable-gpu")
        page = run(work, *chromium, "--dump-dom", (work / "page.html").as_uri())
        (work / "news.html").write_bytes(page)
        run(
            work, *chromium, "--no-pdf-header-footer", "--print-to-pdf=news.pdf",
            (work / "page.html").as_uri(),
        )  # fmt: skip
        for made in sorted(work.iterdir()):
            if made.suffix in (".docx", ".pdf", ".html", ".txt") and made.name != "page.html":
                (HOME / made.name).write_bytes(made.read_bytes())
                print(made.name, made.stat().st_size)


def office(work: Path, file: str, kind: str) -> None:
    run(work, "soffice", "--headless", "--convert-to", kind, "--outdir", ".", file)


def run(work: Path, *command: str) -> bytes:
    return subprocess.run(command, cwd=work, check=True, capture_output=True).stdout


if __name__ == "__main__":
    main()
