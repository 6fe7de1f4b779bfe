"""schemathesis asks the REST door everything its OpenAPI document allows, and what it does not."""

import os
from contextlib import suppress

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from index import Library

from .conftest import ADMIN, SPEECHES, bearer

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# SCHEMA_EXAMPLES=500 asks longer.
EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "8"))


@pytest.fixture(scope="module")
def described(tmp_path_factory, hashing_embedder, serve_for_module):
    folder = tmp_path_factory.mktemp("schema")
    path = folder / "大会发言.md"
    path.write_text(SPEECHES, "utf-8")
    with Library.open(folder / "library", hashing_embedder, create=True) as library:
        library.add(path)
        url = serve_for_module(library, admin_token=ADMIN, rate=1_000_000)
        yield schemathesis.openapi.from_url(f"{url}/api/v1/openapi.json")


@pytest.mark.parametrize("mode", GenerationMode)
def test_nothing_that_is_asked_breaks_the_door(described, mode):
    asked = set()
    for found in described.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case):
            asked.add(case.operation.label)
            case.call_and_validate(headers=bearer(ADMIN), checks=CHECKS)

        # Nothing wrong can be asked of a route that takes nothing.
        with suppress(Unsatisfiable):
            ask()
    assert len(asked) >= 9
