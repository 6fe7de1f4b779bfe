"""What asks nothing of any document is told so, in any language, and nothing is cited for it."""

import json
from importlib import resources

import pytest

from qa import Refusal, ask
from qa.answer import Reason

pytestmark = pytest.mark.model

# None of these lines is among those that the probe was fitted on.
SMALL_TALK = [
    "你好呀,最近怎么样?",
    "给我写一段相声",
    "请用Java写一个二叉树",
    "good evening, how is it going?",
    "compose a limerick about my dog",
    "while (true) { count++; }",
    "zxcvb nmasdf",
    "Добрый вечер, расскажи о себе",
    "Guten Morgen, wer bist du denn?",
    "おやすみなさい",
]


@pytest.mark.parametrize("line", SMALL_TALK)
def test_small_talk_gets_no_passage(conference, line):
    reply = ask(conference, line)
    assert isinstance(reply, Refusal)
    assert reply.reason is Reason.NO_QUESTION
    assert reply.nearest == ()


@pytest.mark.parametrize("words", ["教育", "乡村医疗", "人均GDP", "嘉兴", "Zhoushan"])
def test_words_to_look_up_are_no_small_talk(conference, words):
    reply = ask(conference, words)
    assert not isinstance(reply, Refusal) or reply.reason is not Reason.NO_QUESTION


def test_the_probe_is_that_of_the_packaged_model(conference):
    probe = json.loads(resources.files("qa").joinpath("small_talk.json").read_text("utf-8"))
    assert probe["model"] == conference.embedder.digest
    assert len(probe["weights"]) == conference.embedder.dimension
