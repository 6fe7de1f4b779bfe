"""The OpenAI-compatible door, asked by the official client on a real server."""

import httpx2
import openai
import pytest
from markdown_it import MarkdownIt

from corpus import read
from qa import ask
from ui.render import to_wire

from .conftest import READER
from .test_rest import QUESTIONS, untimed


@pytest.fixture
def chat(serve_here, small_library):
    """`chat(**settings)` is a client of OpenAI's that asks a server of ours."""
    clients = []

    def make(token="none", **settings):
        client = openai.OpenAI(
            base_url=serve_here(small_library, **settings) + "/v1", api_key=token, max_retries=0
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


def user(text):
    return {"role": "user", "content": text}


def asked(client, *messages, **more):
    return client.chat.completions.create(model="yuanwen", messages=list(messages), **more)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_message_is_the_cited_answer(chat, small_library, question):
    client = chat()
    right = to_wire(ask(small_library, question))
    reply = asked(client, user(question), temperature=0.7)
    message = reply.choices[0].message
    assert (message.role, reply.choices[0].finish_reason) == ("assistant", "stop")
    assert untimed(reply.yuanwen) == untimed(right)
    for sentence in right["sentences"]:
        assert f"{sentence['text']} [{sentence['citation']}]" in message.content
    assert len(message.annotations) == len(right["sentences"])
    cited = {c["n"]: c for c in right["citations"]}
    for annotation, sentence in zip(message.annotations, right["sentences"], strict=True):
        place = annotation.url_citation
        citation = cited[sentence["citation"]]
        assert message.content[place.start_index : place.end_index] == f"[{citation['n']}]"
        assert place.url == str(client.base_url).removesuffix("/v1/") + citation["link"]
        assert place.title == "大会发言"
    assert reply.usage.total_tokens > reply.usage.prompt_tokens > 0


def test_a_stream_brings_the_same_piece_by_piece(chat):
    client = chat()
    whole = asked(client, user("谁提到了收入？"))
    usage = {"stream_options": {"include_usage": True}}
    chunks = list(asked(client, user("谁提到了收入？"), stream=True, **usage))
    texts = [c.choices[0].delta.content or "" for c in chunks if c.choices]
    assert len([t for t in texts if t]) >= 3
    assert "".join(texts) == whole.choices[0].message.content
    assert chunks[-1].usage == whole.usage
    last = chunks[-2]
    assert last.choices[0].finish_reason == "stop"
    assert untimed(last.yuanwen) == untimed(whole.yuanwen)
    annotations = [a.model_dump() for a in whole.choices[0].message.annotations]
    assert last.choices[0].delta.annotations == annotations


def test_a_refusal_is_a_sentence_in_the_language_of_the_question(chat):
    client = chat()
    for question, words in [
        ("绍兴的人口是多少？", "文档里没有写到。"),
        ("紹興的人口是多少？", "文件裡沒有寫到。"),
        ("What is the population of Rotterdam?", "not"),
    ]:
        reply = asked(client, user(question))
        assert words in reply.choices[0].message.content
        assert reply.choices[0].message.annotations == []
        assert reply.yuanwen["status"] == "not_found"


def test_the_talk_before_is_the_history(chat):
    client = chat()
    talk = [
        {"role": "system", "content": "Answer like a pirate."},
        user("问" * 3000),  # was refused, and stays in the front end's talk
        user("嘉兴居民收入怎么样？"),
        {"role": "assistant", "content": "……"},
        {"role": "user", "content": [{"type": "text", "text": "那舟山呢？"}]},
    ]
    reply = asked(client, *talk)
    assert "舟山" in reply.yuanwen["asked_as"]
    assert reply.yuanwen["asked_as"] != "那舟山呢？"
    where = {"filters": {"speakers": ["舟山市委"]}}
    reply = asked(client, user("居民收入怎么样？"), extra_body=where)
    assert {c["speaker"] for c in reply.yuanwen["citations"]} <= {"舟山市委"}


def test_there_is_one_model(chat):
    client = chat()
    assert [model.id for model in client.models.list()] == ["yuanwen"]
    assert client.models.retrieve("yuanwen").id == "yuanwen"
    with pytest.raises(openai.NotFoundError, match="yuanwen"):
        client.chat.completions.create(model="gpt-5", messages=[user("谁？")])


def test_errors_are_those_the_client_knows(chat):
    client = chat(rate=3)
    with pytest.raises(openai.UnprocessableEntityError, match="empty"):
        asked(client, user("？"))
    with pytest.raises(openai.UnprocessableEntityError, match="2000"):
        asked(client, user("问" * 2001))
    with pytest.raises(openai.UnprocessableEntityError, match="last message"):
        asked(client, {"role": "assistant", "content": "谁？"})
    with pytest.raises(openai.RateLimitError, match="second"):
        asked(client, user("谁？"))
    url = str(client.base_url)
    answer = httpx2.get(f"{url}none")
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_key_is_a_reading_token(chat):
    with pytest.raises(openai.AuthenticationError):
        asked(chat(tokens=[READER]), user("谁提到了收入？"))
    assert asked(chat(READER, tokens=[READER]), user("谁提到了收入？")).yuanwen["citations"]


def test_what_a_document_says_stays_text_in_the_message(chat, small_library, tmp_path):
    hostile = (
        "海塘![a](http://192.0.2.1/x.png)与<img src=x onerror=y>和[b](http://192.0.2.1)都在[2]"
    )
    path = tmp_path / "hostile.txt"
    path.write_text(f"海塘局：{hostile}。\n\n舟山局：渔村整治。\n", "utf-8")
    small_library.add(path)
    assert hostile in read(path).text
    reply = asked(chat(), user("谁提到了海塘？"))
    assert "海塘!" in reply.yuanwen["sentences"][0]["text"]
    content = reply.choices[0].message.content
    html = MarkdownIt("commonmark").render(content)
    assert "<img" not in html
    assert "<a" not in html
    assert hostile.replace("<", "&lt;").replace(">", "&gt;") in html.replace("&quot;", '"')
