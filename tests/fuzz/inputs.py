"""Small damaged files: the signs that the readers look at, in any order, in a shell of each format."""

import io
import zipfile

from hypothesis import strategies as st

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
FORMS = ("markdown", "text", "html", "docx", "pdf", "bytes")

SIGNS = st.sampled_from(
    [
        "# ",
        "## ",
        "**",
        "*",
        "。",
        "，",
        "：",
        ".",
        "!",
        '"',
        "（",
        "）",
        "[",
        "](u)",
        "`",
        "```",
        "> ",
        "- ",
        "1. ",
        "一、",
        "（一）",
        "第一章 ",
        "第三条 ",
        "张三：",
        "MR. SMITH: ",
        "问：",
        "答：\n",
        "By Ann",
        "---",
        "===",
        "",
        " ",
        "\\",
        "\n",
        "\n\n",
        "\r\n",
        "\x0c",
        "\x00",
        "\u200b",
        "\xad",
        "ﬁ",
        "⽔",
        "\u3000",
        "\t",
        "  ",
        "城乡融合",
        "city",
        "indus-",
        "try",
        "2024年6月\n",
        "<p>",
        "</p>",
        "<table>",
        "<tr>",
        "<td colspan=3 rowspan=2>",
        "<th>",
        "</td>",
        "</tr>",
        "</table>",
        "<ul>",
        "<li>",
        "</ul>",
        "<ol start=9>",
        "</ol>",
        "<br>",
        "<b>",
        "</b>\n",
        "<h1>",
        "</h1>",
        '<div style="display:none">',
        "</div>",
        "<pre>",
        "</pre>",
        "<main>",
        "<nav>",
        '<a href="#1">1</a>',
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "&amp;",
        "&#0;\n",
        "<w:p>",
        "</w:p>",
        "<w:r>",
        "</w:r>",
        "<w:t>",
        "</w:t>",
        "<w:tbl>",
        "</w:tbl>",
        "<w:tr>",
        "</w:tr>",
        "<w:tc>",
        "</w:tc>",
        "<w:br/>",
        "<w:tab/>",
        "<w:del>",
        "</w:del>\n",
        "<w:tcPr><w:vMerge/></w:tcPr>",
        '<w:tcPr><w:gridSpan w:val="3"/></w:tcPr>',
        '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>\n',
        '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>',
        "BT /F1 12 Tf 72 700 Td (words) Tj ET",
        "0 -14 Td\n",
        "(more) Tj",
        "100 0 Td",
        "72 600 100 40 re S",
        "",
    ]
)
MIXES = st.lists(st.one_of(SIGNS, st.text(max_size=4)), max_size=60).map("".join)


def small_docx(body: str) -> bytes:
    """A Word file with this body."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(
            "word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>"
        )
    return made.getvalue()


def small_pdf(content: str) -> bytes:
    """A PDF with one page and this content; readers find the objects without a table of them."""
    stream = content.encode("latin-1", "replace")
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources"
        b"<</Font<</F1 5 0 R>>>>>>endobj\n4 0 obj<</Length "
        + str(len(stream)).encode()
        + b">>stream\n"
        + stream
        + b"\nendstream endobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF"
    )


def as_data(form: str, text: str) -> bytes:
    """The bytes of a file of this form with this text in it."""
    match form:
        case "docx":
            return small_docx(text)
        case "pdf":
            return small_pdf(text)
        case _:
            return text.encode("utf-8", "surrogatepass")
