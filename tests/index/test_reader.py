"""Question and text read together."""

import subprocess
import sys

import pytest

from index import eight_bit
from index.reader import LONGEST, pair
from index.runtime import Texts

QUESTION = "舟山的海岛急救要多久能到?"
TEXT = "舟山建成了海上急救网,病人三十分钟内就能得到救治。"
OTHER = "衢州的农民把老房子改成了民宿,去年来了两万名游客。"


@pytest.fixture(scope="module")
def texts():
    return Texts(eight_bit.folder())


def test_a_pair_holds_the_question_then_the_text_and_no_more_than_is_read(texts):
    numbers = pair(texts, QUESTION, TEXT)
    asked = texts.tokenizer.encode(f"query: {QUESTION}")[0]
    assert numbers == [*asked, *texts.tokenizer.encode(TEXT)[0][1:]]
    assert len(pair(texts, QUESTION * 40, TEXT * 40)) == 70 + LONGEST + 1


@pytest.mark.model
def test_what_answers_is_told_from_what_does_not(packaged_embedder):
    reader = packaged_embedder.reader
    told, silent = reader.log_odds(QUESTION, [TEXT, OTHER])
    assert told > 0 > silent
    assert reader.log_odds(QUESTION, [TEXT]) == [told]


@pytest.mark.model
def test_nothing_is_read_where_nothing_is_asked():
    code = """
from index import load_embedder
from index.reader import Reader
embedder = load_embedder()
embedder.encode_query(["谁?"])
print("_loaded" in vars(embedder.reader))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
