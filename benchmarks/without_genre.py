"""How well is valence predicted where no genre is known? Printed, a row a method.

    python -m benchmarks.without_genre tracks114k

The report's own search and comparison, on the same division of the table, with the column taken
away before anything is learned. Without it boosting and the other methods see the scores, the
popularity and the explicit flag only.
"""

import sys

from analysis.prediction import comparison, evaluation, learners, tuning
from analysis.tracks import cleaning, datasets, splitting

BUDGET = tuning.BUDGETS["full"]


def main(names: list[str]) -> None:
    """Print MAE and R² of every method on the held-out artists, by their own choice of weights."""
    for name in names:
        # the split is drawn with genre, so that it is that of the report
        whole = splitting.hold_out(cleaning.clean(datasets.load(name)).tracks)
        parts = (part.drop(columns="genre") for part in (whole.train, whole.test))
        split = splitting.Split(*parts)
        found = tuning.tune(learners.LEARNERS, split.train, BUDGET)
        methods = comparison.compare(found, split, BUDGET)
        test = split.test
        scored = evaluation.bootstrap_scores(test["valence"], methods.held_out, test["artist"])
        for metric in ("r2", "mae"):
            for row in scored[scored["metric"] == metric].itertuples():
                best = "  chosen" if row.model == methods.best else ""
                line = f"{name:12} {metric:4} {row.model:18} {row.value:.4f}"
                print(f"{line} ({row.low:.4f} to {row.high:.4f}){best}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or ["tracks114k"])
