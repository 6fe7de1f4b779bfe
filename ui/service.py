"""Where every door of the server asks: off the event loop, bounded, counted, logged."""

import os
import time
from collections.abc import Callable, Sequence
from typing import Self, TypeVar

from anyio import CapacityLimiter, to_thread

from corpus.errors import YuanwenError
from index.library import Library
from index.nouns import Filters
from qa import Answer, Refusal, ask
from qa.ask import EVERYWHERE
from ui.batch import Asked
from ui.errors import Busy
from ui.library import check_filters
from ui.metrics import Metrics
from ui.observe import tell

# More than the cores only get in each other's way: an answer is computing, and waits for nothing.
THREADS = max(2, os.cpu_count() or 2)
WAITING = 64

T = TypeVar("T")


class Pool:
    """A bounded number of threads, and a bounded queue before them."""

    def __init__(self) -> None:
        self._threads = CapacityLimiter(THREADS)
        self._inside = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Does `work` in one of the threads.

        Raises:
            Busy: the queue is full.
        """
        if self._inside >= THREADS + WAITING:
            raise Busy("Too many questions are waiting. Try again in a few seconds.")
        self._inside += 1
        try:
            return await to_thread.run_sync(work, limiter=self._threads)
        finally:
            self._inside -= 1


class Service:
    """An open library as the doors ask it."""

    def __init__(
        self, library: Library, metrics: Metrics, pool: Pool, *, log_questions: bool
    ) -> None:
        self.library = library
        self.run = pool.run
        self._metrics = metrics
        self._pool = pool
        self._log_questions = log_questions

    def of(self, library: Library) -> Self:
        """The same for a part of the library, within the same bounds."""
        return type(self)(library, self._metrics, self._pool, log_questions=self._log_questions)

    async def ask(
        self,
        door: str,
        question: str,
        history: Sequence[str] = (),
        filters: Filters = EVERYWHERE,
    ) -> Answer | Refusal:
        """What `qa.ask` answers; `door` names in the log where the question came in.

        Raises:
            BadQuestion, BadInput: the question, its history or its filters are not taken.
            Busy: the queue is full.
        """
        started = time.perf_counter()
        try:
            reply = await self.run(lambda: self._answer(question, history, filters))
        except YuanwenError as error:
            self._metrics.failed("busy" if isinstance(error, Busy) else "error")
            raise
        status = "answered" if isinstance(reply, Answer) else "not_found"
        total = time.perf_counter() - started
        self._metrics.asked(status, total, reply.timings_ms)
        told = {"question": question} if self._log_questions else {}
        tell("question", door=door, status=status, ms=round(total * 1000, 1), **told)
        return reply

    def _answer(self, question: str, history: Sequence[str], filters: Filters) -> Answer | Refusal:
        check_filters(self.library, Asked("", question, tuple(history), filters))
        return ask(self.library, question, history, filters)
