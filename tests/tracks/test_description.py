"""What the tracks look like before any model."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from analysis.tracks import description


def test_variance_between_genres_is_adjusted_r2():
    random = np.random.default_rng(1)
    tracks = pd.DataFrame({"valence": random.random(90), "genre": random.choice(list("abcd"), 90)})
    tracks["valence"] += tracks["genre"].map({"a": 1, "b": 0.5, "c": 0, "d": 0})
    expected = smf.ols("valence ~ genre", tracks).fit().rsquared_adj
    assert description.variance_between_genres(tracks) == pytest.approx(expected, rel=1e-9)
