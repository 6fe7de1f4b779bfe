"""Who said what, by REST: `/who`, and a speaker's own words at `/speech`."""

from typing import Annotated, Any

from fastapi import FastAPI, Query
from pydantic import BaseModel
from starlette.responses import Response

from qa.survey import Speech, Survey, speech, survey
from ui.api import wire
from ui.api.problems import documented
from ui.render import wire_citation
from ui.respond import FRESH, Json
from ui.service import Service


class Voice(BaseModel):
    """What one speaker says on the topic; `speaker` is null where the documents name nobody."""

    speaker: str | None
    passages: int
    citations: list[wire.Citation]


class WhoSaid(BaseModel):
    """Who speaks on a topic, in the order of the documents, and who does not.

    `literal`: the topic stands in the documents word for word.
    """

    topic: str
    literal: bool
    voices: list[Voice]
    silent: list[str]


class Part(BaseModel):
    """What the speaker says in one section, passage by passage."""

    section: list[str]
    citations: list[wire.Citation]


class Spoken(BaseModel):
    """All that a speaker says, by section."""

    speaker: str
    sections: list[Part]


def add_who(app: FastAPI, service: Service) -> None:
    """Adds the routes to the application of `/api/v1`."""
    library = service.library

    @app.get("/who", response_model=WhoSaid, responses=documented(503))
    async def who(
        topic: Annotated[wire.Question, Query(description="Words, or a question for who says.")],
        document: Annotated[wire.Names, Query()] = [],  # noqa: B006
        section: Annotated[wire.Names, Query()] = [],  # noqa: B006
        speaker: Annotated[wire.Names, Query()] = [],  # noqa: B006
    ) -> Response:
        """Everybody's words on a topic, and who is silent on it."""
        where = wire.Where(documents=document, sections=section, speakers=speaker).filters()
        found = await service.run(lambda: survey(library, topic, where))
        return Json(_survey(found), headers=FRESH)

    @app.get("/speech", response_model=Spoken, responses=documented(503))
    async def spoken(
        speaker: Annotated[wire.Name, Query(description="A name as the documents write it.")],
        document: Annotated[wire.Names, Query()] = [],  # noqa: B006
        section: Annotated[wire.Names, Query()] = [],  # noqa: B006
    ) -> Response:
        """All that one speaker says, by section; no section where nobody has this name."""
        where = wire.Where(documents=document, sections=section).filters()
        found = await service.run(lambda: speech(library, speaker, where))
        return Json({"speaker": speaker, "sections": list(map(_part, found))}, headers=FRESH)


def _survey(found: Survey) -> dict[str, Any]:
    return {
        "topic": found.topic,
        "literal": found.literal,
        "voices": [
            {
                "speaker": voice.speaker,
                "passages": voice.passages,
                "citations": list(map(wire_citation, voice.citations)),
            }
            for voice in found.voices
        ],
        "silent": list(found.silent),
    }


def _part(found: Speech) -> dict[str, Any]:
    return {"section": list(found.section), "citations": list(map(wire_citation, found.citations))}
