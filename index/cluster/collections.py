"""The three collections of a library: their fields, and what they are searched by."""

from typing import Any, Literal

Table = Literal["records", "blobs", "passages"]

LONGEST = 65_535  # bytes of one field
MOST_TERMS = 4_096  # of a passage; it has some hundreds
MOST_HEADINGS = 256


def make(client: Any, table: Table, name: str, dimension: int, tokenizer: str | None) -> None:  # noqa: ANN401
    """Makes one unless it stands, or another process makes it; `tokenizer` where it has BM25."""
    from pymilvus import MilvusException

    if client.has_collection(name):
        return
    schema = client.create_schema(auto_id=False)
    index = client.prepare_index_params()
    if table == "passages":
        _passages(schema, index, dimension, tokenizer)
    else:
        _others(schema, index, table)
    try:
        client.create_collection(
            name, schema=schema, index_params=index, num_shards=1, consistency_level="Session"
        )
    except MilvusException:
        if not client.has_collection(name):
            raise


def _passages(schema: Any, index: Any, dimension: int, tokenizer: str | None) -> None:  # noqa: ANN401
    from pymilvus import DataType, Function, FunctionType

    numbers = {"datatype": DataType.ARRAY, "element_type": DataType.INT64}
    schema.add_field("key", DataType.VARCHAR, is_primary=True, max_length=64)
    schema.add_field("edition", DataType.INT64)
    schema.add_field("speaker", DataType.INT64)
    schema.add_field("sections", **numbers, max_capacity=MOST_HEADINGS)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
    # Exact, as in a folder; whoever has millions may build a graph over it instead (HNSW).
    index.add_index("vector", index_type="FLAT", metric_type="IP")
    if tokenizer is None:
        schema.add_field("words", **numbers, max_capacity=MOST_TERMS)
        return
    schema.add_field(
        "words",
        DataType.VARCHAR,
        max_length=LONGEST,
        enable_analyzer=True,
        analyzer_params={"tokenizer": tokenizer},
    )
    schema.add_field("bm25", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_function(Function("bm25", FunctionType.BM25, ["words"], ["bm25"]))
    constants = {"bm25_k1": 1.2, "bm25_b": 0.75}
    index.add_index(
        "bm25", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25", params=constants
    )


def _others(schema: Any, index: Any, table: Table) -> None:  # noqa: ANN401
    from pymilvus import DataType

    schema.add_field("key", DataType.VARCHAR, is_primary=True, max_length=64)
    if table == "blobs":
        schema.add_field("edition", DataType.INT64)
        schema.add_field("data", DataType.VARCHAR, max_length=LONGEST)
    else:
        schema.add_field("kind", DataType.VARCHAR, max_length=16)
        schema.add_field("changed", DataType.INT64)
        schema.add_field("value", DataType.VARCHAR, max_length=LONGEST)
    # Every collection must have a vector.
    schema.add_field("unused", DataType.FLOAT_VECTOR, dim=2)
    index.add_index("unused", index_type="FLAT", metric_type="L2")
