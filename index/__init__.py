"""Where it can be found.

This room keeps documents and passages, in a folder or in a cluster, and finds passages by meaning
and by words, each with the score its retriever gave. It does not weigh the two, and does not know
what a question is.
"""

from index.bulk import add_all
from index.embedding import Embedder, Encoded, Vectors, load_embedder
from index.errors import (
    BadAddress,
    BadFeedback,
    ClusterUnavailable,
    FolderOnly,
    LibraryBusy,
    LibraryDamaged,
    LibraryMissing,
    LibraryTooNew,
    LibraryUnwritable,
    ModelMismatch,
    ModelUnavailable,
    UnknownDocument,
)
from index.lazy import lazy_embedder
from index.lexical import fold, terms
from index.library import Library
from index.nouns import Change, Comparison, DocumentInfo, Feedback, Filters, Hit
from index.place import is_address

__all__ = [
    "BadAddress",
    "BadFeedback",
    "Change",
    "ClusterUnavailable",
    "Comparison",
    "DocumentInfo",
    "Embedder",
    "Encoded",
    "Feedback",
    "Filters",
    "FolderOnly",
    "Hit",
    "Library",
    "LibraryBusy",
    "LibraryDamaged",
    "LibraryMissing",
    "LibraryTooNew",
    "LibraryUnwritable",
    "ModelMismatch",
    "ModelUnavailable",
    "UnknownDocument",
    "Vectors",
    "add_all",
    "fold",
    "is_address",
    "lazy_embedder",
    "load_embedder",
    "terms",
]
