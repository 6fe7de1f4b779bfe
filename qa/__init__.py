"""What answers.

This room turns a question into cited sentences or a refusal. It does not know which door the
question came through, nor how an answer is drawn.
"""

from qa.answer import Answer, Citation, Reason, Refusal, Sentence, Source
from qa.ask import ask, check_question
from qa.errors import BadQuestion

__all__ = [
    "Answer",
    "BadQuestion",
    "Citation",
    "Reason",
    "Refusal",
    "Sentence",
    "Source",
    "ask",
    "check_question",
]
