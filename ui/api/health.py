"""For whoever keeps the server running: is it alive, is it ready, how much does it do."""

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from corpus.errors import YuanwenError
from ui.library import warm
from ui.metrics import Metrics
from ui.service import Service


def health_router(service: Service, metrics: Metrics) -> APIRouter:
    """`/healthz`, `/readyz` and `/metrics`."""
    router = APIRouter()
    warmed = False

    @router.get("/healthz")
    async def alive() -> Response:
        return PlainTextResponse("ok")

    @router.get("/readyz")
    async def ready() -> Response:
        nonlocal warmed
        try:
            if warmed:
                await service.run(service.library.passage_count)
            else:
                await service.run(lambda: warm(service.library))
                warmed = True
        except YuanwenError as error:
            return PlainTextResponse(f"not ready: {type(error).__name__}", 503)
        return PlainTextResponse("ready")

    @router.get("/metrics")
    def figures() -> Response:
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return router
