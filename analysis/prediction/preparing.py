"""From a table's features to what each family of learners reads, inside the pipeline.

What learns from data (scales, categories, knots) is fitted in the training part of a fold; all else
is row-wise. Every `for_...` takes what `predictors` returns and makes of it an unfitted pipeline.
"""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import KFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    QuantileTransformer,
    SplineTransformer,
    StandardScaler,
    TargetEncoder,
)

from analysis import SEED
from analysis.inference.scores import FEATURES
from analysis.prediction.learned_metric import LEARNED_ON, SLOPES, LearnedMetricRegressor
from analysis.tracks.features import (
    AUDIO,
    CATEGORICAL,
    TONIC,
    feature_columns,
    relative_pitch,
    with_shapes,
)
from analysis.tracks.harmony import HARMONY, describe_harmony

RARE = 10  # a category of fewer training tracks shares a column with the other rare ones
MOST_CATEGORIES = 200  # histogram boosting stores a category in one byte: the rest are one
# Columns that `with_shapes` derives, each in place of the column that it straightens.
SHAPES = {one.plain: one.shape for one in FEATURES} | {"duration_ms": "log_duration"}
SHORTEST = 1_000  # a track of one second, in milliseconds: what is shorter counts as this long
DIRECTED_BY = 20_000  # rows; on two folds of tracks114k all rows gave no better directions
FARTHEST = 3.0  # a rank becomes a normal quantile no farther from 0
INDICATOR_WEIGHT = 0.5  # where a metric is learned: at first an amount matters more than a key


def predictors(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that a learner may use, truth values as numbers; no target, id or name."""
    frame = tracks[feature_columns(tracks)]
    flags = {name: frame[name].astype("float64") for name in frame if frame[name].dtype == "bool"}
    return frame.assign(**flags)


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
        handle_unknown="use_encoded_value", unknown_value=np.nan, max_categories=MOST_CATEGORIES
    )
    parts = [("codes", codes, categories_of(features))]
    encode = ColumnTransformer(parts, remainder="passthrough", verbose_feature_names_out=False)
    return make_pipeline(FunctionTransformer(turn_pitches), encode.set_output(transform="pandas"))


class AddDirections(TransformerMixin, BaseEstimator):
    """Append to encoded features where each track lies along learned directions.

    Trees cut one column at a time and meet a slanting edge with a staircase of cuts. `encode` makes
    the frame to which they are appended, `prepare` the rows, all of one scale, in which `count` of
    them (`directions_`, columns x directions) are sought.
    """

    def __init__(self, encode, prepare, count=6):
        """Keep the settings; scikit-learn asks that nothing else happens here."""
        self.encode, self.prepare, self.count = encode, prepare, count

    def fit(self, features: pd.DataFrame, target) -> "AddDirections":
        """Fit both pipelines and find the directions."""
        self.encode_, self.prepare_ = clone(self.encode).fit(features), clone(self.prepare)
        rows = self.prepare_.fit_transform(features)
        self.directions_ = find_directions(rows, target, self.count)
        return self

    def transform(self, features: pd.DataFrame) -> pd.DataFrame:
        """Return the encoded frame with one more column a direction."""
        encoded, places = self.encode_.transform(features), self.prepare_.transform(features)
        names = [f"direction_{number}" for number in range(1, self.directions_.shape[1] + 1)]
        return encoded.join(pd.DataFrame(places @ self.directions_, encoded.index, names))


def find_directions(rows: np.ndarray, target: np.ndarray, count: int) -> np.ndarray:
    """Find the directions, (columns, count), along which a learned surface changes most.

    They are the leading eigenvectors of the average outer product of the slopes of a surface with a
    learned metric [@radhakrishnan2024], fewer where `rows` have fewer columns.
    """
    drawn = np.random.default_rng(0).choice(len(rows), min(DIRECTED_BY, len(rows)), replace=False)
    # width and penalty are what a search of the metric tries first
    surface = LearnedMetricRegressor(0.8, 0.1, landmarks=LEARNED_ON, power=1.0)
    slopes = surface.fit(rows[drawn], target[drawn]).slopes(rows[drawn[:SLOPES]])
    return np.linalg.eigh(slopes.T @ slopes)[1][:, ::-1][:, :count]


def for_forests(features: pd.DataFrame) -> Pipeline:
    """Encode key and metre as indicators, and genre by its smoothed mean valence.

    A forest hardly ever draws a given one of 114 indicators for a split; one column that orders the
    genres serves it better. It is cross-fitted [@micci2001].
    """
    parts = [("indicators", _indicators(), _factors(features))]
    if "genre" in features:
        parts.append(("genre", _mean_valence(), ["genre"]))
    encode = ColumnTransformer(parts, remainder=SimpleImputer(strategy="median"))
    return make_pipeline(FunctionTransformer(turn_pitches), encode)


def for_distances(features: pd.DataFrame, genre_weight: float = 1.0) -> Pipeline:
    """Straighten and standardise amounts, weigh indicators: for kernels and neighbours.

    From genre to genre it is √2 `genre_weight` standard deviations of an amount.
    """
    scale = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    return _weigh(features, straighten, scale, {"genre": genre_weight})


def for_metric(features: pd.DataFrame, genre_weight: float = 2.0) -> Pipeline:
    """Turn amounts into normal quantiles of their ranks: for a learned metric.

    `genre_weight` is the length of a genre's indicator, in standard deviations of an amount.
    """
    fill = SimpleImputer(strategy="median")
    # more quantiles than tracks would be as many as tracks, with a warning at every fit
    count = min(257, len(features))
    rank = QuantileTransformer(n_quantiles=count, output_distribution="normal", random_state=SEED)
    bound = FunctionTransformer(np.clip, kw_args={"a_min": -FARTHEST, "a_max": FARTHEST})
    weights = {"indicators": INDICATOR_WEIGHT, "genre": genre_weight}
    return _weigh(features, turn_pitches, make_pipeline(fill, rank, bound), weights)


def _weigh(features: pd.DataFrame, arrange, scale: Pipeline, weights: dict) -> Pipeline:
    """Arrange features, scale their amounts and weigh indicators of factors and of genre."""
    parts = [
        ("amounts", scale, numbers_of(arrange(features.head(1)))),
        ("indicators", _indicators(), _factors(features)),
    ]
    if "genre" in features:
        parts.append(("genre", _indicators(), ["genre"]))
    weigh = ColumnTransformer(parts, transformer_weights=weights)
    return make_pipeline(FunctionTransformer(arrange), weigh)


def for_lines(features: pd.DataFrame, knots: int = 5) -> Pipeline:
    """Expand amounts into splines (knots at quantiles) and products, names into indicators."""
    amounts = numbers_of(straighten(features.head(1)))
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


def _mean_valence() -> TargetEncoder:
    """Return an encoder of genre by its smoothed mean valence, cross-fitted in training."""
    folds = KFold(5, shuffle=True, random_state=SEED)
    return TargetEncoder(target_type="continuous", cv=folds)


def _indicators() -> OneHotEncoder:
    """Return an encoder that pools rare categories and takes unseen ones for rare."""
    return OneHotEncoder(
        min_frequency=RARE, handle_unknown="infrequent_if_exist", sparse_output=False
    )
