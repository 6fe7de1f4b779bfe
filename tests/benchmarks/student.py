"""The packaged model in torch, with a small change to learn in each of its matrices."""

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from tqdm import tqdm

from index.packed import Packed

RANK = 32  # rows of each change
HALF = torch.bfloat16
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
_PARTS = ("q", "k", "v", "ao", "fi", "fo")


class Student:
    """BERT's forward pass (Devlin et al. 2019) over the packed weights in bfloat16, with LoRA."""

    def __init__(self, source: Packed, *, into: float = 0.0, out_of: float = 0.0) -> None:
        """What is dropped while learning: of what goes `into` a change, and `out_of` half a layer."""
        self._into, self._out_of = into, out_of
        header = source.header
        self._heads, self._epsilon, self.width = header.heads, header.epsilon, header.width
        self.layers = header.layers
        self._words = self._tensor(source, "emb.word", self.width)
        self._places = (
            self._tensor(source, "emb.pos", self.width)
            + self._tensor(source, "emb.type")[: self.width]
        )
        self._norm = self._tensor(source, "emb.ln.w"), self._tensor(source, "emb.ln.b")
        self._weights = {}
        self.changes = {}
        for name in (f"l{i}.{part}" for i in range(self.layers) for part in _PARTS):
            columns = header.inner if name.endswith(".fo") else self.width
            matrix = self._tensor(source, f"{name}.w", columns).to(HALF)
            self._weights[name] = matrix, self._tensor(source, f"{name}.b").to(HALF)
            down = (torch.randn(RANK, columns) / math.sqrt(columns)).to(DEVICE)
            up = torch.zeros(len(matrix), RANK, device=DEVICE)
            self.changes[name] = down.requires_grad_(), up.requires_grad_()
        for name in (f"l{i}.{norm}" for i in range(self.layers) for norm in ("aln", "oln")):
            self._weights[name] = tuple(self._tensor(source, f"{name}.{x}").to(HALF) for x in "wb")

    @staticmethod
    def _tensor(source: Packed, name: str, columns: int | None = None) -> torch.Tensor:
        flat = torch.from_numpy(source.tensor(name).copy()).to(DEVICE)
        return flat.reshape(-1, columns) if columns else flat

    def learned(self) -> list[torch.Tensor]:
        return [part for change in self.changes.values() for part in change]

    def load(self, file: Path) -> None:
        """Goes on from what was saved."""
        parts = load_file(file)
        for name, (down, up) in self.changes.items():
            down.data.copy_(parts[f"{name}.w.a"])
            up.data.copy_(parts[f"{name}.w.b"])

    def save(self, file: Path, more: Mapping[str, torch.Tensor] | None = None) -> None:
        """Writes what it has learned, and `more`, in the place of what ships."""
        parts = {name: part.detach().cpu() for name, part in (more or {}).items()}
        for name, (down, up) in self.changes.items():
            parts[f"{name}.w.a"] = down.detach().half().cpu()
            parts[f"{name}.w.b"] = up.detach().half().cpu()
        save_file(parts, file)

    def states(self, numbers: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
        """Of each token behind the last layer, shape (texts, tokens, width); which are there."""
        rows, there = pad([torch.tensor(row) for row in numbers])
        rows, there = rows.to(DEVICE), there.to(DEVICE)
        embedded = self._words[rows] + self._places[: rows.shape[1]]
        states = F.layer_norm(embedded, (self.width,), *self._norm, self._epsilon).to(HALF)
        mask = torch.where(there, 0.0, -1e4).to(HALF)[:, None, None, :]
        for i in range(self.layers):
            states = self._layer(states, mask, f"l{i}")
        return states.float(), there

    def _layer(self, states: torch.Tensor, mask: torch.Tensor, layer: str) -> torch.Tensor:
        texts, tokens, width = states.shape
        split = [
            self._linear(states, f"{layer}.{part}")
            .view(texts, tokens, self._heads, -1)
            .transpose(1, 2)
            for part in "qkv"
        ]
        mixed = F.scaled_dot_product_attention(*split, attn_mask=mask)
        mixed = self._linear(mixed.transpose(1, 2).reshape(texts, tokens, width), f"{layer}.ao")
        states = self._normed(states + _dropped(mixed, self._out_of), f"{layer}.aln")
        inner = F.gelu(self._linear(states, f"{layer}.fi"))
        inner = self._linear(inner, f"{layer}.fo")
        return self._normed(states + _dropped(inner, self._out_of), f"{layer}.oln")

    def _normed(self, states: torch.Tensor, name: str) -> torch.Tensor:
        return F.layer_norm(states, (self.width,), *self._weights[name], self._epsilon)

    def _linear(self, states: torch.Tensor, name: str) -> torch.Tensor:
        out = F.linear(states, *self._weights[name])
        if name not in self.changes:
            return out
        down, up = self.changes[name]
        states = _dropped(states, self._into)
        return out + F.linear(F.linear(states, down.to(HALF)), up.to(HALF))


def learn(
    changed: Sequence[dict[str, Any]],
    clipped: Sequence[torch.Tensor],
    steps: int,
    warm_up: int,
    losses: Iterator[torch.Tensor],
) -> None:
    """So many `steps` of AdamW down the `losses`, each made when it is asked for; the rate rises
    over the first `warm_up` and falls along a cosine. `changed`: groups of parameters with rates of
    their own; `clipped`: those whose gradient has the norm 1 at most.
    """
    optimizer = torch.optim.AdamW(changed, betas=(0.9, 0.98))

    def pace(step: int) -> float:
        return min(1, (step + 1) / warm_up) * max(0.03, (1 + math.cos(math.pi * step / steps)) / 2)

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, pace)
    for _ in tqdm(range(steps), file=sys.stderr, mininterval=10):
        loss = next(losses)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(clipped, 1.0)
        optimizer.step()
        schedule.step()


def _dropped(states: torch.Tensor, share: float) -> torch.Tensor:
    return F.dropout(states, share, training=torch.is_grad_enabled())


def pad(rows: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows of one length, and which of their places are no padding."""
    lengths = torch.tensor([len(row) for row in rows])
    padded = torch.nn.utils.rnn.pad_sequence(list(rows), batch_first=True)
    return padded, torch.arange(padded.shape[1])[None] < lengths[:, None]
