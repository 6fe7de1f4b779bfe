"""Characters by script: which are Han, which end a sentence, which begin an item of a list."""

import re

# Ideographs with their extensions and the iteration mark.
HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
KANA = "\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f"
# Written without blanks between words: ideographs, kana, and the punctuation that goes with them.
WIDE = HAN + KANA + "\u3001-\u3004\u3006\u3008-\u3020\uff01-\uff65"

# Marks that end a sentence wherever they stand, and those that do only in the right company.
FULL_STOPS = "。！？｡‼⁇⁈⁉؟۔।॥።။។᙮"
HALF_STOPS = "!?.．…"
CLOSERS = "”’\"'」』】）)]》〉»›〗〕］｝}"
CLAUSE_MARKS = "，,、；;：:،؛—"

_han = re.compile(f"[{HAN}]")
_wide = re.compile(f"[{WIDE}]")
_wide_run = re.compile(f"[{WIDE}]+")

NUMERAL = "[〇零一二三四五六七八九十百千两]"
LIST_MARKER = re.compile(
    rf"""[ \t\u3000]*(?:
        [-*+•·●○■◆▪‣]\s
      | [(（](?:{NUMERAL}{{1,4}}|\d{{1,3}}|[a-zA-Z])[)）]
      | (?:\d{{1,3}}|[a-zA-Z])(?:[.)](?=\s)|[、．）]|\.(?=[{HAN}]))
      | {NUMERAL}{{1,4}}[、．]
      | 第{NUMERAL}{{1,6}}[编章节条款项部篇] | 第\d{{1,4}}[编章节条款项部篇]
      | [①-⑳⑴-⒛㈠-㈩]
      | [|>#]
    )""",
    re.VERBOSE,
)
# A short name and a colon with words after it, at a line's start.
SAID = re.compile(
    rf"""[ \t\u3000]*(?P<name>
        [{HAN}A-Za-z·]{{1,12}}(?:[（(][^（()）\n]{{1,20}}[)）])?(?=：|:)
      | [A-Z][\w.'’-]{{0,20}}(?:[ ][A-Z][\w.'’-]{{0,20}}){{0,3}}(?:[ ]?\([^()\n]{{1,30}}\))?(?=:)
    )(?P<colon>[：:])""",
    re.VERBOSE,
)


def is_han(character: str) -> bool:
    return bool(_han.match(character))


def is_wide(character: str) -> bool:
    return bool(_wide.match(character))


def count_han(text: str) -> int:
    """How many ideographs the text has."""
    return len(_han.findall(text))


def mostly_wide(text: str) -> bool:
    """Whether the text is written without blanks between words."""
    return 3 * _wide_count(text) > len(text)


def columns(text: str) -> int:
    """How wide the text is in a font of one and two columns."""
    return len(text) + _wide_count(text)


def _wide_count(text: str) -> int:
    return sum(map(len, _wide_run.findall(text)))


def ends_sentence(text: str) -> bool:
    """Whether the text's last mark, closing quotes aside, ends a sentence."""
    return text.rstrip().rstrip(CLOSERS).endswith(tuple(FULL_STOPS + HALF_STOPS))
