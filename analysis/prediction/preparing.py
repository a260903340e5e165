"""From a table's features to what each family of learners reads, inside the pipeline.

What learns from data (scales, categories, knots) is a step that is fitted in the training part of a
fold; all else is row-wise. Every `for_...` takes the result of `predictors`, of which only the
columns are read, and returns an unfitted pipeline.
"""

import re

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    QuantileTransformer,
    SplineTransformer,
    StandardScaler,
)

from analysis import SEED
from analysis.prediction.directions import AddDirections
from analysis.prediction.genre_means import GenreProfile, mean_valence
from analysis.tracks.features import (
    AUDIO,
    CATEGORICAL,
    TONIC,
    feature_columns,
    relative_pitch,
    with_shapes,
)
from analysis.tracks.harmony import HARMONY, describe_harmony

# A category seen on fewer training tracks than this shares a column with the other rare ones.
RARE = 10
# Histogram boosting stores a category in one byte; the rest of a long list is one category.
MOST_CATEGORIES = 200
# Columns that `with_shapes` derives, each in place of the column that it straightens.
SHAPES = {
    "speechiness": "log_speechiness",
    "acousticness": "logit_acousticness",
    "instrumentalness": "logit_instrumentalness",
    "liveness": "log_liveness",
    "duration_ms": "log_duration",
}
# A track of one second, in milliseconds: what is shorter counts as this long.
SHORTEST = 1_000
# Some sequences of boosting read genres by their means where a table has more of them than this.
# With six of them sets of levels say as much; with 114 the R² of boosting over two folds rose from
# .590 to .592.
FEW_GENRES = 30
# A rank becomes a normal quantile no farther from 0 than this.
FARTHEST = 3.0
# Length of an indicator where a metric is learned: at first an amount matters more than a key.
INDICATOR_WEIGHT = 0.5


def predictors(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that a learner may use, truth values as numbers; no target, id or name."""
    frame = tracks[feature_columns(tracks)]
    flags = {name: frame[name].astype("float64") for name in frame if frame[name].dtype == "bool"}
    return frame.assign(**flags)


def describe_predictors(tracks: pd.DataFrame) -> list[str]:
    """Return the names in print of what a learner reads; the audio analysis as two blocks."""
    names = [re.sub(r"^(pitch|timbre)_\d+$", r"\1 (12 means)", name) for name in predictors(tracks)]
    return list(dict.fromkeys(name.replace("duration_ms", "duration") for name in names))


def without_analysis(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return tracks without the means of the audio analysis and what is derived from them."""
    return tracks.drop(columns=[*AUDIO, *TONIC, *HARMONY], errors="ignore")


def categories_of(frame: pd.DataFrame) -> list[str]:
    """Return the columns that hold names rather than amounts."""
    return [name for name in frame if not pd.api.types.is_numeric_dtype(frame[name])]


def numbers_of(frame: pd.DataFrame) -> list[str]:
    """Return the columns that hold amounts."""
    return [name for name in frame if pd.api.types.is_numeric_dtype(frame[name])]


def turn_pitches(features: pd.DataFrame) -> pd.DataFrame:
    """Add the pitch means relative to the track's own key, and harmony, where a table has pitch.

    Harmony (which intervals sound together) is a product of pairs of pitch means, which no learner
    finds easily. Over folds of the charts' artists it raised the R² of boosting from .542 to .568,
    of support vectors from .577 to .588, and of the network from .596 to .605.
    """
    if "pitch_0" not in features:
        return features
    return features.join([relative_pitch(features), describe_harmony(features)])


def straighten(features: pd.DataFrame) -> pd.DataFrame:
    """Replace skewed features by their logs and log odds; turn pitch means to the key."""
    turned = turn_pitches(features)
    # published tables hold a track of length 0, which has no logarithm
    shaped = with_shapes(turned.assign(duration_ms=turned["duration_ms"].clip(lower=SHORTEST)))
    return shaped[[SHAPES.get(name, name) for name in turned]]


def for_boosting(features: pd.DataFrame) -> Pipeline:
    """Encode categories as codes that histogram boosting splits as sets; they keep their names."""
    codes = OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=float("nan"),
        max_categories=MOST_CATEGORIES,
    )
    names = categories_of(features)
    encode = ColumnTransformer(
        [("codes", codes, names)], remainder="passthrough", verbose_feature_names_out=False
    )
    return make_pipeline(FunctionTransformer(turn_pitches), encode.set_output(transform="pandas"))


def for_boosting_profiles(features: pd.DataFrame) -> Pipeline:
    """Encode key and metre as codes, and genre by the means of its training tracks.

    Sets of a hundred genres can be split in too many ways; numbers let trees treat alike the genres
    that are alike. Mean valence is cross-fitted [@micci2001].
    """
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=float("nan"))
    amounts = numbers_of(turn_pitches(features.head(1)))
    parts = [
        ("codes", codes, _factors(features)),
        ("genre", mean_valence(), ["genre"]),
        ("amounts", "passthrough", amounts),
        ("profile", GenreProfile(), ["genre", *amounts]),
    ]
    encode = ColumnTransformer(parts, verbose_feature_names_out=False)
    return make_pipeline(FunctionTransformer(turn_pitches), encode.set_output(transform="pandas"))


def with_directions(encode: Pipeline, features: pd.DataFrame) -> Pipeline:
    """Append to an encoding the directions along which valence changes by a learned metric."""
    return make_pipeline(AddDirections(encode, for_metric(features)))


def for_forests(features: pd.DataFrame) -> Pipeline:
    """Encode key and metre as indicators, and genre by its smoothed mean valence.

    A forest that draws a share of the columns at each split hardly ever draws a given one of 114
    indicators; one column that orders the genres serves it better. It is cross-fitted [@micci2001].
    """
    parts = [("indicators", _indicators(), _factors(features))]
    if "genre" in features:
        parts.append(("genre", mean_valence(), ["genre"]))
    encode = ColumnTransformer(parts, remainder=SimpleImputer(strategy="median"))
    return make_pipeline(FunctionTransformer(turn_pitches), encode)


def for_distances(features: pd.DataFrame, genre_weight: float = 1.0) -> Pipeline:
    """Straighten and standardise amounts, weigh indicators: for kernels and neighbours.

    From genre to genre it is √2 `genre_weight` standard deviations of an amount.
    """
    amounts = [name for name in straighten(features.head(1)) if name not in categories_of(features)]
    parts = [
        ("amounts", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), amounts),
        ("indicators", _indicators(), _factors(features)),
    ]
    if "genre" in features:
        parts.append(("genre", _indicators(), ["genre"]))
    weigh = ColumnTransformer(parts, transformer_weights={"genre": genre_weight})
    return make_pipeline(FunctionTransformer(straighten), weigh)


def for_metric(features: pd.DataFrame, genre_weight: float = 2.0) -> Pipeline:
    """Turn amounts into normal quantiles of their ranks: for a learned metric.

    `genre_weight` is the length of a genre's indicator, in standard deviations of an amount.
    """
    fill = SimpleImputer(strategy="median")
    # more quantiles than tracks would be as many as tracks, with a warning at every fit
    quantiles = min(257, len(features))
    rank = QuantileTransformer(
        n_quantiles=quantiles, output_distribution="normal", random_state=SEED
    )
    bound = FunctionTransformer(np.clip, kw_args={"a_min": -FARTHEST, "a_max": FARTHEST})
    amounts = numbers_of(turn_pitches(features.head(1)))
    parts = [
        ("amounts", make_pipeline(fill, rank, bound), amounts),
        ("indicators", _indicators(), _factors(features)),
    ]
    if "genre" in features:
        parts.append(("genre", _indicators(), ["genre"]))
    weights = {"indicators": INDICATOR_WEIGHT, "genre": genre_weight}
    weigh = ColumnTransformer(parts, transformer_weights=weights)
    return make_pipeline(FunctionTransformer(turn_pitches), weigh)


def for_lines(features: pd.DataFrame, knots: int = 5) -> Pipeline:
    """Expand amounts into splines (knots at quantiles) and products, names into indicators."""
    amounts = [name for name in straighten(features.head(1)) if name not in categories_of(features)]
    spline = SplineTransformer(n_knots=knots, knots="quantile", extrapolation="linear")
    pairs = make_pipeline(StandardScaler(), PolynomialFeatures(2, include_bias=False))
    fill = SimpleImputer(strategy="median")
    parts = [
        ("splines", make_pipeline(fill, spline), amounts),
        ("pairs", make_pipeline(fill, pairs), amounts),
        ("indicators", _indicators(), categories_of(features)),
    ]
    expand = ColumnTransformer(parts)
    return make_pipeline(FunctionTransformer(straighten), expand, StandardScaler())


def _factors(features: pd.DataFrame) -> list[str]:
    return [name for name in CATEGORICAL if name in features]


def _indicators() -> OneHotEncoder:
    """Return an encoder that pools rare categories and takes unseen ones for rare."""
    return OneHotEncoder(
        min_frequency=RARE, handle_unknown="infrequent_if_exist", sparse_output=False
    )
