"""One family of errors: each message names the file or the field and says what to do."""


class YuanwenError(Exception):
    """Base of every error a user can mend; its message is shown as it stands."""


class UnreadableFile(YuanwenError):
    """A file that is missing, empty, binary, or in no encoding we know."""
