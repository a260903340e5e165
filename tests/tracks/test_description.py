"""What the tracks look like before any model."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from analysis.tracks import description


def test_genres_without_tracks_are_no_genres():
    small = pd.DataFrame({"valence": np.linspace(0, 1, 27), "genre": list("abc") * 9})
    assert "genre" not in description.leave_out_small_genres(small)
    assert "genre" in description.leave_out_small_genres(small, least=9)


def test_variance_between_genres_is_adjusted_r2():
    random = np.random.default_rng(1)
    tracks = pd.DataFrame({"valence": random.random(90), "genre": random.choice(list("abcd"), 90)})
    tracks["valence"] += tracks["genre"].map({"a": 1, "b": 0.5, "c": 0, "d": 0})
    expected = smf.ols("valence ~ genre", tracks).fit().rsquared_adj
    assert description.variance_between_genres(tracks) == pytest.approx(expected, rel=1e-9)
