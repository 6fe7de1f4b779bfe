"""Who may read, who may change, and how much."""

import pytest

from ui.errors import BadSetting
from ui.limits import Buckets, network
from ui.settings import load_settings

from .conftest import ADMIN, ANOTHER, READER, bearer

READING = [
    "/api/v1/documents",
    "/api/v1/openapi.json",
    "/v1/models",
    "/page.json",
    "/documents/none.json",
    "/metrics",
    "/config",
    "/",
]
ASK = {"question": "嘉兴城乡居民收入倍差缩小到多少？"}


@pytest.mark.parametrize("path", READING)
@pytest.mark.parametrize(
    "sent", [{}, bearer("something-else-altogether"), {"Authorization": READER}]
)
def test_without_a_token_nothing_is_read(door, path, sent):
    client = door(tokens=[READER])
    answer = client.get(path, headers=sent)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "大会发言" not in answer.text


def test_every_token_of_the_settings_reads(door):
    client = door(tokens=[READER, ANOTHER], admin_token=ADMIN)
    for token in (READER, ANOTHER, ADMIN):
        assert client.post("/api/v1/ask", json=ASK, headers=bearer(token)).status_code == 200
        assert client.get("/page.json", headers=bearer(token)).status_code == 200
    assert client.post("/api/v1/ask", json=ASK).status_code == 401
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_a_page_asks_for_the_token_in_the_reader_s_language(door):
    client = door(tokens=[READER])
    for language, words in (("zh-TW", "請輸入"), ("zh-CN", "请输入"), ("en", "access token")):
        page = client.get("/", headers={"accept": "text/html", "accept-language": language})
        assert page.status_code == 401
        assert words in page.text
        assert f'lang="{language}"' in page.text
    assert client.get("/page/key.js").status_code == 200


def test_only_the_admin_changes_the_library(door):
    sent = {"params": {"name": "a.md"}, "content": b"# A\n\nwords"}
    closed = door().post("/api/v1/documents", **sent)
    assert closed.status_code == 403
    assert "YUANWEN_ADMIN_TOKEN" in closed.json()["detail"]
    client = door(tokens=[READER], admin_token=ADMIN)
    assert client.post("/api/v1/documents", **sent).status_code == 401
    reader = client.post("/api/v1/documents", **sent, headers=bearer(READER))
    assert reader.status_code == 403
    assert client.post("/api/v1/documents", **sent, headers=bearer(ADMIN)).status_code == 200
    other = door(admin_token=ADMIN)
    assert other.post("/api/v1/documents", **sent, headers=bearer(READER)).status_code == 401


@pytest.mark.parametrize("value", ["short", "has a blank in it which is long", "令牌" * 10])
def test_a_token_that_is_not_fit_is_not_repeated(monkeypatch, value):
    monkeypatch.setenv("YUANWEN_ADMIN_TOKEN", value)
    with pytest.raises(BadSetting, match="YUANWEN_ADMIN_TOKEN") as told:
        load_settings()
    assert value not in str(told.value)


def test_tokens_are_a_list_and_hide_themselves(monkeypatch):
    monkeypatch.setenv("YUANWEN_TOKENS", f"{READER}, {ANOTHER}")
    settings = load_settings()
    assert [t.get_secret_value() for t in settings.tokens] == [READER, ANOTHER]
    assert READER not in repr(settings)


def test_a_bucket_empties_and_fills_up_again():
    now = 0.0
    buckets = Buckets(60, clock=lambda: now)
    assert [buckets.take("a") for _ in range(60)] == [0.0] * 60
    assert buckets.take("a") == pytest.approx(1)
    assert buckets.take("b") == 0
    now = 0.5
    assert buckets.take("a") == pytest.approx(0.5)
    now = 1.0
    assert buckets.take("a") == 0
    assert buckets.take("a") == pytest.approx(1)
    now = 1000.0
    assert [buckets.take("a") for _ in range(61)] == [0.0] * 60 + [pytest.approx(1)]


def test_buckets_of_the_quiet_are_forgotten():
    buckets = Buckets(1)
    for n in range(20_000):
        buckets.take(str(n))
    assert len(buckets._levels) == 10_000


def test_who_asks_too_much_is_told_when_to_come_back(door):
    client = door(rate=3, tokens=[READER, ANOTHER])
    statuses = [
        client.post("/api/v1/ask", json=ASK, headers=bearer(READER)).status_code for _ in range(4)
    ]
    assert statuses == [200, 200, 200, 429]
    refused = client.post("/api/v1/ask", json=ASK, headers=bearer(READER))
    assert 1 <= int(refused.headers["retry-after"]) <= 20
    assert refused.headers["content-type"] == "application/problem+json"
    assert "second" in refused.json()["detail"]
    assert client.post("/api/v1/ask", json=ASK, headers=bearer(ANOTHER)).status_code == 200
    assert client.get("/page.json", headers=bearer(READER)).status_code == 200
    # Tokens that nobody has are counted by the address they come from.
    guesses = [
        client.post("/api/v1/ask", json=ASK, headers=bearer(f"a-guess-that-is-wrong-{n}"))
        for n in range(5)
    ]
    assert [g.status_code for g in guesses] == [401, 401, 401, 429, 429]


def test_a_client_does_not_name_himself(door):
    client = door(rate=2)
    statuses = [
        client.get("/api/v1/documents", headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code
        for n in range(4)
    ]
    assert statuses == [200, 200, 429, 429]


def test_one_customer_of_ipv6_is_one_client():
    assert network("2001:db8::1") == network("2001:db8::ffff") != network("2001:db8:0:1::1")
    assert network("192.0.2.1") != network("192.0.2.2")
