"""What can be wrong with a question."""

from corpus.errors import YuanwenError


class BadQuestion(YuanwenError):
    """A question that is empty, too long, or made of control characters."""
