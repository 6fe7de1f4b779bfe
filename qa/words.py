"""What a question is made of: the words that carry it, and the kind of thing it asks for."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.language import SMALL_WORDS
from index.lexical import fold, terms

_ENOUGH = 200  # characters at the most tell a text's script
# The same passages come up again and again.
fold_once = lru_cache(maxsize=16_384)(fold)

# Words that ask or glue and name nothing. Closed classes of each language, not of any document.
_GLUE_HAN = re.compile(
    "请问|请|叫什么|叫啥|干嘛|干啥|干什么|做什么|咋样|咋办|咋|啥时候|啥时|啥样|是啥|有啥|啥|想问下|问一下|问下|能否|可否|到底|究竟"
    "|一共|总共|那边|那里|那儿|那[种次年位条家]|这[种次位条家]|需要|有没|没有|有?多少|有几|告诉我|告诉|我想知道|想知道|想问|是不是|有没有|能不能|会不会|是否|多少|多久|多长|多大|多高|多远|几个|几名|几项|几月|几号|几日|第几|几"
    "|具体|什么样|什么时候|什么|甚么|为什么|为何|为啥|怎么回事|咋回事|怎么样|怎样|怎么|如何|哪一个|哪一年|哪一天|哪天|哪一|哪些|哪个|哪里|哪儿|哪位|哪几|哪种|哪年|哪|谁"
    "|何时|何地|何人|何种|何|是指|指的是|的时候|之间|以及|或者|还是|并且|而且|因为|所以|但是|可以|能够|应该|应当|进行|关于|对于|其中"
    "|这个|那个|这些|那些|他们|她们|它们|我们|你们|自己|它的|他的|她的|[的了吗呢么啊呀吧是在与和及把被让使得也都就还又很最曾]"
)
# By language: German war says nothing, English war does.
_GLUE_WORDS = {
    language: frozenset(map(fold, words | SMALL_WORDS["ru"]))
    for language, words in SMALL_WORDS.items()
    if language != "ru"
}
_GLUE_KANA = re.compile(
    r"(?:ですか|ますか|ましたか|でした|です|ます|ました|ください|とは|から|まで|には|では|[はがをにへでとものかねよ])"
)

_NUMBER_ASKED = re.compile(
    r"多少|几[个名项年月日次人条所座家位种岁届家]|第几|百分之几|多[久长大高远]|(?<![a-z])how (?:many|much|long|old|far|large|big|tall)\b"
    r"|\bwhat (?:share|percentage|percent|proportion|number|amount|rate|ratio)\b|сколько|何[人年月日個件回つ]|いくつ|いくら|どのくらい"
)
_TIME_ASKED = re.compile(
    r"何时|什么时候|哪[一]?[年月天日]|几[年月日号]|\bwhen\b|what (?:year|date|month|day)|which year|когда|в каком году|いつ|何年"
)
# 一 alone mostly counts nothing: 一体化, 一批.
_NUMBER = re.compile(
    r"\d|百分之|[二两三四五六七八九十百千万亿][一二两三四五六七八九十百千万亿]*"
    r"[个名项年月日人次条家所座元亩里米倍成户岁天时分种类批万亿]"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|half"
    r"|third|quarter|один|два|три|четыре|пять|шесть|семь|восемь|девять|десять|сто|тысяч)\b"
)
_LIST_ASKED = re.compile(
    r"哪些|哪几|有什么(?!关系|用|区别)|列举|列出|包括什么|\b(?:list|name) (?:the|all|some)\b|\bwhat (?:are|were) the\b"
    r"|\bwhich [a-z]+s\b|\bкакие\b"
)
_UNIT_ASKED = re.compile(
    "(?:多少|几)(小时|分钟|公里|[个名项年月日人次条家所座元亩米成户岁天种类批万亿倍分位件处])"
)
# Texts count the same things by one or the other: 15个学校, 38所学校; 几位, 九名.
_ALIKE = dict.fromkeys("个项条家所座处件", "[个项条家所座处间栋件]") | dict.fromkeys(
    "人名位", "[人名位个]"
)
# An age, a price, a time of day: how they are asked for, and what tells one in any language.
_KINDS = tuple(
    (re.compile(asked), re.compile(told))
    for asked, told in (
        (
            r"今年多大|多大(?:年纪|岁数|年龄)|[几多少]岁|\bhow old (?:is|are|was|were)\b|\bwie alt\b"
            r"|\bquel age\b|\bcuantos anos tien|\bсколько лет\b",
            r"岁|出生|生于|\d{4}|\b(?:years?|aged?|born|jahren?|alt|ans|anos|год\w*|лет|родил\w*)\b|-year-old",
        ),
        (
            r"多少钱|多少块|什么价|价格是?多少|票价|\bwhat (?:is|was) the (?:price|fare)\b|\bсколько стоит"
            r"|\bhow much (?:does|do|did|will|would) .*\b(?:cost|pay|charge)\b|\b(?:was|wie ?viel) kostet",
            r"[元块圆镑$£€¥]|免费|[万亿]|美金|便士|卢布|法郎|马克|日圆"
            r"|\b(?:dollars?|pounds?|euros?|cents?|pence|shillings?|francs?|marks?|yen|yuan|rmb|roubles?|rubles?"
            r"|million|billion|free|mark|рубл\w*|доллар\w*|евро)\b",
        ),
        (
            r"几点|\bwhat time\b|\bum wie ?viel uhr\b|\bво сколько\b",
            r"[点时]|上午|下午|早上|凌晨|正午|午夜|\d[:：.]\d\d|\d ?[ap]\.?m\b|\b(?:noon|midnight|o'clock|uhr|час\w*)\b",
        ),
    )
)
_AMOUNT = r"[\d一二两三四五六七八九十百千万亿][十百千万亿余多几\s]*"
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[^\W\d_]+")
_ORDINAL = re.compile("(?<=第)[零〇一二三四五六七八九十百]+(?=[条章节款])")
_JOINED = "[^\\W_\u3040-\u30ff\u3400-\u9fff]"
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Words:
    """The terms that carry a question, in order, each once, and what kind of thing it asks for."""

    content: tuple[str, ...]
    asks_number: bool
    asks_list: bool


def carrying(question: str) -> str:
    """The question folded, with blanks in the place of words that ask or glue and name nothing."""
    blanked = fold(question)
    for pattern in (_GLUE_HAN, _GLUE_KANA):
        blanked = pattern.sub(lambda match: " " * len(match[0]), blanked)
    glue = _glue_words(_WORD.findall(blanked))
    return _WORD.sub(lambda m: " " * len(m[0]) if m[0] in glue else m[0], blanked)


def _glue_words(words: Sequence[str]) -> frozenset[str]:
    """Those of the language that has most of them here, and the Russian ones, which are no other's.
    English is ahead by one: "war" alone is no German.
    """
    counts = {language: sum(w in glue for w in words) for language, glue in _GLUE_WORDS.items()}
    counts["en"] += 1
    return _GLUE_WORDS[max(counts, key=lambda language: counts[language])]


def read_words(question: str) -> Words:
    """The words of a question, folded. Pairs of Han characters stand for words; a single character
    counts only where it stands alone.
    """
    content: dict[str, None] = {}
    for piece in carrying(question).split():
        found = terms(piece)
        pairs = [t for t in found if len(t) > 1 or not _HAN.match(t)]
        content |= dict.fromkeys(pairs or found)
    folded = fold(question)
    return Words(
        content=tuple(content),
        asks_number=bool(_NUMBER_ASKED.search(folded) or _TIME_ASKED.search(folded)),
        asks_list=bool(_LIST_ASKED.search(folded)),
    )


@lru_cache(maxsize=16_384)
def script(text: str) -> str:
    """The script most letters of `text` belong to, by its Unicode name (CJK, LATIN, CYRILLIC, …);
    of a longer text every so many characters, a hundred at the least, are looked at.

    Text with kana is Japanese, whatever Han characters it has.
    """
    signs = text[:: 1 + len(text) // _ENOUGH].translate(_SCRIPTS)
    counts = {
        _SCRIPTS.names[sign]: signs.count(sign) for sign in sorted(set(signs), key=signs.find)
    }
    if "HIRAGANA" in counts or "KATAKANA" in counts:
        return "HIRAGANA"
    return max(counts, key=lambda name: counts[name], default="")


class _Scripts(dict[int, str]):
    """For `str.translate`: each letter becomes the sign of its script, all else nothing, which
    takes half the time of counting characters. It fills itself.
    """

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._signs: dict[str, str] = {}

    def __missing__(self, code: int) -> str:
        character = chr(code)
        named = unicodedata.name(character, "") if _LETTER.match(character) else ""
        sign = ""
        if name := named.split(" ", 1)[0]:
            sign = self._signs.setdefault(name, character)  # the first one met
            self.names[sign] = name
        self[code] = sign
        return sign


_SCRIPTS = _Scripts()


def arabic(folded: str) -> str:
    """Folded text with the numbers of its articles in figures: 第12条 for 第十二条."""
    return _ORDINAL.sub(lambda match: str(_number(match[0])), folded)


def _number(han: str) -> int:
    total, digit = 0, 0
    for character in han:
        if character in "十百":
            total += (digit or 1) * {"十": 10, "百": 100}[character]
            digit = 0
        else:
            digit = "零一二三四五六七八九".find(character.replace("〇", "零"))
    return total + digit


def whole(spelled: str) -> str:
    """The regular expression `spelled` where no letter or figure but Han and kana touches it."""
    return rf"(?<!{_JOINED}){spelled}(?!{_JOINED})"


def missing_unit(question: str, text: str) -> bool:
    """Whether a question for so many of a unit (多少人, 几所), for an age, a price or a time of day
    finds none in `text`.
    """
    asked, folded = fold_once(question), fold_once(text)
    if any(kind.search(asked) and not told.search(folded) for kind, told in _KINDS):
        return True
    units = _UNIT_ASKED.findall(asked) if script(question) == script(text) else []
    return any(not re.search(rf"{_AMOUNT}{_ALIKE.get(unit, unit)}", folded) for unit in units)


def holds_number(text: str) -> bool:
    """Whether a number stands in `text`, which must be folded."""
    return bool(_NUMBER.search(text))


def stands_in(term: str, folded: str) -> bool:
    """Whether `term` stands in folded text. Words of other scripts than Han may be inflected: their
    beginning must start a word.
    """
    wanted = _wanted(term)
    return bool(wanted.search(folded)) if wanted else term in folded


@lru_cache(maxsize=4096)
def _wanted(term: str) -> re.Pattern[str] | None:
    """None where any place of the term counts."""
    if _HAN.match(term):
        return None
    if term[0].isdigit() or len(term) < 4:
        return re.compile(rf"\b{re.escape(term)}\b")
    return re.compile(rf"\b{re.escape(term[: max(4, len(term) - 2)])}")
