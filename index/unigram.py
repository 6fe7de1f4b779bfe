"""The packaged model's tokenizer: a unigram model over 250,000 pieces (Kudo 2018).

`tokenizers` reads a model of this size in a second and 280 MB. Here it only normalises the text and
keeps the offsets; the pieces stand in a dictionary, which is made in a tenth of both, and the best
way through a text is found by the same rules (Viterbi, ties to the earlier start).
"""

import json
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.packed import MAX_TOKENS, Packed

if TYPE_CHECKING:
    from tokenizers import Encoding, Token, Tokenizer

_FRAME, _PIECES = "tokenizer.json", "pieces.json"
_FULL_WIDTH_TILDE, _PRIVATE = "～", "\ue000"
_UNKNOWN_COSTS = 10.0  # below the least likely piece, as in SentencePiece
_SHORT = 24  # characters of a word that is likely to come again
_IMPOSSIBLE = float("-inf")


def build(source: Packed, pieces: list[tuple[str, float]]) -> "Tokenizer":
    """The tokenizer of the packed file, over the first or all of its `pieces`."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    special = source.special
    tokenizer = Tokenizer(models.Unigram(pieces, special["unknown"], byte_fallback=False))
    # NFKC is the model's table but for characters it drops or takes for blanks, and for the wave
    # between Chinese numbers, which NFKC would make a tilde: it steps aside meanwhile.
    dropped = _character_class(source.normalisation, "")
    blank = _character_class(source.normalisation, " ")
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(dropped), ""),
            normalizers.Replace(Regex(blank), " "),
            normalizers.Replace(_FULL_WIDTH_TILDE, _PRIVATE),
            normalizers.NFKC(),
            normalizers.Replace(_PRIVATE, _FULL_WIDTH_TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
            normalizers.Strip(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    begin, end = (source.pieces[special[role]][0] for role in ("begin", "end"))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        special_tokens=[(begin, special["begin"]), (end, special["end"])],
    )
    return tokenizer


def _character_class(table: dict[str, str], becomes: str) -> str:
    """A regular expression for the characters that become `becomes` here but not by NFKC."""
    codes = [
        f"\\x{{{ord(character):X}}}"
        for character, replacement in table.items()
        if replacement == becomes and unicodedata.normalize("NFKC", character) != becomes
    ]
    return f"[{''.join(codes)}]"


def save(source: Packed, folder: Path) -> None:
    """Writes what `Unigram` reads."""
    build(source, source.pieces[: max(source.special.values()) + 1]).save(str(folder / _FRAME))
    pieces, scores = zip(*source.pieces, strict=True)
    heads: dict[str, int] = {}
    for piece in pieces:
        if len(piece) > heads.get(piece[:2], 1):
            heads[piece[:2]] = len(piece)
    model = {"special": source.special, "pieces": pieces, "scores": scores, "heads": heads}
    (folder / _PIECES).write_text(json.dumps(model, ensure_ascii=False), "utf-8")


class Unigram:
    """Text to the numbers of its pieces. Any thread may use it."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        frame = Tokenizer.from_file(str(folder / _FRAME))
        self._normalise: Any = frame.normalizer.normalize
        self._split: Any = frame.pre_tokenizer.pre_tokenize
        model = json.loads((folder / _PIECES).read_text("utf-8"))
        special = model["special"]
        self._begin, self._end = [special["begin"]], [special["end"]]
        self._unknown: int = special["unknown"]
        self._scores: list[float] = model["scores"]
        self._pieces: dict[str, int] = {p: i for i, p in enumerate(model["pieces"])}
        # By the first two characters, the length of the longest piece that begins so.
        self._heads: dict[str, int] = model["heads"]
        self._unknown_score = min(self._scores) - _UNKNOWN_COSTS
        self._cut_short = lru_cache(maxsize=1 << 14)(self._cut)

    def encode(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """The pieces' numbers between begin and end, at most 512, and their code points in `text`.

        Begin and end have the empty place (0, 0).
        """
        whole = self._encoding(text)
        most = MAX_TOKENS - 2
        places = [(0, 0), *whole.offsets[:most], (0, 0)]
        return [*self._begin, *whole.ids[:most], *self._end], places

    def count(self, text: str) -> int:
        """How many pieces the text has, begin and end left out."""
        return len(self._encoding(text).ids)

    def _encoding(self, text: str) -> "Encoding":
        from tokenizers import PreTokenizedString

        words = PreTokenizedString(text)
        words.normalize(self._normalise)
        self._split(words)
        words.tokenize(lambda w: (self._cut_short if len(w) <= _SHORT else self._cut)(w))
        return words.to_encoding()

    def _cut(self, word: str) -> "list[Token]":
        """The likeliest pieces of a word."""
        from tokenizers import Token

        starts, numbers = self._best_path(word)
        pieces: list[tuple[int, int, int]] = []
        end = len(word)
        while end:
            start, number = starts[end], numbers[end]
            if pieces and number == pieces[-1][2] == self._unknown:
                pieces[-1] = (start, pieces[-1][1], number)
            else:
                pieces.append((start, end, number))
            end = start
        tokens = []
        at = 0  # offsets are bytes here
        for start, end, number in reversed(pieces):
            piece = word[start:end]
            length = len(piece.encode("utf-8"))
            tokens.append(Token(number, piece, (at, at + length)))
            at += length
        return tokens

    def _best_path(self, word: str) -> tuple[list[int], list[int]]:
        """For each end in `word`, where its last piece starts on the likeliest path, and which."""
        length = len(word)
        best = [0.0] + [_IMPOSSIBLE] * length
        starts, numbers = [0] * (length + 1), [self._unknown] * (length + 1)
        piece_of, longest_of, scores = self._pieces.get, self._heads.get, self._scores
        for start in range(length):
            here = best[start]
            number = piece_of(word[start])
            score = here + (self._unknown_score if number is None else scores[number])
            end = start + 1
            if score > best[end]:
                best[end], starts[end] = score, start
                numbers[end] = self._unknown if number is None else number
            longest = start + longest_of(word[start : start + 2], 0)
            for end in range(start + 2, min(length, longest) + 1):
                number = piece_of(word[start:end])
                if number is not None and (score := here + scores[number]) > best[end]:
                    best[end], starts[end], numbers[end] = score, start, number
        return starts, numbers
