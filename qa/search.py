"""Finding without answering: passages near some words, and who says something on a topic."""

from index.library import Library
from index.nouns import Filters
from qa.answer import Citation
from qa.ask import EVERYWHERE, check_question
from qa.cite import cite
from qa.names import names_of
from qa.retrieve import read_query, retrieve
from qa.survey import read_topic
from qa.who import who_says


def search(
    library: Library, words: str, filters: Filters = EVERYWHERE, limit: int = 10
) -> list[Citation]:
    """The best passages, nearest first, each cited by its best sentence. They answer nothing.

    Raises:
        BadQuestion: the words are empty, too long or no text.
    """
    words = check_question(words, "The search")
    query = read_query(library, words, names_of(tuple(library.speakers())).romanised_in(words))
    found = enumerate(retrieve(library, query, filters)[:limit], 1)
    return [
        cite(n, library.document(c.hit.passage.document_id), c.hit.passage, c.best.span, c.score)
        for n, c in found
    ]


def who_said(library: Library, topic: str, filters: Filters = EVERYWHERE) -> list[Citation]:
    """Everybody who says something on a topic, each with the sentence that does.

    It is read as `qa.survey` reads it, so that all doors name the same speakers.

    Raises:
        BadQuestion: the topic is empty, too long or no text.
    """
    wanted, query = read_topic(library, topic)
    said, _ = who_says(library, query, wanted, filters)
    return [
        cite(n, library.document(each.passage.document_id), each.passage, span, each.confidence)
        for n, (each, span) in enumerate(((each, each.spans[0]) for each in said), 1)
    ]
