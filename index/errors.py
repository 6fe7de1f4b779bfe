"""What can go wrong with a library, a model or an id a user gave."""

from corpus.errors import YuanwenError


class LibraryMissing(YuanwenError):
    """No library stands in the folder that was named."""


class LibraryDamaged(YuanwenError):
    """A file of the library cannot be read."""


class LibraryTooNew(YuanwenError):
    """The library was made by a newer version of Yuanwen."""


class LibraryBusy(YuanwenError):
    """Another process has been writing to the library for too long."""


class LibraryUnwritable(YuanwenError):
    """The disk is full, or the library's folder cannot be read or written."""


class ModelMismatch(YuanwenError):
    """The library was indexed with another model than the one that is set."""


class ModelUnavailable(YuanwenError):
    """The model that is set cannot be loaded."""


class UnknownDocument(YuanwenError):
    """No document of the library has the id that was given."""


class BadFeedback(YuanwenError):
    """What a reader says of an answer is too long or of no known kind."""


class BadAddress(YuanwenError):
    """The address of a library is written in no way that is known."""


class ClusterUnavailable(YuanwenError):
    """The cluster does not answer, or refuses, or what speaks with it is not installed."""


class CopyIncomplete(YuanwenError):
    """Not all of a library stands where it was copied to."""


class FolderOnly(YuanwenError):
    """What was asked for can be done with a library in a folder only."""
