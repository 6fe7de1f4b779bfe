"""The Gradio chat: one event that asks, and a page of static markup that our own script fills.

Gradio carries questions and answers and bounds how many run at once. It never draws document text:
a `gr.HTML` template runs as code, and its Markdown alters quotations. So the template below holds
nothing but marks of ours, and `static/chat.js` builds every message from text nodes. An answer
comes whole: it is there a tenth of a second after its question, before a stream would have opened.
"""

from typing import Any

import gradio as gr
from pydantic import BaseModel, Field

from corpus.errors import YuanwenError
from ui.api.problems import kind_of
from ui.api.wire import Where
from ui.render import to_wire
from ui.service import Service

CONCURRENT = 16
WAITING = 64

_TEMPLATE = '<div class="yw"></div>'
_SCRIPT = """
import(new URL("page/gradio.js", document.baseURI).href)
  .then((door) => door.open(element, props, watch, (asked) => trigger("asked", asked)));
"""
# Runs in the browser when the queue is full, the server is gone, or the event broke.
_LOST = "() => { document.dispatchEvent(new CustomEvent('yuanwen:lost')); }"


class Asked(BaseModel):
    """What the page sends: the question, and the earlier questions of this chat, oldest first.

    `id` is the page's own number for it, where it has one.
    """

    id: int = 0
    question: str
    history: list[str] = Field(default=[], max_length=8)
    filters: Where = Where()


def create_chat(service: Service) -> gr.Blocks:
    """The chat over a library; mount it with the page's script and style at `page/`."""

    async def answer(event: gr.EventData) -> dict[str, Any]:
        asked = Asked.model_validate(event._data)
        return {"id": asked.id, **await reply(service, asked)}

    # Gradio names a page after `title`; the script puts the reader's language in its place.
    blocks = gr.Blocks(analytics_enabled=False, title="原文 Yuanwen", fill_width=True)
    with blocks:
        page = gr.HTML(html_template=_TEMPLATE, js_on_load=_SCRIPT, apply_default_css=False)
        # A new chat may ask while the last question of the old one is still under way.
        event = page.asked(
            answer,
            outputs=page,
            api_visibility="private",
            show_progress="hidden",
            trigger_mode="multiple",
        )
        event.failure(fn=None, js=_LOST, api_visibility="private")
    blocks.queue(api_open=False, default_concurrency_limit=CONCURRENT, max_size=WAITING)
    return blocks


async def reply(service: Service, asked: Asked) -> dict[str, Any]:
    """The answer as the page reads it, or `{"error": message, "kind": …}` (see problems.py)."""
    try:
        found = await service.ask("chat", asked.question, asked.history, asked.filters.filters())
        return {"answer": to_wire(found)}
    except YuanwenError as error:
        return {"error": str(error), "kind": kind_of(error)}
