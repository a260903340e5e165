"""Axes of panels that show one score each: titles with units, ticks in the score's own values."""

import numpy as np
import pandas as pd
from mizani.breaks import breaks_extended
from plotnine import element_text, scale_x_continuous

from analysis.inference.scales import FEATURES
from analysis.reporting import prose
from analysis.tracks.features import NUMERIC, with_shapes

# Room between panels for the ticks of one and the title of the next.
FACETS = {"axis_text": element_text(size=7), "panel_spacing_x": 0.03, "panel_spacing_y": 0.045}
# Values that are written along a stretched axis; none is 1 or 0.5, which would stand at 0 and be
# taken for a value of another score.
ODDS = (0.001, 0.1, 0.9)
TICKS = {
    "log_speechiness": (0.03, 0.1, 0.3, 0.8), "log_liveness": (0.05, 0.2, 0.8),
    "log_duration": (0.5, 2, 4, 8),
    "logit_acousticness": ODDS, "logit_instrumentalness": ODDS,
}  # fmt: skip


def original_scale(curves: pd.DataFrame):
    """Return a horizontal scale for panels of one score each, with ticks in the score's own values.

    All panels share one scale, so a panel is known by the range of its values.

    Parameters
    ----------
    curves : pandas.DataFrame
        With columns `column` and `x`.
    """
    ranges = curves.groupby("column", observed=True)["x"].agg(["min", "max"])

    def find_ticks(ends) -> list[float]:
        """Return where the ticks of the panel stand whose values end there."""
        column = (ranges - np.asarray(ends, dtype=float)).abs().sum(axis=1).idxmin()
        if column not in TICKS:
            return list(breaks_extended(n=4)(ends))
        return [place for place in _places(column) if ends[0] <= place <= ends[1]]

    return scale_x_continuous(breaks=find_ticks, labels=_name_ticks)


def _places(column: str) -> np.ndarray:
    """Return where a stretched axis has its ticks."""
    values = np.array(TICKS[column], dtype=float)
    return np.log(values / (1 - values)) if column.startswith("logit") else np.log(values)


def to_shapes(effects: pd.DataFrame) -> pd.DataFrame:
    """Return effects of canonical columns as those of question 1's features, x on their shape."""
    parts = []
    for one in FEATURES:
        part = effects[effects["feature"] == one.plain.replace("duration_min", "duration_ms")]
        columns = pd.DataFrame(dict.fromkeys(NUMERIC, part["x"]))
        with np.errstate(all="ignore"):  # only one column is a score of its own kind
            parts.append(part.assign(x=with_shapes(columns)[one.shape], feature=one.name))
    return pd.concat(parts, ignore_index=True)


NAMES = {
    round(float(place), 9): f"{value:g}"
    for column, values in TICKS.items()
    for place, value in zip(_places(column), values, strict=True)
}


def _name_ticks(places) -> list[str]:
    """Return what is written at ticks."""
    plain = (f"{place:g}".replace("-", prose.MINUS) for place in places)
    return [NAMES.get(round(float(x), 9), text) for x, text in zip(places, plain, strict=True)]
