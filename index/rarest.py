"""Which terms of a question are counted, in a folder and in a cluster alike.

The rarest ones, so many as stand in some thousand passages taken together: in a large library the
frequent ones cost most of the time and tell least.
"""

from collections.abc import Mapping
from itertools import accumulate

from index.lexical import terms

_MOST_TERMS = 512  # of one question
# Passages, counted once for each term they hold: those that are looked through for the best, and
# those by whose terms the found ones are weighed, which takes a fraction of the time.
MOST_FOUND = 3_000
MOST_WEIGHED = 12_000


def asked_terms(question: str) -> list[str]:
    """The first terms of a question, each once."""
    return list(dict.fromkeys(terms(question)))[:_MOST_TERMS]


def rarest_terms(counts: Mapping[str, int], most: int) -> list[str]:
    """Of terms with the passages they stand in those that stand in at most so many, rarest first,
    and at least one that stands anywhere.
    """
    rarest = sorted((term for term, count in counts.items() if count), key=counts.__getitem__)
    sums = accumulate(counts[term] for term in rarest)
    few = sum(total <= most for total in sums)
    return rarest[: max(1, few)]
