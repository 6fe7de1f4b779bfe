"""What can be wrong with a setting or an option."""

from corpus.errors import YuanwenError


class BadSetting(YuanwenError):
    """An environment variable or option that is unknown or has a value of the wrong kind."""


class BadInput(YuanwenError):
    """Standard input or a batch of questions that cannot be read."""
