"""Groups of tracks that are scored by themselves, and the frames of their scores."""

import pandas as pd

# Tracks of a group that is scored by itself: the scores of fewer are noise.
FEWEST = 20
COUNTS = ("tracks", "artists")


def frame_of(rows: list[dict], names: tuple[str, ...]) -> pd.DataFrame:
    """Return one row a group; the columns are the same where no group is large enough for a row.

    Parameters
    ----------
    rows : list of dict
        With the keys group and `names`.
    names : tuple of str
        Columns of numbers.
    """
    frame = pd.DataFrame(rows, columns=["group", *names])
    return frame.astype({name: "int64" if name in COUNTS else "float64" for name in names})
