"""Tables of the chapter on the data."""

import pandas as pd
from IPython.display import Markdown

from analysis.reporting import inert, prose
from analysis.reporting.tables import markdown

# The twelve pitch classes and twelve timbre coefficients have one line each in the dictionary.
BLOCKS = ("pitch", "timbre")


def tabulate_dictionary(dictionary: pd.DataFrame) -> Markdown:
    """Tabulate what `schema.dictionary` says of the columns of one table."""
    lines = _without_blocks(dictionary)
    shown = pd.DataFrame(
        {
            "column": lines["name"].map(inert.code),
            "meaning": lines["meaning"],
            "unit": lines["unit"].where(lines["unit"] != "none", None),
            "observed": [_observe(line) for line in lines.itertuples()],
        }
    )
    return markdown(shown)


def _without_blocks(dictionary: pd.DataFrame) -> pd.DataFrame:
    """Return the dictionary with the first line of every block standing for all of it."""
    lines = dictionary.copy()
    for block in BLOCKS:
        first = lines["name"] == f"{block}_0"
        lines.loc[first, "meaning"] = f"mean {block} over the segments, the first of twelve"
        lines = lines[first | ~lines["name"].str.startswith(f"{block}_")]
    return lines


def _observe(line) -> str:
    """Return a column's smallest and largest value, or how many different ones it has."""
    if pd.isna(line.smallest):
        return f"{prose.count(line.levels)} different"
    if line.name == "year":  # no number of anything: 1965, not 1,965
        return f"{int(line.smallest)} to {int(line.largest)}"
    return f"{_short(line.smallest)} to {_short(line.largest)}"


def _short(value: float) -> str:
    """Return a number with three decimals, none where it is whole, and a bound where it is tiny."""
    if value == int(value):
        return prose.count(value)
    return prose.number(value) if abs(value) >= 0.001 else "< 0.001"


def tabulate_account(account: pd.DataFrame) -> Markdown:
    """Tabulate what became of every row that was read."""
    shown = account[(account["dropped"] > 0) | (account["step"] == 0)]
    return markdown(shown[["reason", "dropped", "left"]].rename(columns={"reason": "step"}))


def tabulate_features(features: pd.DataFrame) -> Markdown:
    """Tabulate the distribution of every continuous feature; lengths are shown in minutes."""
    shown = features.set_index("feature")
    in_ms = shown.columns.drop("skewness")
    shown.loc["duration_ms", in_ms] /= 60_000
    shown = shown.rename(index={"duration_ms": "duration (min)", "tempo": "tempo (BPM)"})
    shown = shown.rename(index={"loudness": "loudness (dB)"}, columns={"sd": "SD"})
    return markdown(shown.reset_index(), digits=2)
