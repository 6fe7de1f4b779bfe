"""Greetings, orders to write or to count, code and gibberish: nothing that documents could answer.

What kind of thing is said shows in the question's vector, whatever its language. A linear probe
reads it (Alain and Bengio 2016), fitted on questions of all kinds and on lines of small talk in
twenty languages by `make fit`. It belongs to the packaged model: with another one nothing is taken
for small talk here, and only the passages decide.
"""

import json
import math
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from index.library import Library
from qa.retrieve import Query

_SURELY = -1.0  # of questions of other kinds than the fitted ones, few lie below


def is_small_talk(library: Library, query: Query, confidence: float) -> bool:
    """Whether the question asks nothing of any document.

    `confidence`: that the best passage answers it. The probe's word counts twice: to some passage
    anything is near.

    Words that all stand in the library are taken for words to look up, however they are put.
    """
    probe = _probe()
    if probe["model"] != library.embedder.digest or _is_wording(query):
        return False
    logit = float(np.array(probe["weights"]) @ query.encoded.vector + probe["bias"])
    if not query.known and not any(term.forms for term, _ in query.translated):
        return logit < 0  # not one of its words says anything here
    return logit < _SURELY and confidence < 1 / (1 + math.exp(2 * logit))


def _is_wording(query: Query) -> bool:
    translated = [bool(term.forms) for term, _ in query.translated]
    if all(len(word) == 1 for word in query.words.content):
        return False  # 好的 is no word to look up
    return len(query.known) == len(query.words.content) or (bool(translated) and all(translated))


@cache
def _probe() -> dict[str, Any]:
    text = resources.files("qa").joinpath("small_talk.json").read_text("utf-8")
    probe: dict[str, Any] = json.loads(text)
    return probe
