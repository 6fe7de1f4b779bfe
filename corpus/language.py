"""A small honest guess at a text's language: by script, then by its commonest words."""

import re
from collections import Counter
from functools import lru_cache

from opencc import OpenCC

from corpus.script import HAN

UNSURE = "und"
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
SMALL_WORDS = {
    language: frozenset(words.split())
    for language, words in {
        "en": """
            a an the of in on at to for from by with about as into over under between and or but
            not no than that this these those it its he him his she her they them their we us
            our you your i me my is are was were be been being am do does did done doing have
            has had having will would can could should may might must shall what which who whom
            whose when where why how many much there here if then so such only also just any
            some one ones please tell s t m d re ve ll don didn doesn isn aren wasn weren wouldn
            couldn dont didnt whats hows up out off per during through within without after
            before once while because each every own too ever still now even both either get
            gets got getting need needs want wants""",
        "ru": """
            и в во на с со к ко у о об от до по из за для при без над под про через не ни что
            чтобы кто кого кому кем какой какая какое какие каков какова какого каком каким
            каких какому какую чей чья чьё чьи чего чем чему когда где куда откуда почему зачем
            как сколько насколько это этот эта эти тот та те то он она оно они его ее их ему им
            ими них ним ней был была было были быть будет будут есть является являются ли же бы
            а но или так также если после перед во время нужно нужен нужна нужны можно нельзя
            может могут должен должна должны эту этого этой этих этим этом этими того той тех
            тем теми весь вся всё все всего всей всех всем всеми свой своя своё свое свои своего
            своей своих своим своими своему свою сам сама само сами самого самой самый самая
            самое самые самых самым который которая которое которые которого которой которых
            которым которыми котором которому которую такой такая такое такие себя себе собой
            еще ещё уже среди между чём ком я мне меня ты тебя мы нас нам нами вы вас вам мой
            твой наш ваш наши ваши её именно кроме около вокруг против ради считается
            пока однако внутри вне согласно относительно вдоль теперь вследствие нибудь только
            лишь даже благодаря возле поскольку помимо более менее наиболее весьма очень тоже
            нет да таких таким такими такого такому такую чьей чьем чьём чьим чьих чьими ей ею
            своем своём нему нее неё
            называется называются называют называлось называлась назывался назывались назовите
            назови приведите скажите расскажите опишите укажите перечислите объясните""",
        "fr": """
            l d t qu le la les un une des du de et ou à au aux en dans sur par pour avec sans
            est sont ont était été ce cette ces il elle ils elles se si ne pas son sa ses leur
            leurs qui que quoi quel quelle quels quelles où combien comment pourquoi quand peut
            doit faut""",
        "de": """
            der die das den dem des ein eine einen einem einer eines und oder ist sind war waren
            hat haben wird werden wurde wurden kann darf muss soll im am auf von vom für mit bei
            beim zu zum zur nach aus über unter vor man wer wen wem was wann wo warum wie viel
            viele welche welcher welches welchen welchem wenn dort diese dieser dieses""",
        "es": """
            el la los las lo un una y o de del a al en con por para es son fue fueron era hay ha
            se si su sus más que quien quienes cual cuales donde cuando cuanto cuanta cuantos
            cuantas como qué está este esta ese esa puede pueden debe deben tiene tienen hace
            cada""",
        "pt": """
            o a os as um uma e ou de do da dos das em no na nos nas ao aos por pelo pela para
            com sem é são foi era eram se que quem qual quais quando quanto quanta quantos
            quantas onde como porque pode podem deve devem""",
        "it": """
            il lo la gli i l un una e o di del della dei delle d da dal dalla in nel nella a al
            alla su per con non è sono era si che chi cosa come quando dove perché quanto quanta
            quanti quante quale quali viene può deve""",
        "nl": """
            de het een en of van in op te aan bij met voor door uit over naar om is zijn was
            waren wordt werd werden heeft hebben kan moet mag niet dat die dit deze er ze hij
            zij wie wat waar wanneer waarom hoe hoeveel welke welk""",
    }.items()
}
"""Words that ask, point or glue, by language: closed classes."""
_LATIN = {code: small for code, small in SMALL_WORDS.items() if code != "ru"}


def guess(text: str) -> str:
    """A language tag (zh-Hans, zh-Hant, zh, ja, ko, en, ru, …), or `und` when unsure."""
    sample = text[:_SAMPLE]
    counts = {script: len(letters.findall(sample)) for script, letters in _scripts.items()}
    # One ideograph says as much as a short word.
    counts["latin"] //= 3
    counts["cyrillic"] //= 3
    script, most = max(counts.items(), key=lambda item: item[1])
    if most < 2 or 2 * most < sum(counts.values()):
        return UNSURE
    if script in ("han", "kana"):
        if 10 * counts["kana"] > counts["han"]:
            return "ja"
        return _chinese(sample)
    if script == "latin":
        return by_words(sample)
    if script == "cyrillic":
        ukrainian = len(re.findall("[іїєґ]", sample))
        return "uk" if ukrainian else "ru" if re.search("[ыэъё]", sample) else UNSURE
    if script == "arabic":
        return "fa" if re.search("[پچژگ]", sample) else "ar"
    return _ONE_LANGUAGE.get(script, UNSURE)


def _chinese(sample: str) -> str:
    simplified = _changes("t2s", sample)
    traditional = _changes("s2t", sample)
    if traditional > 2 * simplified:
        return "zh-Hans"
    if simplified > 2 * traditional:
        return "zh-Hant"
    return "zh"


def _changes(conversion: str, sample: str) -> int:
    return sum(a != b for a, b in zip(sample, converted(sample, conversion), strict=False))


def converted(text: str, conversion: str) -> str:
    """Chinese in other characters: `t2s` to simplified, `s2t` to traditional ones (OpenCC)."""
    changed: str = _converter(conversion).convert(text)
    return changed


@lru_cache(maxsize=2)
def _converter(conversion: str) -> OpenCC:
    return OpenCC(conversion)


def by_words(text: str) -> str:
    """The language that most small words of `text`, in Latin letters, are of; `und` when unsure."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    seen = Counter({code: sum(w in small for w in words) for code, small in _LATIN.items()})
    (best, hits), (_, second) = seen.most_common(2)
    return best if hits >= 2 and 20 * hits >= len(words) and hits > second else UNSURE
