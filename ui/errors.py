"""What can be wrong with a setting, an option, or what a door is asked for."""

from corpus.errors import YuanwenError


class BadSetting(YuanwenError):
    """An environment variable or option that is unknown or has a value of the wrong kind."""


class BadInput(YuanwenError):
    """Standard input or a batch of questions that cannot be read."""


class NoSuchPlace(YuanwenError):
    """A range of a document that lies outside its text, or is empty."""
