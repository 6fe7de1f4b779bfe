"""MCP: asked by the official client over HTTP and over standard input, on a real server."""

import asyncio
import os
import sys

import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from qa import ask
from qa.search import search, who_said
from ui.api.mcp import cannot_be_bound_anew
from ui.render import to_wire, wire_citation

from .conftest import READER, bearer
from .test_rest import QUESTIONS, untimed

TOOLS = ["ask", "read_passage", "search", "who_said"]


async def call(client, tool, **arguments):
    """The structured output of a tool."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return result.structured_content


async def told(client, tool, **arguments):
    """What a tool complains of."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return result.content[0].text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_over_http_the_tools_answer_as_the_process_does(serve_here, small_library, mode):
    url = serve_here(small_library)

    async def talk():
        async with Client(f"{url}/mcp", mode=mode) as client:
            tools = (await client.list_tools()).tools
            assert sorted(tool.name for tool in tools) == TOOLS
            assert all(tool.output_schema and tool.description for tool in tools)
            assert all(tool.annotations.read_only_hint for tool in tools)
            for question in QUESTIONS:
                answer = await call(client, "ask", question=question)
                assert untimed(answer) == untimed(to_wire(ask(small_library, question)))
            found = await call(client, "search", query="海岛居民收入", limit=1)
            (hit,) = found["passages"]
            assert [hit] == [
                wire_citation(c) for c in search(small_library, "海岛居民收入", limit=1)
            ]
            said = (await call(client, "who_said", topic="收入"))["said"]
            assert said == [wire_citation(c) for c in who_said(small_library, "收入")]
            assert {c["speaker"] for c in said} == {"嘉兴市委", "舟山市委"}

            place = {"document": hit["document"]["id"], "start": hit["start"], "end": hit["end"]}
            passage = await call(client, "read_passage", **place)
            assert (passage["text"], passage["speaker"]) == (hit["quote"], "舟山市委")
            assert passage["section"] == ["大会发言", "舟山"]

    asyncio.run(talk())


def test_what_is_wrong_is_told_to_the_assistant(serve_here, small_library):
    url = serve_here(small_library)
    (info,) = small_library.documents()

    async def talk():
        async with Client(f"{url}/mcp") as client:
            assert "empty" in await told(client, "ask", question="？")
            assert "2000" in await told(client, "ask", question="问" * 2001)
            slip = {"question": "收入？", "filters": {"speakers": ["nobody"]}}
            assert "speakers" in await told(client, "ask", **slip)
            assert "no document" in await told(
                client, "read_passage", document="none", start=0, end=1
            )
            for start, end in [(5, 5), (9, 5), (10_000, 10_001)]:
                place = {"document": info.id, "start": start, "end": end}
                assert "no place" in await told(client, "read_passage", **place)

    asyncio.run(talk())


def test_a_token_is_asked_for_and_taken(serve_here, small_library):
    url = serve_here(small_library, tokens=[READER])
    assert httpx2.post(f"{url}/mcp", json={}).status_code == 401

    async def talk():
        async with (
            httpx2.AsyncClient(headers=bearer(READER)) as http,
            Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client,
        ):
            assert (await call(client, "ask", question=QUESTIONS[0]))["status"] == "answered"

    asyncio.run(talk())


def test_a_page_of_another_site_does_not_get_through(door):
    client = door()
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }
    accept = {"accept": "application/json, text/event-stream"}

    def status(**headers):
        return client.post("/mcp", json=hello, headers=accept | headers).status_code

    assert status(host="127.0.0.1:7860") == 200
    assert status(host="[::1]:7860") == 200
    assert status(host="localhost", origin="http://localhost") == 200
    assert status(host="rebound.example") == 421
    assert status(host="rebound.example", origin="http://rebound.example") == 421
    assert status(host="127.0.0.1", origin="http://elsewhere.example") == 403
    assert status(host="127.0.0.1", origin="null") == 403
    assert status(host="[", origin="http://[") == 421

    client = door(tokens=[READER])
    assert status(host="chat.example") == 401
    assert status(host="chat.example", **bearer(READER)) == 200
    other = {"origin": "https://elsewhere.example"}
    assert status(host="chat.example", **other, **bearer(READER)) == 403


def test_names_may_be_bound_anew_and_addresses_not():
    assert all(map(cannot_be_bound_anew, ["localhost:1", "127.0.0.1", "[::1]:80", "10.0.0.1:80"]))
    for host in ["", "a.example", "localhost.example", "127.0.0.1.example:80", "[a]", "1"]:
        assert not cannot_be_bound_anew(host)


@pytest.mark.model
def test_over_standard_input_it_answers_with_the_real_model(shipped_data):
    process = StdioServerParameters(
        command=sys.executable,
        args=["-m", "ui.cli", "mcp"],
        env={"XDG_DATA_HOME": str(shipped_data), "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    async def talk():
        async with Client(process) as client:
            assert sorted(t.name for t in (await client.list_tools()).tools) == TOOLS
            answer = await call(client, "ask", question="嘉兴城乡居民收入倍差是多少？")
            assert "1.51" in answer["sentences"][0]["text"]
            refused = await call(client, "ask", question="杭州市去年的GDP是多少？")
            assert refused["status"] == "not_found"

    asyncio.run(talk())
