"""The picture of `growth.py`: what stays flat as a library grows, and what does not."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt

# One colour for each quantity, apart for those who tell few colours (Okabe and Ito 2008).
_BLUE, _ORANGE, _GREEN = "#0072B2", "#D55E00", "#009E73"
_PANELS = (
    (
        "milliseconds a question",
        (
            ("answer p50", _ORANGE, "-", "answer, median"),
            ("answer p95", _ORANGE, ":", "answer, 95 of 100"),
            ("search p50", _BLUE, "-", "search, median"),
            ("search p95", _BLUE, ":", "search, 95 of 100"),
        ),
    ),
    ("passages indexed a second", (("passages/s", _GREEN, "-", "model included"),)),
    ("MB in memory, to search", (("memory, MB", _BLUE, "-", "all of the process"),)),
)


def draw(rows: Sequence[Mapping[str, float]], path: Path) -> None:
    """Writes an SVG file, the same bytes for the same rows."""
    mpl.rcParams.update({"svg.hashsalt": "growth", "font.size": 9, "svg.fonttype": "none"})
    figure, panels = plt.subplots(1, len(_PANELS), figsize=(10, 3.2), layout="constrained")
    sizes = [row["passages"] for row in rows]
    for panel, (title, lines) in zip(panels, _PANELS, strict=True):
        for key, colour, style, label in lines:
            values = [row[key] for row in rows]
            panel.plot(sizes, values, style, color=colour, marker="o", markersize=3, label=label)
        panel.set(title=title, xscale="log", xlabel="passages")
        panel.set_ylim(0, 1.5 * max(row[key] for row in rows for key, *_ in lines))
        panel.grid(alpha=0.3)
        panel.legend(frameon=False, fontsize=8, loc="upper left")
        panel.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
