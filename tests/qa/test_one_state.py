"""One ask sees one state of the library, whatever others do to it meanwhile."""

import threading
from concurrent.futures import ThreadPoolExecutor

import corpus
from index import Library
from qa import Answer, ask


def document(i):
    text = f"# 题{i}\n\n第{i}号文件讲城乡融合。\n"
    return corpus.from_text(text, uri=f"file:///{i}.md", markup="markdown")


def test_documents_that_go_and_come_disturb_no_answer(tmp_path, hashing_embedder):
    """Between search and citation every document is removed, again and again."""
    stop = threading.Event()

    def churn():
        with Library.open(tmp_path, hashing_embedder, create=True) as other:
            while not stop.is_set():
                for info in other.documents():
                    other.remove(info.id)
                other.add_documents([document(i) for i in range(5)])

    with (
        Library.open(tmp_path, hashing_embedder, create=True) as library,
        ThreadPoolExecutor(1) as pool,
    ):
        churning = pool.submit(churn)
        try:
            for _ in range(60):
                reply = ask(library, "第3号文件讲什么?")
                shown = reply.citations if isinstance(reply, Answer) else reply.nearest
                assert all(citation.quote for citation in shown)
        finally:
            stop.set()
        churning.result()
