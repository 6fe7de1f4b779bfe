"""The packaged model in 8 bits against the same weights in sentence-transformers."""

import json
import random
import subprocess
import sys

import numpy as np
import pytest

from index import eight_bit, packaged
from index.embedding import SentenceTransformerEmbedder, _load, load_embedder
from index.packed import MAX_TOKENS, Packed, packed_file
from index.unigram import Unigram, build

ENDLESS = "长" * 900
TEXTS = [
    "嘉兴城乡居民收入倍差缩小到1.51。省财政厅说,三年里投入①５０亿元~十分之三～给了山区县。",
    "這座博物館建於十九世紀末,館內收藏了三千多件文物。",
    "Early settlers built mills along its banks; today it supplies water to four cities.",
    "Сегодня в нём учатся около двадцати тысяч студентов.",
    "短",
    ENDLESS,
]
ODD = [
    "",
    "  ",
    "\u3000全 角\u200b",
    "é e\u0301 ﬁ Å １２３",
    "～5～6~7",
    "<s> </s> <unk> <pad>",
    "\x01\x02",
    "👩‍👩‍👧 𠮷野家 𝒳𝒴",
    "ปฏิบัติ 한국어 테스트 हिन्दी",
    "a" * 700,
    "▁ ▁▁x",
]


@pytest.fixture(scope="module")
def float_embedder():
    model = _load(str(packaged.folder()), "float", local=True)
    return SentenceTransformerEmbedder(model, "float", "float")


@pytest.mark.model
def test_vectors_and_places_are_those_of_sentence_transformers(packaged_embedder, float_embedder):
    assert isinstance(packaged_embedder, eight_bit.EightBitEmbedder)
    mean = float_embedder.token_mean
    assert cosines(packaged_embedder.token_mean[None], mean[None]).min() > 0.999
    for how in ("encode_query_tokens", "encode_document_tokens"):
        ours = getattr(packaged_embedder, how)(TEXTS)
        theirs = getattr(float_embedder, how)(TEXTS)
        for text, our, their in zip(TEXTS, ours, theirs, strict=True):
            np.testing.assert_array_equal(our.tokens.starts, their.tokens.starts)
            np.testing.assert_array_equal(our.tokens.ends, their.tokens.ends)
            least, each = (0.985, 0.98) if text == ENDLESS else (0.998, 0.995)
            assert float(our.vector @ their.vector) > least
            assert cosines(our.tokens.vectors, their.tokens.vectors).min() > each
            assert cosines(our.tokens.vectors - mean, their.tokens.vectors - mean).min() > 0.97
    assert packaged_embedder.token_counts(TEXTS) == float_embedder.token_counts(TEXTS)


def cosines(a, b):
    return (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def test_pieces_are_those_of_tokenizers():
    source = Packed.read(packed_file())
    theirs = build(source, source.pieces)
    ours = Unigram(eight_bit.folder())
    lot = random.Random(0)
    ranges = ((0x20, 0x2FF), (0x4E00, 0x9FFF), (0x300, 0xD7FF), (0xE000, 0x1FFFF))
    noise = [
        "".join(chr(lot.randint(*lot.choice(ranges))) for _ in range(lot.randint(1, 60)))
        for _ in range(300)
    ]
    for text in (*TEXTS, *ODD, *noise):
        expected = theirs.encode(text, add_special_tokens=False)
        numbers, places = ours.encode(text)
        most = MAX_TOKENS - 2
        assert numbers[1:-1] == expected.ids[:most], text
        assert places[1:-1] == expected.offsets[:most], text
        assert ours.count(text) == len(expected.ids)


@pytest.mark.model
def test_a_question_needs_no_torch():
    code = """
import json, sys
from index import load_embedder
load_embedder().encode_query_tokens(["谁?"])
print(json.dumps([name for name in ("torch", "transformers", "onnx") if name in sys.modules]))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == []


@pytest.mark.model
def test_a_cpu_that_overflows_takes_sentence_transformers(monkeypatch, packaged_embedder):
    monkeypatch.setattr(eight_bit, "is_exact", lambda _: False)
    slow = load_embedder()
    assert isinstance(slow, SentenceTransformerEmbedder)
    assert (slow.name, slow.digest) == (packaged_embedder.name, packaged_embedder.digest)
