"""The web application: every router, then the chat at `/`.

Routes are declared before Gradio is mounted, so that its catch-all takes only what is left.
"""

from importlib import resources
from pathlib import Path

import gradio as gr
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.staticfiles import StaticFiles

from index.library import Library
from ui.chat import create_chat
from ui.guard import Guard
from ui.page import page_router
from ui.pages.cite import cite_router
from ui.settings import Settings

STATIC = Path(str(resources.files("ui"))) / "static"
STYLES = ("tokens", "chat")


def create_app(library: Library, settings: Settings) -> FastAPI:
    """The whole web application over an open library."""
    app = FastAPI(title="Yuanwen", docs_url=None, redoc_url=None, openapi_url=None)
    # Closed: without a policy of ours Gradio would answer every origin, with credentials.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(Guard)
    app.include_router(page_router(library))
    app.include_router(cite_router(library))
    app.mount("/page", StaticFiles(directory=STATIC))
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        create_chat(library),
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
