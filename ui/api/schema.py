"""An application for one door: errors as problems, and an OpenAPI document that tells it all."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from ui.api.problems import Problem, WrongField, documented, install

# Any route may answer with these.
_ALWAYS = (422, 429, 500)


def create_door(title: str, path: str, *, secured: bool) -> FastAPI:
    """An empty application to mount at `path`; `secured`: reading needs a token."""
    common = documented(*_ALWAYS, *((401,) if secured else ()))
    app = FastAPI(
        title=title,
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        strict_content_type=True,
        responses=common,
        servers=[{"url": path}],
        root_path_in_servers=False,
    )
    install(app)

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=title, version=app.version, routes=app.routes, servers=app.servers
            )
            parts = schema.setdefault("components", {})
            parts.setdefault("schemas", {}).update(_schemas())
            parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            schema["security"] = [{"token": []}] if secured else []
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
    return app


def _schemas() -> dict[str, Any]:
    template = "#/components/schemas/{model}"
    problem = Problem.model_json_schema(ref_template=template, mode="serialization")
    problem.pop("$defs")
    return {"Problem": problem, "WrongField": WrongField.model_json_schema()}
