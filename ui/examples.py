"""The questions that an empty chat offers: they need the document that ships with the project."""

from collections.abc import Iterable
from importlib import resources
from pathlib import PurePosixPath
from urllib.parse import unquote

from index.nouns import DocumentInfo

_SHIPPED = (
    "嘉兴城乡居民收入倍差是多少？",
    "哪些单位谈到了“钱随人走”？",
    "省财政厅对农村综合性改革试点怎么说？",
    "How many islands will be relocated within two years?",
    "杭州市去年的GDP是多少？",
)


def examples(documents: Iterable[DocumentInfo]) -> tuple[str, ...]:
    """Questions the shipped document answers, and one it does not; none where it is not there."""
    shipped = {entry.name for entry in (resources.files("corpus") / "documents").iterdir()}
    there = any(PurePosixPath(unquote(each.uri)).name in shipped for each in documents)
    return _SHIPPED if there else ()
