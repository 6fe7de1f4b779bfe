"""Pages of our own beside the chat: the reader, who said what, and the documents.

Rendered here from templates that escape everything, and sent with a policy that lets no script and
no style run but those of `static/`.
"""
