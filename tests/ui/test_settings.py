"""Settings come from options, the environment and a file, and a wrong one is named."""

import os
from pathlib import Path

import pytest

from corpus.errors import YuanwenError
from ui.settings import default_library, load_settings
from ui.widget.channels import Channel, luminance


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


@pytest.mark.parametrize(
    "place", ["http://host:19530/db?prefix=a", "milvus-lite:a/b.db", "ftp://x"]
)
def test_an_address_of_a_library_stays_as_it_is_written(place, monkeypatch):
    assert load_settings(library=place).library == place
    monkeypatch.setenv("YUANWEN_LIBRARY", place)
    assert load_settings().library == place


def test_the_default_library_stands_with_the_user_s_data(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_library().name == "library"
    assert "yuanwen" in default_library().parts


@pytest.fixture
def config(tmp_path):
    """`config(text)` writes a settings file."""

    def write(text):
        path = tmp_path / "yuanwen.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_file_sets_the_environment_goes_before_it_and_options_before_both(config, monkeypatch):
    path = config('model = "file"\nhost = "file"\nport = 1\nlibrary = "/file"\n')
    assert load_settings(path).port == 1
    monkeypatch.setenv("YUANWEN_CONFIG", str(path))
    monkeypatch.setenv("YUANWEN_PORT", "2")
    monkeypatch.setenv("YUANWEN_HOST", "environment")
    settings = load_settings(host="option")
    assert (settings.model, settings.library) == ("file", Path("/file"))
    assert (settings.port, settings.host) == (2, "option")


def test_the_option_names_the_file_before_the_variable(config, monkeypatch):
    monkeypatch.setenv("YUANWEN_CONFIG", "/nowhere.toml")
    assert load_settings(config("port = 3")).port == 3


def test_one_file_does_not_stay_for_the_next_call(config):
    assert load_settings(config("port = 3")).port == 3
    assert load_settings().port == 7860


def test_channels_stand_in_the_file(config):
    settings = load_settings(
        config(
            """
            [channels.news-desk]
            origins = ["https://portal.example:443", "http://127.0.0.1:8080"]
            title = "问问文件"
            colour = "#1B5"
            language = "zh-TW"
            documents = ["城乡融合 双向奔富"]
            """
        )
    )
    channel = settings.channels["news-desk"]
    assert channel.origins == ("https://portal.example", "http://127.0.0.1:8080")
    assert channel.frame_ancestors == "https://portal.example http://127.0.0.1:8080"
    assert (channel.title, channel.language) == ("问问文件", "zh-TW")
    assert channel.colour == "#11bb55"
    assert channel.documents == ("城乡融合 双向奔富",)


def test_a_channel_lets_nobody_frame_it_unless_told(config):
    channel = load_settings(config("[channels.shut]")).channels["shut"]
    assert channel.frame_ancestors == "'none'"
    assert channel.documents == ()


def test_the_demo_channel_ships_and_can_be_replaced(config):
    assert "http://127.0.0.1:7861" in load_settings().doors["demo"].origins
    assert set(load_settings(config("[channels.other]")).doors) == {"demo", "other"}
    assert load_settings(config("[channels.demo]\norigins = []")).doors["demo"].origins == ()


def test_where_readers_are_known_the_demo_opens_only_if_the_file_says_so(config):
    tokens = 'tokens = ["0123456789abcdef"]\n'
    assert load_settings(config(tokens)).doors == {}
    assert set(load_settings(config(tokens + "[channels.demo]")).doors) == {"demo"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("prot = 80", "prot: no such setting. There are admin_token, channels, "),
        ("port = 65536", "port = 65536: "),
        ('[channels."Bad Name"]', "channels.Bad Name = 'Bad Name': name a channel with a-z"),
        ('[channels."a/b"]', "channels.a/b"),
        ("[channels.a]\norigin = []", "channels.a.origin: no such setting. There are colour, "),
        ('[channels.a]\norigins = "https://a"', "channels.a.origins = 'https://a': "),
        ('[channels.a]\norigins = ["https://a/"]', "channels.a.origins[0] = 'https://a/': write"),
        ('[channels.a]\norigins = ["*"]', "channels.a.origins[0] = '*': write an origin"),
        ('[channels.a]\norigins = ["https://*.a.example"]', "channels.a.origins[0]"),
        ('[channels.a]\norigins = ["https://a; script-src *"]', "channels.a.origins[0]"),
        ('[channels.a]\norigins = ["https://a:0"]', "channels.a.origins[0]"),
        ('[channels.a]\norigins = ["ftp://a"]', "channels.a.origins[0]"),
        ('[channels.a]\norigins = ["null"]', "channels.a.origins[0]"),
        ('[channels.a]\ncolour = "red"', "channels.a.colour = 'red': write a colour as #"),
        ('[channels.a]\nlanguage = "fr"', "channels.a.language = 'fr': "),
        ('[channels.a]\ntitle = ""', "channels.a.title = '': write a title"),
        ("[channels.a]\ntitle = 3", "channels.a.title = 3: "),
        ("[channels.a]\ndocuments = [3]", "channels.a.documents[0] = 3: "),
        ("channels = 3", "channels = 3: "),
        ("port = ", "no TOML"),
    ],
)
def test_a_wrong_line_of_the_file_is_named_with_the_file(config, text, told):
    path = config(text)
    with pytest.raises(YuanwenError) as error:
        load_settings(path)
    assert str(error.value).startswith(f"{path}: ")
    assert told in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name):
    with pytest.raises(YuanwenError, match=r"cannot be read .*--config"):
        load_settings(tmp_path / name)


def test_a_file_that_is_not_utf_8_is_named(tmp_path):
    path = tmp_path / "gb.toml"
    path.write_bytes('model = "模型"'.encode("gb18030"))
    with pytest.raises(YuanwenError, match=r"gb\.toml: no TOML in UTF-8"):
        load_settings(path)


def test_tables_are_not_read_from_the_environment(monkeypatch):
    monkeypatch.setenv("YUANWEN_CHANNELS", "{}")
    with pytest.raises(YuanwenError, match="YUANWEN_CHANNELS: no such setting"):
        load_settings()


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#777777", "#1b5e55", "#ffd700"])
def test_the_text_on_a_channels_colour_can_be_read(colour):
    channel = Channel(colour=colour)
    lights = sorted((luminance(colour), luminance(channel.on_colour)))
    assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 4.5
