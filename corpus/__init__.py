"""What was written, and by whom.

This room reads a file, cleans it, and knows its sections, speakers, sentences and passages, each by
exact offsets that map back to the file. It knows nothing of vectors, questions or pages.
"""

from corpus.chunk import passages
from corpus.document import Document, Passage, Repeat, Section, Span, Turn
from corpus.edits import Edit, OffsetMap
from corpus.errors import UnreadableFile, YuanwenError
from corpus.files import File, find_files, load
from corpus.read import from_file, from_text, read

__all__ = [
    "Document",
    "Edit",
    "File",
    "OffsetMap",
    "Passage",
    "Repeat",
    "Section",
    "Span",
    "Turn",
    "UnreadableFile",
    "YuanwenError",
    "find_files",
    "from_file",
    "from_text",
    "load",
    "passages",
    "read",
]
