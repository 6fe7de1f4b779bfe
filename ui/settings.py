"""The settings: a TOML file, before it environment variables, before both the options."""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from index.place import is_address
from ui.errors import BadSetting
from ui.widget.channels import DEMO, Channel, ChannelName

PREFIX = "YUANWEN_"
_CONFIG = f"{PREFIX}CONFIG"
# Tables, which only the file can hold.
_TABLES = frozenset({"channels"})
_SECRETS = frozenset({"tokens", "admin_token"})

# What RFC 6750 lets stand after "Bearer", long enough not to be guessed.
Token = Annotated[SecretStr, Field(min_length=16, max_length=200)]
_TOKEN = re.compile(r"[\w.~+/-]+=*", re.ASCII)


class Settings(BaseSettings):
    """What a user can set.

    `model` is a hub id or a folder, None for the packaged model. `library` is the folder or the
    address of the library, None for the default one, which is made on first use. `channels`
    are the portals'.

    `tokens`: who may read, everybody where there is none; `admin_token`: who may change the library
    and read feedback, nobody without one. `rate`: requests a minute of one client.
    `forwarded_allow_ips`: the proxies whose X-Forwarded-For is believed. `log_questions`: whether
    the log may hold what was asked.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid"
    )

    model: str | None = None
    library: Path | str | None = None
    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=7860, ge=0, le=65535)
    channels: Mapping[ChannelName, Channel] = {}
    tokens: Annotated[tuple[Token, ...], NoDecode] = ()
    admin_token: Token | None = None
    rate: int = Field(default=600, ge=1)
    forwarded_allow_ips: str = ""
    log_questions: bool = False

    @field_validator("library", mode="before")
    @classmethod
    def _placed(cls, given: object) -> object:
        return Path(given) if isinstance(given, str) and not is_address(given) else given

    @field_validator("tokens", mode="before")
    @classmethod
    def _listed(cls, tokens: object) -> object:
        return [t for t in re.split(r"[,\s]+", tokens) if t] if isinstance(tokens, str) else tokens

    @field_validator("tokens", "admin_token")
    @classmethod
    def _fit_for_a_header(cls, given: Any) -> Any:  # noqa: ANN401
        for token in given if isinstance(given, tuple) else filter(None, [given]):
            if not _TOKEN.fullmatch(token.get_secret_value()):
                raise ValueError("a token holds letters, digits and -._~+/ only")
        return given

    @property
    def doors(self) -> Mapping[str, Channel]:
        """The channels that are open: those of the settings, and the demo where everybody reads."""
        return dict(self.channels) if self.tokens else {"demo": DEMO, **self.channels}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """In the order of what goes before what; the file is the one of `load_settings`."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(config: Path | None = None, **options: object) -> Settings:
    """The settings of the options that are not None, the environment, and the settings file.

    The file is `config`, or the one that `YUANWEN_CONFIG` names, or none.

    Raises:
        BadSetting: a setting is unknown or has a wrong value, or the file cannot be read; the
            message names each.
    """
    _check_variables()
    given = {name: value for name, value in options.items() if value is not None}
    path = config or (Path(os.environ[_CONFIG]) if os.environ.get(_CONFIG) else None)
    if path:
        _check_file(path)

    class Read(Settings, toml_file=path):
        pass

    try:
        return Read(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        wrong = "; ".join(_told(part, given, path) for part in error.errors())
        raise BadSetting(f"{wrong}. Correct it or leave it out.") from error


def _check_variables() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields.keys() - _TABLES} | {_CONFIG}
    unknown = sorted(
        name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known
    )
    if unknown:
        raise BadSetting(
            f"{', '.join(unknown)}: no such setting. The settings are {', '.join(sorted(known))}."
        )


def _check_file(path: Path) -> None:
    try:
        tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        raise BadSetting(
            f"{path}: cannot be read ({error.strerror}). Name a settings file with --config or "
            f"{_CONFIG}."
        ) from error
    except ValueError as error:
        raise BadSetting(f"{path}: no TOML in UTF-8: {error}. Correct the file.") from error


def _told(part: Mapping[str, Any], given: Mapping[str, object], path: Path | None) -> str:
    """One wrong setting as the user wrote it: an option, a variable, or a key of the file."""
    name = str(part["loc"][0])
    why = part["msg"].removeprefix("Value error, ")
    shown = "(kept to itself)" if name in _SECRETS else repr(part["input"])
    if name in given:
        return f"--{name.replace('_', '-')} {shown}: {why}"
    if os.environ.get(variable := PREFIX + name.upper()) and name not in _TABLES:
        return f"{variable}={shown}: {why}"
    key = _key(part["loc"])
    if part["type"] == "extra_forbidden":
        known = Settings.model_fields if len(part["loc"]) == 1 else Channel.model_fields
        return f"{path}: {key}: no such setting. There are {', '.join(sorted(known))}"
    return f"{path}: {key} = {shown}: {why}"


def _key(place: Sequence[str | int]) -> str:
    """`channels.demo.origins[0]`."""
    parts = [f"[{p}]" if isinstance(p, int) else f".{p}" for p in place if p != "[key]"]
    return "".join(parts).removeprefix(".")


def default_library() -> Path:
    """Where the library stands when no setting names a folder."""
    return user_data_path("yuanwen", appauthor=False) / "library"
