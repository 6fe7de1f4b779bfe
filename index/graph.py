"""The packaged model as an ONNX graph: BERT (Devlin et al. 2019) whose matrices are 8-bit integers.

Weights are rounded by output column. What goes into the attention and into the first half of each
feed-forward comes out of a layer norm: a few components are large in every token, so they are first
evened out, the matrix taking the other share (SmoothQuant, Xiao et al. 2023), and one step of
rounding serves all tokens. The other two inputs are rounded token by token, as the token's largest
component asks (SmoothQuant's O1 and O2 in one). So no vector depends on which others stand beside
it. Attention, norms and sums stay in float32.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.packed import Floats, Packed

if TYPE_CHECKING:
    from onnx import ModelProto

INPUT, OUTPUT = "embeddings", "tokens"

_OPSET, _IR = 21, 10
_FUSED = "com.microsoft"
_SHARE = 0.7  # of the unevenness that goes over to the matrix
_MARGIN = 1.25  # above the largest component seen
_LEAST = 0.17  # the depth of GELU's dip: its outputs are above minus this
_ZERO = 128


def float_graph(source: Packed) -> "tuple[ModelProto, list[str]]":
    """The model in float32; and the names of its outputs that `integer_graph` must know."""
    graph = _Graph(source, None)
    return graph.model(graph.seen), graph.seen


def integer_graph(source: Packed, largest: Iterable[Floats]) -> "ModelProto":
    """The model in 8 bits; `largest` has each component's largest size at each of those outputs."""
    graph = _Graph(source, list(largest))
    return graph.model([OUTPUT])


def largest_products() -> "ModelProto":
    """Multiplies 128 bytes with 127s, which overflows the sums of older CPUs."""
    from onnx import TensorProto, helper, numpy_helper

    matrix = numpy_helper.from_array(np.full((128, 16), 127, np.int8), "matrix")
    node = helper.make_node("MatMulInteger", [INPUT, "matrix"], [OUTPUT])
    bytes_in = helper.make_tensor_value_info(INPUT, TensorProto.UINT8, [1, 128])
    sums_out = helper.make_tensor_value_info(OUTPUT, TensorProto.INT32, [1, 16])
    inner = helper.make_graph([node], "products", [bytes_in], [sums_out], [matrix])
    return helper.make_model(inner, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR)


class _Graph:
    """Nodes and weights, gathered in the order of the computation.

    Input: embeddings of shape (texts, tokens, width), nothing padded; output: vectors likewise.
    """

    def __init__(self, source: Packed, largest: list[Floats] | None) -> None:
        self._source = source
        self._largest = largest
        self._nodes: list[Any] = []
        self._weights: dict[str, Any] = {}
        self.seen: list[str] = []
        state = self._normalised(INPUT, "emb.ln")
        for layer in range(source.header.layers):
            state = self._layer(f"l{layer}", state)
        self._node("Identity", state, out=OUTPUT)

    def _layer(self, layer: str, state: str) -> str:
        asked, keys, values = self._from_norm(state, [f"{layer}.{part}" for part in "qkv"])
        mixed = self._node(
            "MultiHeadAttention",
            asked,
            keys,
            values,
            domain=_FUSED,
            num_heads=self._source.header.heads,
        )
        state = self._norm(state, self._by_token(mixed, f"{layer}.ao"), f"{layer}.ao", "aln")
        (inner,) = self._from_norm(state, [f"{layer}.fi"])
        inner = self._node("Gelu", inner, domain=_FUSED)
        out = self._by_token(inner, f"{layer}.fo", least=_LEAST)
        return self._norm(state, out, f"{layer}.fo", "oln")

    def _norm(self, state: str, change: str, part: str, norm: str) -> str:
        """The state and the change to it, with the bias that the change still lacks, normalised."""
        name = f"{part.partition('.')[0]}.{norm}"
        total = self._node("Add", change, self._node("Add", state, self._tensor(f"{part}.b")))
        return self._normalised(total, name)

    def _normalised(self, vectors: str, name: str) -> str:
        weights = self._tensor(f"{name}.w"), self._tensor(f"{name}.b")
        epsilon = self._source.header.epsilon
        return self._node("LayerNormalization", vectors, *weights, axis=-1, epsilon=epsilon)

    def _from_norm(self, state: str, parts: list[str]) -> list[str]:
        """Linear maps of the output of a layer norm."""
        matrices = [self._matrix(part) for part in parts]
        if self._largest is None:
            self.seen.append(state)
            return [
                self._node("Add", self._times(state, matrix, part), self._tensor(f"{part}.b"))
                for part, matrix in zip(parts, matrices, strict=True)
            ]
        largest = self._largest.pop(0)
        even = _evened(largest, np.concatenate(matrices, axis=1))
        step = np.float32((largest / even).max() * _MARGIN / 127)
        scaled = self._node("Mul", state, self._constant(f"{parts[0]}.even", 1 / (even * step)))
        whole = self._rounded(scaled)
        return [
            self._integer_times(whole, matrix * (even * step)[:, None], part, bias=True)
            for part, matrix in zip(parts, matrices, strict=True)
        ]

    def _by_token(self, vectors: str, part: str, least: float = 0.0) -> str:
        """A linear map without its bias; components are at least minus `least`, if one is given."""
        matrix = self._matrix(part)
        if self._largest is None:
            return self._times(vectors, matrix, part)
        sizes = vectors if least else self._node("Abs", vectors)
        axes = self._constant("axes", np.array([-1]), np.int64)
        largest = self._node("ReduceMax", sizes, axes, keepdims=1)
        largest = self._node("Max", largest, self._scalar(np.float32(least or 1e-6)))
        scale = self._node("Div", self._scalar(np.float32(127)), largest)
        scaled = self._node("Mul", vectors, scale)
        whole = self._rounded(scaled)
        product = self._integer_times(whole, matrix / np.float32(127), part, bias=False)
        return self._node("Mul", product, largest)

    def _rounded(self, vectors: str) -> str:
        one, zero = self._scalar(np.float32(1)), self._scalar(np.uint8(_ZERO))
        return self._node("QuantizeLinear", vectors, one, zero)

    def _times(self, vectors: str, matrix: Floats, part: str) -> str:
        return self._node("MatMul", vectors, self._constant(f"{part}.w", matrix))

    def _integer_times(self, whole: str, matrix: Floats, part: str, *, bias: bool) -> str:
        scales = np.abs(matrix).max(axis=0) / np.float32(127)
        rounded = np.round(matrix / scales)
        return self._node(
            "MatMulIntegerToFloat",
            whole,
            self._constant(f"{part}.w", rounded, np.int8),
            self._scalar(np.float32(1)),
            self._constant(f"{part}.scales", scales),
            self._scalar(np.uint8(_ZERO)),
            *(["", self._tensor(f"{part}.b")] if bias else []),
            domain=_FUSED,
        )

    def _matrix(self, part: str) -> Floats:
        """Shape (in, out)."""
        flat = self._source.tensor(f"{part}.w")
        columns = self._source.header.inner if part.endswith(".fo") else self._source.header.width
        return flat.reshape(-1, columns).T

    def _tensor(self, name: str) -> str:
        return self._constant(name, self._source.tensor(name))

    def _scalar(self, value: np.generic) -> str:
        return self._constant(f"{value.dtype}:{value}", np.asarray(value), value.dtype)

    def _constant(
        self, name: str, values: npt.NDArray[Any], kind: npt.DTypeLike = np.float32
    ) -> str:
        from onnx import numpy_helper

        if name not in self._weights:
            exact = np.array(values, kind, order="C")
            self._weights[name] = numpy_helper.from_array(exact, name)
        return name

    def _node(
        self, kind: str, *inputs: str, domain: str = "", out: str = "", **attributes: int | float
    ) -> str:
        from onnx import helper

        out = out or f"{len(self._nodes)}"
        node = helper.make_node(kind, inputs, [out], domain=domain)
        node.attribute.extend(helper.make_attribute(*pair) for pair in attributes.items())
        self._nodes.append(node)
        return out

    def model(self, outputs: list[str]) -> "ModelProto":
        from onnx import TensorProto, helper

        shape: list[str | int] = ["texts", "tokens", self._source.header.width]
        tensors = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name in (INPUT, *outputs)
        ]
        graph = helper.make_graph(
            self._nodes, "encoder", tensors[:1], tensors[1:], list(self._weights.values())
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_FUSED, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=_IR)


def _evened(largest: Floats, matrix: Floats) -> Floats:
    """What to divide each component by, and multiply its row of the matrix with."""
    even = (largest + 1e-3) ** _SHARE / (np.abs(matrix).max(axis=1) + 1e-6) ** (1 - _SHARE)
    scaled: Floats = (even / np.exp(np.log(even).mean())).astype(np.float32)
    return scaled
