"""Settings come from the environment, and a wrong one is named."""

import os
from pathlib import Path

import pytest

from corpus.errors import YuanwenError
from ui.settings import default_library, load_settings


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in [name for name in os.environ if name.upper().startswith("YUANWEN_")]:
        monkeypatch.delenv(name)


def test_without_any_setting():
    settings = load_settings()
    assert (settings.model, settings.library) == (None, None)
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)


def test_the_environment_sets_and_options_go_before_it(monkeypatch):
    monkeypatch.setenv("YUANWEN_MODEL", "some/model")
    monkeypatch.setenv("YUANWEN_LIBRARY", "/a")
    monkeypatch.setenv("YUANWEN_PORT", "81")
    settings = load_settings(library=Path("/b"))
    assert (settings.model, settings.library, settings.port) == ("some/model", Path("/b"), 81)


def test_an_empty_variable_counts_as_unset(monkeypatch):
    monkeypatch.setenv("YUANWEN_PORT", "")
    assert load_settings().port == 7860


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("YUANWEN_PORT", "a lot"),
        ("YUANWEN_PORT", "65536"),
        ("YUANWEN_PROT", "80"),
        ("YUANWEN_LIBRARIES", "/a"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(YuanwenError, match=rf"{name}(='{value}'|: no such)"):
        load_settings()


def test_a_wrong_option_is_named():
    with pytest.raises(YuanwenError, match=r"--port -1"):
        load_settings(port=-1)


def test_the_default_library_stands_with_the_user_s_data(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_library().name == "library"
    assert "yuanwen" in default_library().parts
