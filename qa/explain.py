"""Why an answer is as it is: what was found and weighed on the way, kept and not computed anew."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.attribute import Attribution
from qa.refuse import Verdict
from qa.retrieve import Candidate, Query


@dataclass(frozen=True, slots=True)
class Search:
    """One search: every passage that got a closer look, best first, and the verdicts on the first
    few; `ranked` is in the order in which they would be shown.
    """

    candidates: Sequence[Candidate]
    ranked: Sequence[tuple[Candidate, Verdict]]

    @property
    def in_order(self) -> list[Candidate]:
        """Those with a verdict first, then the others."""
        first = [candidate for candidate, _ in self.ranked]
        judged = {candidate.hit.passage.id for candidate in first}
        return first + [c for c in self.candidates if c.hit.passage.id not in judged]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a reply was weighed from.

    `wanted`: how the question was read; `names`: starts and ends of names in `query.text` that it
    spells in another script. `searches`: one, or one for each speaker that was asked about; none
    where nothing was searched. `literal`: the words of the topic stand in the text, and that alone
    decided.
    """

    query: Query
    wanted: Attribution
    names: Sequence[tuple[int, int]]
    searches: Sequence[Search]
    literal: bool = False

    @property
    def logit(self) -> float | None:
        """Of the verdict that decided whether to answer; None where none did: words that stand in
        the text, or an overview, which asks for whatever somebody says.
        """
        if self.literal or (self.wanted.speakers and not self.wanted.topic):
            return None
        verdicts = [verdict.logit for search in self.searches for _, verdict in search.ranked[:1]]
        return max(verdicts, default=None)
