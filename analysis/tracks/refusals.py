"""What no analysis can be made of: one door for `check`, `predict`, `study` and the report.

Everything that passes is rendered; what is refused is refused in one sentence, before any work.
"""

import numpy as np
import pandas as pd

from analysis.tracks.features import AUDIO, NUMERIC
from analysis.tracks.schema import BadInput
from analysis.tracks.splitting import hold_out
from analysis.tracks.values import shorten

MOST_EQUAL = 0.9  # valence that one value holds in more of the tracks is a constant in some fold
NOTHING_LEFT = 1e-4  # the share of the variance of valence that rounding alone leaves
# Scores of which more than this share of the tracks hold one value say nothing in some fold; of the
# nine at least this many must say something, or there is nothing to compare.
NEARLY_ALL, FEWEST_SCORES = 0.99, 3
HELD_OUT = (0.15, 0.25)  # shares of the tracks that may be held out where a fifth is wanted
SMALL_ARTIST = 0.05  # a smaller share of one artist cannot keep whole artists from making a fifth
FEWEST_ARTISTS = 5  # in either half of the training part, which is divided into as many folds


def refuse_unusable(tracks: pd.DataFrame) -> None:
    """Refuse a cleaned table that has rows enough, and of which still nothing can be learned.

    Raises BadInput where valence does not vary, or hardly; too few scores vary; other columns give
    valence away without error; or a few artists have so many tracks that whole artists make no
    parts.
    """
    if tracks["valence"].nunique() < 2:
        raise BadInput(
            "Column 'valence' has one value only, so there is nothing to explain or to learn: "
            "give a table in which it varies."
        )
    common, share = _commonest(tracks["valence"])
    if share > MOST_EQUAL:
        raise BadInput(
            f"Column 'valence' is {common:g} in {_percent(share)} of the tracks, so there is next "
            "to nothing to explain or to learn: give a table in which it varies."
        )
    silent = [name for name in NUMERIC if _commonest(tracks[name])[1] > NEARLY_ALL]
    if len(NUMERIC) - len(silent) < FEWEST_SCORES:
        raise BadInput(
            f"Columns {', '.join(map(repr, silent))} have one value in (nearly) all tracks, so "
            "there is next to nothing to explain valence by: give a table in which at least "
            f"{FEWEST_SCORES} of the {len(NUMERIC)} scores vary."
        )
    _refuse_given_away(tracks)
    _refuse_few_names(tracks)


def _refuse_given_away(tracks: pd.DataFrame) -> None:
    valence = tracks["valence"]
    names = [name for name in (*NUMERIC, "popularity", "year", *AUDIO) if name in tracks]
    numbers = tracks[names].astype(float)
    numbers = numbers.loc[:, numbers.std() > 0]
    ranks = numbers.rank().corrwith(valence.rank()).abs()
    if ranks.max() ** 2 > 1 - NOTHING_LEFT:
        raise BadInput(
            f"Column {ranks.idxmax()!r} orders the tracks as valence does, so one of the two is a "
            "copy and nothing is left to explain: correct or remove the copy."
        )
    scaled = (numbers - numbers.mean()) / numbers.std()
    columns = np.column_stack([np.ones(len(scaled)), scaled])
    fitted = columns @ np.linalg.lstsq(columns, valence.to_numpy(), rcond=None)[0]
    if (valence - fitted).var() < NOTHING_LEFT * valence.var():
        raise BadInput(
            "Valence is a weighted sum of the other columns without any error, so nothing is left "
            "to explain: give valence as Spotify has it."
        )
    if "genre" in tracks and tracks["genre"].nunique() < len(tracks) / 2:
        apart = valence - tracks.groupby("genre", observed=True)["valence"].transform("mean")
        if apart.var() < NOTHING_LEFT * valence.var():
            raise BadInput(
                "Valence is the same in all tracks of a genre, so nothing is left to explain: "
                "give valence of each track."
            )


def _refuse_few_names(tracks: pd.DataFrame) -> None:
    """Refuse a table of which whole artists make no parts, since a few of them have too much.

    Parts are a fifth that is held out, and two halves of the rest, of which one chooses a formula
    and the other estimates it; each is divided further, by artist.
    """
    names = tracks["artist_key"]
    shares = names.value_counts(normalize=True)
    if shares.iloc[0] < SMALL_ARTIST:
        return
    split = hold_out(tracks)
    halves = hold_out(split.train, 0.5)
    held = len(split.test) / len(tracks)
    fewest = min(part["artist"].nunique() for part in (halves.train, halves.test))
    if HELD_OUT[0] <= held <= HELD_OUT[1] and fewest >= FEWEST_ARTISTS:
        return
    first = tracks["artist"][names == shares.index[0]].iloc[0]
    nearest = f"what comes nearest to a fifth of the tracks is {_percent(held)} of them"
    few = f"beside a fifth held out, one half of the rest has fewer than {FEWEST_ARTISTS} artists"
    raise BadInput(
        f"{shorten(first)} alone has {_percent(shares.iloc[0])} of the tracks, which are divided "
        f"by whole artists: {few if fewest < FEWEST_ARTISTS else nearest}. Give tracks of more "
        "artists, or fewer of this one."
    )


def _commonest(values: pd.Series) -> tuple[float, float]:
    counts = values.value_counts(normalize=True)
    return float(counts.index[0]), float(counts.iloc[0])


def _percent(share: float) -> str:
    """Return a share as a percentage that does not say 100 where something is left."""
    return f"{100 * share:.1f} %" if share > 0.99 else f"{100 * share:.0f} %"
