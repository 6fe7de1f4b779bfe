"""Figures for Prometheus: questions, how long their stages take, and what was turned away."""

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily

from index.library import Library

_TURNED_AWAY = frozenset({401, 403, 411, 413, 429, 503})
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """Kept in a registry of its own: nothing of other libraries gets in."""

    def __init__(self, library: Library) -> None:
        self._registry = CollectorRegistry()
        self._questions = Counter(
            "yuanwen_questions",
            "Questions by how they ended.",
            ["status"],
            registry=self._registry,
        )
        self._stages = Histogram(
            "yuanwen_stage_seconds",
            "Seconds of each stage of an answer; total includes the wait in the queue.",
            ["stage"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._rejected = Counter(
            "yuanwen_rejected",
            "Requests turned away, by HTTP status.",
            ["status"],
            registry=self._registry,
        )
        self._registry.register(_Sizes(library))

    def asked(self, status: str, total_s: float, timings_ms: Mapping[str, float]) -> None:
        """Counts a question that was answered or refused."""
        self._questions.labels(status).inc()
        self._stages.labels("total").observe(total_s)
        for stage, ms in timings_ms.items():
            self._stages.labels(stage).observe(ms / 1000)

    def failed(self, status: str) -> None:
        """Counts a question that got neither."""
        self._questions.labels(status).inc()

    def answered(self, status: int) -> None:
        """Counts a request that was turned away, by its status."""
        if status in _TURNED_AWAY:
            self._rejected.labels(str(status)).inc()

    def text(self) -> bytes:
        """All figures in the text format of Prometheus."""
        return generate_latest(self._registry)


class _Sizes:
    """The size of the library, looked up when it is asked for."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def collect(self) -> Iterable[GaugeMetricFamily]:
        documents = len(self._library.documents())
        yield GaugeMetricFamily("yuanwen_documents", "Documents of the library.", documents)
        passages = self._library.passage_count()
        yield GaugeMetricFamily("yuanwen_passages", "Passages of the library.", passages)
