"""Files made to harm: bounded time and memory, a clear error that names the file, and life goes on."""

import io
import os
import subprocess
import sys
import time
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from corpus import UnreadableFile, find_files, read, worker

FILES = Path(__file__).parent / "files"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(path, document, **others):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", document)
        for name, data in others.items():
            archive.writestr(name, data)
    return path


def pdf(path, *objects):
    made = io.BytesIO(b"%PDF-1.4\n")
    made.seek(0, io.SEEK_END)
    for number, body in enumerate(objects, 1):
        made.write(str(number).encode() + b" 0 obj" + body + b"endobj\n")
    made.write(b"trailer<</Root 1 0 R>>\n%%EOF")
    path.write_bytes(made.getvalue())
    return path


def page(path, content, extra=b""):
    return pdf(
        path,
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>>>",
        b"<<"
        + extra
        + b"/Length "
        + str(len(content)).encode()
        + b">>stream\n"
        + content
        + b"\nendstream ",
    )


def refused(path, says, seconds=20):
    began = time.perf_counter()
    with pytest.raises(UnreadableFile, match=says) as caught:
        read(path)
    assert path.name in str(caught.value)
    assert time.perf_counter() - began < seconds


def test_a_zip_bomb(tmp_path):
    head = f'<w:document xmlns:w="{W}"><w:body>'.encode()
    refused(docx(tmp_path / "a.docx", head + b" " * 200_000_000), "unpacks to more than 50 MB")


def test_entities_that_multiply(tmp_path):
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
    bomb = (
        f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><w:document xmlns:w="{W}"><w:body><w:p><w:r>'
        "<w:t>&e11;</w:t></w:r></w:p></w:body></w:document>"
    )
    refused(docx(tmp_path / "a.docx", bomb), "defines entities")


@pytest.mark.parametrize("tag", ["w:p", "w:tbl", "w:sdt", "w:ins"])
def test_deep_nesting_in_a_word_file(tmp_path, tag):
    deep = f"<{tag}>" * 200 + f"</{tag}>" * 200
    document = f'<w:document xmlns:w="{W}"><w:body>{deep}</w:body></w:document>'
    refused(docx(tmp_path / "a.docx", document), "nested too deep|no words|damaged")


def test_deep_nesting_in_a_web_page(tmp_path):
    file = tmp_path / "a.html"
    file.write_text("<p>before</p>" + "<div>" * 100_000 + "words" + "</div>" * 100_000)
    began = time.perf_counter()
    assert "before" in read(file).text
    assert time.perf_counter() - began < 20


def test_names_that_lead_out_of_a_word_file_are_not_followed(tmp_path):
    text = f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>文。</w:t></w:r></w:p></w:body></w:document>'
    file = docx(tmp_path / "a.docx", text, **{"../../evil": "x", "/etc/evil": "x"})
    assert read(file).text == "文。"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("suffix", [".docx", ".pdf"])
@pytest.mark.parametrize(
    "data", [b"", b"\0" * 1000, b"PK\x03\x04" + b"x" * 100, b"%PDF-1.7\n" + b"x" * 100]
)
def test_what_is_not_what_its_name_says(tmp_path, suffix, data):
    file = tmp_path / f"a{suffix}"
    file.write_bytes(data)
    refused(file, "is damaged")


def test_a_cut_file(tmp_path):
    for name in ("report.docx", "conference.pdf"):
        file = tmp_path / name
        file.write_bytes((FILES / name).read_bytes()[:5000])
        refused(file, "is damaged|no words")


def test_an_encrypted_pdf_and_an_encrypted_word_file(tmp_path):
    refused(FILES / "encrypted.pdf", "is encrypted: save it without a password")
    file = tmp_path / "a.docx"
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500)
    refused(file, "is encrypted or of the old Word format")


def test_a_scan(tmp_path):
    file = tmp_path / "scan.pdf"
    Image.new("L", (600, 800), 255).save(file)
    refused(file, r"is a scan without a text layer: have its text recognised \(OCR\) first")


def test_a_pdf_that_takes_too_long(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "_SECONDS", 2)
    endless = zlib.compress(b"BT /F1 12 Tf (a) Tj ET q Q " * 4_000_000)
    refused(
        page(tmp_path / "a.pdf", endless, b"/Filter/FlateDecode"),
        "takes too long|too much memory",
        30,
    )


def test_a_pdf_that_unpacks_to_more_than_the_memory(tmp_path):
    bomb = _packed(2_500_000_000)
    refused(
        page(tmp_path / "a.pdf", bomb, b"/Filter/FlateDecode"),
        "too much memory|damaged|no words|too long",
        90,
    )


def _packed(size):
    packer = zlib.compressobj(1)
    parts = [packer.compress(b"\0" * 10_000_000) for _ in range(size // 10_000_000)]
    return b"".join([*parts, packer.flush()])


def test_pages_that_go_round(tmp_path):
    file = pdf(
        tmp_path / "a.pdf",
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>",
    )
    refused(file, "damaged|no words|nested|too long", 60)


def test_a_huge_line_is_refused_unread(tmp_path):
    file = tmp_path / "a.txt"
    with file.open("wb") as made:
        made.truncate(2_000_000_000)
    refused(file, "larger than 50 MB", 5)


def test_links_and_devices(tmp_path):
    outside = tmp_path / "outside.md"
    outside.write_text("文。")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "in.md").write_text("文。")
    (folder / "out.md").symlink_to(outside)
    (folder / "zero.txt").symlink_to("/dev/zero")
    (folder / "round.md").symlink_to("round.md")
    (folder / "~$open.docx").write_bytes(b"x")
    os.mkfifo(folder / "pipe.txt")
    assert find_files(folder) == [folder / "in.md"]
    refused(folder / "zero.txt", "not a regular file", 2)
    refused(folder / "pipe.txt", "not a regular file", 2)


def test_few_bytes_in_no_encoding_are_not_guessed(tmp_path):
    file = tmp_path / "a.txt"
    file.write_bytes(b"\xe5\x9f\x8e\xe4\xb9\xff\xfeab\x80\xe8\x9e\x8d\xe5")
    refused(file, "cannot be told for sure: save it as UTF-8", 5)


def test_workers_run_beside_each_other_and_a_bad_file_harms_no_other(tmp_path):
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.4 nothing")

    def title(path):
        try:
            return read(path).title
        except UnreadableFile:
            return None

    with ThreadPoolExecutor(4) as pool:
        files = [FILES / "report.docx", bad, FILES / "news.html", FILES / "columns.pdf"]
        assert list(pool.map(title, files)) == [
            read(FILES / "report.docx").title,
            None,
            "东山县新建水库今日蓄水",
            "The Winter Meeting of the Harbour Board",
        ]


def test_a_worker_loads_no_model():
    code = (
        "import sys, corpus.worker, corpus.readers.pdf, corpus.readers.docx, corpus.readers.html;"
        "print([m for m in ('torch', 'transformers', 'langchain_core', 'faiss') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
