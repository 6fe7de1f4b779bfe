"""How the server bears many users: they ask at once, without a pause, by REST and by the chat.

    python tests/benchmarks/load.py [--users 50] [--seconds 60]

Each answer is compared with the one that this process gives. A user who is told 429 or 503 waits as
long as Retry-After says; every other error is a failure, and so is a wrong answer.
"""

import argparse
import asyncio
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx2

from qa import ask
from ui.library import open_library, warm
from ui.render import to_wire
from ui.settings import Settings

QUESTIONS = (
    "嘉兴城乡居民收入倍差是多少？",
    "哪些单位谈到了“钱随人走”？",
    "省财政厅对农村综合性改革试点怎么说？",
    "How many islands will be relocated within two years?",
    "杭州市去年的GDP是多少？",
    "舟山市委怎么说？",
    "谁提到了数字乡村？",
    "What is the urban-rural income ratio of Jiaxing?",
)
PATIENCE_S = 30


class Tally:
    """What one way to ask gave: seconds of each answer, and how the others ended."""

    def __init__(self):
        self.seconds = []
        self.ends = Counter()

    def row(self, name, seconds):
        cuts = statistics.quantiles(self.seconds, n=100) if len(self.seconds) > 1 else [0] * 99
        ends = ", ".join(f"{count} × {end}" for end, count in self.ends.items()) or "none"
        return (
            f"| {name} | {len(self.seconds)} | {len(self.seconds) / seconds:.0f} "
            f"| {cuts[49] * 1000:.0f} | {cuts[94] * 1000:.0f} | {ends} |"
        )


class Refused(Exception):
    """The server is busy: how it said so, and how long to wait."""

    def __init__(self, status, wait):
        super().__init__(status)
        self.status = status
        self.wait = wait


def check(answer):
    """Raises Refused for what is honestly refused, and an error for what is none of this."""
    if answer.status_code in (429, 503):
        raise Refused(answer.status_code, float(answer.headers.get("retry-after", 1)))
    answer.raise_for_status()


async def by_rest(client, question):
    answer = await client.post("/api/v1/ask", json={"question": question})
    check(answer)
    return answer.json()


async def by_chat(client, question):
    """As the page does: the question joins Gradio's queue, the answer comes as an event."""
    session = uuid4().hex
    asked = {
        "data": [],
        "fn_index": 0,
        "trigger_id": 1,
        "session_hash": session,
        "event_data": {"id": 1, "question": question, "history": []},
    }
    check(await client.post("/gradio_api/queue/join", json=asked))
    where = {"session_hash": session}
    async with client.stream("GET", "/gradio_api/queue/data", params=where) as events:
        async for line in events.aiter_lines():
            event = json.loads(line[6:]) if line.startswith("data: ") else {}
            if event.get("msg") == "process_completed":
                (reply,) = event["output"]["data"]
                if "answer" not in reply:
                    raise Refused(503, 2)
                return reply["answer"]
    raise ConnectionError("the stream ended without an answer")


async def user(client, way, questions, right, until, tally):
    """Asks until the time is over."""
    for question in questions:
        if time.perf_counter() >= until:
            return
        started = time.perf_counter()
        try:
            answer = await way(client, question)
        except Refused as refused:
            tally.ends[str(refused.status)] += 1
            await asyncio.sleep(refused.wait)
        except (httpx2.HTTPError, ConnectionError) as error:
            tally.ends[f"FAILED {type(error).__name__}"] += 1
        else:
            if untimed(answer) == right[question]:
                tally.seconds.append(time.perf_counter() - started)
            else:
                tally.ends["WRONG ANSWER"] += 1


async def measure(url, way, users, seconds, right):
    tally = Tally()
    limits = httpx2.Limits(max_connections=None)
    async with httpx2.AsyncClient(base_url=url, limits=limits, timeout=PATIENCE_S) as client:
        until = time.perf_counter() + seconds
        await asyncio.gather(
            *(
                user(client, way, itertools.cycle(turned(n)), right, until, tally)
                for n in range(users)
            )
        )
    return tally


def turned(n):
    n %= len(QUESTIONS)
    return QUESTIONS[n:] + QUESTIONS[:n]


def untimed(answer):
    return {name: value for name, value in answer.items() if name != "timings_ms"}


@contextmanager
def serving(data):
    """`yuanwen serve` in a process of its own, without a limit for the one address we have."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("YUANWEN_")}
    with (Path(data) / "server.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ui.cli", "serve", "--port", "0"],
            env=environment | {"XDG_DATA_HOME": data, "YUANWEN_RATE": "1000000"},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            yield next(line.split()[1] for line in process.stdout if "http" in line)
        finally:
            process.terminate()
            process.wait(20)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        os.environ["XDG_DATA_HOME"] = data
        with open_library(Settings()) as library:
            warm(library)
            # As JSON has it: tuples are lists.
            right = {
                q: json.loads(json.dumps(untimed(to_wire(ask(library, q))))) for q in QUESTIONS
            }
        print("| way | right answers | a second | p50 ms | p95 ms | other ends |")
        print("|---|---|---|---|---|---|")
        failed = False
        with serving(data) as url:
            for name, way in (("REST", by_rest), ("chat", by_chat)):
                tally = asyncio.run(measure(url, way, options.users, options.seconds, right))
                print(tally.row(name, options.seconds), flush=True)
                failed |= any(not end.isdigit() for end in tally.ends)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
