"""What a figure shows, as CSV within its own picture: page and release take it from there.

An SVG may hold metadata, which no program draws. So the data go wherever the picture goes.
"""

import base64
import re
from xml.etree import ElementTree

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from analysis.printing import inert

NAME = "figure-data"
MOST_ROWS = 100  # of one frame, else a page of clouds would weigh megabytes
# A figure's place in the page of either renderer, and its picture; captions have names like it.
PICTURE = re.compile(
    r'id="(fig-(?:(?!-caption)[^"])+)".*?<img[^>]*?src="data:image/svg\+xml;base64,([^"]+)"',
    re.DOTALL,
)
LINES = {"xintercept", "yintercept", "intercept", "slope"}  # of a frame that only draws a line


class FigureData(Artist):
    """Draws nothing, and writes the frames of a figure into an SVG."""

    def __init__(self):
        """Hold frames by the plot that shows them."""
        super().__init__()
        self.set_in_layout(False)
        self.frames = {}

    def draw(self, renderer) -> None:
        """Write the metadata, where the renderer makes an SVG."""
        frames = [frame for drawn in self.frames.values() for frame in drawn]
        if frames and hasattr(renderer, "writer"):
            renderer.writer.element("metadata", to_csv(frames), {"id": NAME})


def keep_data(figure: Figure, plot) -> None:
    """Keep what a plotnine plot shows with the figure that it is drawn into."""
    held = next((one for one in figure.artists if isinstance(one, FigureData)), None)
    held = held or figure.add_artist(FigureData())
    shapes = {}  # of each frame, which several layers may draw
    for layer in plot.layers:
        frame = plot.data if layer._data is None else layer._data
        if isinstance(frame, pd.DataFrame) and not set(frame) <= LINES:
            shape = type(layer.geom).__name__.removeprefix("geom_")
            shapes.setdefault(id(frame), (frame, []))[1].append(shape)
    # a theme is applied to the legend too: once a plot
    held.frames[id(plot)] = [
        _describe_rows(frame, ", ".join(dict.fromkeys(drawn)), plot.labels.get("title", ""))
        for frame, drawn in shapes.values()
    ]


def _describe_rows(frame: pd.DataFrame, drawn: str, panel: str) -> pd.DataFrame:
    """Return a frame, or a sample of its rows, with what it is in columns before its own."""
    rows = frame.iloc[:: -(-len(frame) // MOST_ROWS) or 1]
    sample = f"{len(rows)} of {len(frame)} rows" if len(rows) < len(frame) else ""
    what = {"panel": panel, "drawn": drawn, "sample": sample}
    what = {name: text for name, text in what.items() if text and name not in frame}
    return rows.assign(**what)[[*what, *frame.columns]]


def to_csv(frames: list[pd.DataFrame]) -> str:
    """Return frames below each other as one table in CSV; text cannot become a formula."""
    table = pd.concat(frames, ignore_index=True)
    if len(frames) == 1:
        table = table.drop(columns="drawn", errors="ignore")
    for name in table.select_dtypes(exclude="number"):
        shown = table[name].map(inert.shown, na_action="ignore")
        table[name] = shown.str.replace("^(?=[-=+@])", "'", regex=True)
    return table.to_csv(index=False, float_format="%.4g", lineterminator="\n")


def find_data(page: str) -> dict[str, str]:
    """Return the CSV of every figure on a page that has data, by the figure's label."""
    return {
        label: data.text
        for label, content in PICTURE.findall(page)
        for data in ElementTree.fromstring(base64.b64decode(content)).iterfind(
            f".//*[@id='{NAME}']"
        )
    }
