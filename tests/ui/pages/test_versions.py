"""A version of before can be read, says so, and leads to the newer one."""

from fastapi import FastAPI
from fastapi.testclient import TestClient

import corpus
from index import Library
from ui.pages.reader import reader_router


def test_an_older_version_names_the_newer(tmp_path, hashing_embedder):
    with Library.open(tmp_path, hashing_embedder, create=True) as library:
        ids = [
            library.add_documents(
                [corpus.from_text(f"倍差是1.{i}。", uri="file:///a.txt")], keep_versions=True
            )[0].document_id
            for i in (53, 51)
        ]
        app = FastAPI()
        app.include_router(reader_router(library))
        with TestClient(app) as client:
            old, new = (client.get(f"/doc/{i}?lang=zh-CN").text for i in ids)
        assert "1.53" in old
        assert "旧版本" in old
        assert f"/doc/{ids[1]}" in old
        assert "旧版本" not in new
        assert client.get(f"/doc/{ids[0]}/edits?lang=zh-CN").status_code == 200
