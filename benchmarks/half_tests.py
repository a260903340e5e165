"""How often does a test in one half of the artists reject what is true?

`python -m benchmarks.half_tests`: on the training part of the embedded table, valence is drawn
without association with one feature (the fit of a formula without that feature, plus residuals
whose signs are drawn anew by artist), and the feature is tested in a random half of the artists, as
repeated halving does and by statsmodels' clustered covariance. Printed are shares of p-values below
5 %.
"""

import numpy as np
import pandas as pd
import statsmodels.api as sm

from analysis.inference import halving, ladders
from analysis.tracks import cleaning, datasets, splitting

DRAWS = 300


def draw_p_values(ladder: ladders.Ladder, terms: tuple[str, ...], feature: str) -> pd.DataFrame:
    """Return, a row a draw, the p-values of a feature without association: jackknife, usual."""
    design, random = ladders.build_design(ladder), np.random.default_rng(0)
    valence, groups = ladder.frame["valence"].to_numpy(), ladder.frame["group"].to_numpy()
    others = [term for term in terms if feature not in ladders.features_of(term)]
    null = sm.OLS(valence, design.matrix[:, design.columns(others)]).fit()
    places, sizes, rows = design.columns(terms), np.bincount(groups), []
    tested = np.isin(places, [x for t in set(terms) - set(others) for x in design.places[t]])
    for _ in range(DRAWS):
        signs = random.choice([-1.0, 1.0], len(sizes))[groups]
        drawn = null.fittedvalues + signs * null.resid
        half = ~halving._draw_half(sizes, random.permutation(len(sizes)))[groups]
        fit = sm.OLS(drawn[half], design.matrix[np.ix_(half, places)]).fit(
            cov_type="cluster", cov_kwds={"groups": groups[half]}, use_t=True
        )
        jackknife = halving._test(design, terms, drawn, groups, half)[feature]
        rows.append((jackknife, float(fit.f_test(np.eye(len(places))[tested]).pvalue)))
    return pd.DataFrame(rows, columns=["jackknife", "usual"])


def main() -> None:
    """Print a row a feature."""
    tracks = cleaning.clean(datasets.load("genres")).tracks
    ladder = ladders.build_ladder(splitting.hold_out(tracks).train)
    wanted = "shape == 'splines' and context == '+ genre' and not interactions"
    (terms,) = ladder.candidates.query(wanted)["terms"]
    rows = {
        feature: (draw_p_values(ladder, terms, feature) < 0.05).mean()
        for feature in ("duration", "tempo", "instrumentalness", "speechiness", "loudness")
    }
    print(pd.DataFrame(rows).T.to_markdown(floatfmt=".3f"))


if __name__ == "__main__":
    main()
