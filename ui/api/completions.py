"""`/v1/chat/completions` and `/v1/models`, as the clients of OpenAI's API ask them.

The message is the cited answer, drawn as Markdown; `annotations` hold the citations, and
`yuanwen` holds the object that REST gives. Whatever would steer a language model is heard and has
no effect: there is none.
"""

import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urljoin
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.sse import format_sse_event
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from corpus.errors import YuanwenError
from qa import Answer, Refusal, check_question
from qa.ask import MOST_HISTORY
from ui.access import Access
from ui.api import wire
from ui.api.problems import documented
from ui.api.schema import create_door
from ui.render import to_markdown, to_wire
from ui.respond import FRESH, Json, dump
from ui.service import Service

MODEL = "yuanwen"
_PARAGRAPH = "\n\n"
_LONGEST_TEXT = 100_000

Text = Annotated[str, Field(max_length=_LONGEST_TEXT)]


class Part(BaseModel):
    """A piece of a message; those that are no text are passed over."""

    type: str
    text: Text = ""


class Message(BaseModel):
    """One message of the talk. Only those of the user are read: they are the questions."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[Part] | None = None

    def words(self) -> str:
        """What it says."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    """`include_usage`: a last piece tells the number of tokens."""

    include_usage: bool = False


class Completion(BaseModel):
    """What is asked. `filters` is ours; other parameters are taken and have no effect."""

    model: str
    messages: Annotated[list[Message], Field(min_length=1, max_length=1000)]
    stream: bool = False
    stream_options: StreamOptions | None = None
    filters: wire.Where = wire.Where()


def create_completions(service: Service, access: Access) -> FastAPI:
    """The application to mount at `/v1`."""
    app = create_door("Yuanwen as a chat model", "/v1", secured=not access.open)
    model = {"id": MODEL, "object": "model", "created": int(time.time()), "owned_by": MODEL}

    @app.get("/models")
    async def models() -> Response:
        """The one model there is."""
        return Json({"object": "list", "data": [model]})

    @app.get("/models/{name}", responses=documented(404))
    async def one_model(name: str) -> Response:
        """The same, by its name."""
        _check_model(name)
        return Json(model)

    @app.post("/chat/completions", responses=documented(400, 404, 411, 413, 503))
    async def complete(asked: Completion, request: Request) -> Response:
        """Answers the last message; the user's messages before it are the history."""
        _check_model(asked.model)
        question, history = _questions(asked.messages)
        reply = await service.ask("completions", question, history, asked.filters.filters())
        drawn = _Drawn.of(reply, str(request.base_url))
        usage = _usage(service, asked.messages, drawn)
        if asked.stream:
            wants_usage = asked.stream_options and asked.stream_options.include_usage
            return StreamingResponse(
                _chunks(drawn, usage if wants_usage else None),
                media_type="text/event-stream",
                headers=FRESH,
            )
        message = {
            "role": "assistant",
            "content": "".join(drawn.pieces),
            "refusal": None,
            "annotations": drawn.annotations,
        }
        choice = {"index": 0, "finish_reason": "stop", "logprobs": None, "message": message}
        body = {**_envelope("chat.completion"), "choices": [choice], "usage": usage}
        return Json({**body, "yuanwen": drawn.answer}, headers=FRESH)

    return app


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A message in pieces, its citations, and the whole answer."""

    pieces: list[str]
    annotations: list[dict[str, Any]]
    answer: dict[str, Any]

    @classmethod
    def of(cls, reply: Answer | Refusal, site: str) -> "_Drawn":
        """`site` is the address of the server: links of annotations are whole."""
        pieces: list[str] = []
        annotations = []
        end = 0
        cited = {c.n: c for c in reply.citations} if isinstance(reply, Answer) else {}
        for paragraph in to_markdown(reply):
            text = f"{_PARAGRAPH if pieces else ''}{paragraph.text}"
            pieces.append(text)
            end += len(text)
            if paragraph.citation is not None:
                citation = cited[paragraph.citation]
                place = {
                    "start_index": end - len(f"[{citation.n}]"),
                    "end_index": end,
                    "url": urljoin(site, citation.link.lstrip("/")),
                    "title": citation.document.title,
                }
                annotations.append({"type": "url_citation", "url_citation": place})
        return cls(pieces, annotations, to_wire(reply))


def _check_model(name: str) -> None:
    if name != MODEL:
        raise HTTPException(404, f"There is no model {name!r}: ask {MODEL!r}.")


def _questions(messages: Sequence[Message]) -> tuple[str, list[str]]:
    """The question and those before it; what is no question is no help to understand the next."""
    if messages[-1].role != "user":
        raise HTTPException(422, "The last message must be of the role user: it is the question.")
    earlier = [m.words() for m in messages[:-1] if m.role == "user"]
    return messages[-1].words(), list(filter(_is_question, earlier))[-MOST_HISTORY:]


def _is_question(text: str) -> bool:
    try:
        check_question(text)
    except YuanwenError:
        return False
    return True


def _usage(service: Service, messages: Sequence[Message], drawn: _Drawn) -> dict[str, int]:
    """Counted in the tokens of the embedding model."""
    texts = [messages[-1].words(), "".join(drawn.pieces)]
    prompt, completion = service.library.embedder.token_counts(texts)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }


def _envelope(kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{uuid4().hex}",
        "object": kind,
        "created": int(time.time()),
        "model": MODEL,
    }


async def _chunks(drawn: _Drawn, usage: dict[str, int] | None) -> AsyncIterator[bytes]:
    envelope = _envelope("chat.completion.chunk")

    def chunk(delta: dict[str, Any], finish: str | None = None, **more: object) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return _event({**envelope, "choices": [choice], **more})

    yield chunk({"role": "assistant", "content": ""})
    for piece in drawn.pieces:
        yield chunk({"content": piece})
    yield chunk({"annotations": drawn.annotations}, "stop", yuanwen=drawn.answer)
    if usage:
        yield _event({**envelope, "choices": [], "usage": usage})
    yield b"data: [DONE]\n\n"


def _event(content: object) -> bytes:
    return format_sse_event(data_str=dump(content).decode())
