"""A small honest guess at a text's language: by script, then by its commonest words."""

import re
from collections import Counter
from functools import lru_cache

from opencc import OpenCC

from corpus.script import HAN

_SAMPLE = 20_000  # code points
_scripts = {
    "han": re.compile(f"[{HAN}]"),
    "kana": re.compile("[\u3041-\u3096\u30a1-\u30fa]"),
    "hangul": re.compile("[\uac00-\ud7a3]"),
    "latin": re.compile("[A-Za-zÀ-ɏ]"),
    "cyrillic": re.compile("[\u0400-\u04ff]"),
    "arabic": re.compile("[\u0620-\u06ff]"),
    "hebrew": re.compile("[\u05d0-\u05ea]"),
    "greek": re.compile("[\u0370-\u03ff]"),
    "devanagari": re.compile("[\u0900-\u097f]"),
    "thai": re.compile("[\u0e01-\u0e4e]"),
}
_ONE_LANGUAGE = {"hangul": "ko", "hebrew": "he", "greek": "el", "thai": "th"}
_COMMON_WORDS = {
    "en": "the of and to in is that for it was with as on be are this",
    "de": "der die und das ist nicht ein eine zu den mit von auf für im dem sich",
    "fr": "le la les des et est une du que dans pour qui pas sur au",
    "es": "el la los las que y en es por con para una se del no",
    "it": "il di che è la per non un una sono con del le i della",
    "pt": "o a os as que e não um uma para com do da em é no",
    "nl": "de het een en van is dat op te niet zijn met voor",
}
_WORDS = {language: frozenset(words.split()) for language, words in _COMMON_WORDS.items()}


def guess(text: str) -> str:
    """A language tag (zh-Hans, zh-Hant, zh, ja, ko, en, ru, …), or `und` when unsure."""
    sample = text[:_SAMPLE]
    counts = {script: len(letters.findall(sample)) for script, letters in _scripts.items()}
    # One ideograph says as much as a short word.
    counts["latin"] //= 3
    counts["cyrillic"] //= 3
    script, most = max(counts.items(), key=lambda item: item[1])
    if most < 2 or 2 * most < sum(counts.values()):
        return "und"
    if script in ("han", "kana"):
        if 10 * counts["kana"] > counts["han"]:
            return "ja"
        return _chinese(sample)
    if script == "latin":
        return _by_words(sample)
    if script == "cyrillic":
        ukrainian = len(re.findall("[іїєґ]", sample))
        return "uk" if ukrainian else "ru" if re.search("[ыэъё]", sample) else "und"
    if script == "arabic":
        return "fa" if re.search("[پچژگ]", sample) else "ar"
    return _ONE_LANGUAGE.get(script, "und")


def _chinese(sample: str) -> str:
    simplified = _changes("t2s", sample)
    traditional = _changes("s2t", sample)
    if traditional > 2 * simplified:
        return "zh-Hans"
    if simplified > 2 * traditional:
        return "zh-Hant"
    return "zh"


def _changes(conversion: str, sample: str) -> int:
    converted: str = _converter(conversion).convert(sample)
    return sum(a != b for a, b in zip(sample, converted, strict=False))


@lru_cache(maxsize=2)
def _converter(conversion: str) -> OpenCC:
    return OpenCC(conversion)


def _by_words(sample: str) -> str:
    words = re.findall(r"[^\W\d_]+", sample.lower())
    seen = Counter({code: sum(word in common for word in words) for code, common in _WORDS.items()})
    (best, hits), (_, second) = seen.most_common(2)
    return best if hits >= 2 and 20 * hits >= len(words) and hits > second else "und"
