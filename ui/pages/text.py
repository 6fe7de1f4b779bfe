"""What the pages say, in each language; the texts stand in `texts/`."""

from ui.text import load

TEXTS = load("ui.pages")
