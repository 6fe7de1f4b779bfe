"""Who said what: a topic by speakers, a speaker by sections, a heat map of topics by speakers."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from index.library import Library
from index.nouns import Filters
from qa.errors import BadQuestion
from qa.survey import Speech, Survey, passages, speech, survey
from qa.topics import Topic, topics
from ui.errors import Busy
from ui.pages.frame import Frame
from ui.pages.sheet import speech_rows, survey_rows, to_csv
from ui.respond import FRESH
from ui.service import Service

MOST_TOPICS = 18
MOST_SPEAKERS = 40
_SHADES = 6
_LATER = {**FRESH, "retry-after": "2"}

Words = Annotated[str, Query(max_length=2000)]
Name = Annotated[str, Query(max_length=500)]


def who_router(service: Service) -> APIRouter:
    """`/who` and `/who.csv`."""
    router = APIRouter()
    library = service.library

    @lru_cache(maxsize=16)
    def learned(documents: tuple[str, ...]) -> tuple[Topic, ...]:
        # A document's id is made of its text, so what was learned of these holds for good.
        return tuple(topics(passages(library, Filters(frozenset(documents))), MOST_TOPICS))

    @router.get("/who")
    async def who(
        frame: Annotated[Frame, Depends()],
        topic: Words = "",
        speaker: Name = "",
        document: Name = "",
    ) -> HTMLResponse:
        try:
            return await service.run(lambda: page(frame, topic, speaker, document))
        except Busy:
            return frame.page("busy.html", status=503)

    def page(frame: Frame, topic: str, speaker: str, document: str) -> HTMLResponse:
        infos = library.documents()
        within = tuple(info.id for info in infos if info.id == document) if document else ()
        if document and not within:
            return frame.missing()
        filters = _filters(document, speaker if topic.strip() else "")
        found, wrong = _surveyed(library, topic, filters)
        shown = [info for info in infos if not within or info.id in within]
        speakers = list(dict.fromkeys(name for info in shown for name in info.speakers))
        return frame.page(
            "who.html",
            topic=topic.strip(),
            speaker=speaker.strip(),
            document=document,
            documents=infos,
            speakers=speakers,
            survey=found,
            wrong=wrong,
            speech=_speech(library, topic, speaker, document),
            map=_heat(learned(tuple(info.id for info in shown)), speakers, found),
        )

    @router.get("/who.csv")
    async def table(
        frame: Annotated[Frame, Depends()],
        topic: Words = "",
        speaker: Name = "",
        document: Name = "",
    ) -> Response:
        try:
            return await service.run(lambda: sheet(frame, topic, speaker, document))
        except Busy as error:
            return PlainTextResponse(str(error), 503, headers=_LATER)

    def sheet(frame: Frame, topic: str, speaker: str, document: str) -> Response:
        found, wrong = _surveyed(library, topic, _filters(document, speaker))
        if wrong:
            return PlainTextResponse(wrong, 422, headers=FRESH)
        said = _speech(library, topic, speaker, document) or []
        rows = survey_rows(found, frame) if found else speech_rows(said, frame)
        headers = {**FRESH, "content-disposition": 'attachment; filename="who.csv"'}
        return Response(to_csv(rows, frame), headers=headers, media_type="text/csv")

    return router


def _filters(document: str, speaker: str) -> Filters:
    return Filters(
        documents=frozenset(filter(None, [document])),
        speakers=frozenset(filter(None, [speaker.strip()])),
    )


def _surveyed(library: Library, topic: str, filters: Filters) -> tuple[Survey | None, str]:
    """What is found on a topic, and what is wrong with it."""
    if not topic.strip():
        return None, ""
    try:
        return survey(library, topic, filters), ""
    except BadQuestion as error:
        return None, str(error)


def _speech(library: Library, topic: str, speaker: str, document: str) -> list[Speech] | None:
    """All that a speaker says, where no topic was asked for."""
    if topic.strip() or not speaker.strip():
        return None
    return speech(library, speaker.strip(), _filters(document, ""))


@dataclass(frozen=True, slots=True)
class Cell:
    """How many passages of a speaker hold a topic; `shade` is 0 for none, up to 6 for the most."""

    count: int
    shade: int


@dataclass(frozen=True, slots=True)
class Heat:
    """The heat map: `rows` hold a cell for each topic; `left_out` counts speakers not shown."""

    topics: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    left_out: int


def _heat(found: tuple[Topic, ...], speakers: list[str], asked: Survey | None) -> Heat | None:
    columns = list(found)
    if asked and asked.voices:
        counts = {voice.speaker: voice.passages for voice in asked.voices if voice.speaker}
        columns = [Topic(asked.topic, counts), *(c for c in columns if c.term != asked.topic)]
    if not columns or not speakers:
        return None
    most = max((count for topic in columns for count in topic.counts.values()), default=1)
    rows = tuple(
        (who, tuple(_cell(topic.counts.get(who, 0), most) for topic in columns))
        for who in speakers[:MOST_SPEAKERS]
    )
    return Heat(tuple(topic.term for topic in columns), rows, max(0, len(speakers) - MOST_SPEAKERS))


def _cell(count: int, most: int) -> Cell:
    return Cell(count, -(-count * _SHADES // most))
