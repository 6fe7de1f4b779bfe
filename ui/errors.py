"""What can be wrong with a setting, an option, or what a door is asked for."""

from corpus.errors import YuanwenError


class BadSetting(YuanwenError):
    """An environment variable or option that is unknown or has a value of the wrong kind."""


class BadInput(YuanwenError):
    """Standard input, a batch of questions, a filter or a file's name that cannot be taken."""


class BadFilter(BadInput):
    """A filter that nothing in the library is of."""


class NoSuchPlace(YuanwenError):
    """A range of a document that lies outside its text, or is empty."""


class Busy(YuanwenError):
    """More is asked at this moment than the server's queue can hold."""
