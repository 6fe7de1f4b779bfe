"""The web application: every router, then the chat at `/`.

Routes are declared before Gradio is mounted, so that its catch-all takes only what is left.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path

import gradio as gr
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.staticfiles import StaticFiles

from index.library import Library
from ui.access import Access, AccessGate
from ui.api.completions import create_completions
from ui.api.health import health_router
from ui.api.mcp import McpDoor, create_mcp
from ui.api.problems import install
from ui.api.rest import create_rest
from ui.chat import create_chat
from ui.guard import Guard
from ui.limits import RateLimit
from ui.metrics import Metrics
from ui.observe import Observe
from ui.page import STYLES, page_router
from ui.pages.admin import admin_router
from ui.pages.cite import cite_router
from ui.pages.documents import documents_router
from ui.pages.reader import reader_router
from ui.pages.who import who_router
from ui.service import Pool, Service
from ui.settings import Settings
from ui.widget.embed import add_widget

STATIC = Path(str(resources.files("ui"))) / "static"


def create_app(library: Library, settings: Settings) -> FastAPI:
    """The whole web application over an open library."""
    metrics = Metrics(library)
    service = Service(library, metrics, Pool(), log_questions=settings.log_questions)
    access = Access(settings.tokens, settings.admin_token)
    mcp = McpDoor(create_mcp(service), access)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with mcp.running():
            yield

    app = FastAPI(
        title="Yuanwen", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan
    )
    # The last one added is the first that a request meets.
    app.add_middleware(AccessGate, access=access)
    app.add_middleware(RateLimit, access=access, per_minute=settings.rate)
    # Closed: without a policy of ours Gradio would answer every origin, with credentials.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(Guard)
    app.add_middleware(Observe, metrics=metrics)
    app.include_router(health_router(service, metrics))
    app.include_router(page_router(library))
    app.mount("/api/v1", create_rest(service, access))
    app.mount("/api", _nothing())
    app.mount("/v1", create_completions(service, access))
    app.add_route("/mcp", mcp)  # type: ignore[arg-type]
    app.include_router(cite_router(library))
    app.include_router(reader_router(library))
    app.include_router(documents_router(library))
    app.include_router(admin_router())
    app.include_router(who_router(service))
    add_widget(app, service, settings.doors)
    app.mount("/page", StaticFiles(directory=STATIC))
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        create_chat(service),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"]),
        favicon_path=str(STATIC / "icon.svg"),
        head="".join(f'<link rel="stylesheet" href="page/{name}.css">' for name in STYLES),
    )
    return mounted


def _nothing() -> FastAPI:
    """Answers what no door answers as doors do."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    install(app)
    return app
