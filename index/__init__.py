"""Where it can be found.

This room keeps documents and passages on disk and finds passages by meaning and by words, each with
the score its retriever gave. It does not weigh the two, and does not know what a question is.
"""
