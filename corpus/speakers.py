"""Who speaks: bylines under headings, and `Name:` before what is said. No speaker is guessed."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.clean import is_label
from corpus.document import Span, Turn
from corpus.readers.block import Block
from corpus.script import CLAUSE_MARKS, SAID, ends_sentence

_marked = re.compile(
    r"""(?:作者|发言人|发言者|演讲人|讲话人|报告人|撰稿人?|讲者|Speaker|Author)
        [ ]?[：:]\s*(?P<named>\S.*)
      | (?:文|作者|撰文)[ ]?[/／|][ ]?(?P<slash>\S.*)
      | [Bb][Yy][ ](?P<by>[^\W\d_a-z].*)""",
    re.VERBOSE,
)
_letters = re.compile(r"[^\W\d_]")
_date = re.compile(r"\d{2,4}\s*[年./-]\s*\d{1,2}|\d{1,2}\s*[月:：]\s*\d{1,2}|https?://|www\.|@")
# Words before a colon that name a thing, not a person.
_NO_NAME_LIST = """
    时间 日期 地点 主题 题目 标题 来源 编辑 责编 责任编辑 审核 校对 关键词 关键字 摘要 注 备注 附注
    说明 注意 提示 例 例如 比如 问 答 图 表 附件 附 电话 地址 邮编 邮箱 联系人 编者按 按 内容 目的
    原则 目标 要求 结论 总结 小结 背景 方法 结果 原因 措施 建议 其中 如下 一是 二是 三是 四是 五是
    主办 承办 主持 出席 记录
    q a note notes example date time place location subject topic title source email phone address
    tel fax url abstract keywords summary conclusion warning tip caution todo references see from to
    cc re ps attachment question answer figure table step result results background methods
"""
_NO_NAMES = frozenset(_NO_NAME_LIST.split())


@dataclass(frozen=True, slots=True)
class Byline:
    """The block that names who speaks below a heading."""

    heading: Block
    block: Block
    speaker: str


def bylines(text: str, blocks: Sequence[Block]) -> tuple[Byline, ...]:
    """Marked bylines, and unmarked ones where most headings of a level have one, at least two."""
    found: list[Byline] = []
    plain: dict[int, list[Byline]] = defaultdict(list)
    bodies: Counter[int] = Counter()
    for i, (heading, block) in enumerate(pairwise(blocks)):
        if heading.kind != "heading":
            continue
        bodies[heading.level] += block.kind != "heading"
        words = text[block.start : block.end]
        if block.kind != "paragraph" or "\n" in words or len(words) > 80:
            continue
        if marked := _marked.fullmatch(words):
            found.append(Byline(heading, block, (marked[marked.lastindex or 0]).strip()))
        elif _is_name(words) and i + 2 < len(blocks) and blocks[i + 2].kind != "heading":
            plain[heading.level].append(Byline(heading, block, " ".join(words.split())))
    for level, candidates in plain.items():
        marked_here = sum(byline.heading.level == level for byline in found)
        if len(candidates) + marked_here >= 2 and 2 * len(candidates) > bodies[level]:
            found += candidates
    return tuple(sorted(found, key=lambda byline: byline.block.start))


def turns(text: str, blocks: Sequence[Block], found: Sequence[Byline]) -> tuple[Turn, ...]:
    """Who says what, in order and without overlaps; the innermost name holds.

    A byline holds to the next heading of its level or above, a `Name:` to the next name or heading.
    """
    headings = [block for block in blocks if block.kind == "heading"]
    named = {byline.block.start: byline for byline in found}
    said = dict(_said(text, blocks))
    events = sorted({*named, *said, *(heading.start for heading in headings)})
    levels = {heading.start: heading.level for heading in headings}
    above: list[tuple[int, str]] = []  # headings' levels and the speakers named under them
    pieces: list[tuple[int, int, str]] = []
    begin, speaker = 0, ""
    for at in [*events, len(text)]:
        if speaker and text[begin:at].strip():
            pieces.append((begin, at, speaker))
        begin = at
        if at in levels:
            while above and above[-1][0] >= levels[at]:
                above.pop()
            speaker = above[-1][1] if above else ""
        if at in named:
            byline = named[at]
            while above and above[-1][0] >= byline.heading.level:
                above.pop()
            above.append((byline.heading.level, byline.speaker))
            begin, speaker = byline.block.end, byline.speaker
        if at in said:
            speaker = said[at]
    return tuple(_merged(text, pieces))


def _merged(text: str, pieces: list[tuple[int, int, str]]) -> Iterator[Turn]:
    """Turns without blanks around them."""
    for begin, end, speaker in pieces:
        words = text[begin:end]
        start = begin + len(words) - len(words.lstrip())
        yield Turn(speaker, Span(start, begin + len(words.rstrip())))


def _is_name(words: str) -> bool:
    return (
        is_label(words)
        and len(words) <= 40
        and len(words.split()) <= 6
        and bool(_letters.search(words))
        and not _date.search(words)
        and not words.startswith(("（", "(", "[", "【", "|", "<"))
    )


def _said(text: str, blocks: Sequence[Block]) -> Iterator[tuple[int, str]]:
    """Where a `Name:` begins what is said, if the form recurs in the text."""
    found: list[tuple[int, str, bool]] = []
    for block in blocks:
        if block.kind != "paragraph":
            continue
        at = block.start
        for line in text[block.start : block.end].split("\n"):
            match = SAID.match(line)
            words = line[match.end() :].strip() if match else ""
            if match and words and _may_speak(match["name"]):
                found.append((at + match.start("name"), match["name"].strip(), ends_sentence(line)))
            at += len(line) + 1
    names = Counter(name for _, name, _ in found)
    spoken = Counter(name for _, name, whole in found if whole)
    # Two names with whole sentences, or one that comes back; a form's fields do neither.
    if len(spoken) >= 2 or any(names[name] >= 2 for name in spoken):
        yield from ((at, name) for at, name, _ in found if spoken[name])


def _may_speak(name: str) -> bool:
    words = name.strip()
    return (
        words.lower() not in _NO_NAMES
        and not any(mark in words for mark in CLAUSE_MARKS)
        and not words.endswith(("如下", "是", "说", "道", "的", "有", "为", "指出", "认为", "表示"))
    )
