"""The settings: environment variables that begin with `YUANWEN_`; options go before them."""

import os
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ui.errors import BadSetting

PREFIX = "YUANWEN_"


class Settings(BaseSettings):
    """What a user can set.

    `model` is a hub id or a folder, None for the packaged model. `library` is the folder of the
    library, None for the default one, which is made on first use.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True)

    model: str | None = None
    library: Path | None = None
    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=7860, ge=0, le=65535)


def load_settings(
    library: Path | None = None, host: str | None = None, port: int | None = None
) -> Settings:
    """The settings of the environment; whatever is given here goes before it.

    Raises:
        BadSetting: a variable is unknown or has a wrong value; the message names each.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(
        name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known
    )
    if unknown:
        raise BadSetting(
            f"{', '.join(unknown)}: no such setting. The settings are {', '.join(sorted(known))}."
        )
    given = {"library": library, "host": host, "port": port}
    try:
        return Settings.model_validate({k: v for k, v in given.items() if v is not None})
    except ValidationError as error:
        wrong = "; ".join(
            f"{_written(str(part['loc'][0]), given)}{part['input']!r}: {part['msg']}"
            for part in error.errors()
        )
        raise BadSetting(f"{wrong}. Correct it or leave it out.") from error


def _written(name: str, given: Mapping[str, object]) -> str:
    """As the user wrote it: an option, or a variable."""
    return f"--{name} " if given.get(name) is not None else f"{PREFIX}{name.upper()}="


def default_library() -> Path:
    """Where the library stands when no setting names a folder."""
    return user_data_path("yuanwen", appauthor=False) / "library"
