"""The page that asks a reader for his token; it is the same wherever he wanted to go."""

from html import escape

from ui.text import TEXTS, choose

_PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}</title>
<link rel="icon" href="{root}/page/icon.svg">
<link rel="stylesheet" href="{root}/page/tokens.css">
<link rel="stylesheet" href="{root}/page/key.css">
<script type="module" src="{root}/page/key.js"></script>
<main hidden>
<h1>{name}</h1>
<form>
<label for="key">{key_ask}</label>
<input id="key" type="password" autocomplete="off" autocapitalize="off" spellcheck="false" required>
<p role="alert" hidden>{key_wrong}</p>
<button>{key_send}</button>
</form>
</main>
<noscript>{key_script}</noscript>
</html>
"""


def key_page(accept_language: str, root: str) -> str:
    """HTML in the reader's language; `root` is the path that the server is reached at."""
    language = choose(None, accept_language)
    texts = {name: escape(text) for name, text in TEXTS[language].items()}
    return _PAGE.format(language=language, root=escape(root), **texts)
