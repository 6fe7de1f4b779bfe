"""Runs `yuanwen` as ever, with the tests' small model: `python indexer.py index --library …`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from conftest import HashingEmbedder

import ui.keep
import ui.library
from ui.cli import main

for module in (ui.library, ui.keep):
    module.lazy_embedder = lambda name=None: HashingEmbedder()

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
